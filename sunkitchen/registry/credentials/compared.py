"""What the owner typed beside what a machine read on the picture, and beside the paper that it follows."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from ..readings import papers as reading
from ..readings import standing
from ..readings.models import Reading
from .beside import beside
from .models import Credential, CredentialPage

ENDLESS = {"", "长期", "永久", "endless"}
BOX = 4  # corners


@dataclass(frozen=True)
class Read:
    """What was read of one field: `text` as it stands there, `percent` sure, where on which page."""

    text: str
    percent: int
    page: int
    points: str = ""  # an SVG polygon's, in per mille of the page; empty: nobody knows where
    differs: bool = False  # from what was typed


@dataclass(frozen=True)
class Line:
    """One field of the paper, with all that is known of it."""

    name: str
    label: str
    value: Any
    checks: list[Any]
    read: Read | None = None
    older: Any = None  # what the paper in force says
    moved: bool = False  # it says something else than the paper in force

    @property
    def is_number(self) -> bool:
        return self.name in ("number", "valid_from", "valid_through")

    @property
    def doubtful(self) -> bool:
        return bool(self.read and self.read.differs) or any(check.level != "ok" for check in self.checks)


@dataclass
class Seen:
    """What the machine made of a paper's pictures. `state` as `readings.actions.Found`'s."""

    state: str = "none"
    fields: dict[str, Any] = field(default_factory=dict)


def with_pictures(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The pages, their files and what was read on them come along in one query."""
    pages = CredentialPage.objects.select_related("file", "file__reading")
    return rows.prefetch_related(Prefetch("pages", queryset=pages))


def seen(row: Credential) -> Seen:
    """Of a row that came `with_pictures`: no further query."""
    files = [page.file for page in row.pages.all()]
    found = [(stored, getattr(stored, "reading", None)) for stored in files]
    best: dict[str, Any] = {}
    before = 0
    for stored, read in found:
        if read is not None and read.state == Reading.State.READ:
            reading.merge(best, reading.shifted(standing.placed(read.fields, stored.turns), before))
        before += stored.pages
    states = {read.state for _stored, read in found if read is not None}
    order = (Reading.State.WAITING, Reading.State.READ, Reading.State.UNREADABLE, Reading.State.GIVEN_UP)
    return Seen(next((state.value for state in order if state in states), "none"), best)


def lines(row: Credential, older: Credential | None = None) -> list[Line]:
    """In the order of the paper."""
    found = seen(row).fields
    rows = []
    for name, label, value, checks in beside(row):
        was = getattr(older, name) if older else None
        moved = older is not None and not same(name, value, was)
        rows.append(Line(name, str(label), value, checks, _read(name, value, found), was, moved))
    return rows


def doubts(row: Credential) -> list[str]:
    """The fields that a machine would look at twice, by label. Without a query for a row `with_pictures`."""
    return [line.label for line in lines(row) if line.doubtful]


def same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same: blanks, brackets' widths and the order of items say nothing."""
    if name in ("valid_from", "valid_through"):
        return _day(one) == _day(other)
    if name == "items":
        return _items(one) == _items(other)
    return plain(one) == plain(other)


def plain(text: Any) -> str:
    return "".join(unicodedata.normalize("NFKC", str(text or "")).split()).upper()


def moved(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.moved]


def _read(name: str, typed: Any, found: dict[str, Any]) -> Read | None:
    entry = found.get(name)
    if not isinstance(entry, dict):
        return None
    value = entry.get("value")
    text = str(entry.get("text") or value or "")
    percent = round(100 * float(entry.get("confidence") or 0))
    differs = not same(name, typed, value)
    return Read(text, percent, int(entry.get("page") or 1), _points(entry.get("box")), differs)


def _points(box: Any) -> str:
    if not isinstance(box, Sequence) or len(box) != BOX:
        return ""
    return " ".join(f"{float(x):g},{float(y):g}" for x, y in box)


def _day(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    text = plain(value)
    return "" if text.lower() in ENDLESS else text


def _items(value: Any) -> set[str]:
    text = plain(value)
    for sign in ";、。|/":
        text = text.replace(sign, ",")
    return {part for part in text.split(",") if part}
