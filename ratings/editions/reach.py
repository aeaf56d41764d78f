"""How often an edition was read and shared: sums by day. Nobody's address, no cookie, no trace of who."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from .afterwards import Reach
from .models import Edition

WHAT = ("reads", "shares")


def count(edition: Edition, what: str, at: datetime) -> None:
    """One more of the edition's "reads" or "shares" on that day."""
    today = Reach.objects.filter(edition=edition, day=timezone.localtime(at).date())
    if today.update(**{what: F(what) + 1}):
        return
    try:
        with transaction.atomic():
            Reach.objects.create(edition=edition, day=timezone.localtime(at).date(), **{what: 1})
    except IntegrityError:  # somebody else was the day's first
        today.update(**{what: F(what) + 1})


def totals(edition: Edition) -> dict[str, int]:
    """{"reads", "shares"} since its publication."""
    return {what: found or 0 for what, found in edition.reach.aggregate(**{w: Sum(w) for w in WHAT}).items()}


def by_day(edition: Edition) -> list[Reach]:
    """The newest day first, for the office."""
    return list(edition.reach.order_by("-day"))
