"""Rows that ratings' own actions would have made, written straight: the public pages only read them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ratings.editions import edition as document
from ratings.models import Edition, Inspection, Listing, ListingIdentity, Objection, Outbreak, Sample, Service
from sunkitchen.core import translog
from tests import builders


def inspection(establishment, *, days_ago=36, result="conforms", grade="A", score_tenths=94, **fields):
    hailan = builders.authority()
    at = timezone.now() - timedelta(days=days_ago)
    return Inspection.objects.create(
        establishment=establishment,
        authority=hailan,
        checklist="2026-1",
        lead=fields.pop("lead", None) or builders.user("赵查"),
        second=builders.user("周验"),
        lead_number="HL-0012",
        second_number="HL-0015",
        visited_at=at,
        state="closed",
        closed_at=at,
        result=result,
        grade=grade,
        score_tenths=score_tenths,
        signature="signed",
        **fields,
    )


def outbreak(establishment, *, days_ago=3, **fields):
    by = builders.officer("赵查", builders.authority(), "inspector")
    return Outbreak.objects.create(
        establishment=establishment,
        occurred_on=timezone.localdate() - timedelta(days=days_ago),
        people=7,
        document_number="海市监食〔2026〕9 号",
        findings="沙门氏菌。",
        confirmed_by=by,
        **fields,
    )


def sample(establishment, *, days_ago=3, state="confirmed", **fields):
    """A sample whose result is final."""
    day = timezone.localdate() - timedelta(days=days_ago)
    return Sample.objects.create(
        establishment=establishment,
        authority=builders.authority(),
        product="卤水拼盘",
        quantity="500 g",
        seal="S1",
        retained="海澜市检测中心",
        lead=builders.user("赵查"),
        second=builders.user("周验"),
        state=state,
        served_on=day,
        final_on=day,
        **fields,
    )


@transaction.atomic
def edition(*, red=(), black=(), number=11, days_ago=2, signed=True, term_until=None):
    """A published edition: `red` holds kitchens, `black` (kitchen, rule, reason, statement or "")."""
    published = timezone.now() - timedelta(days=days_ago)
    today = timezone.localdate(published)
    hailan = builders.authority()
    drafter = builders.user("李审")
    row = Edition.objects.create(
        authority=hailan,
        year=2026,
        number=number,
        rule_version="2026-2",
        period_from=today - timedelta(days=30),
        period_to=today,
        drafted_by=drafter,
    )
    listings = []
    for place in red:
        listings.append(_listing(row, place, "red", "red", "全部证照有效，A 级，摄像头已启用。", drafter))
    for place, rule, reason, statement in black:
        listing = _listing(
            row, place, "black", rule, reason, drafter, document_number="海市监责改〔2026〕31 号", noticed_at=published
        )
        Service.objects.create(
            listing=listing,
            method="direct",
            served_on=today - timedelta(days=9),
            note="店内当面送达",
            recorded_by=drafter,
        )
        if statement:
            Objection.objects.create(
                listing=listing,
                statement=statement,
                lodged_by=drafter,
                state="rejected",
                decided_by=builders.user("孙发"),
                decided_at=published - timedelta(days=4),
            )
        listings.append(listing)
    for place, listing in enumerate(listings):
        until = term_until or row.rules.term(listing.colour, listing.rule, today)
        listing.finding = document.finding(listing, until)
        listing.finding_salt = document.fresh_salt()
        listing.place, listing.term_until, listing.sealed_at, listing.state = place, until, published, "published"
        listing.save()
    publisher = builders.user("孙发")
    row.entry = translog.append(document.leaf(row, listings, publisher=publisher, at=published))
    row.published_by, row.published_at, row.state = publisher, published, "published"
    row.save()
    if signed:
        translog.sign(published)
        translog.mirror()
    return row


def _listing(edition, place, colour, rule, reason, drafter, **fields):
    listing = Listing.objects.create(
        edition=edition,
        establishment=place,
        colour=colour,
        rule=rule,
        reason=reason,
        picked_by=drafter,
        **fields,
    )
    ListingIdentity.objects.create(
        listing=listing,
        code=place.code,
        legal_name=place.operator_name,
        signboard=place.signboard,
        address=place.address,
        salt=document.fresh_salt(),
    )
    return listing
