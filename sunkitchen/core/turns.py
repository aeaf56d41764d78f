"""By how much a page is turned until it stands upright and straight, and where its points go. Pure.

A machine that read the page says how it lies; a person says it by quarters, and is believed about these. So a page's
turn is a person's quarter, or else the machine's, and always the machine's lean, which nobody corrects by hand.
All degrees are clockwise.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Turns = dict[
    str, dict[str, Any]
]  # as StoredFile.turns: {"1": {"quarter": 0…3 by hand, "seen": degrees, "ratio": w / h}}
Point = Sequence[float]

LEAST_LEAN = 0.3  # degrees: nobody sees less, and a picture is better left as it is
SETTLED = 0.4  # degrees by which a second look may differ without moving the picture again


@dataclass(frozen=True)
class Turn:
    quarter: int = 0  # times 90
    lean: float = 0.0  # -45 to 45
    ratio: float = 1.0  # the kept page's width by its height; told wherever there is a lean

    @property
    def degrees(self) -> float:
        return (90 * self.quarter + self.lean) % 360

    def __bool__(self) -> bool:
        return bool(self.quarter or self.lean)

    def placed(self, box: Sequence[Point]) -> list[list[float]]:
        """Points in per mille of the kept page, in per mille of the turned one: a frame that holds it all."""
        angle = math.radians(self.degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        wide, high = self.ratio, 1.0
        new_wide = abs(wide * cos) + abs(high * sin)
        new_high = abs(wide * sin) + abs(high * cos)
        moved = []
        for x, y in box:
            right, down = (x / 1000 - 0.5) * wide, (y / 1000 - 0.5) * high
            across, along = right * cos - down * sin, right * sin + down * cos
            moved.append([_per_mille(across / new_wide), _per_mille(along / new_high)])
        return moved


def of(turns: Mapping[str, Mapping[str, Any]], page: int) -> Turn:
    """What is known of page `page` (from 1)."""
    known = turns.get(str(page))
    if not known:
        return Turn()
    seen = float(known.get("seen", 0.0))
    by_machine = round(seen / 90)
    lean = round(seen - 90 * by_machine, 1)
    quarter = known.get("quarter")
    return Turn(
        (by_machine if quarter is None else int(quarter)) % 4,
        lean if abs(lean) >= LEAST_LEAN else 0.0,
        float(known.get("ratio", 1.0)),
    )


def by_hand(turns: Turns, page: int, quarters: int) -> Turns:
    """A person turns the page by so many quarters from how it is shown."""
    return _with(turns, page, quarter=(of(turns, page).quarter + quarters) % 4)


def by_machine(turns: Turns, page: int, degrees: float, ratio: float) -> Turns:
    """A machine would turn the page so. What a person said about its quarters stays."""
    known = turns.get(str(page), {}).get("seen")
    if known is not None and abs(math.remainder(known - degrees, 360)) < SETTLED:
        return turns
    return _with(turns, page, seen=round(math.remainder(degrees, 360), 1), ratio=round(ratio, 4))


def _with(turns: Turns, page: int, **facts: Any) -> Turns:
    return {**turns, str(page): {**turns.get(str(page), {}), **facts}}


def _per_mille(part: float) -> float:
    return round(min(1000.0, max(0.0, 1000 * (part + 0.5))), 1)
