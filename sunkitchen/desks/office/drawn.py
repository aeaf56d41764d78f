"""Figures as pictures: numbers of SVG, pure. Every picture stands beside a table or words that say the same."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT = 720, 200, 24  # of the histogram, in its own units
LEFT = 50  # tenths where a histogram begins, unless a score lies lower
TOWER = 3  # a column so many times as high as the next is cut off at the top, with its number


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    tone: str  # "below", "C", "B", "A": in which grade's reach it lies
    said: str  # "9.1: 34"
    cut_at: str = ""  # its count, where the column is cut off


@dataclass(frozen=True)
class Mark:
    x: str
    words: str


@dataclass(frozen=True)
class Histogram:
    bars: list[Bar]
    cuts: list[Mark]
    ticks: list[Mark]


def histogram(bins: dict[int, int], cuts: Sequence[tuple[str, int]]) -> Histogram:
    """`bins`: {tenths: count}; `cuts`: (letter, tenths), the highest first. A column for every tenth of a point."""
    first = min([LEFT, *bins])
    step = WIDTH / (101 - first)
    high = sorted(bins.values(), reverse=True)
    is_tower = len(high) > 1 and high[0] > TOWER * high[1]
    most = 1.25 * high[1] if is_tower else high[0] if high else 1

    def x(tenths: int) -> float:
        return (tenths - first) * step

    def tone(tenths: int) -> str:
        return next((letter for letter, least in cuts if tenths >= least), "below")

    bars = []
    for tenths, count in sorted(bins.items()):
        tall = (HEIGHT - FOOT - 16) * min(count / most, 1)
        y = HEIGHT - FOOT - tall
        said = f"{tenths / 10:.1f}: {count}"
        over = str(count) if count > most else ""
        place = f"{x(tenths) + 0.5:.1f}", f"{y:.1f}", f"{step - 1:.1f}", f"{tall:.1f}"
        bars.append(Bar(*place, tone(tenths), said, over))
    ticks = [Mark(f"{x(tenths):.1f}", str(tenths // 10)) for tenths in range(-(-first // 10) * 10, 100, 10)]
    return Histogram(
        bars, [Mark(f"{x(tenths):.1f}", f"{letter} ≥ {tenths / 10:.1f}") for letter, tenths in cuts], ticks
    )


@dataclass(frozen=True)
class Whisker:
    """A mean with its spread and what was expected, on one scale for all rows: 0–200 units."""

    low: str
    high: str
    mean: str
    expected: str


def whiskers(rows: Sequence[tuple[float, float, float]]) -> list[Whisker]:
    """Of (mean, spread, expected), in tenths."""
    least = min((mean - spread for mean, spread, _expected in rows), default=0.0)
    most = max((mean + spread for mean, spread, _expected in rows), default=100.0)
    span = max(most - least, 1.0)

    def at(value: float) -> str:
        return f"{5 + 190 * (min(max(value, least), most) - least) / span:.1f}"

    return [Whisker(at(mean - spread), at(mean + spread), at(mean), at(expected)) for mean, spread, expected in rows]


@dataclass(frozen=True)
class Part:
    x: str
    width: str
    tone: str


def stacked(shares: Sequence[tuple[str, float]]) -> list[Part]:
    """(tone, percent) beside each other on 100 units."""
    parts, x = [], 0.0
    for tone, percent in shares:
        if percent:
            parts.append(Part(f"{x:.2f}", f"{percent:.2f}", tone))
        x += percent
    return parts
