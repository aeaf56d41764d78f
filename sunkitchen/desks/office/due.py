"""What is due 今日待办 in an office: every clock that runs, the first to end first, what the reader can do before the rest.

Each kind of clock gives its most pressing rows and a count, so that neither the page nor the queries grow with the
kitchens. A clock that the reader may not even look into is left out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunkitchen.core.access import Can, abilities, own
from sunkitchen.registry.models import Establishment

AHEAD = timedelta(days=14)  # what ends later is not yet anybody's morning
MOST = 8  # rows of one kind


@dataclass(frozen=True)
class Due:
    """`day` is the last day of a term; None where no term runs and somebody only waits, since `since`."""

    words: str  # what there is to do
    about: str  # the kitchen or the edition
    link: str
    day: date | None = None
    since: date | None = None
    is_mine: bool = False  # the reader may do it
    days_left: int = 0  # calendar days; negative when the term is over
    note: str = ""

    @property
    def tone(self) -> str:
        return "bad" if self.day and self.days_left <= 0 else "warn" if self.days_left <= 2 else "muted"

    @property
    def left(self) -> str:
        """In words: how long is left, or for how long it waits."""
        if self.day is None:
            days = -self.days_left
            return ngettext("waits %(n)d day", "waits %(n)d days", days) % {"n": days} if days else _("new today")
        if self.days_left < 0:
            return ngettext("%(n)d day over", "%(n)d days over", -self.days_left) % {"n": -self.days_left}
        if self.days_left < 2:
            return [_("today"), _("tomorrow")][self.days_left]
        return ngettext("%(n)d day left", "%(n)d days left", self.days_left) % {"n": self.days_left}


@dataclass(frozen=True)
class Reader:
    """Who looks, when, and what they may do."""

    user: Any
    at: datetime
    able: frozenset[Can]
    own: set[int]  # kitchens they act for: nothing there is theirs to decide
    kitchens: Any  # of their area, a query that is part of others

    @property
    def today(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def horizon(self) -> date:
        return self.today + AHEAD

    def may(self, capability: Can, establishment: int | None = None) -> bool:
        return capability in self.able and establishment not in self.own

    def due(
        self,
        words: str,
        about: Any,
        link: str,
        *,
        day: date | None = None,
        since: datetime | date | None = None,
        is_mine: bool = False,
        note: str = "",
    ) -> Due:
        began = timezone.localtime(since).date() if isinstance(since, datetime) else since
        left = (day - self.today).days if day else -max((self.today - began).days, 0) if began else 0
        return Due(str(words), str(about), link, day, began, is_mine, left, note)


Source = Callable[[Reader], Iterable[Due]]


@dataclass(frozen=True)
class Day:
    mine: list[Due] = field(default_factory=list)
    others: list[Due] = field(default_factory=list)

    @property
    def all(self) -> list[Due]:
        return [*self.mine, *self.others]

    @property
    def today(self) -> int:
        """How many end today or are over."""
        return sum(1 for row in self.all if row.day and row.days_left <= 0)


def of(user: Any, at: datetime) -> Day:
    """Sorted: over first, then by the day they end; what only waits stands with what ends today."""
    from . import due_kitchens, due_lists, due_talks

    reach = Establishment.objects.within(user, Can.SEE_OFFICE)
    reader = Reader(user, at, abilities(user), own(user), reach)
    rows = [
        row
        for source in (*due_lists.SOURCES, *due_kitchens.SOURCES, *due_talks.SOURCES)
        for row in source(reader)
        if row.link
    ]
    rows.sort(key=lambda row: (row.days_left if row.day else 0, row.day is None, row.days_left, row.words, row.about))
    return Day([row for row in rows if row.is_mine], [row for row in rows if not row.is_mine])


def most(rows: Any, make: Callable[[Any], Due], more: Callable[[int, Due], Due]) -> Iterator[Due]:
    """The first MOST of a queryset in its order, and one row that tells how many more there are."""
    found = list(rows[: MOST + 1])
    made = [make(row) for row in found[:MOST]]
    yield from made
    if len(found) > MOST:
        yield more(rows.count() - MOST, made[-1])


def others(reader: Reader, words: str, link: str) -> Callable[[int, Due], Due]:
    """The row that stands for those which are not named."""

    def row(count: int, last: Due) -> Due:
        said = ngettext("%(n)d more", "%(n)d more", count) % {"n": count}
        return reader.due(words, said, link, day=last.day, since=last.since, is_mine=last.is_mine)

    return row
