"""An edition as it hangs on the wall: its listings as people read them."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from ratings.editions.judge import Rule
from ratings.editions.standing import suspended
from ratings.models import Edition, Listing, ListingIdentity
from sunkitchen.core import qr


@dataclass(frozen=True)
class Entry:
    listing: Listing
    identity: ListingIdentity | None  # None once erased, or past a black listing's term
    rule: Rule | None
    is_over: bool
    is_suspended: bool
    qr: SafeString

    @property
    def address(self) -> str:
        """Of the kitchen's own page, "" without a name."""
        return kitchen_address(self.identity.code) if self.identity else ""


def entries(edition: Edition, now: datetime) -> list[Entry]:
    """In their published order. A black listing past its term keeps its finding and loses its name."""
    today = timezone.localdate(now)
    rows = edition.listings.published().select_related("identity", "establishment").prefetch_related("objections")
    listings = list(rows.order_by("place"))
    for listing in listings:
        listing.edition = edition  # known already: spares a query each
    over = {listing.pk for listing in listings if listing.term_until and listing.term_until < today}
    silent = suspended([listing for listing in listings if listing.pk not in over], now)
    return [_entry(listing, listing.named(now), listing.pk in over, listing.pk in silent) for listing in listings]


def _entry(listing: Listing, identity: ListingIdentity | None, is_over: bool, is_suspended: bool) -> Entry:
    rule = None
    if listing.colour == Listing.Colour.BLACK:
        rule = next((rule for rule in listing.edition.rules.of(listing.colour) if rule.code == listing.rule), None)
    code = kitchen_qr(identity.code) if identity else SafeString("")
    return Entry(listing, identity, rule, is_over, is_suspended, code)


def kitchen_address(code: str) -> str:
    """Of a kitchen's page, whole, in the site's first language: it may be printed."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{reverse('kitchen', args=[code])}"


@lru_cache(maxsize=1024)
def kitchen_qr(code: str) -> SafeString:
    """The square code of a kitchen's page."""
    return mark_safe(qr.svg(kitchen_address(code)))  # drawn by ourselves from numbers: nothing of the text is in it
