"""What the database knows of the kitchens that a register's lines speak of, as `picture.World`."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from ..credentials.models import Credential
from ..establishments.models import Establishment
from ..memberships.models import Membership
from .fields import Line
from .picture import Kitchen, Paper, World

State = Credential.State
ONCE_IN_FORCE = (State.IN_FORCE, State.REPLACED, State.REVOKED)
CHUNK = 2000  # values in one question: both databases take that many

KITCHEN = (
    *("operator_name", "uscc", "address", "division", "signboard", "category", "phone"),
    *("latitude", "longitude", "coordinates", "state", "closed_by_authority", "closing_reason"),
)
PAPER = ("kind", "number", "holder", "issuer", "items", "valid_from", "valid_through", "state", "reason")


def known(lines: Sequence[Line], *, hold: bool = False) -> World:
    """Kitchens that hold a number of the lines, or whose operator (by credit code) is one of theirs.

    A kitchen that no clerk has opened is nobody's truth: who registered it by hand may be anybody. `hold` keeps the
    rows from others to the end of the transaction.
    """
    found: set[int] = set()
    papers = Credential.objects.filter(kind__in=Credential.PERMITS, state__in=ONCE_IN_FORCE)
    for numbers in _chunks(sorted({line.number for line in lines if not line.problems})):
        found.update(papers.filter(number__in=numbers).values_list("establishment", flat=True))
    for codes in _chunks(sorted({line.uscc for line in lines if line.uscc})):
        found.update(Establishment.objects.filter(uscc__in=codes).values_list("pk", flat=True))
    kitchens: dict[int, Kitchen] = {}
    for chunk in _chunks(sorted(found)):
        kitchens |= _kitchens(chunk, hold)
    return World(kitchens.values())


def _kitchens(ids: list[int], hold: bool) -> dict[int, Kitchen]:
    acting = Membership.objects.filter(establishment=OuterRef("pk"), ended_at=None)
    rows = Establishment.objects.filter(pk__in=ids).exclude(state=Establishment.State.REGISTERED)
    papers = Credential.objects.filter(
        establishment__in=ids, kind__in=Credential.OF_KITCHEN, state__in=ONCE_IN_FORCE, staff_member=None
    )
    if hold:
        list(rows.select_for_update().order_by("pk").values_list("pk"))
        list(papers.select_for_update().order_by("pk").values_list("pk"))
    found = {
        row.pop("pk"): Kitchen(row=None, owned=row.pop("owned"), **row)
        for row in rows.annotate(owned=Exists(acting)).order_by("pk").values("pk", "owned", *KITCHEN)
    }
    for pk, here in found.items():
        here.row = pk
    for paper in papers.order_by("pk").values("pk", "establishment", "source", *PAPER):
        if kitchen := found.get(paper.pop("establishment")):
            kitchen.papers.append(_paper(paper))
    return found


def _paper(values: dict[str, Any]) -> Paper:
    row, source = values.pop("pk"), values.pop("source")
    return Paper(row=row, from_register=source == Credential.Source.REGISTER, **values)


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
