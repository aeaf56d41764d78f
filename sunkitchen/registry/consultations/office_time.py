"""Office time: which minutes of a calendar count as waited, whether somebody answers now, and when the next time is.

Moments are local (naive, or all of one zone without summer time, as China's is). A week is seven days, Monday first,
each a list of spans ["08:30", "12:00"]; `works` says whether people work on a day, made-up days 调休 included.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

Week = Sequence[Sequence[Sequence[str]]]
Span = tuple[datetime, datetime]

USUAL_DAY = [["08:30", "12:00"], ["14:00", "17:30"]]  # [P] until the authority says otherwise
USUAL: Week = [*[USUAL_DAY] * 5, [], []]
AHEAD = 30  # days to look for the next opening: longer than any run of holidays
ENOUGH = 5  # answers, before their time is told

TIME = re.compile(r"(\d{1,2})[:：](\d{2})")
BETWEEN = re.compile(r"\s*[-–—~～至到]\s*")
APART = re.compile(r"\s*[,，、;；/\n]\s*")
MOST_SPANS = 4


class BadTimes(ValueError):
    """What was written names no spans of a day; the message is one of WRONG."""


@dataclass(frozen=True)
class OfficeTime:
    week: Week
    works: Callable[[date], bool]

    def spans(self, day: date) -> list[Span]:
        """Of that day, the first one first. A made-up weekend day without times of its own goes by Monday's."""
        if not self.works(day):
            return []
        rows = self.week[day.weekday()] or (self.week[0] if day.weekday() >= 5 else [])
        midnight = datetime(day.year, day.month, day.day)
        return [(midnight + since_midnight(start), midnight + since_midnight(end)) for start, end in rows]

    def waited(self, start: datetime, end: datetime) -> timedelta:
        """Office time between two moments. Zero when the end is not after the start."""
        start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
        total, day = timedelta(), start.date()
        while day <= end.date():
            for opens, closes in self.spans(day):
                total += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return total

    def minutes(self, start: datetime, end: datetime) -> int:
        """The same in whole minutes, begun ones not counted."""
        return self.waited(start, end) // timedelta(minutes=1)

    def is_open(self, at: datetime) -> bool:
        at = at.replace(tzinfo=None)
        return any(opens <= at < closes for opens, closes in self.spans(at.date()))

    def next_change(self, at: datetime) -> datetime | None:
        """When it next opens, or closes if it is open. None when it does not within AHEAD days."""
        at = at.replace(tzinfo=None)
        for opens, closes in self._coming(at):
            if opens <= at < closes:
                return closes
            if opens > at:
                return opens
        return None

    def _coming(self, at: datetime) -> Iterator[Span]:
        for offset in range(AHEAD):
            yield from self.spans(at.date() + timedelta(days=offset))


def usual_minutes(waited: Sequence[int]) -> int | None:
    """Within how many minutes the middle one of these answers came; None from fewer than ENOUGH."""
    return max(round(median(waited)), 1) if len(waited) >= ENOUGH else None


def parse(text: str) -> list[list[str]]:
    """One day as people write it: "08:30-12:00, 14:00-17:30"; empty is closed. BadTimes with a word of WRONG."""
    found: list[list[str]] = []
    for part in filter(None, APART.split(text.strip())):
        ends = [TIME.fullmatch(end) for end in BETWEEN.split(part)]
        if len(ends) != 2 or not all(ends):
            raise BadTimes("form")
        start, end = (f"{int(time[1]):02}:{time[2]}" for time in ends if time)
        if any(int(time[:2]) > 24 or int(time[3:]) > 59 or time > "24:00" for time in (start, end)):
            raise BadTimes("time")
        if start >= end:
            raise BadTimes("order")
        if found and start < found[-1][1]:
            raise BadTimes("overlap")
        found.append([start, end])
    if len(found) > MOST_SPANS:
        raise BadTimes("many")
    return found


def written(day: Sequence[Sequence[str]]) -> str:
    """The same for people."""
    return ", ".join(f"{start}-{end}" for start, end in day)


def since_midnight(text: str) -> timedelta:
    hour, minute = text.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))
