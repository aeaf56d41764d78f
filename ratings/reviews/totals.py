"""What the public reads of satisfaction: totals of ten or more, of the weeks that are over. No single answer shows through."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, Count, Q
from django.utils import timezone

from sunkitchen.registry.models import Establishment

from .models import Satisfaction

LEAST = 10
DAYS = 90
GOOD = 4  # of 5: from here on somebody was satisfied


@dataclass(frozen=True)
class Totals:
    count: int
    percent: int  # of those who were satisfied: 4 or 5 of 5
    mean: float  # 1.0–5.0, one decimal

    @property
    def face(self) -> int:
        """The nearest of the five faces."""
        return max(1, min(5, round(self.mean)))


def of(establishment: Establishment, at: datetime) -> Totals | None:
    """Of the last 90 days before this week; None below ten. A number that grew by one would tell what a table said."""
    until = this_week(at)
    found = Satisfaction.objects.filter(
        establishment=establishment, at__gte=until - timedelta(days=DAYS), at__lt=until
    ).aggregate(count=Count("pk"), mean=Avg("overall"), good=Count("pk", filter=Q(overall__gte=GOOD)))
    if found["count"] < LEAST:
        return None
    return Totals(found["count"], round(100 * found["good"] / found["count"]), round(float(found["mean"]), 1))


def this_week(at: datetime) -> datetime:
    """When it began: Monday, midnight, local."""
    today = timezone.localdate(at)
    return _midnight(today - timedelta(days=today.weekday()))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
