"""Publishing: every listing sealed, one leaf appended, the rows closed; then the log is signed and copied."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, translog
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, move

from . import approving, guards, letters, path
from . import edition as face
from .models import Edition, Listing, Objection

SEAL = {
    Listing.Colour.RED: Step("seal", {Listing.State.DRAFT}, Listing.State.PUBLISHED),
    Listing.Colour.BLACK: Step("seal", {Listing.State.SERVED}, Listing.State.PUBLISHED),
}
PUBLISH = Step("publish", {Edition.State.SCHEDULED}, Edition.State.PUBLISHED)


def ready(edition: Edition, *, by: User, at: datetime) -> list[Listing]:
    """What `by` may publish at `at`, in its order. Refused, in words, while they may not, or while anything is in the way.

    Refused for everybody who took part in it or decided on it, for an empty edition, while anything is in the way of a
    listing, and before every stage of the approval chain agreed to exactly this content. The caller holds the edition.
    """
    guards.must(by, Can.PUBLISH_EDITION, edition)
    listings = approving.contents(edition)
    if by.pk == edition.drafted_by_id or by.pk in guards.partakers(listings):
        raise Refused(_("Nobody publishes what they drafted, inspected or served."))
    guards.impartial(by, *(listing.establishment_id for listing in listings))
    if by.pk in set(Objection.objects.filter(listing__edition=edition).values_list("decided_by_id", flat=True)):
        raise Refused(_("Whoever decided an objection does not publish the edition."))
    if not listings:
        raise Refused(_("An empty edition is not published."))
    in_the_way = path.obstacles(listings, at)
    for listing in listings:
        if found := in_the_way[listing.pk]:
            raise Refused(format_lazy("{}: {}", str(listing.establishment), " ".join(found)))
    if missing := approving.in_the_way(edition, approving.digest(edition, listings)):
        raise Refused(missing)
    return listings


def seal(edition: Edition, listings: list[Listing], *, by: User, at: datetime) -> None:
    """Publish for good: seal every listing, append the leaf, close the rows, in the caller's transaction; then sign.

    WrongState for whoever comes second.
    """
    today = timezone.localtime(at).date()
    for place, listing in enumerate(listings):
        term_until = edition.rules.term(listing.colour, listing.rule, today)
        listing.identity.salt = face.fresh_salt()
        listing.identity.save(update_fields=["salt"])
        move(
            listing,
            SEAL[Listing.Colour(listing.colour)],
            finding=face.finding(listing, term_until),
            finding_salt=face.fresh_salt(),
            place=place,
            term_until=term_until,
            sealed_at=at,
        )
    entry = translog.append(face.leaf(edition, listings, publisher=by, at=at))
    move(edition, PUBLISH, published_by=by, published_at=at, entry=entry)
    audit.record(by, "edition.published", edition, entry=entry.seq, listings=len(listings))
    for listing in listings:
        letters.published(listing)
    transaction.on_commit(lambda: settle(at), robust=True)  # whatever fails here, the sweep repairs


def settle(at: datetime) -> None:
    """Sign what is unsigned, then write the static copy with every edition's document. Idempotent; translog.settle."""
    translog.settle(at)
