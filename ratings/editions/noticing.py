"""Every write between picking and the window's end: the notice, its service, the operator's waiver, and taking off."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, files
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from . import guards, letters
from .models import Listing, Service, Waiver

_State = Listing.State
NOTICE = Step("notice", {_State.DRAFT}, _State.NOTICED)
SERVE = Step("serve", {_State.NOTICED}, _State.SERVED)
WAIVE = Step("waive", {_State.SERVED}, _State.SERVED)
DROP = Step("drop", {_State.DRAFT, _State.NOTICED, _State.SERVED}, _State.DROPPED)


@transaction.atomic
def notice(listing: Listing, *, by: User, at: datetime | None = None) -> None:
    """Issue the 拟公示告知书: it is printed and served on paper; the owners' desks say that it comes."""
    at = at or timezone.now()
    guards.must(by, Can.SERVE_NOTICE, listing.edition)
    guards.impartial(by, listing.establishment_id)
    guards.hold(listing)
    if listing.colour == Listing.Colour.RED:
        raise Refused(_("A red listing needs no notice."))
    move(listing, NOTICE, noticed_by=by, noticed_at=at)
    audit.record(by, "listing.noticed", listing, document_number=listing.document_number)
    letters.noticed(listing)


@transaction.atomic
def serve(
    listing: Listing,
    *,
    by: User,
    method: str,
    served_on: date,
    note: str = "",
    proof: files.Admitted | None = None,
    at: datetime | None = None,
) -> Service:
    """Record how and when the notice was served 送达, with a file or a note as proof; the window runs from that day."""
    at = at or timezone.now()
    guards.must(by, Can.SERVE_NOTICE, listing.edition)
    guards.impartial(by, listing.establishment_id)
    guards.hold(listing)
    note = note.strip()
    if method not in Service.Method.values:
        raise Refused(_("How was the notice served?"))
    if listing.noticed_at and served_on < timezone.localtime(listing.noticed_at).date():
        raise Refused(_("The notice cannot be served before it was issued."))
    if served_on > timezone.localtime(at).date():
        raise Refused(_("Service lies in the future."))
    if not note and proof is None:
        raise Refused(_("Service needs proof: a file, or a note of who received it."))
    if method == Service.Method.ELECTRONIC and proof is None:
        raise Refused(_("Electronic service needs the signed confirmation of address as a file."))
    move(listing, SERVE)
    service = Service.objects.create(
        listing=listing,
        method=method,
        served_on=served_on,
        note=note,
        proof=guards.kept(proof, listing, by),
        recorded_by=by,
        recorded_at=at,
    )
    audit.record(by, "listing.served", listing, method=method, served_on=served_on.isoformat())
    letters.served(listing)
    return service


@transaction.atomic
def waive(
    listing: Listing,
    *,
    by: User,
    waived_on: date,
    statement: str,
    proof: files.Admitted | None = None,
    at: datetime | None = None,
) -> Waiver:
    """Record the operator's waiver 放弃陈述申辩: the window ends with it, and nothing else ends it early."""
    at = at or timezone.now()
    guards.must(by, Can.SERVE_NOTICE, listing.edition)
    guards.impartial(by, listing.establishment_id)
    guards.hold(listing)
    statement = statement.strip()
    if not statement:
        raise Refused(_("Write down what the operator stated."))
    if hasattr(listing, "waiver"):
        raise WrongState("waive", listing.state)
    service = getattr(listing, "service", None)
    if service and not service.served_on <= waived_on <= timezone.localtime(at).date():
        raise Refused(_("A waiver lies between service and today."))
    move(listing, WAIVE)
    waiver = Waiver.objects.create(
        listing=listing,
        waived_on=waived_on,
        statement=statement,
        proof=guards.kept(proof, listing, by),
        recorded_by=by,
        recorded_at=at,
    )
    audit.record(by, "listing.waived", listing, waived_on=waived_on.isoformat())
    letters.waived(listing)
    return waiver


@transaction.atomic
def drop(listing: Listing, *, by: User, why: str) -> None:
    """Take a listing off the draft, with a reason."""
    guards.must(by, Can.DRAFT_EDITION, listing.edition)
    guards.impartial(by, listing.establishment_id)
    guards.hold(listing)
    why = why.strip()
    if not why:
        raise Refused(_("Why is it taken off?"))
    was_noticed = listing.noticed_at is not None
    move(listing, DROP, dropped_why=why[:500])
    audit.record(by, "listing.dropped", listing, why=why[:500])
    if was_noticed:
        letters.dropped(listing)
