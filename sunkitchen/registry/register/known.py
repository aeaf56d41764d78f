"""What the database knows of the kitchens that a register's lines speak of: rows as read, and as `picture.World`."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from sunkitchen.accounts.models import User

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

Rows = tuple[list[dict[str, Any]], list[dict[str, Any]]]  # of kitchens, of papers; equal when nothing moved


def rows(lines: Sequence[Line], *, by: User | None = None, hold: bool = False) -> Rows:
    """Kitchens that hold a number of the lines, or whose operator (by credit code) is one of theirs; their papers.

    A kitchen that never opened, closed or not, is nobody's truth: who registered it by hand may be anybody. `by` brought the
    register. `hold` keeps the rows from others to the end of the transaction.
    """
    found: set[int] = set()
    held = Credential.objects.filter(kind__in=Credential.PERMITS, state__in=ONCE_IN_FORCE)
    for numbers in _chunks(sorted({line.number for line in lines if not line.problems})):
        found.update(held.filter(number__in=numbers).values_list("establishment", flat=True))
    for codes in _chunks(sorted({line.uscc for line in lines if line.uscc})):
        found.update(Establishment.objects.filter(uscc__in=codes).values_list("pk", flat=True))
    kitchens: list[dict[str, Any]] = []
    papers: list[dict[str, Any]] = []
    acting = Membership.objects.filter(establishment=OuterRef("pk"), ended_at=None)
    for ids in _chunks(sorted(found)):
        here = Establishment.objects.public().filter(pk__in=ids).order_by("pk")
        theirs = Credential.objects.filter(
            establishment__in=ids, kind__in=Credential.OF_KITCHEN, state__in=ONCE_IN_FORCE, staff_member=None
        ).order_by("pk")
        if hold:
            list(here.select_for_update().values_list("pk"))
            list(theirs.select_for_update().values_list("pk"))
        kitchens += here.annotate(owned=Exists(acting), own=Exists(acting.filter(user=by))).values(
            "pk", "owned", "own", *KITCHEN
        )
        papers += theirs.values("pk", "establishment", "source", *PAPER)
    return kitchens, papers


def world(known: Rows) -> World:
    """The rows as a picture to judge against."""
    kitchens, papers = known
    found = {
        row["pk"]: Kitchen(row=row["pk"], owned=row["owned"], own=row["own"], **{name: row[name] for name in KITCHEN})
        for row in kitchens
    }
    for row in papers:
        if kitchen := found.get(row["establishment"]):
            from_register = row["source"] == Credential.Source.REGISTER
            facts = {name: row[name] for name in PAPER}
            kitchen.papers.append(Paper(row=row["pk"], from_register=from_register, **facts))
    return World(found.values())


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
