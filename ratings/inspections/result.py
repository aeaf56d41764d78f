"""What the pages of a result show: the items, what was found and when it was mended, with the pictures of both."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ratings import grading
from ratings.words import spoken

from . import checklists
from .findings import Found, of
from .models import Inspection, InspectionPhoto


@dataclass(frozen=True)
class Shown:
    """A finding on its way from the day it was found to the day it was mended."""

    found: Found
    note: str
    before: list[InspectionPhoto]
    after: list[InspectionPhoto]  # of the visit that saw it mended


def items(visit: Inspection) -> dict[str, list[Any]]:
    """The items of the visit by what was answered: failed, passed, not_applicable, open; `rows` has all in order."""
    rows = [
        {"item": item, "words": spoken(item), **visit.answers.get(item.code, {})}
        for item in checklists.load(visit.checklist).items
    ]
    return {
        "rows": rows,
        "failed": [row for row in rows if row.get("answer") == grading.FAIL],
        "passed": [row for row in rows if row.get("answer") == grading.OK],
        "not_applicable": [row for row in rows if row.get("answer") == grading.NA],
        "open": [row for row in rows if not row.get("answer")],
        "reasons": [grading.REASONS[code] for code in visit.reasons],
    }


def shown(visit: Inspection) -> list[Shown]:
    """The visit's findings with their pictures, in three queries."""
    found = of([visit]).get(visit.pk, [])
    visits = {visit.pk, *(row.fixed_in for row in found if row.fixed_in)}
    photos: dict[tuple[int, str], list[InspectionPhoto]] = {}
    for photo in InspectionPhoto.objects.filter(inspection__in=visits).exclude(item="").order_by("taken_at", "pk"):
        photos.setdefault((photo.inspection_id, photo.item), []).append(photo)
    return [
        Shown(
            row,
            visit.answers[row.item]["note"],
            photos.get((visit.pk, row.item), []),
            photos.get((row.fixed_in, row.item), []) if row.fixed_in else [],
        )
        for row in found
    ]


def earlier(visit: Inspection) -> Iterator[Shown]:
    """What the visit that this one follows found, and nobody has seen mended, other than in this one."""
    if visit.follows_id and visit.follows:
        yield from (row for row in shown(visit.follows) if row.found.fixed_in in (None, visit.pk))
