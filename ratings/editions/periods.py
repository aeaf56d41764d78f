"""Which days an edition is about, by the authority's rhythm. Pure: days in, days out."""

from datetime import date, timedelta

from ratings.months import months_later

WEEKLY, FORTNIGHTLY, MONTHLY, QUARTERLY = "weekly", "fortnightly", "monthly", "quarterly"
Period = tuple[date, date]  # both days included


def holding(rhythm: str, begins_on: date, day: date) -> Period:
    """The period that `day` lies in: Monday to Sunday, fourteen days counted from `begins_on`, a calendar month, a
    calendar quarter."""
    if rhythm == WEEKLY:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if rhythm == FORTNIGHTLY:
        first = day - timedelta(days=(day - begins_on).days % 14)
        return first, first + timedelta(days=13)
    months = 3 if rhythm == QUARTERLY else 1
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, months_later(first, months) - timedelta(days=1)


def following(rhythm: str, begins_on: date, period: Period) -> Period:
    return holding(rhythm, begins_on, period[1] + timedelta(days=1))


def first(rhythm: str, begins_on: date) -> Period:
    """The first whole one: that begins on `begins_on`, or next after it."""
    found = holding(rhythm, begins_on, begins_on)
    return found if found[0] >= begins_on else following(rhythm, begins_on, found)


def due(rhythm: str, begins_on: date, today: date, covered: date | None = None) -> Period | None:
    """The earliest whole period that has ended before `today`, and after `covered`, the last day that an edition is
    about already; None while there is none."""
    found = first(rhythm, begins_on)
    if covered is not None and covered >= found[0]:
        found = holding(rhythm, begins_on, covered)
        if found[1] <= covered:
            found = following(rhythm, begins_on, found)
    return found if found[1] < today else None
