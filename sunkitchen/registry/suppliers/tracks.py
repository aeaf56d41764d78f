"""Where goods went 追溯: which kitchens received what a recall looks for, when, how much, with which proof."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from ..establishments.models import Establishment
from ..memberships.models import Membership
from .models import DeliveryLine, Supplier
from .question import Question

MOST_SHOWN = 200  # lines of one page


@dataclass(frozen=True)
class Found:
    """`kitchens`: ids, those that received it last first. `amounts`: (unit, quantity), the largest first."""

    kitchens: list[int]
    lines: int
    amounts: list[tuple[str, Decimal]]


@dataclass(frozen=True)
class Received:
    """One kitchen with what came there; `people`: somebody acts for it here, and is told of a recall."""

    place: Establishment
    lines: list[DeliveryLine]
    people: bool


def suppliers(question: Question) -> QuerySet[Supplier]:
    """Those that are meant, at every kitchen that knows them; ended ones, too."""
    source = question.source
    return Supplier.objects.filter(Q(looked_for__contains=source) | Q(uscc=source) | Q(permit_sought=source))


def lines(question: Question, places: QuerySet[Establishment], *, voided: bool = False) -> QuerySet[DeliveryLine]:
    """All lines of these kitchens that the question means; voided entries only when asked for."""
    rows = DeliveryLine.objects.filter(delivery__establishment__in=places).order_by()
    if question.traced:
        rows = rows.filter(**{"traced__startswith" if question.begins else "traced": question.traced})
    if question.sought:
        rows = rows.filter(sought__contains=question.sought)
    if question.source:
        rows = rows.filter(delivery__supplier__in=suppliers(question))
    if question.since:
        rows = rows.filter(delivery__received_on__gte=question.since)
    if question.until:
        rows = rows.filter(delivery__received_on__lte=question.until)
    return rows if voided else rows.filter(delivery__voided_at=None)


def found(rows: QuerySet[DeliveryLine]) -> Found:
    """How many kitchens and lines, and how much in all: in two queries."""
    by_kitchen: Any = rows.values_list("delivery__establishment_id").annotate(Max("delivery__received_on"), Count("pk"))
    kitchens = sorted(by_kitchen, key=lambda row: (-row[1].toordinal(), row[0]))
    standing: Any = rows.filter(delivery__voided_at=None).values_list("unit").annotate(much=Sum("quantity"))
    amounts = sorted(standing, key=lambda row: (-row[1], row[0]))
    return Found([row[0] for row in kitchens], sum(row[2] for row in kitchens), amounts)


def received(rows: QuerySet[DeliveryLine], kitchens: Sequence[int]) -> list[Received]:
    """What came to these kitchens, in their order, the newest first; of all together MOST_SHOWN lines at most."""
    places = Establishment.objects.in_bulk(list(kitchens))
    acted_for = set(
        Membership.objects.filter(establishment__in=kitchens, ended_at=None).values_list("establishment_id", flat=True)
    )
    came: dict[int, list[DeliveryLine]] = {pk: [] for pk in kitchens}
    wanted = _whole(rows.filter(delivery__establishment__in=list(kitchens)))
    for line in wanted.order_by("-delivery__received_on", "-pk")[:MOST_SHOWN]:
        came[line.delivery.establishment_id].append(line)
    return [Received(places[pk], came[pk], pk in acted_for) for pk in kitchens if pk in places]


def moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def amount(quantity: Decimal) -> str:
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table(rows: QuerySet[DeliveryLine]) -> tuple[list[str], Iterator[list[object]]]:
    """Headings and rows for a spreadsheet, kitchen by kitchen, the newest first."""
    headings = [
        *(_("Kitchen"), _("Operator"), _("Address"), _("Code"), _("Received on"), _("Supplier")),
        *(_("Unified social credit code"), _("Licence or permit number"), _("Product")),
        *(_("Batch or production date"), _("Quantity"), _("Unit"), _("Use by"), _("Proof"), _("Photos")),
        *(_("Entered by way of"), _("Why the entry is wrong")),
    ]
    ordered = _whole(rows).order_by("delivery__establishment_id", "-delivery__received_on", "-pk")
    return headings, (_cells(line) for line in ordered.iterator(chunk_size=1000))


def newest(rows: QuerySet[DeliveryLine]) -> dict[int, int]:
    """{kitchen: its newest delivery} of what was found."""
    last: dict[int, tuple[date, int]] = {}
    for place, day, pk in rows.values_list("delivery__establishment_id", "delivery__received_on", "delivery_id"):
        last[place] = max(last.get(place, (day, pk)), (day, pk))
    return {place: pk for place, (_day, pk) in last.items()}


def _whole(rows: QuerySet[DeliveryLine]) -> QuerySet[DeliveryLine]:
    rows = rows.select_related("delivery__supplier", "delivery__establishment")
    return rows.prefetch_related("delivery__proofs__file")


def _cells(line: DeliveryLine) -> list[object]:
    delivery, place, source = line.delivery, line.delivery.establishment, line.delivery.supplier
    return [
        *(place.signboard, place.operator_name, place.address, place.code, delivery.received_on, source.name),
        *(source.uscc, source.permit, line.product, line.batch, line.amount, line.unit, line.use_by),
        *(line.get_proof_display(), len(delivery.proofs.all()), delivery.get_source_display(), delivery.void_reason),
    ]
