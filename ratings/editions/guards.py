"""Who may take a step of an edition, and on what: asked by every action before it writes."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ratings.inspections.models import Inspection
from sunkitchen.accounts.models import User
from sunkitchen.core import access, files
from sunkitchen.core.access import Can
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, WrongState

from . import decided
from .models import Edition, Listing


class Released(WrongState):
    """The edition waits for its hour: nothing on it changes, unless it is called back."""

    def __init__(self, step: str):
        Refused.__init__(self, _("This edition is released and waits for its hour: a publisher calls it back first."))
        self.step, self.state = step, Edition.State.SCHEDULED.value


def may(by: User, capability: Can, subject: access.Scoped) -> bool:
    """An edition is the act of one bureau, taken by its own officers; a superior one's may decide objections."""
    _ids, divisions = access.reach(by, capability)
    if subject.scope.division in divisions:
        return True
    return capability == Can.DECIDE_OBJECTION and access.can(by, capability, subject)


def must(by: User, capability: Can, subject: access.Scoped) -> None:
    if not may(by, capability, subject):
        raise Refused(_("This step belongs to another post."))


def impartial(by: User, *establishments: int) -> None:
    if access.own(by) & set(establishments):
        raise Refused(_("You act for this kitchen yourself: a colleague takes this step."))


def locked(edition: Edition) -> str:
    """Its state as it is now; until the transaction ends nobody else changes it or anything on it."""
    return Edition.objects.select_for_update().values_list("state", flat=True).get(pk=edition.pk)


def still_a_draft(edition: Edition) -> None:
    """Locks the edition, so that publishing and everything before it come one after the other."""
    state = locked(edition)
    if state == Edition.State.SCHEDULED:
        raise Released("change")
    if state != Edition.State.DRAFT:
        raise WrongState("change", state)


def hold(listing: Listing) -> None:
    """The listing as it is now, and nobody else moves it: what the caller read before may be a colleague's step old."""
    still_a_draft(listing.edition)
    listing.refresh_from_db()


def took_part(listing: Listing) -> set[int]:
    """Who may neither decide, approve nor publish it: drafter, who picked it, who issued or served the notice or
    recorded the waiver, the inspectors and whoever else made its evidence."""
    return partakers([listing])


def partakers(listings: Iterable[Listing]) -> set[int]:
    """The same of many listings, in one query and one more for each black one of samples, complaints or reminders."""
    listings = list(listings)
    people: set[int | None] = set()
    for listing in listings:
        people |= {listing.edition.drafted_by_id, listing.picked_by_id, listing.noticed_by_id}
        for record in ("service", "waiver"):
            if recorded := getattr(listing, record, None):
                people.add(recorded.recorded_by_id)
        people |= decided.officers(listing)
    visits = {visit for listing in listings for visit in listing.evidence}
    for pair in Inspection.objects.filter(pk__in=visits).values_list("lead", "second"):
        people |= set(pair)
    return {person for person in people if person is not None}


def drawer(listing: Listing) -> str:
    """Whose quota the papers of a listing count against."""
    return f"authority:{listing.edition.authority_id}"


def kept(proof: files.Admitted | None, listing: Listing, by: User) -> StoredFile | None:
    return files.keep(proof, by=by, owner_scope=drawer(listing)) if proof else None
