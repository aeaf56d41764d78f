"""Rectification 整改: the operator says that it is mended; within ten working days a visit looks; then it is removed."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.inspections.models import Inspection
from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit, files, workdays
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from . import guards, letters
from .afterwards import Rectification
from .models import Listing

State = Rectification.State
VERIFY = Step("verify", {State.ASKED}, State.VERIFIED)
REFUSE = Step("refuse", {State.ASKED}, State.REFUSED)
PHOTOS = 6


@transaction.atomic
def ask(
    listing: Listing,
    *,
    by: User,
    statement: str,
    photos: Iterable[files.Admitted] = (),
    at: datetime | None = None,
) -> Rectification:
    """Say that it is mended, as the owner or as an officer who writes down what the operator said. A visit is due."""
    at = at or timezone.now()
    if not access.can(by, Can.OBJECT, listing):
        guards.must(by, Can.SERVE_NOTICE, listing.edition)
        guards.impartial(by, listing.establishment_id)
    guards.locked(listing.edition)
    listing.refresh_from_db()
    photos = list(photos)
    if not may_be_asked(listing, at):
        raise WrongState("ask", listing.state)
    statement = statement.strip()
    if not statement:
        raise Refused(_("What was mended? Write it in your own words."))
    if len(statement) > 2000:
        raise Refused(_("At most 2000 characters."))
    if len(photos) > PHOTOS:
        raise Refused(_("At most %(most)d photos.") % {"most": PHOTOS})
    due = workdays.add(timezone.localtime(at).date(), settings.REINSPECT_WORKDAYS).day
    row = Rectification.objects.create(listing=listing, statement=statement, asked_by=by, asked_at=at, due_on=due)
    drawer = f"establishment:{listing.establishment_id}"
    row.files.set([files.keep(photo, by=by, owner_scope=drawer) for photo in photos])
    audit.record(by, "rectification.asked", row, due_on=due.isoformat(), photos=len(photos))
    letters.rectification_asked(row)
    return row


def may_be_asked(listing: Listing, at: datetime) -> bool:
    """Whether there is something to remove, and nobody is on the way to look yet."""
    is_black = listing.state == Listing.State.PUBLISHED and listing.colour == Listing.Colour.BLACK
    runs = listing.term_until is not None and timezone.localtime(at).date() <= listing.term_until
    if not is_black or not runs or any(one.hides for one in listing.amendments.all()):
        return False
    return not listing.rectifications.exclude(state=State.REFUSED).exists()


def visits_of(rectification: Rectification) -> list[Inspection]:
    """The closed re-inspections that may say whether it is mended: later than the listing, the newest first."""
    listing = rectification.listing
    if listing.edition.published_at is None:
        return []
    rows = Inspection.objects.closed().filter(
        establishment=listing.establishment_id,
        kind=Inspection.Kind.FOLLOW_UP,
        visited_at__gt=listing.edition.published_at,
    )
    return list(rows.order_by("-visited_at", "-pk"))


@transaction.atomic
def decide(
    rectification: Rectification, *, by: User, inspection: Inspection, answer: str = "", at: datetime | None = None
) -> None:
    """Link the visit that looked: what it found decides. Mended, a publisher removes the listing; else the answer says why."""
    at = at or timezone.now()
    listing = rectification.listing
    guards.must(by, Can.INSPECT, listing.edition)
    guards.impartial(by, listing.establishment_id)
    guards.locked(listing.edition)
    answer = answer.strip()
    if inspection not in visits_of(rectification):
        raise Refused(
            _("Only a closed re-inspection of this kitchen, later than the listing, says whether it is mended.")
        )
    if len(answer) > 1000:
        raise Refused(_("At most 1000 characters."))
    mended = inspection.result in (Inspection.Result.CONFORMS, Inspection.Result.MOSTLY)
    if not mended and not answer:
        raise Refused(_("The operator gets a reasoned answer."))
    move(
        rectification,
        VERIFY if mended else REFUSE,
        inspection=inspection,
        decided_by=by,
        decided_at=at,
        answer=answer,
    )
    verb = "rectification.verified" if mended else "rectification.refused"
    audit.record(by, verb, rectification, visit=inspection.pk)
    letters.rectification_decided(rectification)
