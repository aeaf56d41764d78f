"""Opening hours as people write them ("10:00-21:30") and as they are stored (["10:00", "21:30"])."""

import re

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
