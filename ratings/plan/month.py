"""One month of visits: how many kitchens are due on each day, what was drawn, what is looked at again."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from ratings.draws.models import Assignment
from ratings.editions.afterwards import Rectification
from ratings.inspections.models import Finding
from sunkitchen.core import workdays
from sunkitchen.registry.models import Establishment

from . import schedule

MOST = 6  # named on a day; the rest is a number
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Entry:
    kind: str  # draw or again
    kitchen: Establishment
    of: int  # the draw's, the inspection's or the listing's id


@dataclass
class Day:
    day: date
    works: bool
    due: int = 0
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        return not self.due and not self.entries

    @property
    def shown(self) -> list[Entry]:
        return self.entries[:MOST]

    @property
    def more(self) -> int:
        return max(0, len(self.entries) - MOST)


def read(text: str, today: date) -> date:
    """The first of the month that "2026-11" names; this month for anything else."""
    try:
        found = datetime.strptime(text, "%Y-%m").date()
    except (ValueError, TypeError):
        found = today
    return found.replace(day=1) if FIRST <= found <= LAST else today.replace(day=1)


def beside(first: date, months: int) -> date:
    """The first of the month so many later (or, below 0, before)."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def days(first: date, kitchens: Any, at: datetime) -> list[Day]:
    """Every day of the month, with what falls on it. What is late stands on no day: that has its own page."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    found = {
        day: Day(day, workdays.is_workday(day) is not None)
        for day in (first + timedelta(days=n) for n in range(last.day))
    }
    today = timezone.localtime(at).date()
    due = schedule.on_days(schedule.with_due(kitchens), max(first, today), last)
    for day, count in schedule.days_of(due):
        found[day].due = count
    for day, entry in [*drawn(kitchens, first, last), *looked_at_again(kitchens, first, last)]:
        found[day].entries.append(entry)
    return list(found.values())


def drawn(kitchens: Any, first: date, last: date) -> Iterable[tuple[date, Entry]]:
    rows = Assignment.objects.filter(
        establishment__in=kitchens.values("pk"), due_on__gte=first, due_on__lte=last, inspection=None
    )
    for row in rows.select_related("establishment").order_by("due_on", "position"):
        yield row.due_on, Entry("draw", row.establishment, row.draw_id)


def looked_at_again(kitchens: Any, first: date, last: date) -> Iterable[tuple[date, Entry]]:
    """Orders whose day has come, and operators who say that it is mended."""
    findings = Finding.objects.filter(
        fixed_in=None, mend_by__gte=first, mend_by__lte=last, inspection__establishment__in=kitchens.values("pk")
    )
    by_visit = findings.values("inspection", "inspection__establishment").annotate(day=Min("mend_by")).order_by("day")
    visits = list(by_visit)
    places = Establishment.objects.in_bulk([row["inspection__establishment"] for row in visits])
    for row in visits:
        yield row["day"], Entry("again", places[row["inspection__establishment"]], row["inspection"])
    asked = Rectification.objects.filter(
        state=Rectification.State.ASKED,
        due_on__gte=first,
        due_on__lte=last,
        listing__establishment__in=kitchens.values("pk"),
    )
    for mended in asked.select_related("listing__establishment").order_by("due_on", "pk"):
        yield mended.due_on, Entry("listing", mended.listing.establishment, mended.listing_id)
