"""Kitchens of the register that wait for their operators, as an office looks for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from ..credentials.models import Credential
from ..establishments.models import Establishment, EstablishmentQuerySet
from ..numbers import compact
from ..register.models import RegisterLine
from .models import Invitation


@dataclass(frozen=True)
class Wanted:
    """Which of them: words of a name, address or number; those of one import; those without a standing letter."""

    words: str = ""
    register_import: int | None = None
    unwritten: bool = False


def waiting(rows: EstablishmentQuerySet, wanted: Wanted, at: datetime) -> EstablishmentQuerySet:
    """Those of `rows` that nobody acts for and that serve guests, in the order of their names."""
    rows = rows.unclaimed().filter(state=Establishment.State.OPEN)
    if wanted.words:
        number = compact(wanted.words)
        papers = Credential.objects.filter(establishment=OuterRef("pk"), number=number)
        rows = rows.filter(Q(found_by__icontains=wanted.words) | Q(uscc=number) | Exists(papers))
    if wanted.register_import:
        of_file = RegisterLine.objects.filter(register_import=wanted.register_import, establishment=OuterRef("pk"))
        rows = rows.filter(Exists(of_file))
    if wanted.unwritten:
        rows = rows.filter(~Exists(Invitation.objects.standing(at).filter(establishment=OuterRef("pk"))))
    return rows.order_by("signboard", "pk")


def invited(places: list[Establishment], at: datetime) -> list[tuple[Establishment, Invitation | None, str]]:
    """Each with its latest invitation, and how that stands."""
    latest: dict[int, Invitation] = {}
    for row in Invitation.objects.filter(establishment__in=places).order_by("pk"):
        latest[row.establishment_id] = row
    return [
        (place, latest.get(place.pk), latest[place.pk].standing(at) if place.pk in latest else "") for place in places
    ]
