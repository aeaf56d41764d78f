"""What is done to a published listing: never edited, but amended in the open, each time by a leaf of the log.

A stay, a withdrawal and a removal take its name out of everything that is served, within the minutes of a cache; the
finding stays. Only a stay is lifted again.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, translog, workdays
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, WrongState

from . import edition as face
from . import guards, letters
from .afterwards import Amendment, Rectification
from .models import Listing, ListingIdentity
from .publishing import settle

Kind = Amendment.Kind


@transaction.atomic
def stay(listing: Listing, *, by: User, document_number: str, reason: str, at: datetime | None = None) -> Amendment:
    """Suspend it 中止公示, because a review 复议 or a court ordered so: hidden until it is lifted or withdrawn."""
    at = at or timezone.now()
    _take_up(listing, by)
    _must_be_seen(listing, at)
    return _amend(listing, Kind.STAY, "listing.stayed", by=by, document_number=document_number, reason=reason, at=at)


@transaction.atomic
def lift(listing: Listing, *, by: User, reason: str, at: datetime | None = None) -> Amendment:
    """End its stay: it is shown again for the rest of its term."""
    at = at or timezone.now()
    _take_up(listing, by)
    reason = _reason(listing, reason)
    row = listing.amendments.filter(kind=Kind.STAY, lifted_at=None).first()
    if row is None or listing.amendments.filter(kind__in=[Kind.WITHDRAWAL, Kind.REMOVAL]).exists():
        raise WrongState("lift")
    leaf = face.amendment_leaf(listing, "lifted", by=by, document_number="", reason=reason, at=at)
    row.lifted_by, row.lifted_at, row.lifted_why = by, at, reason
    row.lifted_entry = translog.append(leaf)
    row.save(update_fields=["lifted_by", "lifted_at", "lifted_why", "lifted_entry"])
    audit.record(by, "listing.stay_lifted", listing, entry=row.lifted_entry.seq, reason=reason)
    letters.lifted(row)
    transaction.on_commit(lambda: settle(at), robust=True)
    return row


def withdraw_by(overturned_on: date) -> date:
    """The last day to withdraw a listing that was overturned that day."""
    return workdays.add(overturned_on, settings.WITHDRAW_WORKDAYS).day


@transaction.atomic
def withdraw(
    listing: Listing,
    *,
    by: User,
    document_number: str,
    reason: str,
    overturned_on: date | None = None,
    at: datetime | None = None,
) -> Amendment:
    """Withdraw it 撤销: it was overturned, or should never have been. A notice of that stays where it stood."""
    at = at or timezone.now()
    _take_up(listing, by)
    today = timezone.localtime(at).date()
    if overturned_on and overturned_on > today:
        raise Refused(_("The decision lies in the future."))
    if listing.amendments.filter(kind=Kind.WITHDRAWAL).exists():
        raise WrongState("withdraw")
    is_late = overturned_on is not None and today > withdraw_by(overturned_on)
    words = {"document_number": document_number, "reason": reason}
    return _amend(listing, Kind.WITHDRAWAL, "listing.withdrawn", by=by, at=at, late=is_late, **words)


@transaction.atomic
def correct(listing: Listing, *, by: User, document_number: str, reason: str, at: datetime | None = None) -> Amendment:
    """Correct it 更正: the correction stands beside the finding, which stays as it was signed."""
    at = at or timezone.now()
    _take_up(listing, by)
    if listing.amendments.filter(kind=Kind.WITHDRAWAL).exists():
        raise WrongState("correct")
    words = {"document_number": document_number, "reason": reason}
    return _amend(listing, Kind.CORRECTION, "listing.corrected", by=by, at=at, **words)


@transaction.atomic
def remove(listing: Listing, *, by: User, document_number: str, reason: str, at: datetime | None = None) -> Amendment:
    """Remove it 移出 before its term ends: a visit saw it mended. By somebody else than whoever verified that."""
    at = at or timezone.now()
    _take_up(listing, by)
    if listing.colour != Listing.Colour.BLACK:
        raise Refused(_("Only a black listing is removed after rectification."))
    mended = listing.rectifications.filter(state=Rectification.State.VERIFIED).order_by("-decided_at").first()
    if mended is None or mended.inspection is None:
        raise Refused(_("No visit has seen it mended yet."))
    if by.pk in (mended.decided_by_id, mended.inspection.lead_id, mended.inspection.second_id):
        raise Refused(_("You verified the rectification: somebody else removes the listing."))
    _must_be_seen(listing, at)
    words = {"document_number": document_number, "reason": reason}
    return _amend(listing, Kind.REMOVAL, "listing.removed", by=by, at=at, visit=mended.inspection_id, **words)


@transaction.atomic
def erase(listing: Listing, *, by: User, reason: str, at: datetime | None = None) -> None:
    """Delete who was listed, and the salt of it: for good, once it is withdrawn or its term has ended.

    Finding and edition verify all the same; from the log alone nobody can tell any more who it was.
    """
    at = at or timezone.now()
    _take_up(listing, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Why is it erased?"))
    over = listing.term_until is not None and listing.term_until < timezone.localtime(at).date()
    if not over and not listing.amendments.filter(kind=Kind.WITHDRAWAL).exists():
        raise Refused(_("Only who is withdrawn, or whose term has ended, is erased."))
    if ListingIdentity.objects.filter(listing=listing).delete()[0] == 0:
        raise WrongState("erase")
    audit.record(by, "listing.erased", listing, reason=reason[:500])
    transaction.on_commit(lambda: settle(at), robust=True)


# ── of all of them ──────────────────────────────────────────────────────────────────────────────────────────


def _take_up(listing: Listing, by: User) -> None:
    """Its edition is held, so that two amendments come one after the other, and the second sees the first."""
    guards.must(by, Can.AMEND_LISTING, listing.edition)
    guards.impartial(by, listing.establishment_id)
    guards.locked(listing.edition)
    listing.refresh_from_db()
    if listing.state != Listing.State.PUBLISHED:
        raise WrongState("amend", listing.state)


def _must_be_seen(listing: Listing, at: datetime) -> None:
    if any(one.hides for one in listing.amendments.all()):
        raise WrongState("amend")
    if listing.term_until and listing.term_until < timezone.localtime(at).date():
        raise Refused(_("Its term has ended."))


def _reason(listing: Listing, reason: str) -> str:
    """For the public, beside a name that may leave: so it names nobody itself."""
    reason = face.nfc(reason.strip())
    if not reason:
        raise Refused(_("Every amendment has a reason, in words for the public."))
    if len(reason) > 500:
        raise Refused(_("At most 500 characters."))
    identity = getattr(listing, "identity", None)
    names = [listing.establishment.signboard, listing.establishment.operator_name]
    names += [identity.signboard, identity.legal_name] if identity else []
    if any(name and face.nfc(name) in reason for name in names):
        raise Refused(_("The reason must not name the kitchen: names are kept apart so that they can be erased."))
    return reason


def _amend(
    listing: Listing,
    kind: str,
    verb: str,
    *,
    by: User,
    document_number: str,
    reason: str,
    at: datetime,
    **detail: object,
) -> Amendment:
    reason, document_number = _reason(listing, reason), face.nfc(document_number.strip())
    if not document_number or len(document_number) > 60:
        raise Refused(_("An amendment names the document that it rests on, in at most 60 characters."))
    entry = translog.append(
        face.amendment_leaf(listing, str(kind), by=by, document_number=document_number, reason=reason, at=at)
    )
    row = Amendment.objects.create(
        listing=listing, kind=kind, document_number=document_number, reason=reason, by=by, at=at, entry=entry
    )
    audit.record(by, verb, listing, entry=entry.seq, document_number=document_number, **detail)
    letters.amended(row)
    transaction.on_commit(lambda: settle(at), robust=True)  # whatever fails here, the sweep repairs
    return row
