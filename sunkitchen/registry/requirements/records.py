"""A line of another bureau's register as facts, whatever brought it: a table, a JSON list, a service's answer. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, BinaryIO

from .. import numbers
from ..tables import reading
from ..tables.cells import day, rounded, words
from ..tables.headings import Headings
from ..tables.reading import BadFile, Cell

WITHOUT_END = {"长期", "永久", "永久有效", "长期有效", "无固定期限", "长期经营", "permanent", "long-term"}
VALID = {
    "",
    "有效",
    "正常",
    "在用",
    "在业",
    "存续",
    "存续(在营、开业、在册)",
    "开业",
    "生效",
    "valid",
    "active",
    "in force",
}
ENDLESS_KINDS = {"business_licence"}
LONGEST = {"number": 30, "uscc": 18, "holder": 100, "issuer": 100, "items": 500, "state": 20}
MOST_LINES = 200_000

# The first name of each is the template's.
HEADINGS: dict[str, tuple[str, ...]] = {
    "number": (
        *("编号", "证书编号", "证号", "许可证编号", "许可证号", "登记证编号", "登记证号", "注册号", "证照编号"),
        *("number", "licence number", "license number", "permit number", "paper number"),
    ),
    "uscc": ("统一社会信用代码", "社会信用代码", "信用代码", "uscc", "credit code", "unified social credit code"),
    "holder": (
        *("名称", "经营者名称", "主体名称", "单位名称", "企业名称", "市场主体名称", "持证人", "字号名称"),
        *("holder", "name", "operator", "legal name", "business name"),
    ),
    "issuer": ("发证机关", "登记机关", "发证部门", "许可机关", "issuer", "issued by", "authority"),
    "items": ("经营项目", "经营范围", "许可项目", "items", "licensed items", "scope"),
    "valid_from": (
        *("有效期起", "发证日期", "成立日期", "有效期自", "营业期限自", "登记日期", "签发日期", "核准日期"),
        *("valid from", "issued on", "issue date", "start date"),
    ),
    "valid_through": (
        *("有效期至", "有效期止", "有效期截止", "营业期限至", "截止日期", "到期日期"),
        *("valid through", "valid until", "expires", "end date"),
    ),
    "state": ("状态", "证照状态", "登记状态", "经营状态", "state", "status"),
}
HEADED = Headings(HEADINGS, [("number", "uscc"), ("holder",), ("valid_from",)])
FACTS = tuple(HEADINGS)
NAMES = re.compile(r"[^\s.\[\]]{1,60}(?:\.[^\s.\[\]]{1,60}){0,7}")  # dotted: data.list.0.no


@dataclass(frozen=True)
class Record:
    """One paper as a register has it. With `why` it is not taken: codes of `words.REFUSALS`."""

    number: str = ""
    uscc: str = ""
    holder: str = ""
    issuer: str = ""
    items: str = ""
    valid_from: date = date.min
    valid_through: date | None = None
    state: str = ""
    why: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the register calls it valid, in its own word."""
        return self.state.casefold() in VALID


def record(kind: str, cells: Mapping[str, Cell]) -> Record:
    """The line of these cells, for papers of that kind; what cannot be read is said in `why`."""
    why: list[str] = []
    number, uscc = numbers.compact(words(cells.get("number"))), numbers.compact(words(cells.get("uscc")))
    if rounded(cells.get("number")) or rounded(cells.get("uscc")):
        why.append("rounded")
    if kind == "business_licence":
        number = number or uscc
        uscc = uscc or (number if len(number) == 18 else "")
    try:
        if kind == "food_permit":
            number = numbers.food_permit(number)
        elif kind == "business_licence":
            number = numbers.uscc(number)
    except numbers.BadNumber:
        why.append("number")
    if not number:
        why.append("number")
    if uscc:
        try:
            uscc = numbers.uscc(uscc)
        except numbers.BadNumber:
            uscc = ""  # an old registration number: the other facts count
    holder = words(cells.get("holder"))
    if not holder:
        why.append("holder")
    begins, ends = day(cells.get("valid_from")), _end(kind, cells.get("valid_through"), why)
    if begins is None:
        why.append("valid_from")
    if begins and ends and ends < begins:
        why.append("order")
    found = Record(
        number=number,
        uscc=uscc,
        holder=holder,
        issuer=words(cells.get("issuer")),
        items=words(cells.get("items"))[: LONGEST["items"]],
        valid_from=begins or date.min,
        valid_through=ends,
        state=words(cells.get("state"))[: LONGEST["state"]],
    )
    if any(len(getattr(found, name)) > most for name, most in LONGEST.items()):
        why.append("long")
    return replace(found, why=tuple(dict.fromkeys(why)))


def _end(kind: str, cell: Cell, why: list[str]) -> date | None:
    text = words(cell)
    if kind in ENDLESS_KINDS and (not text or text in WITHOUT_END or text.startswith("9999")):
        return None
    found = day(cell)
    if found is None:
        why.append("valid_through")
    return found


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────
def lines(kind: str, file: BinaryIO) -> Iterator[tuple[int, Record]]:
    """(its line in the file, what it says) of each line of a CSV, an XLSX, or a JSON list of objects. BadFile."""
    rows = _json(file) if _is_json(file) else reading.table(file, HEADED)
    for at, cells in rows:
        yield at, record(kind, cells)


def _is_json(file: BinaryIO) -> bool:
    file.seek(0)
    start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    return start[:1] in (b"[", b"{")


def _json(file: BinaryIO) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    body = file.read(reading.MOST_BYTES + 1)
    if len(body) > reading.MOST_BYTES:
        raise BadFile("large")
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadFile("json") from None
    if isinstance(data, dict):  # one list inside of a wrapper: {"data": [...]}
        inside = [value for value in data.values() if isinstance(value, list)]
        data = inside[0] if len(inside) == 1 else None
    if not isinstance(data, list) or not data:
        raise BadFile("json")
    if len(data) > MOST_LINES:
        raise BadFile("many_lines", str(MOST_LINES))
    for at, entry in enumerate(data, 1):
        if not isinstance(entry, dict):
            raise BadFile("json")
        keys = list(entry)[: reading.MOST_COLUMNS]
        places = HEADED.recognised([key.replace("_", " ") for key in keys])
        yield at, {column: _cell(entry[keys[place]]) for column, place in places.items()}


def _cell(value: Any) -> Cell:
    """A plain value of JSON; anything nested is nothing."""
    return value if isinstance(value, str | int | float | bool) else None


# ── a service's answer ──────────────────────────────────────────────────────────────────────────────────────
def answered(kind: str, names: Mapping[str, str], data: Any) -> Record | None:
    """The paper in a service's answer, by its schema {fact: dotted name}. None when the answer has none."""
    cells = {fact: _cell(_at(data, names[fact])) for fact in FACTS if fact in names}
    if not any(words(cells.get(fact)) for fact in ("number", "uscc", "holder")):
        return None
    return record(kind, cells)


def _at(data: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        if isinstance(data, dict):
            data = data.get(name)
        elif isinstance(data, list) and name.isascii() and name.isdigit() and int(name) < len(data):
            data = data[int(name)]
        else:
            return None
    return data


def schema(text: str) -> dict[str, str]:
    """A schema as a form has it: one `fact = dotted.name` a line. ValueError with the line that is none."""
    names: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        fact, sign, name = (part.strip() for part in line.partition("="))
        if not sign or fact not in FACTS or not NAMES.fullmatch(name) or fact in names:
            raise ValueError(line[:80])
        names[fact] = name
    if lacking := HEADED.lacking(dict.fromkeys(names, 0)):
        raise ValueError(", ".join(lacking))
    return names
