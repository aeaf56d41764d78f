"""How long papers wait, against what the authority promises: in working days, and in hours of the office's days."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from sunkitchen.core import workdays
from sunkitchen.core.access import Can
from sunkitchen.core.models import AuditEntry

OPENS, CLOSES = time(9), time(17)  # an office's day of eight hours [P]
DAYS = 30  # that the figure looks back
DECIDED = ("credential.approved", "credential.returned")


@dataclass(frozen=True)
class Figure:
    """Of the decisions of the last DAYS. Hours are the office's."""

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


def office_hours(begin: datetime, end: datetime) -> float:
    """Hours between two moments that lie on working days from OPENS to CLOSES, local time."""
    begin, end = timezone.localtime(begin), timezone.localtime(end)
    total, day = 0.0, begin.date()
    while day <= end.date():
        if workdays.is_workday(day):
            opens, closes = (datetime.combine(day, at, begin.tzinfo) for at in (OPENS, CLOSES))
            total += max(0.0, (min(end, closes) - max(begin, opens)).total_seconds())
        day += timedelta(days=1)
    return total / 3600


def figure(terms: Iterable[tuple[datetime, datetime]], promised: int) -> Figure | None:
    """From (handed in, decided) of each decision; None where there was none."""
    hours, late = [], 0
    for begin, end in terms:
        hours.append(office_hours(begin, end))
        day = timezone.localdate(begin)
        late += timezone.localdate(end) > workdays.add(day, promised).day
    if not hours:
        return None
    hours.sort()
    return Figure(len(hours), _share(hours, 0.5), _share(hours, 0.9), late)


def decided(user: Any, at: datetime) -> list[tuple[datetime, datetime]]:
    """(handed in, decided) of what the reader's authorities decided in the last DAYS. Two queries, however many."""
    of_papers = AuditEntry.objects.within(user, Can.SEE_PAPERS).filter(subject_kind="registry.credential")
    ends = of_papers.filter(verb__in=DECIDED, at__gte=at - timedelta(days=DAYS), at__lte=at)
    begins = of_papers.filter(verb="credential.submitted", subject_id__in=ends.values("subject_id"))
    handed_in: dict[str, list[datetime]] = defaultdict(list)
    for subject, when in begins.order_by("at").values_list("subject_id", "at"):
        handed_in[subject].append(when)
    terms = []
    for subject, when in ends.values_list("subject_id", "at"):
        earlier = handed_in[subject]
        if place := bisect_right(earlier, when):
            terms.append((earlier[place - 1], when))
    return terms


def _share(hours: list[float], share: float) -> float:
    """The value below which that share of them lies, nearest rank; `hours` are sorted."""
    return hours[max(0, math.ceil(len(hours) * share) - 1)]
