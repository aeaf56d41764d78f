"""Complaints and reports by whoever ate there, and how it was: no account, no cookie."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.core import ratelimit
from allauth.core.internal import ratelimit as limits
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ratings.complaints import actions, carried, receiving
from ratings.models import Complaint
from ratings.reviews import actions as reviews
from ratings.reviews import passes
from streams.models import Camera
from sunkitchen.core import codes, origin, qr
from sunkitchen.core.tickets import BadTicket
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Establishment, Sticker

from . import say as saying
from . import timeline
from .forms import CodeForm, ComplaintForm, SatisfiedForm, SayForm, fresh

View = Callable[..., HttpResponse]


def alone(view: View) -> View:
    """For one reader's eyes: kept by no cache, found by no search; and sent by our own page alone, as no cookie proves it."""

    @csrf_exempt  # it knows nobody: that our own page sends it is seen by its Origin
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not origin.is_own_form(request):
            response = render(request, "403_csrf.html", status=403)
        else:
            response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answer


# ── one comes in ────────────────────────────────────────────────────────────────────────────────────────────
@alone
def new(request: HttpRequest) -> HttpResponse:
    """?k= names the kitchen; step one is which of the two kinds, step two the form."""
    asked = request.GET
    code = codes.normal(asked.get("k", ""))
    if not code:
        return redirect("complaints")
    place = get_object_or_404(Establishment.objects.public(), code=code)
    kind = asked.get("kind", "")
    if kind not in Complaint.Kind.values:
        more = {name: asked[name] for name in ("category", "p", "m", "camera") if asked.get(name)}
        return render(request, "public/complaints/kind.html", {"kitchen": place, "kinds": _kinds(place, more)})
    now = timezone.now()
    camera = _live_camera(place, (request.POST if request.method == "POST" else asked).get("camera", ""), now)
    if request.method == "POST":
        form = ComplaintForm(request.POST, request.FILES, kind=kind, live=camera is not None)
        status, complaint = _sent(request, form, place, camera, now)
        if complaint is not None:
            return redirect("complaint", complaint.tracking)
    else:
        form, status = ComplaintForm(initial=_initial(asked, now), kind=kind, live=camera is not None), 200
    moment = carried.read(form["m"].value() or "", place, now)
    context = {
        "kitchen": place,
        "kind": kind,
        "form": form,
        "moment": moment,
        "zone": camera.get_zone_display() if camera else "",
        "accept_days": settings.COMPLAINT_ACCEPT_WORKDAYS,
        "verify_days": settings.COMPLAINT_VERIFY_WORKDAYS,
        "other": _kinds(place, {}),
    }
    return render(request, "public/complaints/new.html", context, status=status)


def _kinds(place: Establishment, more: dict[str, str]) -> dict[str, str]:
    """The addresses of the two forms."""
    return {
        kind: f"{reverse('complaint_new')}?{urlencode({'k': place.code, 'kind': kind, **more})}"
        for kind in Complaint.Kind.values
    }


def _initial(asked: Any, now: Any) -> dict[str, Any]:
    sticker = _sticker(asked.get("p", ""), now)
    return {
        **fresh(),
        "p": asked.get("p", "") if sticker else "",
        "m": asked.get("m", "")[:200],
        "camera": asked.get("camera", "")[:20],
        "category": asked.get("category", ""),
        "keep": True,
        "table": sticker.table if sticker else "",
        "happened_at": timezone.localtime(now).replace(second=0, microsecond=0, tzinfo=None),
    }


def _live_camera(place: Establishment, wanted: str, now: Any) -> Camera | None:
    """The camera whose last minute could be kept."""
    rows = Camera.objects.public(timezone.localdate(now)).filter(establishment=place).order_by("pk")
    found = []
    for row in rows:
        row.establishment = place
        if row.status(now).is_live:
            found.append(row)
    return next((row for row in found if row.code == wanted), found[0] if found else None)


def _sticker(dined: str, now: Any) -> Sticker | None:
    try:
        return passes.read(dined, now)
    except BadTicket:
        return None


def _sent(
    request: HttpRequest, form: ComplaintForm, place: Establishment, camera: Camera | None, now: Any
) -> tuple[int, Complaint | None]:
    """The status of the answer, and what was taken in."""
    if not form.is_valid():
        return 422, None
    given = form.cleaned_data
    sticker = _sticker(given["p"], now)
    at_table = sticker is not None and sticker.establishment_id == place.pk
    try:
        if before := receiving.found(given["form"], place):
            return 200, before
        if not _within_limits(request, place, "".join(form.reach)):
            form.add_error(
                None, _("Too many at this moment. Nothing you typed is lost: please wait a few minutes, or call 12315.")
            )
            return 429, None
        return 200, receiving.receive(
            place,
            form=given["form"],
            kind=form.kind,
            category=given["category"],
            said=given["said"],
            happened_at=given["happened_at"],
            table=given["table"],
            source=Complaint.Source.TABLE if at_table else Complaint.Source.PAGE,
            diner=form.diner(get_language() or settings.LANGUAGE_CODE),
            photos=given["photos"],
            moment=carried.read(given["m"], place, now),
            camera=camera if given.get("keep") else None,
            at=now,
        )
    except Refused as refusal:
        return refusal.said_in(form), None


def _within_limits(request: HttpRequest, place: Establishment, contact: str) -> bool:
    told = hashlib.sha256(contact.encode()).hexdigest()
    return (
        ratelimit.consume(request, action="complain")
        and ratelimit.consume(request, action="complain_about", key=place.code)
        and (not contact or ratelimit.consume(request, action="complain_as", key=told))
    )


# ── following it ────────────────────────────────────────────────────────────────────────────────────────────
@alone
def complaints(request: HttpRequest) -> HttpResponse:
    """Where a code is typed."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        code = _typed(form.cleaned_data["code"])
        if not _may_ask(request):
            return _too_often(request)
        if Complaint.objects.filter(tracking=code).exists():
            return redirect("complaint", code)
        form.add_error("code", _("There is no case with this code. Please look at it again."))
    status = 404 if form.is_bound else 200
    return render(request, "public/complaints/find.html", {"form": form}, status=status)


@alone
def complaint(request: HttpRequest, tracking: str) -> HttpResponse:
    """Its timeline. Every code that is none gets one and the same answer."""
    if not _may_ask(request):
        return _too_often(request)
    row = Complaint.objects.filter(tracking=_typed(tracking)).select_related("establishment").first()
    if row is None:
        raise Http404
    if row.tracking != tracking:
        return redirect("complaint", row.tracking)
    form, status = SatisfiedForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.satisfied(row, **form.cleaned_data)
            except Refused as refusal:
                status = refusal.said_in(form)
            else:
                return redirect("complaint", row.tracking)
    link = f"{settings.SITE_URL}{reverse('complaint', args=[row.tracking])}"
    context = {
        "complaint": row,
        "kitchen": row.establishment,
        "code": " ".join([row.tracking[:5], row.tracking[5:10], row.tracking[10:]]),
        "link": link,
        "qr": qr.svg(link),
        "stops": timeline.of(row),
        "next": timeline.next_day(row),
        "form": form if row.state == Complaint.State.CLOSED and row.satisfied_at is None else None,
    }
    return render(request, "public/complaints/complaint.html", context, status=status)


def _typed(text: str) -> str:
    return codes.normal("".join(sign for sign in text if sign.isalnum()))[:20]


def _may_ask(request: HttpRequest) -> bool:
    # Reading counts as well: it is by reading that codes are guessed.
    used = limits.consume(request, app="allauth.account", action="follow_complaint", limit_get=True)
    return used is not None


def _too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


# ── how it was ──────────────────────────────────────────────────────────────────────────────────────────────
@csrf_exempt  # the pass is the proof: only who scanned the table's code holds one, and it speaks once
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, code: str) -> HttpResponse:
    """From a scanned page, which sends no referrer and so no origin: its pass says that it is ours."""
    if request.method == "POST" and not (origin.is_own_form(request) or passes.is_ours(request.POST.get("p", ""))):
        return render(request, "403_csrf.html", status=403)
    place = get_object_or_404(Establishment.objects.public(), code=code)
    if request.method != "POST":
        return redirect("kitchen", place.code)
    form = SayForm(request.POST)
    status, done = _said(request, form, place)
    context = {
        "kitchen": place,
        "form": form,
        "done": done,
        "complain": saying.address(place, request.POST.get("p", "")[:200] if done else ""),
    }
    response = render(request, "public/complaints/said.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _said(request: HttpRequest, form: SayForm, place: Establishment) -> tuple[int, bool]:
    """The status of the answer, and whether it is known now: sent twice it is."""
    if not form.is_valid():
        return 422, False
    if not ratelimit.consume(request, action="say_how_it_was"):
        form.add_error(None, _("Too many at this moment. Please wait a few minutes."))
        return 429, False
    given = dict(form.cleaned_data)
    try:
        reviews.say(place, dined=given.pop("p"), **given)
    except reviews.SaidAlready:
        return 200, True
    except Refused as refusal:
        return refusal.said_in(form), False
    return 200, True
