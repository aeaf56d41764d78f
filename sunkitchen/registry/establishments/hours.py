"""Opening hours as people write them ("10:00-21:30") and as they are stored (["10:00", "21:30"]): open now, and until when."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

Span = list[str] | None
SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})")


class BadHours(ValueError):
    """The message shows how to write them, in the reader's language."""


def parse(text: str) -> Span:
    """One day: local times from and to; past midnight the end is 24:00 or more ("18:00-02:00" → "26:00"). "" is closed."""
    text = text.strip()
    if not text:
        return None
    found = SPAN.fullmatch(text)
    if not found:
        raise BadHours(_("Please write it like 10:00-21:30; leave it empty on a day off."))
    h1, m1, h2, m2 = map(int, found.groups())
    if h1 > 23 or h2 > 30 or m1 > 59 or m2 > 59:
        raise BadHours(_("There is no such time of day. Please write it like 10:00-21:30."))
    if (h2, m2) <= (h1, m1):
        h2 += 24
    return [f"{h1:02}:{m1:02}", f"{h2:02}:{m2:02}"]


def written(span: Span) -> str:
    """The same for people: "18:00-02:00"."""
    if not span:
        return ""
    hour, minute = int(span[1][:2]), span[1][3:]
    return f"{span[0]}-{hour - 24 if hour > 24 else hour:02}:{minute}"


def is_open(hours: Sequence[Span], at_local: datetime) -> bool:
    """Whether `hours` (seven days, Monday first; [] when nobody said) cover this local moment."""
    return any(start <= at_local < end for start, end in _spans(hours, at_local))


def next_change(hours: Sequence[Span], at_local: datetime) -> datetime | None:
    """When it next opens or closes, local as `at_local`. None when it never does: unknown, no day, or always open."""
    spans = _spans(hours, at_local)
    for start, end in spans:
        if start <= at_local < end:
            # A place that is open around the clock has a span for each day, end to start.
            return end if end < spans[-1][1] else None
        if start > at_local:
            return start
    return None


def _spans(hours: Sequence[Span], at_local: datetime) -> list[tuple[datetime, datetime]]:
    """Open spans from yesterday to nine days on, those that touch or overlap made one."""
    merged: list[tuple[datetime, datetime]] = []
    if len(hours) != 7:
        return merged
    midnight = at_local.replace(hour=0, minute=0, second=0, microsecond=0)
    for offset in range(-1, 10):
        day = midnight + timedelta(days=offset)
        if span := hours[day.weekday()]:
            start, end = day + _since_midnight(span[0]), day + _since_midnight(span[1])
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
    return merged


def _since_midnight(text: str) -> timedelta:
    hour, minute = text.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))
