"""Which kitchen plays which part in the year: who failed and what became of it, who stands on the red list."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ratings.months import months_later

from .cast import TERM, Kitchen
from .tale import workday

EDITIONS = 11
BEFORE_PUBLISHING = 25  # days: the notice, its window, holidays included
RED = {  # serial: in which editions
    1: (1, 7),
    4: (2, 8),
    5: (3, 9),
    6: (3, 10),
    7: (4, 10),
    8: (5, 11),
    9: (2, 6),
}
SPOTLESS = frozenset(RED)
SWITCHED_OFF = 9  # its camera is
LAPSED = 24  # its permit had run out, and it went on
CLOSED, CLOSED_DAYS_AGO = 22, 40
RETURNED, RENEWING, LICENCE_WAITS = 6, 25, 3  # papers that are on their way
BY_THEMSELVES = (
    1,
    2,
    3,
    4,
    30,
)  # registered by their owners, with pictures of their papers; the register has the others
IN_THE_SECOND = 200  # from this serial on: in the register's second file, which came months later
SECOND_DAYS_AGO = 110
NEWCOMER = 30  # registered by its owner days ago, its permit still waits: not public


@dataclass(frozen=True)
class Failure:
    """A visit that failed, the edition it was picked for, and how that went."""

    serial: int
    edition: int  # EDITIONS + 1 is the draft of these days
    way: str  # waived, lapsed, upheld, overturned, dropped; in the draft: objected, served, picked
    failed_on: date
    again_on: date | None  # the re-inspection
    drawn: bool


WAYS = {
    10: (1, "waived"),
    14: (2, "lapsed"),
    16: (3, "upheld"),
    13: (4, "overturned"),
    17: (4, "waived"),
    28: (6, "lapsed"),
    20: (7, "upheld"),
    29: (8, "waived"),
    15: (8, "dropped"),
    2: (11, "waived"),
    19: (12, "objected"),
    21: (12, "served"),
    27: (12, "picked"),
}


def published_on(edition: int, today: date) -> date:
    """Monthly; the last one came out about four days ago."""
    return workday(months_later(today - timedelta(days=4), edition - EDITIONS))


def drafted_on(edition: int, today: date) -> date:
    if edition > EDITIONS:
        return workday(today - timedelta(days=3))
    return workday(published_on(edition, today) - timedelta(days=BEFORE_PUBLISHING))


@cache
def failures(today: date) -> dict[int, Failure]:
    """By serial."""
    found = {}
    for serial, (edition, way) in WAYS.items():
        failed = workday(drafted_on(edition, today) - timedelta(days=6 + serial % 4))
        again = workday((published_on(edition, today) if edition <= EDITIONS else today) + timedelta(days=18))
        found[serial] = Failure(serial, edition, way, failed, again if again < today else None, serial % 2 == 0)
    return found


def lapsed_on(today: date) -> date:
    """The last day of the permit that ran out."""
    return drafted_on(5, today) - timedelta(days=20)


def term(kitchen: Kitchen, today: date) -> tuple[date, date]:
    """First and last day of the permit that it came with."""
    if kitchen.serial == LAPSED:
        ends = lapsed_on(today)
    elif kitchen.serial == RENEWING:
        ends = today + timedelta(days=24)
    else:
        ends = today + timedelta(days=TERM - 1 - kitchen.held)
    return ends - timedelta(days=TERM - 1), ends


def renewed(kitchen: Kitchen, today: date) -> tuple[date, date]:
    """First and last day of the permit that follows it."""
    begins = term(kitchen, today)[1] + timedelta(days=1)
    if kitchen.serial == LAPSED:
        begins = published_on(5, today) + timedelta(days=9)
    return begins, begins + timedelta(days=TERM - 1)


def first_day(serial: int, today: date) -> date:
    """From which on the bureau knows of this kitchen."""
    return today - timedelta(days=SECOND_DAYS_AGO - 1) if serial >= IN_THE_SECOND else date.min


def last_day(serial: int, today: date) -> date:
    """On which anything happens to this kitchen."""
    return today - timedelta(days=CLOSED_DAYS_AGO + 1) if serial == CLOSED else today
