"""What visits found and when it was seen mended: found → fixed on. For pages; `actions.close` writes the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ratings.words import spoken

from . import checklists
from .models import Finding, Inspection


@dataclass(frozen=True)
class Found:
    item: str  # code of the checklist's item
    words: str  # the item's words, in the reader's language; what the officers noted stays theirs
    key: bool
    found_on: date
    mend_by: date | None
    fixed_on: date | None
    fixed_in: int | None  # id of the visit that saw it mended


def of(inspections: Iterable[Inspection]) -> dict[int, list[Found]]:
    """{inspection id: what it found, in the checklist's order}, in one query; only visits that found something."""
    visits = {visit.pk: visit for visit in inspections}
    rows: dict[int, list[Found]] = {}
    for finding in Finding.objects.filter(inspection__in=visits):
        item = checklists.load(visits[finding.inspection_id].checklist).item(finding.item)
        rows.setdefault(finding.inspection_id, []).append(
            Found(
                item.code,
                spoken(item),
                item.key,
                finding.found_on,
                finding.mend_by,
                finding.fixed_on,
                finding.fixed_in_id,
            )
        )
    for pk, found in rows.items():
        order = [item.code for item in checklists.load(visits[pk].checklist).items]
        found.sort(key=lambda row: order.index(row.item))
    return rows
