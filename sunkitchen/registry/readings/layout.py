"""Lines on a page as the machine saw them, and how they stand to each other: rows, right and below. Pure.

A photo is never straight: what runs level on the paper runs at an angle here, and at another one further down. So a
line's row is where it would cross the page's middle if it went on as the lines around it do.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]

STACKED = 0.9  # of the confidence is left for letters that were read as if they stood in a row


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
    a, b, c, d = box
    return (
        _between(a, b, start),
        _between(a, b, end),
        _between(d, c, end),
        _between(d, c, start),
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
        one = Placed(line.text.strip(), line.confidence, x0, x1, middle, max(height, 1.0), slope, [line.box])
        placed += _letters(one)
    level(placed)
    return sorted(placed, key=lambda line: (line.row, line.x0))


def _letters(line: Placed) -> list[Placed]:
    """Single letters that stand one under the other (a column of units) are seen as one line: taken apart again."""
    count = len(line.text)
    if count < 2 or not line.text.isalpha() or line.height < 1.6 * (line.x1 - line.x0):
        return [line]
    a, b, c, d = line.boxes[0]
    apart = []
    for at, letter in enumerate(line.text):
        left = [_between(a, d, (at + part) / count) for part in (0, 1)]
        right = [_between(b, c, (at + part) / count) for part in (0, 1)]
        middle = line.y + line.height * ((at + 0.5) / count - 0.5)
        height = max(min(line.height / count, 1.2 * (line.x1 - line.x0)), 1.0)
        box = (left[0], right[0], right[1], left[1])
        apart.append(Placed(letter, line.confidence * STACKED, line.x0, line.x1, middle, height, 0.0, [box]))
    return apart


def _between(one: Point, other: Point, at: float) -> Point:
    return (round(one[0] + (other[0] - one[0]) * at, 1), round(one[1] + (other[1] - one[1]) * at, 1))


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


FADES = 0.02  # what holds the field of slopes to a plain page where few lines speak


def level(lines: Sequence[Placed]) -> None:
    """Give each its row: where it would cross the page's middle, along the slopes of the lines around it.

    Slopes change down a page that was photographed askew, and across one that does not lie flat: they are fitted as a
    field over the page, every line counting by its length.
    """
    if not lines:
        return
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    top, low = min(line.y for line in lines), max(line.y for line in lines)
    middle, wide, high = (left + right) / 2, max(1.0, (right - left) / 2), max(1.0, (low - top) / 2)
    speak = [line for line in lines if abs(line.slope) < 0.3 and line.x1 - line.x0 > 1.5 * line.height]
    terms = [_terms((line.x - middle) / wide, (line.y - (top + low) / 2) / high) for line in speak]
    weights = [line.x1 - line.x0 for line in speak]
    field = [0.0] * 5
    for _again in range(3):  # what leans otherwise than its neighbours (a watermark, a seal) counts less each time
        field = _fitted(terms, [line.slope for line in speak], weights)
        off = [abs(line.slope - _at(field, each)) for line, each in zip(speak, terms, strict=True)]
        usual = max(0.003, sorted(off)[len(off) // 2]) if off else 1.0
        weights = [(line.x1 - line.x0) / (1 + (each / (2 * usual)) ** 2) for line, each in zip(speak, off, strict=True)]
    for line in lines:
        x, y = (line.x - middle) / wide, (line.y - (top + low) / 2) / high
        constant, down, across, bend, askew = field
        climb = (constant + down * y) * x + (across + askew * y) * x * x / 2 + bend * x**3 / 3
        line.row = line.y - climb * wide


def _terms(x: float, y: float) -> tuple[float, ...]:
    return (1.0, y, x, x * x, x * y)


def _at(field: Sequence[float], terms: Sequence[float]) -> float:
    return sum(weight * term for weight, term in zip(field, terms, strict=True))


def _fitted(terms: Sequence[Sequence[float]], slopes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The least squares, by Gauss; a little weight pulls all but the constant to nothing."""
    size, total = 5, sum(weights) or 1.0
    rows = [
        [sum(w * each[a] * each[b] for w, each in zip(weights, terms, strict=True)) / total for b in range(size)]
        + [sum(w * each[a] * slope for w, each, slope in zip(weights, terms, slopes, strict=True)) / total]
        for a in range(size)
    ]
    for a in range(size):
        rows[a][a] += FADES if a else 1e-9
    for a in range(size):
        best = max(range(a, size), key=lambda row: abs(rows[row][a]))
        rows[a], rows[best] = rows[best], rows[a]
        for b in range(a + 1, size):
            part = rows[b][a] / rows[a][a]
            rows[b] = [x - part * y for x, y in zip(rows[b], rows[a], strict=True)]
    field = [0.0] * size
    for a in reversed(range(size)):
        field[a] = (rows[a][size] - sum(rows[a][b] * field[b] for b in range(a + 1, size))) / rows[a][a]
    return field


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
