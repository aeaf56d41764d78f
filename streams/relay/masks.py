"""Masks 遮挡: what of a picture nobody may see, as black boxes for ffmpeg's drawbox. Pure.

Boxes and not a second picture laid over the first: an overlay passes the frame on as it is while its second input has
no frame (before its time stamp, after the camera changed its resolution). A box keeps no state that could be missing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

Polygon = tuple[tuple[int, int], ...]  # per mille of the picture's width and height
Span = tuple[int, int]

WHOLE = 1000
# A slanted edge is a staircase; above as many boxes its steps become higher. drawbox: 250 cost as much as none.
MOST_BOXES = 300


@dataclass(frozen=True, slots=True)
class Box:
    """Per mille of the picture, `right` and `bottom` not included."""

    left: int
    top: int
    right: int
    bottom: int


def boxes(masks: Iterable[Polygon]) -> list[Box]:
    """Boxes that cover every polygon, and little else: never less. What lies outside the picture is cut off."""
    rows = _covered(list(masks))
    step = 1
    while len(found := list(_merged(rows, step))) > MOST_BOXES:
        step *= 2
    return found


def drawn(masks: Iterable[Polygon]) -> list[str]:
    """The filters, one a box, whose pixels are rounded outwards."""
    return [
        f"drawbox=x=floor(iw*{box.left}/{WHOLE}):y=floor(ih*{box.top}/{WHOLE})"
        f":w=ceil(iw*{box.right}/{WHOLE})-floor(iw*{box.left}/{WHOLE})"
        f":h=ceil(ih*{box.bottom}/{WHOLE})-floor(ih*{box.top}/{WHOLE}):color=black:t=fill"
        for box in boxes(masks)
    ]


def _covered(masks: list[Polygon]) -> list[tuple[Span, ...]]:
    """Of each of the picture's thousand rows the spans that some polygon touches."""
    rows: list[list[Span]] = [[] for _ in range(WHOLE)]
    for polygon in masks:
        edges = list(pairwise([*polygon, *polygon[:1]]))
        for row in _rows(polygon):
            rows[row] += _inside(edges, row + 0.5)
        for a, b in edges:
            if a[0] != b[0] and a[1] != b[1]:
                for row in _rows((a, b)):
                    rows[row].append(_along(a, b, row))
    return [_united(row) for row in rows]


def _rows(points: Polygon) -> range:
    ys = [y for _, y in points]
    return range(max(min(ys), 0), min(max(ys), WHOLE))


def _along(a: tuple[int, int], b: tuple[int, int], row: int) -> Span:
    """How far a slanted edge reaches to left and right within a row."""
    (ax, ay), (bx, by) = a, b
    xs = [ax + (bx - ax) * (y - ay) / (by - ay) for y in (row, row + 1)]
    return floor(min(xs)), ceil(max(xs))


def _inside(edges: list[tuple[tuple[int, int], tuple[int, int]]], y: float) -> Iterator[Span]:
    """The polygon's inside on the line at `y`; where it crosses itself, all that is wound around (non-zero rule)."""
    crossings = sorted(
        (ax + (bx - ax) * (y - ay) / (by - ay), 1 if by > ay else -1)
        for (ax, ay), (bx, by) in edges
        if min(ay, by) < y < max(ay, by)
    )
    winding = 0
    for (left, turn), (right, _) in pairwise(crossings):
        winding += turn
        if winding:
            yield floor(left), ceil(right)


def _united(spans: Iterable[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for left, right in sorted((max(left, 0), min(right, WHOLE)) for left, right in spans):
        if left >= right:
            continue
        if found and left <= found[-1][1]:
            found[-1] = found[-1][0], max(right, found[-1][1])
        else:
            found.append((left, right))
    return tuple(found)


def _merged(rows: list[tuple[Span, ...]], step: int) -> Iterator[Box]:
    """Rows taken together by `step`, and equal neighbours into one box each."""
    bands = [
        _united(span for row in rows[top : top + step] for span in row) if any(rows[top : top + step]) else ()
        for top in range(0, WHOLE, step)
    ]
    top = 0
    for band, (spans, below) in enumerate(pairwise([*bands, None])):
        if spans != below:
            bottom = min((band + 1) * step, WHOLE)
            yield from (Box(left, top, right, bottom) for left, right in spans or ())
            top = bottom
