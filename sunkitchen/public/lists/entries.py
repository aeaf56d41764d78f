"""An edition as it hangs on the wall: its listings as people read them."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ratings.editions.judge import Rule
from ratings.editions.standing import suspended
from ratings.models import Amendment, Edition, Listing, ListingIdentity
from sunkitchen.core import qr

GRAVEST = ("withdrawal", "removal", "stay")


@dataclass(frozen=True)
class Entry:
    listing: Listing
    identity: ListingIdentity | None  # None once erased, out of sight, or past a black one's term
    rule: Rule | None
    is_over: bool
    is_suspended: bool
    qr: SafeString

    @property
    def amendments(self) -> list[Amendment]:
        """What was amended, the oldest first."""
        return sorted(self.listing.amendments.all(), key=lambda one: one.pk)

    @property
    def hiding(self) -> Amendment | None:
        """What takes it out of sight, the gravest first, or None."""
        found = [one for one in self.amendments if one.hides]
        return min(found, key=lambda one: GRAVEST.index(one.kind)) if found else None

    @property
    def notices(self) -> list[str]:
        """What was amended, in words to stand beside the listing: a withdrawal's notice, a correction, a suspension."""
        return [said for one in self.amendments for said in _said(one)]

    @property
    def standing(self) -> str:
        """In one word: whether it stands."""
        if hiding := self.hiding:
            words = {"withdrawal": _("withdrawn"), "removal": _("removed"), "stay": _("suspended by order")}
            return words[hiding.kind]
        return _("ended") if self.is_over else _("suspended") if self.is_suspended else _("stands")

    @property
    def address(self) -> str:
        """Of the kitchen's own page, "" without a name."""
        return kitchen_address(self.identity.code) if self.identity else ""


def entries(edition: Edition, now: datetime) -> list[Entry]:
    """In their published order. A black listing past its term keeps its finding and loses its name."""
    today = timezone.localdate(now)
    rows = (
        edition.listings.published()
        .select_related("identity", "establishment")
        .prefetch_related("objections", "amendments")
    )
    listings = list(rows.order_by("place"))
    for listing in listings:
        listing.edition = edition  # known already: spares a query each
    over = {listing.pk for listing in listings if listing.term_until and listing.term_until < today}
    silent = suspended([listing for listing in listings if listing.pk not in over], now)
    return [_entry(listing, listing.named(now), listing.pk in over, listing.pk in silent) for listing in listings]


def _said(one: Amendment) -> list[str]:
    words = {"day": _day(one.at), "reason": one.reason, "document": one.document_number}
    said = {
        "correction": _("Corrected %(day)s: %(reason)s (%(document)s)"),
        "stay": _("Suspended %(day)s by review or court: %(reason)s (%(document)s)"),
        "withdrawal": _("Withdrawn %(day)s: %(reason)s (%(document)s)"),
        "removal": _("Removed %(day)s after a visit saw it mended: %(reason)s (%(document)s)"),
    }[one.kind]
    lifted = []
    if one.lifted_at:
        ended = {"day": _day(one.lifted_at), "reason": one.lifted_why}
        lifted = [_("Suspension ended %(day)s: %(reason)s") % ended]
    return [said % words, *lifted]


def _day(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}"


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
