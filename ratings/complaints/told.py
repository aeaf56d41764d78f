"""What the public is told of complaints: numbers of half years that are over. Nobody learns of a single one, or when it came."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from sunkitchen.registry.models import Establishment

from .models import Complaint

MOST = 4  # half years back


@dataclass(frozen=True)
class HalfYear:
    year: int
    half: int  # 1 or 2
    received: int  # what was taken up; of duplicates one
    upheld: int


def of(establishment: Establishment, at: datetime) -> list[HalfYear]:
    """The last half years that are over and had any, the newest first. One query."""
    begun = _begin(timezone.localdate(at))
    first = date(begun.year - MOST // 2, begun.month, 1)
    rows = (
        Complaint.objects.filter(
            establishment=establishment,
            same_as=None,
            received_at__gte=_midnight(first),
            received_at__lt=_midnight(begun),
        )
        .exclude(state__in=[Complaint.State.RECEIVED, Complaint.State.REFUSED])
        .values_list("received_at", "upheld")
    )
    received: Counter[date] = Counter()
    upheld: Counter[date] = Counter()
    for moment, is_upheld in rows:
        half = _begin(timezone.localdate(moment))
        received[half] += 1
        upheld[half] += bool(is_upheld)
    return [
        HalfYear(half.year, 1 if half.month == 1 else 2, received[half], upheld[half])
        for half in sorted(received, reverse=True)
    ]


def _begin(day: date) -> date:
    return date(day.year, 1 if day.month < 7 else 7, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
