"""When a kitchen is visited next: by its risk class, pure.

Class A at least once a year, B once or twice, C two or three times, D three or four times; every kitchen is fully
checked at least once in two years; a new one is seen within three months. A re-inspection looks only at what failed,
so it is no visit of the plan. Source: the risk classes and frequencies of the field, as domain.md tells them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

YEAR = 365
TWO_YEARS = timedelta(days=2 * YEAR)
FIRST = timedelta(days=90)  # of a kitchen that nobody has visited yet
VISITS = {"A": (1, 1), "B": (1, 2), "C": (2, 3), "D": (3, 4)}  # a year: at least, at most
SOON = timedelta(days=30)

FIRST_VISIT, BY_CLASS = "first_visit", "by_class"


@dataclass(frozen=True)
class Due:
    """The last day for the visit, the day from which it is not too early, and why."""

    on: date
    since: date
    why: str  # FIRST_VISIT or BY_CLASS

    def overdue(self, today: date) -> int:
        """Days since it should have been; 0 while there is time."""
        return max(0, (today - self.on).days)


def within(letter: str) -> timedelta:
    """The longest time between two visits of this class. KeyError for a class that there is not."""
    least, _most = VISITS[letter]
    return min(timedelta(days=YEAR // least), TWO_YEARS)


def not_before(letter: str) -> timedelta:
    """The shortest: more often than the class allows burdens a kitchen without need."""
    _least, most = VISITS[letter]
    return timedelta(days=YEAR // most) if most > 1 else within(letter) - SOON


def next_visit(letter: str, last_visit: date | None, since: date, today: date) -> Due:
    """When the next visit is due. `since` is the day the kitchen opened; it counts while nobody has been there."""
    if last_visit is None:
        return Due(since + FIRST, since, FIRST_VISIT)
    if last_visit > today:
        raise ValueError("The last visit lies in the future.")
    return Due(last_visit + within(letter), last_visit + not_before(letter), BY_CLASS)
