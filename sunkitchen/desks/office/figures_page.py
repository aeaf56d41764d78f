"""The office's page of figures: what figures.py counts and drawn.py draws, in words for one reader."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ratings import grading
from streams.cameras.online import Rate
from sunkitchen.core.access import Can, abilities
from sunkitchen.registry.models import Establishment

from . import drawn, figures

LETTERS = ("A", "B", "C", "")
CUTS = (("A", grading.A_FROM), ("B", grading.B_FROM), ("C", grading.C_FROM))


@dataclass(frozen=True)
class Heap:
    cut: figures.Cut
    above: str  # "9.0–9.2"
    below: str
    above_share: str
    below_share: str


@dataclass(frozen=True)
class Judge:
    name: str
    row: figures.Inspector
    mean: str
    spread: str
    apart: str
    is_me: bool
    whisker: drawn.Whisker


@dataclass(frozen=True)
class Line:
    """A district or a kind of kitchen."""

    name: str
    group: figures.Group
    shares: list[tuple[str, str]]  # (tone, "41%") of A, B, C and none
    fails: str
    per_hundred: str
    parts: list[drawn.Part]


def of(user: Any, at: datetime) -> dict[str, Any]:
    """The context of the page. Means of single inspectors are for those who publish or audit; others see their own."""
    online, scores = figures.online(user, at), figures.scores(user, at)
    districts, kinds = figures.groups(user, at)
    labels = dict(Establishment.Category.choices)
    return {
        "yesterday": percent_of(online.yesterday),
        "districts_online": [(name, percent_of(rate), rate) for name, rate in online.districts],
        "worst": [(row, f"{row.permille / 10:.1f}%") for row in online.worst],
        "scores": scores,
        "histogram": drawn.histogram(scores.bins, CUTS),
        "bins": [(f"{tenths / 10:.1f}", count) for tenths, count in sorted(scores.bins.items())],
        "heaps": [_heap(cut) for cut in scores.cuts],
        "judges": _judges(user, figures.inspectors(user, at)),
        "districts": [_line(row.name, row) for row in districts],
        "kinds": [_line(str(labels.get(row.name, row.name)), row) for row in kinds],
        "few": figures.FEW,
    }


def percent_of(rate: Rate) -> str:
    """ "96.2%", or "" where nothing is known."""
    return "" if rate.permille is None else f"{rate.permille / 10:.1f}%"


def _heap(cut: figures.Cut) -> Heap:
    above, below = cut.from_to
    return Heap(cut, above, below, _share(cut.above, cut.visits), _share(cut.below, cut.visits))


def _judges(user: Any, rows: list[figures.Inspector]) -> list[Judge]:
    able = abilities(user)
    seen = rows if able & {Can.PUBLISH_EDITION, Can.SEE_AUDIT} else [row for row in rows if row.pk == user.pk]
    whiskers = drawn.whiskers([(row.mean, row.spread, row.expected) for row in seen])
    return [
        Judge(
            row.name,
            row,
            f"{row.mean / 10:.2f}",
            f"{row.spread / 10:.2f}",
            f"{row.apart / 10:+.2f}",
            row.pk == user.pk,
            whisker,
        )
        for row, whisker in zip(seen, whiskers, strict=True)
    ]


def _line(name: str, row: figures.Group) -> Line:
    tones = [(letter or "none", row.share(letter)) for letter in LETTERS]
    return Line(
        name,
        row,
        [(tone, f"{share:.0f}%") if row.visits else (tone, "–") for tone, share in tones],
        _share(row.fails, row.visits),
        "–" if row.per_hundred is None else f"{row.per_hundred:.1f}",
        drawn.stacked(tones),
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"
