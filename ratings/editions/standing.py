"""Which listing speaks for each of many kitchens: `Listing.objects.standing` for a whole page, in four queries."""

from collections.abc import Iterable
from datetime import datetime

from sunkitchen.registry.models import Establishment

from . import facts, judge
from .models import Listing


def suspended(listings: Iterable[Listing], at: datetime) -> set[int]:
    """Ids of those red listings whose facts do not all hold at `at`."""
    red = [listing for listing in listings if listing.colour == Listing.Colour.RED]
    known = facts.gather([listing.establishment for listing in red], at) if red else {}
    return {
        listing.pk
        for listing in red
        if judge.judge(known[listing.establishment_id], listing.edition.rules).colour != judge.RED
    }


def standings(kitchens: Iterable[Establishment], at: datetime) -> dict[int, Listing]:
    """By establishment id; a kitchen that stands on no list is missing."""
    rows = (
        Listing.objects.running(at).filter(establishment__in=list(kitchens)).select_related("edition", "establishment")
    )
    running = list(rows.order_by("colour", "-edition__published_at"))  # "black" sorts before "red"
    silent = suspended(running, at)
    found: dict[int, Listing] = {}
    for listing in running:
        if listing.pk not in silent:
            found.setdefault(listing.establishment_id, listing)
    return found
