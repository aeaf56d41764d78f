"""The order of things: deeds with their moments, done one after the other, each as of its own."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import workdays
from sunkitchen.registry.models import Establishment

from . import clock
from .cast import Kitchen, Person

DAYS = 410  # that it reaches back: everything of the last twelve months has a beginning


@dataclass
class Tale:
    """`places` by a kitchen's serial, `users` by a person's key. Deeds may plan others."""

    at: datetime  # the moment of the telling: nothing happens later
    kitchens: tuple[Kitchen, ...]
    users: dict[str, User] = field(default_factory=dict)
    places: dict[int, Establishment] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)  # of letters on their way to owners
    _deeds: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _planned: int = 0

    @property
    def today(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def bureau(self) -> Authority:
        return Authority.objects.get(division="999901")

    def user(self, person: Person) -> User:
        return self.users[person.key]

    def moment(self, day: date, hour: int, minute: int = 0) -> datetime:
        """That time of that day, local; the telling's own moment if that is earlier."""
        local = datetime.combine(day, time(hour, minute), timezone.get_default_timezone())
        return min(local, self.at)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def on(self, moment: datetime, deed: Callable[[], None]) -> None:
        """`deed` is done at `moment`; those of one moment in the order in which they were planned."""
        self._planned += 1
        heapq.heappush(self._deeds, (moment, self._planned, deed))

    def told(self) -> Iterator[date]:
        """Do all deeds in order; the day of each, once it is done."""
        last = datetime.min.replace(tzinfo=self.at.tzinfo)
        while self._deeds:
            moment, _number, deed = heapq.heappop(self._deeds)
            with clock.as_of(max(moment, last)):
                deed()
                last = timezone.now()
            yield timezone.localtime(moment).date()


def workday(day: date) -> date:
    """That day, or the last working day before it: officers and letters keep office days."""
    while not workdays.is_workday(day):
        day -= timedelta(days=1)
    return day
