"""How a page lies, by the lines that were read on it: the degrees until it stands upright and straight. Pure.

A line's corners begin at its text's own upper left, so the way from there to its upper right is the way it runs, on
its side and upside down too.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sunkitchen.core import turns
from sunkitchen.core.turns import Turn

from .layout import Line, Page

LEAST_LETTERS = 4  # shorter runs, seals and frames point anywhere
LEAST_LINES = 3
AGREES = 6.0  # degrees around the middle: a photo from the side has lines that run apart
MOST_AGREE = 0.6  # of all that was read, by length; else the page shows several papers, or none


def upright(page: Page) -> float | None:
    """Degrees clockwise by which the page is to be turned; None where its lines don't agree."""
    ratio = page.ratio if 0.05 < page.ratio < 20 else 1.0
    runs = [run for line in page.lines if len(line.text) >= LEAST_LETTERS and (run := _run(line, ratio))]
    if len(runs) < LEAST_LINES:
        return None
    base = math.degrees(math.atan2(sum(y for _x, y in runs), sum(x for x, _y in runs)))
    lean = sorted((math.remainder(math.degrees(math.atan2(y, x)) - base, 360), math.hypot(x, y)) for x, y in runs)
    whole, seen, middle = sum(length for _angle, length in lean), 0.0, 0.0
    for angle, length in lean:
        seen += length
        if seen >= whole / 2:
            middle = angle
            break
    agreeing = sum(length for angle, length in lean if abs(angle - middle) <= AGREES)
    return math.remainder(-(base + middle), 360) if agreeing >= MOST_AGREE * whole else None


def _run(line: Line, ratio: float) -> tuple[float, float] | None:
    """From where the text begins to where it ends, in units of the page's height."""
    if len(line.box) != 4 or not all(math.isfinite(value) for point in line.box for value in point):
        return None
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = line.box
    run = ((bx + cx - ax - dx) / 2 * ratio, (by + cy - ay - dy) / 2)
    high = math.hypot((dx - ax) * ratio, dy - ay)
    return run if math.hypot(*run) > 1.5 * high else None


def placed(fields: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Reading's fields as they stand on the turned pages: `known` as StoredFile.turns."""
    if not known:
        return fields
    return {name: _placed(value, known) for name, value in fields.items()}


def _placed(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):  # a delivery note's lines
        return [placed(line, known) for line in value]
    turn: Turn = turns.of(known, int(value.get("page", 1)))
    return {**value, "box": turn.placed(value["box"])} if turn and value.get("box") else value
