"""What was read on the pictures of a paper that is being filled in: values for empty fields, and a mark for each field.

A value that a person typed, or that an older paper brought along, is never overwritten: the mark says what stands on
the picture instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from sunkitchen.core import upright
from sunkitchen.core.models import StoredFile

from ..establishments.models import Establishment
from ..readings import actions as readings
from ..uploads.actions import MOST_WAITING
from ..uploads.models import Upload
from ..uploads.telling import address, pages, told
from .models import Credential
from .turning import may_turn

READ = ("number", "holder", "issuer", "items", "valid_from", "valid_through")
SURE = 0.9  # confidence from which a field counts as read clearly; somebody looks at every paper all the same
ENDLESS = "endless"


@dataclass(frozen=True)
class Mark:
    """What was read for one field. `level` is sure, check, or missing."""

    name: str
    level: str
    value: str = ""
    text: str = ""  # as it stands there
    page: int = 0
    points: str = ""  # of the box, per mille of the page, as SVG takes them


@dataclass(frozen=True)
class Picture:
    url: str
    turn_url: str  # "": it is not turned any more
    number: int
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Brought:
    """The pictures of a form that is being filled in."""

    rows: Sequence[dict[str, Any]]  # of uploads that no form has taken yet, as `told`
    pictures: Sequence[Picture]
    state: str  # of all readings together: `Found.state`
    marks: dict[str, Mark]

    def values(self) -> dict[str, Any]:
        """What may be filled in, by the form's names."""
        found: dict[str, Any] = {
            name: mark.value for name, mark in self.marks.items() if mark.level != "missing" and mark.value
        }
        if mark := self.marks.get("valid_through"):
            found["endless"] = mark.level != "missing" and is_endless(mark.value)
            if found["endless"]:
                found.pop("valid_through", None)
        return found


def is_endless(value: str) -> bool:
    return value in (ENDLESS, "长期")


def held(place: Establishment, keys: Iterable[Any]) -> list[Upload]:
    """Of these keys the uploads of the kitchen that no form has taken yet, in their order."""
    known = []
    for key in list(keys)[:20]:
        try:
            known.append(key if isinstance(key, UUID) else UUID(str(key)))
        except ValueError:
            continue
    rows = {
        row.key: row
        for row in place.uploads.filter(key__in=known, used_at=None).select_related("file", "establishment")
    }
    return [rows[key] for key in dict.fromkeys(known) if key in rows]


def left_behind(place: Establishment, by: Any, sort: str) -> list[Upload]:
    """What this person brought here to be such a paper, and no form has taken yet; the oldest first."""
    rows = place.uploads.filter(by=by, sort=sort, used_at=None, file__isnull=False)
    return sorted(rows.select_related("file", "establishment").order_by("-pk")[:MOST_WAITING], key=lambda row: row.pk)


def of_uploads(rows: Sequence[Upload]) -> Brought:
    known = [row for row in rows if row.file]
    urls = [(url, address("upload_turn", row, number)) for row in known for number, url in enumerate(pages(row), 1)]
    return _brought([told(row) for row in rows], [row.file for row in known if row.file], urls)


def of_paper(paper: Credential) -> Brought:
    """The pictures that a draft or returned paper has already."""
    stored = [page.file for page in paper.pages.select_related("file")]
    urls = [(url, _turn(paper, number)) for number, url in enumerate(page_urls(paper, stored), 1)]
    return _brought([], stored, urls)


def page_urls(paper: Credential, stored: Sequence[StoredFile]) -> list[str]:
    """The addresses of a paper's pages, through all its files, as they are turned now."""
    turned = [upright.query(file, number) for file in stored for number in file.numbers]
    return [reverse("paper_page", args=[paper.pk, n]) + query for n, query in enumerate(turned, 1)]


def _turn(paper: Credential, number: int) -> str:
    return reverse("paper_turn", args=[paper.establishment.code, paper.pk, number]) if may_turn(paper) else ""


def _brought(
    states: Sequence[dict[str, Any]], stored: Sequence[StoredFile], urls: Sequence[tuple[str, str]]
) -> Brought:
    found = readings.found(stored)
    over = found.state == "read"
    marks = {
        name: _mark(name, found.fields[name]) if name in found.fields else Mark(name, "missing")
        for name in READ
        if name in found.fields or over
    }
    pictures = [
        Picture(url, turn_url, number, [mark for mark in marks.values() if mark.page == number and mark.points])
        for number, (url, turn_url) in enumerate(urls, 1)
    ]
    return Brought(states, pictures, found.state, marks)


def _mark(name: str, read: dict[str, Any]) -> Mark:
    return Mark(
        name,
        "sure" if read["confidence"] >= SURE else "check",
        str(read["value"] or ""),
        str(read.get("text", "")),
        int(read.get("page", 1)),
        " ".join(f"{x},{y}" for x, y in read.get("box", [])),
    )
