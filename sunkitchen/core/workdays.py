"""Chinese working days: statutory holidays and the made-up days of the official calendar.

Source: the State Council's yearly notice, as packaged by chinesecalendar. Past its last year the answer is
provisional (weekends and the fixed holidays), says so, and is computed again when the calendar is updated.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

# Holidays whose date is fixed in the solar calendar: all that is known before the yearly notice
# (全国年节及纪念日放假办法, State Council order 795, in force since 2025).
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


@dataclass(frozen=True)
class Workday:
    day: date
    provisional: bool  # the official calendar of that year is not known yet


@lru_cache(maxsize=4096)  # a queue of a thousand clocks asks for the same days again and again
def is_workday(day: date) -> Workday | None:
    """The day if people work on it, else None."""
    try:
        return Workday(day, False) if chinese_calendar.is_workday(day) else None
    except NotImplementedError:
        free = day.weekday() >= 5 or (day.month, day.day) in FIXED_HOLIDAYS
        return None if free else Workday(day, True)


@lru_cache(maxsize=4096)
def add(start: date, days: int) -> Workday:
    """The last day of a term of `days` working days that begins the day after `start`. ValueError below 1."""
    if days < 1:
        raise ValueError("A term has at least one working day.")
    day, provisional = start, False
    while days:
        day += timedelta(days=1)
        if found := is_workday(day):
            days -= 1
            provisional = provisional or found.provisional
    return Workday(day, provisional)
