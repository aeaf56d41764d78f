"""What the ledger's pages read: deliveries of a month, what a search finds, what came last time."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import numbers
from ..establishments.models import Establishment
from . import tracing
from .models import Delivery, DeliveryLine, Supplier

UNITS = ("kg", "斤", "箱", "袋", "桶", "瓶", "盒", "个")
USUAL_DAYS = 120
SOON = timedelta(days=30)
MOST_ELSEWHERE = 8


def month_of(text: str, today: date) -> date:
    """The first day of the month "2026-11", this month's when the text is none, or lies in the future."""
    if re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text, re.ASCII):
        return min(date(int(text[:4]), int(text[5:]), 1), today.replace(day=1))
    return today.replace(day=1)


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def whole(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """With all that a page shows of them."""
    return rows.select_related("supplier", "entered_by", "voided_by", "key").prefetch_related("lines", "proofs__file")


def of_month(place: Establishment, month: date) -> QuerySet[Delivery]:
    rows = place.deliveries.filter(received_on__gte=month, received_on__lt=month_after(month))
    return whole(rows).order_by("-received_on", "-pk")


def found(place: Establishment, text: str, *, supplier: Supplier | None = None, source: str = "") -> QuerySet[Delivery]:
    """Deliveries with that text in a product, a batch or the supplier's name, however it is typed; the newest first."""
    rows = place.deliveries.all()
    if text:
        lines = DeliveryLine.objects.filter(delivery=OuterRef("pk"))
        like = Q(product__icontains=text) | Q(batch__icontains=text)
        if batch := tracing.batch(text):
            like |= Q(traced__contains=batch)
        if product := tracing.product(text):
            like |= Q(sought__contains=product)
        rows = rows.filter(Exists(lines.filter(like)) | Q(supplier__name__icontains=text))
    if supplier:
        rows = rows.filter(supplier=supplier)
    if source in Delivery.Source.values:
        rows = rows.filter(source=source)
    return whole(rows).order_by("-received_on", "-pk")


def usual_suppliers(place: Establishment) -> list[Supplier]:
    """Up to six from whom most came lately, the most frequent first."""
    since = timezone.localdate() - timedelta(days=USUAL_DAYS)
    lately = Count("deliveries", filter=Q(deliveries__voided_at=None, deliveries__received_on__gt=since))
    rows = place.suppliers.filter(ended_at=None).annotate(lately=lately).filter(lately__gt=0)
    return list(rows.order_by("-lately", "name")[:6])


def suppliers(place: Establishment) -> list[Any]:
    """All, those of today first; `came` is how many deliveries stand in the ledger, `doubt` a check digit that fails."""
    rows: list[Any]
    came = Count("deliveries", filter=Q(deliveries__voided_at=None))
    rows = list(place.suppliers.annotate(came=came, last=Max("deliveries__received_on")).order_by("ended_at", "name"))
    today = timezone.localdate()
    for row in rows:
        row.over = row.licence_through is not None and row.licence_through < today
        row.soon = row.licence_through is not None and not row.over and row.licence_through < today + SOON
        row.doubt = bool(row.uscc) and not numbers.uscc_passes(row.uscc)
    return sorted(rows, key=lambda row: (row.ended_at is not None, row.name))


def known_elsewhere(place: Establishment, text: str) -> list[dict[str, Any]]:
    """Suppliers as other kitchens wrote them down, those that most know first: facts of a business, never who buys there
    or a phone. `kitchens` says how many."""
    source = tracing.supplier(text)
    if len(source) < 2:
        return []
    rows = Supplier.objects.filter(Q(looked_for__contains=source) | Q(uscc=source), ended_at=None).exclude(uscc="")
    mine = place.suppliers.filter(ended_at=None)
    found = (
        rows.exclude(establishment=place)
        .exclude(uscc__in=mine.values("uscc"))
        .order_by()
        .values("name", "uscc", "permit")
    )
    counted: Any = found.annotate(kitchens=Count("establishment", distinct=True)).order_by("-kitchens", "name")
    return list(counted[:MOST_ELSEWHERE])


def supplier_of(place: Establishment, pk: str) -> Supplier | None:
    """The kitchen's supplier of that id, as it stands in an address."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        return None
    return place.suppliers.filter(pk=pk, ended_at=None).first()


def any_supplier_of(place: Establishment, pk: str) -> Supplier | None:
    """The same, ended ones, too: what came from them stays."""
    return place.suppliers.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 18 else None


def last_lines(supplier: Supplier | None) -> list[dict[str, object]]:
    """What it brought last time, without what differs each time: batch and use-by date."""
    if supplier is None:
        return []
    return lines_again(supplier.deliveries.counting().order_by("-received_on", "-pk").first())


def lines_again(delivery: Delivery | None) -> list[dict[str, object]]:
    """Its lines for the next one like it."""
    names = ("goods", "product", "quantity", "unit", "proof")
    lines = delivery.lines.all() if delivery else []
    return [{**{name: getattr(line, name) for name in names}, "quantity": line.amount} for line in lines]


def delivery_of(place: Establishment, pk: str) -> Delivery | None:
    """The kitchen's delivery of that id, as it stands in an address."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        return None
    return place.deliveries.filter(pk=pk).select_related("supplier").first()


def usual_words(place: Establishment, field: str) -> list[str]:
    """What was written in that field of a line lately, the most frequent first."""
    since = timezone.localdate() - timedelta(days=USUAL_DAYS)
    lines = DeliveryLine.objects.filter(delivery__establishment=place, delivery__received_on__gt=since)
    rows = lines.order_by().values(field).annotate(times=Count("pk")).order_by("-times", field)
    return [row[field] for row in rows[:60]]


def units(place: Establishment) -> list[str]:
    return list(dict.fromkeys([*usual_words(place, "unit"), *UNITS]))


def table(
    place: Establishment, month: date | None, narrowed: QuerySet[Delivery] | None = None
) -> tuple[list[str], Iterator[list[object]]]:
    """Headings and rows of the ledger for a spreadsheet, oldest first; of one month, or all, or what was found."""
    headings = [
        _("Received on"),
        _("Supplier"),
        _("Unified social credit code"),
        _("Kind of goods"),
        _("Product"),
        _("Batch or production date"),
        _("Quantity"),
        _("Unit"),
        _("Use by"),
        _("Proof"),
        _("Photos"),
        _("Entered at"),
        _("Entered by"),
        _("Entered by way of"),
        _("Voided at"),
        _("Why the entry is wrong"),
    ]
    rows = place.deliveries.all() if narrowed is None else narrowed
    if month:
        rows = rows.filter(received_on__gte=month, received_on__lt=month_after(month))
    return headings, _lines(whole(rows).order_by("received_on", "pk"))


def _lines(rows: QuerySet[Delivery]) -> Iterator[list[object]]:
    for row in rows.iterator(chunk_size=500):
        for line in row.lines.all():
            yield [
                row.received_on,
                row.supplier.name,
                row.supplier.uscc,
                line.get_goods_display(),
                line.product,
                line.batch,
                line.amount,
                line.unit,
                line.use_by,
                line.get_proof_display(),
                len(row.proofs.all()),
                _moment(row.entered_at),
                row.entered_by,
                row.get_source_display(),
                _moment(row.voided_at),
                row.void_reason,
            ]


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
