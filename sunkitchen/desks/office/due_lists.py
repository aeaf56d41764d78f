"""Clocks of the red and black lists: service, windows to object, objections, release, rectification, withdrawal."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ratings.editions import approving, guards, path
from ratings.editions.afterwards import Rectification
from ratings.editions.approvals import ApprovalStage
from ratings.editions.models import Edition, Listing, Objection
from sunkitchen.core.access import Can

from ..links import link
from .due import MOST, Due, Reader, most, others

LONGEST_WINDOW = timedelta(days=60)  # no window of any rule set runs longer


def _listings(reader: Reader) -> Any:
    rows = Listing.objects.filter(establishment__in=reader.kitchens, edition__state=Edition.State.DRAFT)
    return rows.select_related("edition__authority", "establishment")


def unserved(reader: Reader) -> Iterator[Due]:
    rows = _listings(reader).filter(state=Listing.State.NOTICED).order_by("noticed_at", "pk")

    def made(row: Listing) -> Due:
        return reader.due(
            _("Serve the notice"),
            row.establishment,
            link("office_listing", row.pk),
            since=row.noticed_at,
            is_mine=reader.may(Can.SERVE_NOTICE, row.establishment_id),
        )

    yield from most(rows, made, others(reader, _("Serve the notice"), link("office_editions")))


def windows(reader: Reader) -> Iterator[Due]:
    """Few, as only drafts of these weeks have them: so the working days are counted here."""
    served = _listings(reader).filter(
        state=Listing.State.SERVED, service__served_on__gte=(reader.at - LONGEST_WINDOW).date()
    )
    running = [
        (row, found) for row in served.select_related("service", "waiver") if (found := path.clock(row, reader.at))
    ]
    running.sort(key=lambda pair: (pair[1].until, pair[0].pk))
    for row, found in running[:MOST]:
        yield reader.due(
            _("The operator may object until then"),
            row.establishment,
            link("office_listing", row.pk),
            day=found.until,
            note=_("provisional") if found.provisional else "",
        )
    if len(running) > MOST:
        row, found = running[MOST]
        more = others(reader, _("The operator may object until then"), link("office_editions"))
        yield more(len(running) - MOST, reader.due("", "", "", day=found.until))


def objections(reader: Reader) -> Iterator[Due]:
    rows = (
        Objection.objects.filter(listing__establishment__in=reader.kitchens, state=Objection.State.OPEN)
        .select_related("listing__establishment", "listing__edition")
        .order_by("lodged_at", "pk")
    )

    def made(row: Objection) -> Due:
        listing = row.listing
        took_part = reader.user.pk in (listing.picked_by_id, listing.noticed_by_id, listing.edition.drafted_by_id)
        return reader.due(
            _("Decide the objection"),
            listing.establishment,
            link("office_listing", listing.pk),
            since=row.lodged_at,
            is_mine=not took_part and reader.may(Can.DECIDE_OBJECTION, listing.establishment_id),
            note=_("you took part: somebody else decides") if took_part and Can.DECIDE_OBJECTION in reader.able else "",
        )

    yield from most(rows, made, others(reader, _("Decide the objection"), link("office_editions")))


def approvals(reader: Reader) -> Iterator[Due]:
    """Editions whose turn in the chain is a stage that names the reader: as a rule one a month, so each is looked into."""
    if Can.APPROVE_EDITION not in reader.able:
        return
    stages = ApprovalStage.objects.filter(officers=reader.user, ended_at=None)
    rows = (
        Edition.objects.within(reader.user, Can.APPROVE_EDITION)
        .filter(state=Edition.State.DRAFT, authority__in=stages.values("authority"))
        .exclude(drafted_by=reader.user)
        .select_related("authority")
        .order_by("drafted_at", "pk")
    )
    for edition in rows[:MOST]:
        listings = approving.contents(edition)
        if not listings or any(path.obstacles(listings, reader.at).values()):
            continue
        course = approving.said(edition, approving.digest(edition, listings))
        if any(row.approval and (not row.approval.agreed or row.approval.by_id == reader.user.pk) for row in course):
            continue
        turn = next((row.stage for row in course if row.approval is None), None)
        is_named = turn is not None and reader.user.pk in {officer.pk for officer in turn.officers.all()}
        if turn is None or not is_named or reader.user.pk in guards.partakers(listings):
            continue
        before = max((row.approval.at for row in course if row.approval), default=edition.drafted_at)
        yield reader.due(
            _("Your opinion in the approval chain"),
            named(edition),
            link("office_edition", edition.pk),
            since=before,
            is_mine=True,
            note=turn.title,
        )


def releases(reader: Reader) -> Iterator[Due]:
    rows = (
        Edition.objects.within(reader.user, Can.SEE_OFFICE)
        .filter(state=Edition.State.SCHEDULED, release_at__lt=reader.at + timedelta(days=15))
        .select_related("authority")
        .order_by("release_at", "pk")
    )
    for row in rows[:MOST]:
        at = timezone.localtime(row.release_at) if row.release_at else timezone.localtime(reader.at)
        yield reader.due(
            _("Published at its hour"),
            named(row),
            link("office_edition", row.pk),
            day=at.date(),
            note=f"{at:%H:%M}",
        )


def rectifications(reader: Reader) -> Iterator[Due]:
    rows = (
        Rectification.objects.filter(
            listing__establishment__in=reader.kitchens, state=Rectification.State.ASKED, due_on__lte=reader.horizon
        )
        .select_related("listing__establishment")
        .order_by("due_on", "pk")
    )

    def made(row: Rectification) -> Due:
        listing = row.listing
        return reader.due(
            _("Look whether it is mended"),
            listing.establishment,
            link("office_listing", listing.pk),
            day=row.due_on,
            is_mine=reader.may(Can.INSPECT, listing.establishment_id),
        )

    yield from most(rows, made, others(reader, _("Look whether it is mended"), link("office_rectifications")))


def named(edition: Edition) -> str:
    return _("Edition %(number)s of %(year)s") % {"number": edition.number, "year": edition.year}


SOURCES = [unserved, windows, objections, approvals, releases, rectifications]
