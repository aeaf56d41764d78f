"""When to remind of a paper that expires. A permit: counted back from the last day to apply for its renewal."""

from dataclasses import dataclass
from datetime import date, timedelta

from sunkitchen.core import workdays


@dataclass(frozen=True)
class Term:
    """`first` and `last` are the days of the two reminders; `last` is the last day to apply."""

    first: date
    last: date
    through: date

    def stage(self, today: date) -> str | None:
        """What is due to be said on that day: "soon", "last_day", "late", "expired", or nothing yet."""
        if today > self.through:
            return "expired"
        if today > self.last:
            return "late"
        if today == self.last:
            return "last_day"
        return "soon" if today >= self.first else None


def term(through: date, *, workdays_before: int, remind_days: int) -> Term:
    """For a paper valid through that day. The last day to apply leaves `workdays_before` working days, expiry
    included, and is a working day itself."""
    day = through
    left = workdays_before
    while left:
        if workdays.is_workday(day):
            left -= 1
        day -= timedelta(days=1)
    while not workdays.is_workday(day):
        day -= timedelta(days=1)
    return Term(first=day - timedelta(days=remind_days), last=day, through=through)


def certificate_stage(through: date, today: date, *, first: int, again: int) -> str | None:
    """For a health certificate valid through that day: "soon" from `first` days before, "last" from `again` days
    before, "expired" after it, or nothing yet. Nothing is applied for: its renewal only takes a new check."""
    if today > through:
        return "expired"
    if today >= through - timedelta(days=again):
        return "last"
    return "soon" if today >= through - timedelta(days=first) else None
