"""Lines on a page as the machine saw them, and how they stand to each other: rows, right and below. Pure.

A photo is never straight: what runs level on the paper runs at an angle here, and at another one further down. So a
line's row is where it would cross the page's middle if it went on as the lines around it do.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One run of text. `box`: its corners from the text's own upper left clockwise, in per mille of the stored page."""

    text: str
    confidence: float
    box: tuple[Point, ...]


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...] = field(default=())
    ratio: float = 1.0  # the stored page's width by its height
    turned: float = 0.0  # degrees, clockwise, by which it has to be turned to stand upright


@dataclass
class Placed:
    """A line put upright. Units are thousandths of the page's height; `x0` to `x1` along the text, `row` across."""

    text: str
    confidence: float
    x0: float
    x1: float
    y: float  # of its middle
    height: float
    slope: float
    boxes: list[tuple[Point, ...]]
    row: float = 0.0

    @property
    def x(self) -> float:
        return (self.x0 + self.x1) / 2

    def part(self, start: int, end: int) -> "Placed":
        """Some letters of it, with the place they take if all are equally wide."""
        wide = max(1, len(self.text))
        x0, x1 = (self.x0 + (self.x1 - self.x0) * at / wide for at in (start, end))
        boxes = [_cut(box, start / wide, end / wide) for box in self.boxes] if len(self.boxes) == 1 else self.boxes
        piece = Placed(self.text[start:end], self.confidence, x0, x1, self.y, self.height, self.slope, boxes)
        piece.row = self.row
        return piece


def _cut(box: tuple[Point, ...], start: float, end: float) -> tuple[Point, ...]:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = box

    def between(px: float, py: float, qx: float, qy: float, at: float) -> Point:
        return (round(px + (qx - px) * at, 1), round(py + (qy - py) * at, 1))

    return (
        between(ax, ay, bx, by, start),
        between(ax, ay, bx, by, end),
        between(dx, dy, cx, cy, end),
        between(dx, dy, cx, cy, start),
    )


def upright(page: Page) -> list[Placed]:
    """The page's lines put straight, from the top down; those without a place are left out."""
    ratio = page.ratio if 0.05 < page.ratio < 20 else 1.0
    usable = [line for line in page.lines if line.text.strip() and _has_place(line)]
    if not usable:
        return []
    angle = _direction(usable, ratio)
    cos, sin = math.cos(angle), math.sin(angle)

    def turned(point: Point) -> Point:
        x, y = point[0] * ratio, point[1]
        return (x * cos + y * sin, y * cos - x * sin)

    placed = []
    for line in usable:
        a, b, c, d = (turned(point) for point in line.box)
        left, right = ((a[0] + d[0]) / 2, (a[1] + d[1]) / 2), ((b[0] + c[0]) / 2, (b[1] + c[1]) / 2)
        height = (math.dist(a, d) + math.dist(b, c)) / 2
        slope = (right[1] - left[1]) / (right[0] - left[0]) if right[0] - left[0] > height / 2 else 0.0
        middle = (left[1] + right[1]) / 2
        x0, x1 = min(left[0], right[0]), max(left[0], right[0])
        placed.append(Placed(line.text.strip(), line.confidence, x0, x1, middle, max(height, 1.0), slope, [line.box]))
    level(placed)
    return sorted(placed, key=lambda line: (line.row, line.x0))


def _has_place(line: Line) -> bool:
    return len(line.box) == 4 and all(
        len(point) == 2 and all(math.isfinite(value) and abs(value) < 1e5 for value in point) for point in line.box
    )


def _direction(lines: Sequence[Line], ratio: float) -> float:
    """The angle of most lines: the median around where all of them together point."""
    runs = [((line.box[1][0] - line.box[0][0]) * ratio, line.box[1][1] - line.box[0][1]) for line in lines]
    base = math.atan2(sum(run[1] for run in runs), sum(run[0] for run in runs))
    lean = sorted(
        (math.remainder(math.atan2(dy, dx) - base, 2 * math.pi), math.hypot(dx, dy)) for dx, dy in runs if dx or dy
    )
    half, seen = sum(length for _angle, length in lean) / 2, 0.0
    for angle, length in lean:
        seen += length
        if seen >= half:
            return base + angle
    return base


def level(lines: Sequence[Placed]) -> None:
    """Give each its row, by the slope of the long lines around it."""
    if not lines:
        return
    middle = (min(line.x0 for line in lines) + max(line.x1 for line in lines)) / 2
    long_ones = sorted(lines, key=lambda line: line.x0 - line.x1)[:60]
    for line in lines:
        weight = total = 1e-9
        for other in long_ones:
            if abs(other.slope) > 0.3:  # a watermark, a seal
                continue
            near = (other.x1 - other.x0) ** 2 / (1 + ((other.y - line.y) / (6 * line.height)) ** 2)
            weight += near
            total += near * other.slope
        line.row = line.y + total / weight * (middle - line.x)


def same_row(one: Placed, other: Placed, slack: float = 0.6) -> bool:
    return abs(one.row - other.row) < slack * max(min(one.height, other.height), 0.5 * max(one.height, other.height))


def rows(lines: Sequence[Placed]) -> list[list[Placed]]:
    """Lines that stand side by side, each row from the left, rows from the top."""
    found: list[list[Placed]] = []
    for line in sorted(lines, key=lambda line: line.row):
        if found and same_row(found[-1][-1], line) and same_row(found[-1][0], line, 0.9):
            found[-1].append(line)
        else:
            found.append([line])
    return [sorted(row, key=lambda line: line.x0) for row in found]


# Letters that a reader of both scripts takes for each other: papers are printed in the simplified ones.
SIMPLIFIED = str.maketrans(
    "別飲營業證號經類餐廳製麵雞魚鴨協銷單據額數貨產價檢驗稱點樓東門區縣鄉鎮馬張陳趙孫吳鄭楊劉黃關執許審發機構監務場員體術級區條項總計編設區",
    "别饮营业证号经类餐厅制面鸡鱼鸭协销单据额数货产价检验称点楼东门区县乡镇马张陈赵孙吴郑杨刘黄关执许审发机构监务场员体术级区条项总计编设区",
)


def plain(text: str) -> str:
    """Without blanks, but for those between Latin words; wide digits and letters made narrow, letters simplified."""
    text = text.translate(SIMPLIFIED)
    narrow = "".join(
        chr(ord(letter) - 0xFEE0) if "！" <= letter <= "～" and (letter.isalnum() or letter in "－．／") else letter
        for letter in text.replace("\u3000", " ")
    )
    return re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", narrow)
