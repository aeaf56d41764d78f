"""One line of a register as facts: numbers, names, dates in the forms that people write. Pure.

What cannot be read is a problem, and the line is refused with it; what is doubtful is a doubt, and the line is taken.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from .. import numbers
from ..establishments import coordinates
from ..tables.cells import DAY, day, printable, rounded, words
from ..tables.reading import Cell

Said = tuple[str, str]  # a code of `words.REASONS`, and a detail

FOOD_PERMIT, SMALL_EATERY = "food_permit", "small_eatery"
LONGEST = {"operator_name": 100, "signboard": 60, "address": 200, "issuer": 100, "items": 500, "phone": 20}
CUT = {"signboard", "items", "issuer", "phone"}  # may be shortened; what papers are compared by may not

WITHOUT_END = {"长期", "永久", "永久有效", "长期有效", "无固定期限", "长期经营", "nolimit", "permanent", "longterm"}
IN_FORCE = {
    "",
    "有效",
    "正常",
    "在用",
    "在业",
    "存续",
    "生效",
    "启用",
    "开业",
    "发证",
    "已发证",
    "正常营业",
    "inforce",
    "valid",
    "active",
}
EXPIRED = {"过期", "已过期", "到期", "届满", "失效", "逾期", "expired"}
REVOKED = {
    "注销": "注销",
    "已注销": "注销",
    "吊销": "吊销",
    "已吊销": "吊销",
    "撤销": "撤销",
    "已撤销": "撤销",
    "撤回": "撤回",
    "作废": "作废",
    "cancelled": "注销",
    "revoked": "吊销",
}
# The first word that a 主体业态 contains decides. Source: the categories of 食品经营许可 and of 餐饮 by size.
CATEGORIES = [
    ("中央厨房", "central"),
    ("集体用餐配送", "catering"),
    *((word, "school") for word in ("学校", "幼儿园", "托幼", "托育", "school")),
    *((word, "canteen") for word in ("食堂", "养老", "canteen")),
    *((word, "drinks") for word in ("饮品", "饮料", "咖啡", "奶茶", "drinks")),
    *((word, "snack") for word in ("小吃", "snack")),
    *((word, "large") for word in ("特大型", "大型", "large")),
    *((word, "medium") for word in ("中型", "medium")),
    *((word, "small") for word in ("小型", "小餐饮", "餐饮服务", "餐馆", "餐厅", "快餐", "small", "catering")),
]
# An identity number (GB 11643): division, birth date, serial, check. Old registers have it for sole traders.
PERSON = re.compile(r"[1-9]\d{5}(?:(?:19|20)\d{2}|\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X]?")
SYSTEMS = [
    *((word, "gcj02") for word in ("gcj", "高德", "腾讯", "火星")),
    *((word, "bd09") for word in ("bd", "百度")),
    *((word, "wgs84") for word in ("wgs", "gps", "cgcs", "2000", "84")),
]


@dataclass(frozen=True)
class Line:
    """One permit of the register. With `problems` the other fields mean nothing but `number` and what is shown."""

    at: int  # its line in the file
    number: str = ""
    kind: str = FOOD_PERMIT
    operator_name: str = ""
    signboard: str = ""  # "" when the register says none
    uscc: str = ""
    address: str = ""
    division: str = ""
    category: str = ""
    items: str = ""
    issuer: str = ""
    valid_from: date = date.min
    valid_through: date = date.min
    revoked: str = ""  # the register's word for it, "" while the permit stands
    phone: str = ""
    latitude: Decimal | None = None  # WGS-84
    longitude: Decimal | None = None
    coordinates: str = ""  # the system they were given in
    licence_from: date | None = None
    licence_through: date | None = None  # None with licence_from: without end
    problems: tuple[Said, ...] = ()
    doubts: tuple[Said, ...] = field(default=(), compare=False)

    @property
    def facts(self) -> "Line":
        """What two lines are compared by: everything but where they stand."""
        return replace(self, at=0)


def line(at: int, cells: Mapping[str, Cell]) -> Line:
    """The line of these cells, whatever they hold."""
    reader = _Reader(cells)
    kind, number = reader.number()
    operator_name, address = reader.text("operator_name"), reader.text("address")
    for name, value in (("operator_name", operator_name), ("address", address)):
        if not value:
            reader.problems.append((f"no_{name}", ""))
    valid_from, valid_through = reader.term()
    uscc = reader.uscc()
    category = reader.category()
    latitude, longitude, system = reader.point()
    licence_from, licence_through = reader.licence()
    return Line(
        at=at,
        number=number[:40],
        kind=kind,
        operator_name=operator_name,
        signboard=reader.text("signboard"),
        uscc=uscc,
        address=address,
        division=reader.division(),
        category=category,
        items=reader.text("items"),
        issuer=reader.text("issuer"),
        valid_from=valid_from,
        valid_through=valid_through,
        revoked=reader.revoked(),
        phone=reader.text("phone"),
        latitude=latitude,
        longitude=longitude,
        coordinates=system,
        licence_from=licence_from,
        licence_through=licence_through,
        problems=tuple(reader.problems),
        doubts=tuple(reader.doubts),
    )


class _Reader:
    """Reads the cells of one line and remembers what was wrong with them."""

    def __init__(self, cells: Mapping[str, Cell]):
        self.cells = cells
        self.problems: list[Said] = []
        self.doubts: list[Said] = []

    def text(self, column: str) -> str:
        text = printable(self.cells.get(column))  # as written: a company's name keeps its wide brackets
        longest = LONGEST[column]
        if len(text) > longest:
            if column not in CUT:
                self.problems.append((f"long_{column}", str(longest)))
            elif column != "phone":
                self.doubts.append((f"cut_{column}", str(longest)))
            text = "" if column == "phone" else text[: longest - 1] + "…"
        return text

    def number(self) -> tuple[str, str]:
        for column in ("permit", "registration"):
            if rounded(self.cells.get(column)):
                self.problems.append(("rounded", words(self.cells.get(column))))
                return FOOD_PERMIT, words(self.cells.get(column))
        permit, registration = words(self.cells.get("permit")), words(self.cells.get("registration"))
        if permit:
            try:
                number = numbers.food_permit(permit)
            except numbers.BadNumber:
                self.problems.append(("bad_number", permit[:40]))
                return FOOD_PERMIT, permit
            if not numbers.food_permit_passes(number):
                self.doubts.append(("check_digit", ""))
            if number[2] == "1":
                self.doubts.append(("sales_number", ""))
            return FOOD_PERMIT, number
        if registration:
            number = numbers.compact(registration)
            # Its form is the province's: only what no number has is refused.
            if not re.fullmatch(r"[0-9A-Z\u4e00-\u9fff〔〕()\[\]第号]{6,30}", number):
                self.problems.append(("bad_number", registration[:40]))
            return SMALL_EATERY, number
        self.problems.append(("no_number", ""))
        return FOOD_PERMIT, ""

    def uscc(self) -> str:
        cell = self.cells.get("uscc")
        text = words(cell)
        if not text:
            return ""
        if rounded(cell):
            self.doubts.append(("uscc_rounded", text))
            return ""
        try:
            code = numbers.uscc(text)
        except numbers.BadNumber:
            code = ""
        if code and numbers.uscc_passes(code):
            return code
        if PERSON.fullmatch(numbers.compact(text)) or (not code and PERSON.search(numbers.compact(text))):
            self.doubts.append(("person", ""))  # never kept, never repeated: a credit code is public, a person's is not
            return ""
        self.doubts.append(("uscc_check", "") if code else ("bad_uscc", text[:30]))
        return code

    def division(self) -> str:
        text = re.sub(r"\D", "", words(self.cells.get("division")))
        return text if 6 <= len(text) <= 12 else ""

    def category(self) -> str:
        text = words(self.cells.get("category")).lower()
        if not text:
            return ""
        for word, category in CATEGORIES:
            if word in text:
                return category
        if "销售" in text and "制售" not in words(self.cells.get("items")):
            self.problems.append(("not_catering", text[:30]))
        else:
            self.doubts.append(("category", text[:30]))
        return ""

    def term(self) -> tuple[date, date]:
        """Both days of the permit; date.min where a problem was noted."""
        begins, ends = self.cells.get("valid_from"), self.cells.get("valid_through")
        if (not words(begins) or not words(ends)) and (period := words(self.cells.get("period"))):
            first, last = _period(period)
            begins = begins if words(begins) else first
            ends = ends if words(ends) else last
        if _endless(ends):
            self.problems.append(("endless", ""))
        found = []
        for name, cell in (("valid_from", begins), ("valid_through", ends)):
            when = day(cell)
            if when is None and not (name == "valid_through" and _endless(cell)):
                self.problems.append((f"no_{name}" if not words(cell) else f"bad_{name}", words(cell)[:30]))
            found.append(when or date.min)
        if date.min not in found and found[1] < found[0]:
            self.problems.append(("reversed", f"{found[0]} – {found[1]}"))
        return found[0], found[1]

    def licence(self) -> tuple[date | None, date | None]:
        begins, ends = self.cells.get("licence_from"), self.cells.get("licence_through")
        first, last = day(begins), day(ends)
        if first is None:
            return None, None
        if not (last or _endless(ends) or not words(ends)) or (last and last < first):
            self.doubts.append(("licence_dates", words(ends)[:30]))
            return None, None
        return first, last

    def revoked(self) -> str:
        text = re.sub(r"[\W_]+", "", words(self.cells.get("state"))).lower()
        if text not in REVOKED and text not in IN_FORCE and text not in EXPIRED:
            self.problems.append(("state", text[:30]))
        return REVOKED.get(text, "")

    def point(self) -> tuple[Decimal | None, Decimal | None, str]:
        cells = words(self.cells.get("latitude")), words(self.cells.get("longitude"))
        nothing = None, None, ""
        if not any(cells):
            return nothing
        declared = words(self.cells.get("coordinates")).lower()
        system = next((system for word, system in SYSTEMS if word in declared), "")
        if not system:
            self.doubts.append(("no_system", declared[:20]))
            return nothing
        try:
            latitude, longitude = (float(cell) for cell in cells)
            if not coordinates.on_globe(latitude, longitude) or (latitude, longitude) == (0, 0):
                raise ValueError
            latitude, longitude = coordinates.to_wgs84(latitude, longitude, system)
            if not coordinates.on_globe(latitude, longitude):  # at the globe's seam the other system lies beyond it
                raise ValueError
        except ValueError:
            self.doubts.append(("bad_point", " ".join(cells)[:40]))
            return nothing
        return Decimal(f"{latitude:.6f}"), Decimal(f"{longitude:.6f}"), system


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────
def _endless(cell: Cell) -> bool:
    text = words(cell)
    return re.sub(r"[\W_]+", "", text).lower() in WITHOUT_END


def _period(text: str) -> tuple[str, str]:
    """Both ends of "2021年1月2日至2026年1月1日"; one day alone is the last."""
    found = [match[0] for match in DAY.finditer(text)] or re.findall(r"\d{8}", text)
    if len(found) >= 2:
        return found[0], found[1]
    parts = re.split(r"[至到~—–]", text, maxsplit=1)
    if len(parts) == 2:
        return parts[0].lstrip("自从"), parts[1]
    return "", text
