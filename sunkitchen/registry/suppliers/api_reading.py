"""What another system sent, read without trust: JSON bytes in, facts or a list of what is wrong out. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from .. import numbers
from . import words

MOST_BYTES = 256 * 1024
MOST_LINES = 60
HEAD = {"kitchen", "reference", "received_on", "supplier", "lines"}
SUPPLIER = {"name": 100, "uscc": 40, "permit": 30}
LINE = {"product": 60, "goods": 30, "quantity": 20, "unit": 10, "batch": 40, "use_by": 10, "proof": 30}
NEEDED = ("product", "goods", "quantity", "unit", "proof")


@dataclass(frozen=True)
class Wrong:
    """`line` counts from 1; None is the delivery as a whole."""

    field: str
    why: str
    line: int | None = None


@dataclass
class Sent:
    kitchen: str = ""
    reference: str = ""
    received_on: date | None = None
    supplier: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


class NoJson(ValueError):
    """These bytes are no JSON object as RFC 8259 has it."""


def document(body: bytes) -> dict[str, Any]:
    def unknown(name: str) -> Any:
        raise NoJson(name)

    try:
        found = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=unknown)
    except (ValueError, RecursionError, ArithmeticError):
        raise NoJson from None
    if not isinstance(found, dict):
        raise NoJson
    return found


def read(sent: Mapping[str, Any]) -> Sent:
    """The facts of one delivery, and everything that is wrong with them at once."""
    found = Sent()
    for name in sent.keys() - HEAD:
        found.wrong.append(Wrong(_shown(name), _("There is no such field.")))
    found.kitchen = _text(sent, "kitchen", 40, found.wrong)
    found.reference = _text(sent, "reference", 64, found.wrong, needed=True)
    found.received_on = _day(sent, "received_on", found.wrong, needed=True)
    found.supplier = _supplier(sent.get("supplier"), found.wrong)
    lines = sent.get("lines")
    if not isinstance(lines, list) or not 0 < len(lines) <= MOST_LINES:
        found.wrong.append(Wrong("lines", _("A delivery has 1 to %(most)s lines.") % {"most": MOST_LINES}))
        return found
    found.lines = [_line(line, number, found.received_on, found.wrong) for number, line in enumerate(lines, 1)]
    return found


def _supplier(sent: Any, wrong: list[Wrong]) -> dict[str, str]:
    if not isinstance(sent, dict):
        wrong.append(Wrong("supplier", _("Please send an object with the supplier's name.")))
        return {}
    for name in sent.keys() - SUPPLIER.keys():
        wrong.append(Wrong(f"supplier.{_shown(name)}", _("There is no such field.")))
    before = len(wrong)
    facts = {name: _text(sent, name, most, wrong, needed=name == "name") for name, most in SUPPLIER.items()}
    wrong[before:] = [Wrong(f"supplier.{one.field}", one.why) for one in wrong[before:]]
    if facts["uscc"]:
        try:
            facts["uscc"] = numbers.uscc(facts["uscc"])
        except numbers.BadNumber as error:
            wrong.append(Wrong("supplier.uscc", str(error)))
    return facts


def _line(sent: Any, number: int, received_on: date | None, wrong: list[Wrong]) -> dict[str, Any]:
    if not isinstance(sent, dict):
        wrong.append(Wrong("", _("A line is an object."), number))
        return {}
    mine: list[Wrong] = [Wrong(_shown(name), _("There is no such field.")) for name in sent.keys() - LINE.keys()]
    facts: dict[str, Any] = {
        name: _text(sent, name, LINE[name], mine, needed=name in NEEDED)
        for name in ("product", "goods", "unit", "batch", "proof")
    }
    facts["quantity"] = _quantity(sent.get("quantity"), mine)
    facts["use_by"] = _day(sent, "use_by", mine)
    for name, of in (("goods", words.goods_of), ("proof", words.proof_of)):
        if facts[name] and not (code := of(facts[name])):
            mine.append(Wrong(name, _("“%(said)s” is none of the kinds that are known.") % {"said": facts[name]}))
        else:
            facts[name] = code if facts[name] else ""
    if facts["use_by"] and received_on and facts["use_by"] < received_on:
        mine.append(Wrong("use_by", _("It was past its use-by date when it arrived.")))
    wrong += [Wrong(one.field, one.why, number) for one in mine]
    return facts


def _quantity(value: Any, wrong: list[Wrong]) -> Decimal | None:
    try:
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str) or len(str(value)) > 20:
            raise ValueError
        quantity = Decimal(value.strip() if isinstance(value, str) else value)
        if not quantity.is_finite() or not 0 < quantity < 10**8:
            raise ValueError
        if quantity != (rounded := quantity.quantize(Decimal("0.01"))):
            wrong.append(Wrong("quantity", _("At most two decimals, please.")))
    except (ValueError, InvalidOperation):
        wrong.append(Wrong("quantity", _("A quantity is a number, more than nothing and less than 100,000,000.")))
        return None
    return rounded


def _day(sent: Mapping[str, Any], name: str, wrong: list[Wrong], *, needed: bool = False) -> date | None:
    value = sent.get(name)
    if value in (None, "") and not needed:
        return None
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        wrong.append(Wrong(name, _("Please send a day as 2026-11-20.")))
        return None


def _text(sent: Mapping[str, Any], name: str, most: int, wrong: list[Wrong], *, needed: bool = False) -> str:
    value = sent.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        wrong.append(Wrong(name, _("Please send text.")))
        return ""
    text = value.strip()
    if needed and not text:
        wrong.append(Wrong(name, _("This is missing.")))
    elif len(text) > most:
        wrong.append(Wrong(name, _("At most %(most)s characters, please.") % {"most": most}))
    elif not text.isprintable():
        wrong.append(Wrong(name, _("This holds signs that nobody can read.")))
    else:
        return text
    return ""


def _shown(name: str) -> str:
    """A field's name as it may be said again."""
    return "".join(sign for sign in name[:40] if sign.isprintable())
