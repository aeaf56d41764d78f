"""The ledger's interface for other systems: a supplier's or a province's software enters deliveries by a key.

No session, no cookie, no CSRF: the key alone speaks. Answers are in the language that Accept-Language wants.
"""

import json
from datetime import datetime
from typing import Any

from allauth.core import ratelimit
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from sunkitchen.core.workflow import Refused

from .. import numbers
from ..credentials.models import Credential
from ..establishments.models import Establishment
from . import actions, keys
from .api_reading import MOST_BYTES, NoJson, Sent, Wrong, document, read
from .models import Delivery, LedgerKey

PER_PAGE = 200


class Answered(Exception):
    """The request ends here, with this answer."""

    def __init__(self, status: int, wrong: list[Wrong], **headers: str):
        super().__init__(status)
        self.answer = _json({"errors": [_told(one) for one in wrong]}, status, **headers)


@csrf_exempt
def deliveries(request: HttpRequest) -> HttpResponse:
    """POST enters one delivery; GET tells what this key entered."""
    with translation.override(translation.get_language_from_request(request)):
        try:
            key = _key(request)
            if request.method == "POST":
                return _enter(request, key)
            if request.method == "GET":
                return _list(request, key)
            raise Answered(405, [Wrong("", _("Only GET and POST are answered here."))], Allow="GET, POST")
        except Answered as end:
            return end.answer


def _key(request: HttpRequest) -> LedgerKey:
    scheme, _blank, sent = request.headers.get("Authorization", "").partition(" ")
    key = keys.holder(sent.strip(), timezone.now()) if scheme.lower() == "bearer" else None
    if key is None:
        if not ratelimit.consume(request, action="ledger_api_miss"):
            raise Answered(429, [Wrong("", _("Too many calls. Please wait a minute."))], **{"Retry-After": "60"})
        headers = {"WWW-Authenticate": 'Bearer realm="ledger"'}
        raise Answered(401, [Wrong("", _("This key is not known, or was revoked."))], **headers)
    if not ratelimit.consume(request, action="ledger_api", key=str(key.pk)):
        raise Answered(429, [Wrong("", _("Too many calls. Please wait a minute."))], **{"Retry-After": "60"})
    return key


# ── entering ────────────────────────────────────────────────────────────────────────────────────────────────
def _enter(request: HttpRequest, key: LedgerKey) -> HttpResponse:
    sent = read(_document(request))
    place = _kitchen(key, sent)
    if sent.wrong:
        raise Answered(422, sent.wrong)
    assert sent.received_on
    try:
        row = actions.enter(
            place,
            by=key.made_by,
            supplier=sent.supplier,
            received_on=sent.received_on,
            lines=sent.lines,
            source=Delivery.Source.API,
            key=key,
            reference=sent.reference,
        )
    except actions.AlreadyEntered as twin:
        if not _same(twin.delivery, sent):
            why = _("Another delivery came with this reference. A corrected one needs a reference of its own.")
            raise Answered(409, [Wrong("reference", why)]) from None
        return _json(_shown(twin.delivery), 200)
    except Refused as error:
        raise Answered(error.status, [Wrong("", str(error))]) from None
    return _json(_shown(row), 201)


def _document(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Answered(415, [Wrong("", _("Please send application/json."))])
    try:
        length = int(request.headers.get("Content-Length") or 0)
        body = request.body if length <= MOST_BYTES else None
    except (RequestDataTooBig, ValueError):
        body = None
    except (UnreadablePostError, RawPostDataException):
        raise Answered(400, [Wrong("", _("The request broke off."))]) from None
    if body is None or len(body) > MOST_BYTES:
        raise Answered(413, [Wrong("", _("One delivery has at most %(most)s KiB.") % {"most": MOST_BYTES // 1024})])
    try:
        return document(body)
    except NoJson:
        raise Answered(400, [Wrong("", _("This is no JSON object in UTF-8."))]) from None


def _kitchen(key: LedgerKey, sent: Sent) -> Establishment:
    """The key's own, or the one of the authority that is named by its code, permit number or credit code."""
    named = sent.kitchen
    if key.establishment is not None:
        places = Establishment.objects.filter(pk=key.establishment.pk)
        if not named:
            return _cooking(key.establishment)
    else:
        assert key.authority is not None  # the constraint says so
        places = Establishment.objects.filter(division__startswith=key.authority.division)
        if not named:
            raise Answered(422, [*sent.wrong, Wrong("kitchen", _("Please name the kitchen."))])
    if place := places.filter(code=named.lower()).first():
        return _cooking(place)
    number = numbers.compact(named)
    permits = Credential.objects.filter(kind__in=Credential.PERMITS, number=number, state=Credential.State.IN_FORCE)
    for found in (places.filter(pk__in=permits.values("establishment")), places.filter(uscc=number)):
        few = list(found.exclude(state=Establishment.State.CLOSED)[:2])
        if len(few) == 1:
            return few[0]
        if few:
            why = _("Several kitchens have this number. Please name this one by its code.")
            raise Answered(422, [*sent.wrong, Wrong("kitchen", why)])
    raise Answered(404, [Wrong("kitchen", _("This key reaches no such kitchen."))])


def _cooking(place: Establishment) -> Establishment:
    if place.state == Establishment.State.CLOSED:
        raise Answered(422, [Wrong("kitchen", _("This kitchen has closed: nothing is entered any more."))])
    return place


def _same(row: Delivery, sent: Sent) -> bool:
    """Whether it is what was sent before; the supplier may have been known under another spelling."""
    before = [
        (line.product, line.goods, line.quantity, line.unit, line.batch, line.use_by, line.proof)
        for line in row.lines.all()
    ]
    now = [
        tuple(line[name] for name in ("product", "goods", "quantity", "unit", "batch", "use_by", "proof"))
        for line in sent.lines
    ]
    return row.received_on == sent.received_on and before == now


# ── telling ─────────────────────────────────────────────────────────────────────────────────────────────────
def _list(request: HttpRequest, key: LedgerKey) -> HttpResponse:
    """In the order of their entry: `since` a moment, `after` an id, PER_PAGE at a time."""
    rows = key.deliveries.select_related("establishment", "supplier").prefetch_related("lines").order_by("pk")
    if since := request.GET.get("since", ""):
        rows = rows.filter(entered_at__gte=_moment(since))
    if after := request.GET.get("after", ""):
        if not (after.isascii() and after.isdigit() and len(after) < 18):
            raise Answered(422, [Wrong("after", _("Please send the id of a delivery."))])
        rows = rows.filter(pk__gt=int(after))
    page = list(rows[: PER_PAGE + 1])
    more = reverse("ledger_api") + f"?after={page[PER_PAGE - 1].pk}" if len(page) > PER_PAGE else None
    return _json({"deliveries": [_shown(row) for row in page[:PER_PAGE]], "next": more}, 200)


def _moment(text: str) -> datetime:
    try:
        # A plus sign that nobody escaped arrives as a blank.
        found = parse_datetime(text.replace(" ", "+") if "T" in text else text) if len(text) <= 40 else None
        if found is not None and timezone.is_naive(found):
            found = timezone.make_aware(found)
        if found is not None and 2000 <= found.year < 2200:
            return found
    except (ValueError, OverflowError):
        pass
    raise Answered(422, [Wrong("since", _("Please send a moment as 2026-11-20T08:00:00+08:00."))])


def _shown(row: Delivery) -> dict[str, Any]:
    source = row.supplier
    return {
        "id": row.pk,
        "kitchen": row.establishment.code,
        "reference": row.reference,
        "received_on": row.received_on.isoformat(),
        "supplier": {"name": source.name, "uscc": source.uscc, "permit": source.permit},
        "lines": [
            {
                "product": line.product,
                "goods": line.goods,
                "quantity": str(line.amount),
                "unit": line.unit,
                "batch": line.batch,
                "use_by": line.use_by.isoformat() if line.use_by else None,
                "proof": line.proof,
            }
            for line in row.lines.all()
        ],
        "entered_at": timezone.localtime(row.entered_at).isoformat(timespec="seconds"),
        "voided": {"at": timezone.localtime(row.voided_at).isoformat(timespec="seconds"), "reason": row.void_reason}
        if row.voided_at
        else None,
    }


def _told(wrong: Wrong) -> dict[str, Any]:
    return {"line": wrong.line, "field": wrong.field, "why": wrong.why}


def _json(found: dict[str, Any], status: int, **headers: str) -> HttpResponse:
    body = json.dumps(found, ensure_ascii=False).encode()
    answer = HttpResponse(body, status=status, content_type="application/json; charset=utf-8", headers=headers)
    answer["Cache-Control"] = "private, no-store"
    answer["Vary"] = "Accept-Language, Authorization"
    answer["Content-Language"] = translation.get_language() or ""
    return answer
