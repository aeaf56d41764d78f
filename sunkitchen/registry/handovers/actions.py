"""A kitchen goes to a new operator: offered by its owner, taken over with a code that only the new one was sent.

In one transaction the former operator's papers, rights and keys end, and its history stays. Rooms above (cameras, video
checks) say through `when_taken` what ends with the former operator there.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from sunkitchen.accounts import mobile as mobiles
from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit, notices
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from .. import numbers
from ..claims import codes
from ..credentials import operators
from ..establishments import actions as establishments
from ..establishments.models import Establishment
from ..memberships.models import Membership
from ..requirements import actions as requirements
from ..staff import actions as staff
from ..staff.models import StaffMember
from ..suppliers import keys
from ..suppliers.models import LedgerKey
from ..tables import actions as tables
from . import letters
from .models import HandOver, Operatorship

VALID = timedelta(days=14)
MOST_WRONG = 5  # codes tried at one offer: then it is void, and the owner makes a new one
MOST_A_DAY = 3  # offers of one kitchen: each sends a message

State = HandOver.State
TAKE = Step("take", {State.OFFERED}, State.TAKEN)
TAKE_BACK = Step("take_back", {State.OFFERED}, State.WITHDRAWN)
DECLINE = Step("decline", {State.OFFERED}, State.REFUSED)
EXPIRE = Step("expire", {State.OFFERED}, State.EXPIRED)
NOBODYS = {"code_hash": "", "contact": ""}  # of an offer that ended: nobody is to be reached by it any more

# What rooms above end with the former operator; called inside the transaction.
WhenTaken = Callable[[HandOver, Any, datetime], None]
_when_taken: list[WhenTaken] = []


def when_taken(follow: WhenTaken) -> None:
    """`follow(handover, by, at)` is called inside the transaction that hands a kitchen over; said once, at start."""
    if follow not in _when_taken:
        _when_taken.append(follow)


# ── the owner ───────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def offer(
    establishment: Establishment,
    *,
    by: Any,
    name: str,
    contact: str,
    operator_name: str,
    uscc: str = "",
    at: datetime | None = None,
) -> HandOver:
    """Offer the kitchen for VALID; the code goes to `contact`, a mobile number or an email, and to nobody else.

    Refused while another offer stands, and while the authority keeps the kitchen closed.
    """
    at = at or timezone.now()
    access.require(by, Can.HAND_OVER, establishment)
    name, operator_name = name.strip(), operator_name.strip()
    if not 0 < len(name) <= 60 or not 0 < len(operator_name) <= 100 or "\0" in name + operator_name + contact + uscc:
        raise Refused(_("Please write the new owner's name, and the legal name of the new operator."))
    try:
        uscc = numbers.uscc(uscc) if uscc.strip() else ""
    except numbers.BadNumber as error:
        raise Refused(str(error)) from None
    channel, contact = _reached(contact)
    place = Establishment.objects.select_for_update().get(pk=establishment.pk)
    if place.state == Establishment.State.CLOSED and place.closed_by_authority:
        raise Refused(
            _("The authority closed this kitchen. It cannot be handed over until the authority lets it open.")
        )
    if (operator_name, uscc) == (place.operator_name, place.uscc):
        raise Refused(_("This is the operator that it has. To add a person, make them a manager."))
    if HandOver.objects.filter(establishment=place, offered_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused(_("At most %(most)s offers a day. Please go on tomorrow.") % {"most": MOST_A_DAY})
    for late in HandOver.objects.filter(establishment=place, state=State.OFFERED, expires_at__lte=at):
        _expire(late, at)
    code = codes.fresh()
    try:
        with transaction.atomic():
            row: HandOver = HandOver.objects.create(
                establishment=place,
                offered_by=by,
                offered_at=at,
                expires_at=at + VALID,
                name=name,
                contact=contact,
                operator_name=operator_name,
                uscc=uscc,
            )
    except IntegrityError:
        raise Refused(_("It is offered already. Take that offer back first.")) from None
    HandOver.objects.filter(pk=row.pk).update(code_hash=_hashed(code, row.pk))
    row.refresh_from_db()
    audit.record(by, "kitchen.offered", place, handover=row.pk, operator_name=operator_name)
    subject, body = letters.invitation(row, codes.written(code))
    notices.tell_outside(channel, contact, "handover.offered", subject, body, dedupe=_dedupe(row))
    return row


@transaction.atomic
def take_back(handover: HandOver, *, by: Any, at: datetime | None = None) -> None:
    """The code opens nothing any more."""
    access.require(by, Can.HAND_OVER, handover)
    move(handover, TAKE_BACK, ended_at=at or timezone.now(), **NOBODYS)
    notices.forget_outside(_dedupe(handover))
    audit.record(by, "kitchen.offer_taken_back", handover.establishment, handover=handover.pk)


# ── the new one ─────────────────────────────────────────────────────────────────────────────────────────────
def opened(*, by: User, kitchen: str, code: str, at: datetime | None = None) -> HandOver:
    """The offer that this code opens; its `code_hash` is then the person's proof for `take` and `decline`.

    Refused with one sentence for whatever is wrong; a wrong code counts against the offer even so. Callers limit how
    often a person, and an address, may ask.
    """
    at = at or timezone.now()
    standing = _standing(at).filter(establishment__code=codes.normal(kitchen)[:16])
    row: HandOver | None = standing.first()
    # Taken before anything is compared, so that parallel guesses all count.
    if row is None or not standing.filter(pk=row.pk).update(tries=F("tries") + 1):
        raise _wrong()
    if not constant_time_compare(_hashed(codes.normal(code), row.pk), row.code_hash) or not _is_theirs_to_give(row):
        raise _wrong()
    HandOver.objects.filter(pk=row.pk, tries__gt=0).update(tries=F("tries") - 1)
    row.refresh_from_db()
    _may_take(row, by)
    return row


def seen(handover: HandOver, *, by: User, proof: str, at: datetime | None = None) -> None:
    """Whoever opened it looks at what they would take over. Refused once the offer stands no more."""
    _open(HandOver.objects.select_related("establishment", "offered_by").get(pk=handover.pk), proof, at)
    _may_take(handover, by)


@transaction.atomic
def take(
    handover: HandOver, *, by: User, proof: str, staying: Collection[int] = (), at: datetime | None = None
) -> Establishment:
    """The kitchen is theirs from this moment. `staying`: ids of the staff who go on working there; the others leave.

    What ends: the former people's rights, the kitchen's own papers and what was promised to be brought, keys of ledger
    systems, consents to be filmed. What stays: the kitchen's page and all that was ever found there, its stickers and
    ledger; its cameras stay switched off until switched on.
    """
    at = at or timezone.now()
    place = Establishment.objects.select_for_update().get(pk=handover.establishment_id)
    _proven(handover, proof, at)
    _may_take(handover, by)
    if place.state == Establishment.State.CLOSED and place.closed_by_authority:
        raise Refused(
            _("The authority closed this kitchen. It cannot be handed over until the authority lets it open.")
        )
    former = list(User.objects.filter(memberships__establishment=place, memberships__ended_at=None).distinct())
    move(handover, TAKE, taken_by=by, ended_at=at, **NOBODYS)
    before = Operatorship.objects.filter(establishment=place).order_by("-until").first()
    Operatorship.objects.create(
        establishment=place,
        operator_name=place.operator_name,
        uscc=place.uscc,
        since=before.until if before else place.opened_at,
        until=at,
        handover=handover,
    )
    operators.end_with_operator(place, by=by, reason=letters.ending(handover), at=at)
    requirements.end_with_operator(place, by=by, reason=letters.ending(handover), at=at)
    Membership.objects.filter(establishment=place, ended_at=None).update(ended_at=at)
    Membership.objects.create(user=by, establishment=place, role=Membership.Role.OWNER, name=handover.name, since=at)
    establishments.hand_over(place, by=by, operator_name=handover.operator_name, uscc=handover.uscc, at=at)
    today = timezone.localdate(at)
    for member in StaffMember.objects.filter(establishment=place, left_on=None).exclude(pk__in=list(staying)):
        staff.leave(member, by=by, on=max(today, member.joined_on))
    staff.end_consents(place, by=by, at=at)
    tables.end_with_operator(place, at)
    for key in LedgerKey.objects.filter(establishment=place, revoked_at=None):
        keys.revoke(key, by=by)
    for follow in _when_taken:
        follow(handover, by, at)
    audit.record(by, "kitchen.handed_over", place, handover=handover.pk, former=len(former))
    notices.forget_outside(_dedupe(handover))
    letters.taken(handover, former)
    return place


@transaction.atomic
def decline(handover: HandOver, *, by: User, proof: str, at: datetime | None = None) -> None:
    """The person does not want it; its owner is told."""
    at = at or timezone.now()
    _proven(handover, proof, at)
    move(handover, DECLINE, taken_by=by, ended_at=at, **NOBODYS)
    audit.record(by, "kitchen.offer_declined", handover.establishment, handover=handover.pk)
    notices.forget_outside(_dedupe(handover))
    letters.declined(handover)


def sweep(at: datetime) -> int:
    """End the offers whose time is over; how many."""
    ended = 0
    for row in HandOver.objects.filter(state=State.OFFERED, expires_at__lte=at).select_related("establishment"):
        with transaction.atomic():
            ended += _expire(row, at)
    return ended


def _expire(row: HandOver, at: datetime) -> bool:
    try:
        move(row, EXPIRE, ended_at=at, **NOBODYS)
    except WrongState:
        return False  # taken at the last moment
    audit.record(None, "kitchen.offer_expired", row.establishment, handover=row.pk)
    notices.forget_outside(_dedupe(row))
    letters.expired(row)
    return True


def _standing(at: datetime) -> Any:
    rows = HandOver.objects.filter(state=State.OFFERED, expires_at__gt=at, tries__lt=MOST_WRONG)
    return rows.select_related("establishment")


def _proven(handover: HandOver, proof: str, at: datetime) -> None:
    _open(HandOver.objects.select_for_update().get(pk=handover.pk), proof, at)


def _open(row: HandOver, proof: str, at: datetime | None = None) -> None:
    """WrongState when the offer stands no more; Refused when this person never opened it."""
    if row.state != State.OFFERED or row.expires_at <= (at or timezone.now()) or not _is_theirs_to_give(row):
        raise WrongState("take", row.state)
    if not proof or not constant_time_compare(proof, row.code_hash):
        raise _wrong()


def _is_theirs_to_give(row: HandOver) -> bool:
    """Whoever is no owner any more has nothing to hand over, whatever they offered before."""
    return access.can(row.offered_by, Can.HAND_OVER, row)


def _may_take(handover: HandOver, by: User) -> None:
    if handover.establishment_id in access.own(by):
        raise Refused(_("You act for this kitchen already: somebody else takes it over."))
    if access.can(by, Can.SEE_OFFICE, handover):
        raise Refused(_("An officer of the authority that supervises a kitchen cannot act for it."))


def _reached(contact: str) -> tuple[str, str]:
    """Channel and address as they are stored. Refused when it is neither a mobile number nor an email."""
    contact = contact.strip()
    if "@" in contact:
        try:
            validate_email(contact)
        except ValidationError as error:
            raise Refused(error.messages[0]) from None
        return "email", contact
    try:
        return "sms", mobiles.normal(contact)
    except ValueError:
        raise Refused(_("Please write a mobile number or an email.")) from None


def _hashed(code: str, handover: int) -> str:
    return salted_hmac("sunkitchen.registry.handovers", f"{handover}:{code}", algorithm="sha256").hexdigest()


def _dedupe(handover: HandOver) -> str:
    return f"handover:{handover.pk}:"


def _wrong() -> Refused:
    return Refused(
        _(
            "Kitchen and code do not fit. Please compare both with the message; after five wrong codes, or 14 days, the owner has to offer it anew."
        )
    )
