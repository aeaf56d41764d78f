"""The online rate 在线率, pure: what is known of one camera's day, as 1440 letters, one a minute.

`.` not declared (or not yet over), `p` proven, `f` failed, `u` unknown, `x` excluded. The rate is p ÷ (p + f): what
nobody knows and what failed on our side count for neither, and are always told beside it.
A minute is judged by its 30th second: no side gains by where a minute is cut. Source: streaming.md, "Watchdog".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

MINUTES = 1440
MIDDLE = 30  # seconds into a minute
NONE, PROVEN, FAILED, UNKNOWN, EXCLUDED = ".", "p", "f", "u", "x"
OUTAGE_LEAST = 5  # cameras of a district that fail together

LIVE, DOWN = "live", ("stalled", "backoff")
OURS = ("relay", "budget", "elsewhere")  # Camera.Why for which no kitchen answers

Span = tuple[float, float]  # seconds from local midnight, end excluded; may begin before and end after the day


@dataclass(frozen=True)
class Facts:
    """One camera's day. Every time is in seconds from the day's local midnight."""

    declared: Sequence[Span]  # the hours it is to be seen, from the day it was added
    until: float  # what has passed of the day; ≥ 86400 once it is over
    lived: Sequence[Span]  # some relay of ours ran
    events: Sequence[tuple[float, str, str]] = ()  # at, state, why: in order, with the last one before the day
    probes: Sequence[tuple[float, str]] = ()  # at, why ("" passed): in order, with the neighbours of the day
    off: Sequence[Span] = ()  # the kitchen had switched it off
    apart: float = 3600.0  # two looks further apart than this prove nothing between them


@dataclass(frozen=True)
class Look:
    """A stretch in which somebody looked: seen fine, or not."""

    begin: float
    end: float
    fine: bool
    probe: bool


def letters(facts: Facts) -> str:
    """The day's 1440 letters, before `excused`."""
    day = [UNKNOWN] * MINUTES
    looks = _looks(facts)
    for look, following in zip_longest(looks, looks[1:]):
        until = following.begin if following else float("inf")
        if look.fine and following and following.fine and until - look.end <= facts.apart:
            _paint(day, (look.end, until), PROVEN)
        elif look.probe and not look.fine:  # and nobody has seen it fine since, for as long as a probe speaks
            _paint(day, (look.end, min(until, look.end + facts.apart)), FAILED)
    for begin, end, letter in _states(facts):
        _paint(day, (begin, end), letter)
    for span in facts.off:
        _paint(day, span, FAILED)
    for span in _between(facts.lived):
        _paint(day, span, EXCLUDED)
    for span in _between(facts.declared):
        _paint(day, span, NONE)
    _paint(day, (facts.until, float("inf")), NONE)
    return "".join(day)


def _paint(day: list[str], span: Span, letter: str) -> None:
    """Every minute whose 30th second lies in the span."""
    first, last = (_minute(second) for second in span)
    day[first:last] = letter * max(0, last - first)


def _minute(second: float) -> int:
    """The first minute judged at or after that second, within 0…1440."""
    if second >= MINUTES * 60:
        return MINUTES
    return max(0, int(-((second - MIDDLE) // -60))) if second > 0 else 0


def _between(spans: Iterable[Span]) -> Iterator[Span]:
    """What no span covers."""
    at = float("-inf")
    for begin, end in sorted(spans):
        if begin > at:
            yield at, begin
        at = max(at, end)
    yield at, float("inf")


def _states(facts: Facts) -> Iterator[tuple[float, float, str]]:
    """What the relay said, from each event to the next: proven, failed or ours. Where it was off, nothing is said."""
    for (begin, state, why), following in zip_longest(facts.events, facts.events[1:]):
        end = following[0] if following else float("inf")
        if state == LIVE:
            yield begin, end, FAILED if why else PROVEN
        elif state in DOWN:
            yield begin, end, EXCLUDED if why in OURS else FAILED


def _looks(facts: Facts) -> list[Look]:
    """Probes, and the stretches that were watched, in order; nobody looks while no relay of ours lives."""
    found = [Look(at, at, not why, True) for at, why in facts.probes]
    for begin, end, letter in _states(facts):
        if letter != EXCLUDED:
            for alive, dead in facts.lived:
                if max(begin, alive) < min(end, dead, facts.until):
                    span = max(begin, alive), min(end, dead, facts.until)
                    found.append(Look(*span, letter == PROVEN, False))
    return sorted(found, key=lambda look: (look.begin, look.end, look.fine, look.probe))


def outages(days: Sequence[str]) -> set[int]:
    """Minutes in which a district failed: at least OUTAGE_LEAST of its cameras, and half of those declared then."""
    return {
        minute
        for minute, column in enumerate(zip(*days, strict=True))
        if (failed := column.count(FAILED)) >= OUTAGE_LEAST and 2 * failed >= len(column) - column.count(NONE)
    }


def excused(day: str, minutes: set[int]) -> str:
    """What failed in those minutes is excluded."""
    if not minutes:
        return day
    return "".join(EXCLUDED if letter == FAILED and at in minutes else letter for at, letter in enumerate(day))


def shorten(day: str) -> str:
    """Runs of equal letters: "600.120p720." """
    return "".join(f"{len(run[0])}{run[1]}" for run in re.findall(r"((.)\2*)", day))


def lengthen(runs: str) -> str:
    return "".join(letter * int(count) for count, letter in re.findall(r"(\d+)(\D)", runs))


def stretches(runs: str) -> list[tuple[int, int, str]]:
    """(first minute, minutes, letter) of each run."""
    found, at = [], 0
    for count, letter in re.findall(r"(\d+)(\D)", runs):
        found.append((at, int(count), letter))
        at += int(count)
    return found


@dataclass(frozen=True)
class Rate:
    """Minutes, summed over whatever days."""

    proven: int = 0
    failed: int = 0
    unknown: int = 0
    excluded: int = 0

    @property
    def permille(self) -> int | None:
        """None where nothing is known."""
        known = self.proven + self.failed
        return self.proven * 1000 // known if known else None

    @property
    def declared(self) -> int:
        return self.proven + self.failed + self.unknown + self.excluded

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(
            self.proven + other.proven,
            self.failed + other.failed,
            self.unknown + other.unknown,
            self.excluded + other.excluded,
        )


def rate(day: str) -> Rate:
    return Rate(day.count(PROVEN), day.count(FAILED), day.count(UNKNOWN), day.count(EXCLUDED))
