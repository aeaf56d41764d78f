"""Terms in calendar months, as terms of law are counted. Pure."""

import calendar
from datetime import date, timedelta


def months_later(start: date, months: int) -> date:
    """The same day `months` later, or the last day of that month where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def months_reaching(end: date, months: int) -> date:
    """The first day from which `months` reach `end`: whatever happened on it or later is no longer ago than that."""
    first = months_later(end, -months)
    return first if months_later(first, months) >= end else first + timedelta(days=1)
