"""Masks 遮挡 as people draw them: which are taken, and how much of the picture they hide. Times and rows are others' work."""

import json
from typing import Any

from django.utils.translation import gettext as _

from streams.relay.masks import WHOLE, boxes
from sunkitchen.core.workflow import Refused

MOST = 8
CORNERS = (3, 12)
LEAST_AREA = 100  # of a million: a tenth by a thousandth of the picture's sides
MOST_HIDDEN = 90  # percent; past that it is no picture any more
LONGEST = 20_000  # characters of what a browser sends

Polygon = list[list[int]]


def read(text: str) -> Any:
    """What the editor sends. Refused for anything that is no JSON."""
    try:
        if len(text) > LONGEST:
            raise ValueError
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(_("These masks cannot be read. Please draw them again.")) from None


def checked(found: Any) -> list[Polygon]:
    """The masks as they are stored. Refused with a sentence for whoever drew them."""
    if not isinstance(found, list) or not all(_is_polygon(polygon) for polygon in found):
        raise Refused(_("These masks cannot be read. Please draw them again."))
    if len(found) > MOST:
        raise Refused(_("A picture has at most 8 masks."))
    for polygon in found:
        if not CORNERS[0] <= len(polygon) <= CORNERS[1]:
            raise Refused(_("A mask has between 3 and 12 corners."))
        if not all(0 <= number <= WHOLE for corner in polygon for number in corner):
            raise Refused(_("A mask must lie within the picture."))
        if area(polygon) < LEAST_AREA:
            raise Refused(_("A mask is so thin that it hides nothing. Please draw it larger."))
    if hidden(found) > MOST_HIDDEN:
        raise Refused(_("These masks hide nearly everything. Switch the camera off instead, and say why."))
    return [[list(corner) for corner in polygon] for polygon in found]


def rectangle(x: float, y: float, width: float, height: float) -> Polygon:
    """From percent of the picture, what sticks out cut off."""
    left, right = (round(min(max(value, 0), 100) * WHOLE / 100) for value in (x, x + width))
    top, bottom = (round(min(max(value, 0), 100) * WHOLE / 100) for value in (y, y + height))
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def area(polygon: Polygon) -> float:
    """Of a million (Gauss's shoelace)."""
    turned = [*polygon[1:], polygon[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, turned, strict=True))) / 2


def hidden(masks: list[Polygon]) -> int:
    """Percent of the picture that will be black, as the relay draws it."""
    drawn = boxes(tuple(tuple((x, y) for x, y in polygon) for polygon in masks))
    black = sum((box.right - box.left) * (box.bottom - box.top) for box in drawn)
    return round(100 * black / WHOLE**2)


def _is_polygon(found: Any) -> bool:
    return isinstance(found, list) and all(
        isinstance(corner, list) and len(corner) == 2 and all(type(number) is int for number in corner)
        for corner in found
    )
