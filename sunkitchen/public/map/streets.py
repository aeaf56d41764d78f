"""Pure: the street in an address, and an invented town's streets as a drawing, which is no map."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

# 海澜市|听涛镇|南兴东路| 88 号: after city and district, the town or subdistrict, then the street.
STREET = re.compile(
    r"^(?:[^\s\d]{1,12}?[省市州盟])?(?:[^\s\d]{1,8}?[区县市旗])?"
    r"(?P<town>[^\s\d]{1,8}?(?:街道|镇|乡))?(?P<street>[^\s\d]{1,12}?(?:大道|胡同|路|街|巷|道|里|弄))(?=[\s\d（(]|$|[东南西北]段)"
)
NUMBER = re.compile(r"(\d+)\s*(?:[-—之]\d+)?\s*[号弄]")
METRES = 111_320  # of a degree of latitude
WIDTH = 1000.0  # of a drawing
MARGIN = 70.0
END = 60.0  # metres that a street goes on past its last house


def street(address: str) -> tuple[str, str]:
    """(town or subdistrict, street) in an address, "" for what it does not say."""
    found = STREET.match(address.strip())
    return (found["town"] or "", found["street"]) if found else ("", "")


def order(address: str) -> tuple[str, str, int, str]:
    """What sorts addresses as a postman walks: town, street, number."""
    number = NUMBER.search(address)
    return (*street(address), int(number[1]) if number else 0, address)


@dataclass(frozen=True)
class Spot:
    """A kitchen to draw."""

    latitude: float
    longitude: float
    address: str
    code: str
    name: str
    kind: str  # a class name: live, camera, none


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    spot: Spot


@dataclass(frozen=True)
class Line:
    """A street from end to end; its name stands at (x, y), turned by `angle` degrees."""

    x1: float
    y1: float
    x2: float
    y2: float
    name: str
    x: float
    y: float
    angle: float


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    lines: list[Line]
    dots: list[Dot]
    bar: float  # units of the drawing that are `bar_metres`
    bar_metres: int


def draw(spots: Iterable[Spot]) -> Drawing | None:
    """The spots to scale, north up, with a straight line through each street that has two of them. None for none."""
    spots = list(spots)
    if not spots:
        return None
    middle = math.cos(math.radians(sum(spot.latitude for spot in spots) / len(spots)))
    east = [spot.longitude * METRES * middle for spot in spots]
    north = [spot.latitude * METRES for spot in spots]
    across = max(max(east) - min(east), 200.0)
    scale = (WIDTH - 2 * MARGIN) / across
    height = max((max(north) - min(north)) * scale, 200.0) + 2 * MARGIN
    dots = [
        Dot(round(MARGIN + (x - min(east)) * scale, 1), round(MARGIN + (max(north) - y) * scale, 1), spot)
        for x, y, spot in zip(east, north, spots, strict=True)
    ]
    streets: dict[str, list[Dot]] = {}
    for dot in dots:
        if name := street(dot.spot.address)[1]:
            streets.setdefault(name, []).append(dot)
    lines = [_line(name, on, END * scale) for name, on in sorted(streets.items()) if len(on) > 1]
    metres = next(size for size in (50, 100, 200, 500, 1000, 2000, 5000, 10000) if size * scale > 80 or size == 10000)
    return Drawing(WIDTH, round(height, 1), lines, dots, round(metres * scale, 1), metres)


def _line(name: str, dots: list[Dot], end: float) -> Line:
    """The straight line that passes nearest to all of them (the first principal axis)."""
    cx, cy = sum(dot.x for dot in dots) / len(dots), sum(dot.y for dot in dots) / len(dots)
    xx = sum((dot.x - cx) ** 2 for dot in dots)
    yy = sum((dot.y - cy) ** 2 for dot in dots)
    xy = sum((dot.x - cx) * (dot.y - cy) for dot in dots)
    angle = math.atan2(2 * xy, xx - yy) / 2
    dx, dy = math.cos(angle), math.sin(angle)
    along = [(dot.x - cx) * dx + (dot.y - cy) * dy for dot in dots]
    first, last = min(along) - end, max(along) + end
    turn = math.degrees(angle)  # in (-90, 90]: the name never stands on its head
    x1, y1 = round(cx + first * dx, 1), round(cy + first * dy, 1)
    x2, y2 = round(cx + last * dx, 1), round(cy + last * dy, 1)
    return Line(x1, y1, x2, y2, name, x1, y1, round(turn, 1))
