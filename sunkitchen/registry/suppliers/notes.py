"""A delivery note's photo, read by the machine: what it says fills in the form, and says how sure it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ..establishments.models import Establishment
from ..readings import actions as readings
from ..readings.models import Reading
from ..uploads.models import Upload
from . import tracing
from .actions import MOST_LINES
from .models import DeliveryLine
from .words import goods_by_product

SURE = 0.9  # below, the field asks to be looked at
LINE = ("product", "quantity", "unit", "batch", "use_by")


@dataclass(frozen=True)
class Note:
    """`pages` are the photos', each by its upload's key. `marks` says of a form's field what was read: (words, is sure)."""

    state: str  # waiting, read, unreadable, given_up; "none": nobody asked
    pages: list[tuple[UUID, int]]
    initial: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, tuple[str, bool]] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    line_marks: list[dict[str, tuple[str, bool]]] = field(default_factory=list)


def is_photo(place: Establishment, held: Sequence[UUID]) -> bool:
    """Whether one of them was brought to be read."""
    return place.uploads.filter(key__in=held, sort=Reading.Sort.DELIVERY_NOTE).exists()


def note(place: Establishment, keys: Sequence[UUID], today: date) -> Note | None:
    """What those of these keys say that were brought to be read; None where there are none."""
    rows: dict[UUID, Upload] = {
        row.key: row
        for row in place.uploads.filter(key__in=keys, used_at=None, sort=Reading.Sort.DELIVERY_NOTE).select_related(
            "file"
        )
        if row.file
    }
    brought = [rows[key] for key in keys if key in rows]
    if not brought:
        return None
    found = readings.found([row.file for row in brought if row.file])
    pages = [(row.key, number) for row in brought if row.file for number in row.file.numbers]
    fields = found.fields
    initial, marks = _head(place, fields, today)
    lines, line_marks = [], []
    for line in list(fields.get("lines", []))[:MOST_LINES]:
        facts, told = _line(line)
        if facts.get("product"):
            lines.append(facts)
            line_marks.append(told)
    return Note(found.state, pages, initial, marks, lines, line_marks)


def _head(place: Establishment, fields: Mapping[str, Any], today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    initial: dict[str, Any] = {}
    marks = {}
    if read := fields.get("supplier"):
        name = str(read["value"])[:100]
        known = place.suppliers.filter(ended_at=None, looked_for=tracing.supplier(name)).order_by("pk").first()
        initial |= {"supplier": known.pk} if known else {"new_supplier": name}
        marks["supplier" if known else "new_supplier"] = _mark(read)
    if (read := fields.get("received_on")) and (day := _day(read["value"])) and day <= today:
        initial["received_on"] = day
        marks["received_on"] = _mark(read)
    return initial, marks


def _line(line: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, bool]]]:
    facts: dict[str, Any] = {"proof": DeliveryLine.Proof.NOTE.value}
    marks = {}
    for name in LINE:
        if not (read := line.get(name)):
            continue
        value: Any = str(read["value"])
        if name == "quantity":
            value = _quantity(value)
        elif name == "use_by":
            value = _day(value)
        if value:
            facts[name] = value
            marks[name] = _mark(read)
    facts["goods"] = goods_by_product(facts.get("product", ""))
    if facts["goods"]:
        marks["goods"] = (_("Told by the product's name"), False)
    return facts, marks


def _mark(read: Mapping[str, Any]) -> tuple[str, bool]:
    if float(read.get("confidence", 0)) >= SURE:
        return _("Read on the photo"), True
    return _("Please check: it says “%(text)s”") % {"text": str(read.get("text") or read["value"])[:40]}, False


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _quantity(value: str) -> str:
    try:
        number = Decimal(value)
        return value if number.is_finite() and 0 < number < 10**8 else ""
    except InvalidOperation:
        return ""
