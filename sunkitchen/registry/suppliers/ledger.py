"""What the ledger says of a kitchen: how fresh it is, how full, and the lines that the public may read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from ..establishments.models import Establishment
from .models import Delivery, DeliveryLine

WINDOW = 30  # days


@dataclass(frozen=True)
class Ledger:
    """`last`: the newest delivery's day. The counts are of the last 30 days: days with deliveries, deliveries,
    suppliers, deliveries with a photo of their papers. Voided entries count nowhere."""

    last: date | None = None
    days: int = 0
    deliveries: int = 0
    suppliers: int = 0
    with_proof: int = 0


@dataclass(frozen=True)
class PublicLine:
    """What anybody may read of a line: no price, phone or quantity. `goods` and `proof` are labels, lazily translated."""

    received_on: date
    goods: object
    product: str
    supplier: str
    proof: object


def summary(establishment: Establishment, on: date) -> Ledger:
    """The kitchen's ledger as of that day."""
    return summaries([establishment], on).get(establishment.pk, Ledger())


def summaries(establishments: Iterable[Establishment], on: date) -> dict[int, Ledger]:
    """{id: Ledger} of those with any delivery up to that day, in one query. A queryset stays one."""
    lately = Q(received_on__gt=on - timedelta(days=WINDOW))
    rows = Delivery.objects.counting().filter(establishment__in=establishments, received_on__lte=on)
    counted: Any = rows.order_by().values("establishment_id")
    counted = counted.annotate(
        last=Max("received_on"),
        days=Count("received_on", distinct=True, filter=lately),
        deliveries=Count("pk", distinct=True, filter=lately),
        suppliers=Count("supplier", distinct=True, filter=lately),
        with_proof=Count("proofs__delivery", distinct=True, filter=lately),
    )
    return {row.pop("establishment_id"): Ledger(**row) for row in counted}


def public_lines(establishment: Establishment, on: date, limit: int) -> list[PublicLine]:
    """The newest `limit` lines up to that day, newest first."""
    rows = DeliveryLine.objects.filter(
        delivery__establishment=establishment, delivery__voided_at=None, delivery__received_on__lte=on
    ).select_related("delivery__supplier")
    return [
        PublicLine(
            row.delivery.received_on,
            DeliveryLine.Goods(row.goods).label,
            row.product,
            row.delivery.supplier.name,
            DeliveryLine.Proof(row.proof).label,
        )
        for row in rows.order_by("-delivery__received_on", "-delivery__pk", "order")[:limit]
    ]
