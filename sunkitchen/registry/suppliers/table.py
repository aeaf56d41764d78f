"""The table of deliveries that a kitchen brings: lines of one day and supplier become one delivery."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can

from .. import numbers
from ..establishments.models import Establishment
from ..tables import cells as typed
from ..tables.headings import Headings
from ..tables.reading import Cell
from ..tables.sorts import Facts, Line, Said, Sort, on_line
from . import actions, tracing
from .models import Delivery, DeliveryLine
from .words import goods_by_product, goods_of, proof_of

NAMES: dict[str, tuple[str, ...]] = {
    "received_on": ("进货日期", "进货时间", "采购日期", "收货日期", "到货日期", "日期", "received on", "date"),
    "supplier": ("供货商", "供应商", "供货单位", "供货者", "供货商名称", "供应商名称", "supplier"),
    "uscc": ("供货商统一社会信用代码", "统一社会信用代码", "信用代码", "supplier's credit code", "credit code"),
    "goods": ("类别", "品类", "种类", "货物类别", "商品类别", "kind of goods", "kind"),
    "product": ("品名", "名称", "产品名称", "商品名称", "食品名称", "货品", "product"),
    "batch": ("批号", "生产批号", "生产日期或批号", "生产日期", "批次", "batch", "batch or production date"),
    "quantity": ("数量", "进货数量", "重量", "quantity"),
    "unit": ("单位", "计量单位", "unit"),
    "use_by": ("保质期至", "有效期至", "到期日期", "保质期到", "use by", "best before"),
    "proof": ("凭证", "证明", "索证情况", "票证", "证明文件", "合格证明", "proof"),
}
COLUMNS = ("received_on", "supplier", "uscc", "goods", "product", "batch", "quantity", "unit", "use_by", "proof")
EXAMPLE = {
    "received_on": "2026-11-20",
    "supplier": "海澜粮油批发（示例）",
    "goods": "粮油蛋奶",
    "product": "菜籽油",
    "batch": "20261101",
    "quantity": "12",
    "unit": "桶",
    "use_by": "2027-10-31",
    "proof": "合格证",
}
LABELS: dict[str, Promise] = {
    "received_on": gettext_lazy("received on"),
    "supplier": gettext_lazy("supplier"),
    "uscc": gettext_lazy("supplier's credit code"),
    "goods": gettext_lazy("kind of goods"),
    "product": gettext_lazy("product"),
    "batch": gettext_lazy("batch or production date"),
    "quantity": gettext_lazy("quantity"),
    "unit": gettext_lazy("unit"),
    "use_by": gettext_lazy("use by"),
    "proof": gettext_lazy("proof"),
}
WORDS: dict[str, Promise] = {
    "no_received_on": gettext_lazy("The day of receipt is missing."),
    "bad_received_on": gettext_lazy("The day of receipt cannot be read: {0}"),
    "future": gettext_lazy("This day is yet to come: {0}"),
    "early": gettext_lazy("Please look at the day again: {0}"),
    "late": gettext_lazy("It came more than 60 days ago. Is the year right?"),
    "no_supplier": gettext_lazy("The supplier is missing."),
    "uscc": gettext_lazy("This is no credit code: {0}"),
    "rounded": gettext_lazy("The spreadsheet has rounded the number ({0}): please set the column to text."),
    "no_product": gettext_lazy("The product is missing."),
    "long": gettext_lazy("Too long: {0}"),
    "no_goods": gettext_lazy("The kind of goods is missing."),
    "goods": gettext_lazy("This kind of goods is not known: {0}"),
    "guessed": gettext_lazy("The kind of goods was told by the product's name: {0}"),
    "no_quantity": gettext_lazy("The quantity is missing."),
    "quantity": gettext_lazy("This is no quantity: {0}"),
    "no_unit": gettext_lazy("The unit is missing."),
    "bad_use_by": gettext_lazy("The use-by day cannot be read: {0}"),
    "spoiled": gettext_lazy("It was past its use-by date when it arrived."),
    "no_proof": gettext_lazy("The proof is missing."),
    "proof": gettext_lazy("This proof is not known: {0}"),
    "no_batch": gettext_lazy("Without a batch it is not found when it is recalled."),
    "known": gettext_lazy("This line stands in the ledger already."),
    "twice": gettext_lazy("It says the same as line {0}."),
}
LONGEST = {"supplier": 100, "product": 60, "batch": 40, "unit": 10}
LATE = timedelta(days=60)
AMOUNT = re.compile(r"([\d,，]+(?:\.\d+)?)\s*(\D{0,10})")


# ── one line ────────────────────────────────────────────────────────────────────────────────────────────────
def read_line(cells: Mapping[str, Cell]) -> tuple[Facts, list[Said], list[Said]]:
    why: list[Said] = []
    notes: list[Said] = []
    facts: Facts = {"received_on": _day(cells, "received_on", why)}
    if not facts["received_on"] and not why:
        why.append(("no_received_on", ""))
    for name in ("supplier", "product", "batch"):
        facts[name] = _text(cells, name, why)
    facts["uscc"] = _uscc(cells, why)
    facts["quantity"], facts["unit"] = _amount(cells, why)
    facts["goods"] = _goods(cells, facts["product"], why, notes)
    said = typed.words(cells.get("proof"))
    facts["proof"] = proof_of(said)
    if not facts["proof"]:
        why.append(("proof", said[:30]) if said else ("no_proof", ""))
    facts["use_by"] = _day(cells, "use_by", why)
    if facts["use_by"] and facts["received_on"] and facts["use_by"] < facts["received_on"]:
        why.append(("spoiled", ""))
    if not facts["batch"]:
        notes.append(("no_batch", ""))
    return facts, why, notes


def _text(cells: Mapping[str, Cell], name: str, why: list[Said]) -> str:
    cell = cells.get(name)
    text = typed.printable(cell)
    if name == "batch":
        if typed.rounded(cell):
            why.append(("rounded", text[:30]))
        elif isinstance(cell, date):  # a spreadsheet's own day; a time of midnight tells nothing
            text = f"{cell:%Y%m%d}"
    if not text and name != "batch":
        why.append((f"no_{name}", ""))
    elif len(text) > LONGEST[name]:
        why.append(("long", text[:30]))
    return text[: LONGEST[name]]


def _day(cells: Mapping[str, Cell], name: str, why: list[Said]) -> str:
    when = typed.day(cells.get(name))
    if when is None and (said := typed.words(cells.get(name))):
        why.append((f"bad_{name}", said[:30]))
    return when.isoformat() if when else ""


def _uscc(cells: Mapping[str, Cell], why: list[Said]) -> str:
    said = typed.words(cells.get("uscc"))
    if not said:
        return ""
    if typed.rounded(cells.get("uscc")):
        why.append(("rounded", said[:30]))
        return ""
    try:
        return numbers.uscc(said)
    except numbers.BadNumber:
        why.append(("uscc", said[:30]))
        return ""


def _amount(cells: Mapping[str, Cell], why: list[Said]) -> tuple[str, str]:
    """The quantity as text and its unit, which may stand behind it: `12.5 公斤`."""
    said, unit = typed.words(cells.get("quantity")), typed.printable(cells.get("unit"))
    if not said:
        why.append(("no_quantity", ""))
        return "", unit[:10]
    found = AMOUNT.fullmatch(said)
    try:
        number = Decimal(re.sub("[,，]", "", found[1])) if found else Decimal(0)
        number = number.quantize(Decimal("0.01"))
    except InvalidOperation:
        number = Decimal(0)
    if found is None or not 0 < number < 10**8:
        why.append(("quantity", said[:30]))
        return "", unit[:10]
    unit = unit or found[2].strip()
    if not unit:
        why.append(("no_unit", ""))
    elif len(unit) > LONGEST["unit"]:
        why.append(("long", unit[:30]))
    return str(number), unit[: LONGEST["unit"]]


def _goods(cells: Mapping[str, Cell], product: str, why: list[Said], notes: list[Said]) -> str:
    said = typed.words(cells.get("goods"))
    if said:
        if not (code := goods_of(said)):
            why.append(("goods", said[:30]))
        return code
    if code := goods_by_product(product):
        notes.append(("guessed", str(DeliveryLine.Goods(code).label)))
        return code
    why.append(("no_goods", ""))
    return ""


# ── beside the kitchen's ledger ─────────────────────────────────────────────────────────────────────────────
def judge(place: Establishment, lines: Sequence[Line], today: date) -> None:
    """What lies in the future, stands in the ledger already, or in the table twice. One query."""
    days = {date.fromisoformat(line.facts["received_on"]) for line in lines}
    stand = DeliveryLine.objects.filter(delivery__establishment=place, delivery__voided_at=None)
    rows = stand.filter(delivery__received_on__in=days).select_related("delivery__supplier")
    known = {
        _same(row.delivery.received_on, row.delivery.supplier.name, row.product, row.batch, row.quantity, row.unit)
        for row in rows
    }
    earlier: dict[tuple[Any, ...], int] = {}
    for line in lines:
        facts, day = line.facts, date.fromisoformat(line.facts["received_on"])
        same = _same(
            day, facts["supplier"], facts["product"], facts["batch"], Decimal(facts["quantity"]), facts["unit"]
        )
        if day > today:
            line.why.append(("future", facts["received_on"]))
        elif day.year < actions.EARLIEST:
            line.why.append(("early", facts["received_on"]))
        elif same in known:
            line.why.append(("known", ""))
        else:
            if day < today - LATE:
                line.notes.append(("late", ""))
            if same in earlier:
                line.notes.append(("twice", str(earlier[same])))
            earlier.setdefault(same, line.number)


def _same(day: date, supplier: str, product: str, batch: str, quantity: Decimal, unit: str) -> tuple[Any, ...]:
    return (day, tracing.supplier(supplier), tracing.product(product), tracing.batch(batch), quantity, unit)


# ── landing ─────────────────────────────────────────────────────────────────────────────────────────────────
def land(place: Establishment, *, by: User, lines: Sequence[Line]) -> None:
    for came in deliveries(lines):
        first = came[0].facts
        with on_line(came[0].number):
            actions.enter(
                place,
                by=by,
                supplier={
                    "name": first["supplier"],
                    "uscc": next((c.facts["uscc"] for c in came if c.facts["uscc"]), ""),
                },
                received_on=date.fromisoformat(first["received_on"]),
                lines=[
                    {
                        **{name: line.facts[name] for name in ("goods", "product", "batch", "unit", "proof")},
                        "quantity": Decimal(line.facts["quantity"]),
                        "use_by": date.fromisoformat(line.facts["use_by"]) if line.facts["use_by"] else None,
                    }
                    for line in came
                ],
                source=Delivery.Source.TABLE,
            )


def deliveries(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines of one day and supplier together, at most as many as a delivery has, the earliest day first."""

    def whose(line: Line) -> tuple[str, str]:
        return line.facts["received_on"], tracing.supplier(line.facts["supplier"])

    for _of, group in groupby(sorted(lines, key=whose), key=whose):
        came = list(group)
        for start in range(0, len(came), actions.MOST_LINES):
            yield came[start : start + actions.MOST_LINES]


def show(facts: Facts) -> Sequence[str]:
    amount = f"{Decimal(facts['quantity']).normalize():f} {facts['unit']}"
    return [facts["received_on"], facts["supplier"], facts["product"], facts["batch"] or "—", amount]


def sums_up(facts: Sequence[Facts]) -> str:
    count = len({(one["received_on"], tracing.supplier(one["supplier"])) for one in facts})
    said = ngettext("They make %(n)s delivery.", "They make %(n)s deliveries.", count)
    return said % {"n": count}


SORT = Sort(
    name="deliveries",
    capability=Can.KEEP_LEDGER,
    back="ledger",
    headings=Headings(NAMES, (("received_on",), ("supplier",), ("product",), ("quantity",), ("proof",))),
    columns=COLUMNS,
    example=EXAMPLE,
    labels=LABELS,
    words=WORDS,
    read_line=read_line,
    judge=judge,
    land=land,
    shown=(
        gettext_lazy("Received on"),
        gettext_lazy("Supplier"),
        gettext_lazy("Product"),
        gettext_lazy("Batch"),
        gettext_lazy("Quantity"),
    ),
    show=show,
    sums_up=sums_up,
)
