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

from . import edition as face
from . import guards, letters, path
from .models import Edition, Listing, Objection

SEAL = {
    Listing.Colour.RED: Step("seal", {Listing.State.DRAFT}, Listing.State.PUBLISHED),
    Listing.Colour.BLACK: Step("seal", {Listing.State.SERVED}, Listing.State.PUBLISHED),
}
PUBLISH = Step("publish", {Edition.State.DRAFT}, Edition.State.PUBLISHED)


@transaction.atomic
def publish(edition: Edition, *, by: User, at: datetime | None = None) -> None:
    """Publish for good: seal every listing, append the leaf, close the rows, in one transaction; then sign.

    Refused for everybody who took part in it or decided on it, for an empty edition, and while anything is in
    the way of a listing. WrongState for whoever comes second.
    """
    at = at or timezone.now()
    guards.must(by, Can.PUBLISH_EDITION, edition)
    guards.still_a_draft(edition)
    listings = list(
        edition.listings.kept()
        .select_for_update(of=("self",))
        .select_related("edition__authority", "establishment", "identity", "service", "waiver")
        .order_by("colour", "pk")
    )
    if by.pk == edition.drafted_by_id or any(by.pk in guards.took_part(listing) for listing in listings):
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
    """Sign what is unsigned, then write the static copy: entries, checkpoints, keys, editions. Idempotent.

    LogBroken, with nothing signed or written, when rows are not what was signed. OSError when the copy has no room:
    signed it is all the same.
    """
    newest = translog.sign(at)
    if newest is None:
        return
    with transaction.atomic():
        translog.hold()  # so that a slower process never turns the copy back
        for edition in Edition.objects.published().filter(entry__seq__lt=newest.size).order_by("entry__seq"):
            translog.write(f"editions/{edition.code}.json", face.document_bytes(edition, at))
        translog.mirror()
