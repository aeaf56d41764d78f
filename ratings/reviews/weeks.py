"""Satisfaction by the week, for the business and the bureau: a week that is over and had three answers at least."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from sunkitchen.registry.models import Establishment

from .models import Satisfaction
from .totals import this_week

LEAST = 3
WEEKS = 12


@dataclass(frozen=True)
class Week:
    begins: date
    count: int
    shares: tuple[int, ...]  # percent of each mark, 1 to 5
    mean: float
    cleanliness: float | None
    food: float | None


def of(establishment: Establishment, at: datetime) -> list[Week]:
    """The last twelve that are over, the newest first. No single answer, and none in the moment it is given."""
    until = this_week(at)
    rows = Satisfaction.objects.filter(
        establishment=establishment, at__gte=until - timedelta(weeks=WEEKS), at__lt=until
    ).values_list("at", "overall", "cleanliness", "food")
    weeks: dict[date, list[tuple[int, int | None, int | None]]] = defaultdict(list)
    for moment, overall, cleanliness, food in rows:
        day = timezone.localdate(moment)
        weeks[day - timedelta(days=day.weekday())].append((overall, cleanliness, food))
    return [_week(begins, weeks[begins]) for begins in sorted(weeks, reverse=True) if len(weeks[begins]) >= LEAST]


def _week(begins: date, answers: list[tuple[int, int | None, int | None]]) -> Week:
    marks = [answer[0] for answer in answers]
    return Week(
        begins,
        len(marks),
        tuple(round(100 * marks.count(mark) / len(marks)) for mark in range(1, 6)),
        round(sum(marks) / len(marks), 1),
        _mean([answer[1] for answer in answers]),
        _mean([answer[2] for answer in answers]),
    )


def _mean(marks: list[int | None]) -> float | None:
    given = [mark for mark in marks if mark is not None]
    return round(sum(given) / len(given), 1) if len(given) >= LEAST else None
