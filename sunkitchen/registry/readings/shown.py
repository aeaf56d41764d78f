"""A field as it is kept and shown: its value, what was read, how sure that is, and where on which page. Pure."""

import math
from collections.abc import Sequence
from typing import Any

from .layout import Placed, Point

LONGEST_TEXT = 600


def shown(value: str, text: str, sure: float, page: int, pieces: Sequence[Placed]) -> dict[str, Any]:
    boxes = [box for piece in pieces for box in piece.boxes]
    return {
        "value": value,
        "text": text[:LONGEST_TEXT],
        "confidence": round(min(1.0, max(0.0, sure)), 2) if math.isfinite(sure) else 0.0,
        "page": page,
        "box": [list(point) for point in (boxes[0] if len(boxes) == 1 else around(boxes))],
    }


def around(boxes: Sequence[Sequence[Point]]) -> list[Point]:
    """The upright frame around them all; the whole page when there is none."""
    across = [point[0] for box in boxes for point in box] or [0.0, 1000.0]
    down = [point[1] for box in boxes for point in box] or [0.0, 1000.0]
    left, right, top, bottom = min(across), max(across), min(down), max(down)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
