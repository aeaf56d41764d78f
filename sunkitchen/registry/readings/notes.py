"""A delivery note as fields: who brought it, when, and its table of goods. Pure.

A table has no lines that a machine could rely on: its columns are where its headings stand, and move with the paper's
perspective from row to row.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from . import labels, values
from .layout import Placed, plain, rows
from .shown import shown

COLUMNS = {
    "product": "品名规格 品名及规格 商品名称 产品名称 货品名称 货物名称 食品名称 物品名称 菜品名称 品名 货名 商品 产品 货品 名称 品种",
    "quantity": "实收数量 送货数量 实发数量 数量 重量 净重",
    "unit": "计量单位 单位",
    "batch": "生产日期/批号 批号/生产日期 生产日期或批号 生产批号 产品批号 生产日期 生产批次 批号 批次 追溯码 批次号",
    "use_by": "保质期至 有效期至 到期日期 到期日",
    "price": "单价 价格",
    "amount": "金额 小计 总价",
    "": "商品编码 商品编号 商品代码 产品编码 产品编号 货品编码 货品编号 物料编码 序号 行号 编号 编码 货号 条码 规格型号 规格 型号 备注 保质期 产地 品牌 税率 检疫证号 合格证 折扣 件数 厂家 生产厂家",
}
HEADINGS = {name: column for column, names in COLUMNS.items() for name in names.split()}
_HEADING = re.compile("|".join(sorted(map(re.escape, HEADINGS), key=len, reverse=True)))
FOOT = re.compile(
    r"^(?:合计|总计|共计|共\d|总金额|大写|金额合计|合计金额|本页|备注[:：]|签收|收货人|送货人|制单|经手|谢谢|实收|应收|客户签|本单)"
)
COMPANY = re.compile(
    r"^([\w\u4e00-\u9fff（）()·]{2,40}?(?:有限责任公司|有限公司|公司|商行|配送中心|中心|经营部|批发部|合作社|超市|商店|配送部|批发市场|水产|粮油|"
    r"加工厂|厂|店|行|坊|市场|农场))(?:[（(][^）)]*[）)])?(?:送货单|销售单|配送单|出库单|发货单|销售清单|出货单|配送清单|发货清单|单据|收据|销货清单|送货清单)?$"
)
QUANTITY = re.compile(r"^[×xX*]?(\d{1,6}(?:[.,]\d{1,3})?)([^\d\s.,]{0,4})[.。]?$")
MONEY = re.compile(r"^[¥￥]?(\d{1,7}(?:\.\d{1,3})?)元?$")
MOST_LINES = 100
SHARED = 4.0  # line heights that a second cell in one column has to be nearer


@dataclass
class Column:
    name: str
    x0: float
    x1: float
    cells: list[Placed] = field(default_factory=list)

    @property
    def x(self) -> float:
        return (self.x0 + self.x1) / 2

    def off(self, cell: Placed) -> float:
        """How far the cell must move to stand under it: flush left, flush right or centred, whichever is nearest."""
        return min((cell.x0 - self.x0, cell.x1 - self.x1, cell.x - self.x), key=abs)


def read(lines: list[Placed], page: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    table = rows(lines)
    at, columns = _head(table)
    above = [line for row in table[: at if columns else len(table)] for line in row]
    _letterhead(above, lines, page, found)
    if columns and (goods := _goods(table[at + 1 :], columns, page)):
        found["lines"] = goods
    return found


# ── above the table ─────────────────────────────────────────────────────────────────────────────────────────
def _letterhead(above: list[Placed], lines: list[Placed], page: int, found: dict[str, Any]) -> None:
    marked, free = labels.told("delivery_note", lines)
    for label in sorted(marked, key=lambda label: label.rank):
        if label.field not in ("supplier", "received_on") or label.field in found:
            continue
        here = label.place
        right = [
            line for line in free if line.x0 > here.x1 - here.height and abs(line.row - here.row) < 0.7 * here.height
        ]
        for value in [label.value, *sorted(right, key=lambda line: line.x0)[:1]]:
            if value is None:
                continue
            text = plain(value.text)
            if label.field == "supplier" and (judged := values.name(text)):
                found["supplier"] = shown(judged[0], text, value.confidence * label.sure, page, [value])
                break
            if label.field == "received_on" and (days := values.days(text)):
                sure = value.confidence * label.sure * days[0].sure
                found["received_on"] = shown(days[0].day.isoformat(), text, sure, page, [value])
                break
    if "supplier" not in found:
        titles = sorted((line for line in free if line in above), key=lambda line: (-round(line.height / 6), line.row))
        for line in titles:
            if match := COMPANY.match(plain(line.text)):
                found["supplier"] = shown(match[1], line.text, line.confidence * 0.9, page, [line])
                break
    if "received_on" not in found:
        for line in above:
            if days := values.days(plain(line.text)):
                sure = line.confidence * values.LOOSE * days[0].sure
                found["received_on"] = shown(days[0].day.isoformat(), line.text, sure, page, [line])
                break


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────
def _head(table: list[list[Placed]]) -> tuple[int, list[Column]]:
    """The row of headings, and its columns; no columns when there is none."""
    best: tuple[int, int, list[Column]] = (0, 0, [])
    for at, row in enumerate(table):
        columns = [column for line in row for column in _columns(line)]
        named = {column.name for column in columns if column.name}
        if "product" in named and len(columns) >= 2 and len(named) + len(columns) / 10 > best[0]:
            best = (len(named) + len(columns) // 10, at, columns)
    return best[1], sorted(best[2], key=lambda column: column.x0)


def _columns(line: Placed) -> list[Column]:
    """The headings in it: seen as one line where they stand close, so each takes its letters' share."""
    text = re.sub(r"[（(][^）)]*[）)]?", "", plain(line.text)).replace("／", "/").strip("*＊:：")
    found, end = [], 0
    for match in _HEADING.finditer(text):
        if match.start() - end > 1:
            return []
        end = match.end()
        found.append(match)
    if not found or len(text) - end > 1:
        name = _nearly(text)
        return [Column(HEADINGS[name], line.x0, line.x1)] if name else []
    share = (line.x1 - line.x0) / max(1, len(text))
    if len(found) == 1:
        return [Column(HEADINGS[found[0][0]], line.x0, line.x1)]
    return [Column(HEADINGS[m[0]], line.x0 + share * m.start(), line.x0 + share * m.end()) for m in found]


def _nearly(text: str) -> str | None:
    """The heading of which one letter was read wrong."""
    near = [name for name in HEADINGS if len(name) == len(text) >= 4 and labels.differ(text, name) == 1]
    return near[0] if near else None


def _goods(table: list[list[Placed]], columns: list[Column], page: int) -> list[dict[str, Any]]:
    goods: list[dict[str, Any]] = []
    last_row, step = None, 0.0
    begun: dict[str, Any] = {}  # a product whose quantity stands in the next row, as tills print it
    for row in table:
        if any(FOOT.match(plain(cell.text)) for cell in row):
            break
        middle = sum(cell.row for cell in row) / len(row)
        if step and last_row is not None and middle - last_row > 4 * step:
            break
        _spread([piece for cell in row for piece in _split(cell, columns)], columns)
        _follow(columns)
        one = _line(columns, page)
        if one.keys() == {"product"} and not begun:
            begun = one
            continue
        if "product" not in one:
            one = begun | one if begun else {}
        begun = {}
        if len(one) > 1:
            goods.append(one)
            step = step or (middle - last_row if last_row is not None else 0.0)
            last_row = middle
        if len(goods) == MOST_LINES:
            break
    return goods


def _split(cell: Placed, columns: list[Column]) -> list[Placed]:
    """A run of text that reaches over two columns, taken apart at its blanks."""
    under = [column for column in columns if cell.x0 < column.x < cell.x1]
    words = list(re.finditer(r"\S+", cell.text))
    if len(under) < 2 or len(words) < 2:
        return [cell]
    return [cell.part(word.start(), word.end()) for word in words]


def _spread(cells: list[Placed], columns: list[Column]) -> None:
    """Each cell under a column, in their order from the left: two share one only where that is much nearer."""
    cells = sorted(cells, key=lambda cell: cell.x)
    ways: list[tuple[float, list[int]]] = [(0.0, [])] * len(columns)
    for cell in cells:
        off = [abs(column.off(cell)) for column in columns]
        crowded = SHARED * cell.height
        nexts: list[tuple[float, list[int]]] = []
        for at, here in enumerate(off):
            come = [(cost + (crowded if way and way[-1] == at else 0.0), way) for cost, way in ways[: at + 1]]
            cost, way = min(come, key=lambda each: each[0])
            nexts.append((cost + here, [*way, at]))
        ways = nexts
    for column in columns:
        column.cells = []
    for cell, at in zip(cells, min(ways, key=lambda way: way[0])[1], strict=True):
        columns[at].cells.append(cell)


def _follow(columns: list[Column]) -> None:
    """Let columns go where their cells went: down a photographed page they lean."""
    moves = [column.off(column.cells[0]) for column in columns if len(column.cells) == 1]
    usual = sorted(moves)[len(moves) // 2] if moves else 0.0
    for column in columns:
        own = column.off(column.cells[0]) if len(column.cells) == 1 else usual
        width = max(1.0, column.x1 - column.x0)
        move = max(-0.5 * width, min(0.5 * width, own))
        column.x0 += move
        column.x1 += move


def _line(columns: list[Column], page: int) -> dict[str, Any]:
    said: dict[str, Any] = {}
    money: dict[str, float] = {}
    for column in columns:
        cells = sorted(column.cells, key=lambda cell: cell.x0)
        if not column.name or not cells or column.name in said:
            continue
        sure = min(cell.confidence for cell in cells)
        if column.name in ("quantity", "price", "amount") and len(cells) > 1:
            cells, sure = [min(cells, key=lambda cell: abs(column.off(cell)))], sure * values.LOOSE
        text = plain(" ".join(cell.text for cell in cells))
        if column.name in ("price", "amount"):
            if match := MONEY.match(text.replace(",", "")):
                money[column.name] = float(match[1])
            continue
        for name, value, left in _facts(column.name, text):
            said.setdefault(name, shown(value, text, sure * left, page, cells))
    if "quantity" in said and len(money) == 2:
        due = float(said["quantity"]["value"]) * money["price"]
        if abs(due - money["amount"]) > 0.02 + 0.005 * due:  # one of the three was read wrong
            said["quantity"]["confidence"] = round(said["quantity"]["confidence"] * values.LOOSE, 2)
    return said


def _facts(column: str, text: str) -> list[tuple[str, str, float]]:
    """(field, value, what is left of the confidence) of a cell; nothing when it cannot be one of that column."""
    if text in HEADINGS:
        return []
    if column == "product":
        text = re.sub(r"^\d{1,3}[.、]?(?=[\u4e00-\u9fff])", "", text).strip(" .。,，·*|")
        return [("product", text[:60], 1.0)] if sum(letter.isalpha() for letter in text) >= 2 else []
    if column == "quantity":
        repaired = re.sub(r"(?<=[\d.])[Oo](?=[\d.]|$)", "0", re.sub(r"^[lI|](?=[\d.]|$)", "1", text))
        if not (match := QUANTITY.match(repaired)):
            return []
        left = 1.0 if repaired == text else values.REPAIRED
        quantity = match[1].replace(",", ".")
        if not float(quantity):
            return []
        return [("quantity", _short(quantity), left)] + ([("unit", unit(match[2]), left)] if match[2] else [])
    if column == "unit":
        return [("unit", unit(text), 1.0)] if 1 <= len(text) <= 4 and not any(c.isdigit() for c in unit(text)) else []
    if column == "batch":
        batch = text.strip(" .。,，·*|")
        return [("batch", batch[:40], 1.0)] if len(batch) >= 3 and any(c.isalnum() for c in batch) else []
    days = values.days(text)
    return [("use_by", days[0].day.isoformat(), days[0].sure)] if days else []


def unit(text: str) -> str:
    """As people write it: kg in small letters, and not k9."""
    small = text.strip(" .。").lower()
    return "kg" if small in ("k9", "kq", "kg", "千克kg", "kg。") else small


def _short(quantity: str) -> str:
    """12.50 as 12.5, 030 as 30."""
    whole, _point, rest = quantity.partition(".")
    rest = rest.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{rest}" if rest else whole
