"""Every write to an objection 陈述申辩: lodged within the window, decided by somebody who took no part."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, move

from . import guards, letters, releasing
from .models import Edition, Listing, Objection

_State = Listing.State
OBJECT = Step("object", {_State.SERVED}, _State.OBJECTED)
UPHOLD = Step("uphold", {_State.OBJECTED}, _State.SERVED)
OVERTURN = Step("overturn", {_State.OBJECTED}, _State.DROPPED)
REJECT = Step("reject", {Objection.State.OPEN}, Objection.State.REJECTED)
ACCEPT = Step("accept", {Objection.State.OPEN}, Objection.State.ACCEPTED)
LATE = _("The time to object has ended, or was waived.")
OBJECTED = _("An objection was lodged within its time.")


@transaction.atomic
def lodge(listing: Listing, *, by: User, statement: str, at: datetime | None = None) -> Objection:
    """Object 陈述申辩, as the owner or as an officer who writes down what the operator said. It stops publication."""
    at = at or timezone.now()
    if not access.can(by, Can.OBJECT, listing):
        guards.must(by, Can.SERVE_NOTICE, listing.edition)
    if guards.locked(listing.edition) == Edition.State.SCHEDULED:
        listing.refresh_from_db()
        if not listing.window_is_open(at):
            raise Refused(LATE)
        # A calendar made official meanwhile may have moved the last day: the right goes before the hour.
        releasing.halt(listing.edition, OBJECTED, at=at)
    guards.hold(listing)
    statement = statement.strip()
    if not statement:
        raise Refused(_("What do you object to? Write it in your own words."))
    if len(statement) > 2000:
        raise Refused(_("At most 2000 characters."))
    if listing.state == _State.SERVED and not listing.window_is_open(at):
        raise Refused(LATE)
    move(listing, OBJECT)
    objection = Objection.objects.create(listing=listing, statement=statement, lodged_by=by, lodged_at=at)
    audit.record(by, "objection.lodged", objection)
    return objection


@transaction.atomic
def decide(objection: Objection, *, by: User, uphold: bool, answer: str, at: datetime | None = None) -> None:
    """Decide an objection: uphold the listing, or overturn it. Only by somebody who took no part in it."""
    at = at or timezone.now()
    listing = objection.listing
    guards.must(by, Can.DECIDE_OBJECTION, listing.edition)
    guards.impartial(by, listing.establishment_id)
    guards.hold(listing)
    answer = answer.strip()
    if by.pk in guards.took_part(listing) | {objection.lodged_by_id}:
        raise Refused(_("You took part in this listing: somebody else decides the objection."))
    if not answer:
        raise Refused(_("The operator gets a reasoned answer."))
    move(objection, REJECT if uphold else ACCEPT, decided_by=by, decided_at=at, answer=answer)
    if uphold:
        move(listing, UPHOLD)
    else:
        move(listing, OVERTURN, dropped_why=answer[:500])
    audit.record(by, "objection.decided", objection, upheld=uphold)
    letters.decided(objection)
