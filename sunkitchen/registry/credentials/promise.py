"""How long papers wait, against what the authority promises: in working days, and in hours in which it is open."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from sunkitchen.core import access, workdays
from sunkitchen.core.access import Can
from sunkitchen.core.models import AuditEntry

from ..consultations.models import OfficeHours
from ..consultations.office_time import USUAL, OfficeTime

Term = tuple[datetime, datetime, str]  # handed in, decided, and the division of the kitchen

DAYS = 30  # that the figure looks back
LATELY = 300  # seconds
DECIDED = ("credential.approved", "credential.returned")


@dataclass(frozen=True)
class Figure:
    """Of the decisions of the last DAYS. Hours are those in which the authority of the kitchen is open."""

    decided: int
    median: float
    ninetieth: float
    late: int  # decided after the promised day


def waited(since: date, today: date) -> int:
    """Working days that have begun since that day: 0 on the day itself."""
    ahead = range(1, (today - since).days + 1)
    return sum(workdays.is_workday(since + timedelta(days=days)) is not None for days in ahead)


def pressing(since: date, today: date, promised: int) -> str:
    """ "ok", "warn" on the last day of the promise, "bad" after it."""
    due = workdays.add(since, promised).day
    return "bad" if today > due else "warn" if today == due else "ok"


def overdue_before(today: date, promised: int) -> datetime:
    """What was handed in before that moment has waited longer than promised."""
    day = today
    while workdays.add(day, promised).day >= today:
        day -= timedelta(days=1)
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def lately(user: Any, at: datetime, promised: int) -> Figure | None:
    """The figure of the reader's area, a few minutes old at most: it looks at every decision of DAYS."""
    ids, prefixes = access.reach(user, Can.SEE_PAPERS)
    key = f"papers.promise:{promised}:{','.join(map(str, [*sorted(prefixes), *sorted(ids)]))}"
    kept = cache.get_or_set(key, lambda: [figure(decided(user, at), promised, open_hours())], LATELY)
    return kept[0] if kept else None


def open_hours() -> Callable[[str], OfficeTime]:
    """For a division: when its office is open, by the nearest authority above it that keeps hours. One query."""
    kept = dict(OfficeHours.objects.values_list("authority__division", "hours"))

    def of(division: str) -> OfficeTime:
        nearer = (division[:length] for length in range(len(division), -1, -1))
        return OfficeTime(next((kept[prefix] for prefix in nearer if prefix in kept), USUAL), works)

    return of


def works(day: date) -> bool:
    return workdays.is_workday(day) is not None


def figure(terms: Iterable[Term], promised: int, hours_of: Callable[[str], OfficeTime]) -> Figure | None:
    """Of these decisions; None where there was none."""
    hours, late = [], 0
    for begin, end, division in terms:
        begin, end = timezone.localtime(begin), timezone.localtime(end)
        hours.append(hours_of(division).waited(begin, end) / timedelta(hours=1))
        late += end.date() > workdays.add(begin.date(), promised).day
    if not hours:
        return None
    hours.sort()
    return Figure(len(hours), _share(hours, 0.5), _share(hours, 0.9), late)


def decided(user: Any, at: datetime) -> list[Term]:
    """Of what the reader's authorities decided in the last DAYS. Two queries, however many."""
    of_papers = AuditEntry.objects.within(user, Can.SEE_PAPERS).filter(subject_kind="registry.credential")
    ends = of_papers.filter(verb__in=DECIDED, at__gte=at - timedelta(days=DAYS), at__lte=at)
    begins = of_papers.filter(verb="credential.submitted", subject_id__in=ends.values("subject_id"))
    handed_in: dict[str, list[datetime]] = defaultdict(list)
    for subject, when in begins.order_by("at").values_list("subject_id", "at"):
        handed_in[subject].append(when)
    terms = []
    for subject, when, division in ends.values_list("subject_id", "at", "division"):
        earlier = handed_in[subject]
        if place := bisect_right(earlier, when):
            terms.append((earlier[place - 1], when, division))
    return terms


def _share(hours: list[float], share: float) -> float:
    """The value below which that share of them lies, nearest rank; `hours` are sorted."""
    return hours[max(0, math.ceil(len(hours) * share) - 1)]
