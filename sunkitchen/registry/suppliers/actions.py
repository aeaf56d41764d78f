"""What happens in the ledger: suppliers known and ended, deliveries entered once, and voided with a reason."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, files, locks
from sunkitchen.core.files import Upload
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, WrongState

from .. import numbers
from ..checked import checked
from ..establishments.models import Establishment
from ..uploads import actions as arrivals
from . import recalls, tracing
from .models import Delivery, DeliveryLine, DeliveryProof, LedgerKey, Supplier

FACTS = ("name", "uscc", "permit", "phone", "licence_through")
LINE = ("goods", "product", "batch", "quantity", "unit", "use_by", "proof")
MOST_LINES = 60
MOST_PROOFS = 6
EARLIEST = 2000  # the first year whose months the ledger shows


class AlreadyEntered(WrongState):
    """This form, or this number of another system, came before: `delivery` is what it brought."""

    def __init__(self, delivery: Delivery):
        super().__init__("enter")
        self.delivery = delivery


def add_supplier(
    establishment: Establishment,
    *,
    by: User,
    name: str,
    uploads: Sequence[Upload] = (),
    held: Sequence[uuid.UUID] = (),
    **facts: Any,
) -> Supplier:
    """A supplier of this kitchen, with facts of FACTS and a picture of its licence, as a file of this request or the key
    of an upload that came before. Refused when one of that name is known already, or a fact breaks a rule."""
    supplier = Supplier(establishment=establishment, added_by=by)
    _set(supplier, {"name": name, **facts})
    with files.admitting(uploads) as admitted, transaction.atomic():
        supplier.licence = _licence(establishment, admitted, held, by)
        try:
            with transaction.atomic():
                supplier.save()
        except IntegrityError:
            raise Refused(_("A supplier of this name is in your list already.")) from None
        audit.record(by, "supplier.added", supplier, kitchen=establishment.code)
    return supplier


def edit_supplier(
    supplier: Supplier, *, by: User, uploads: Sequence[Upload] = (), held: Sequence[uuid.UUID] = (), **facts: Any
) -> Supplier:
    """Correct facts of FACTS, or bring a new picture of the licence; the old one is not kept."""
    with files.admitting(uploads) as admitted, transaction.atomic():
        supplier = _edit(supplier, by, facts)
        if stored := _licence(supplier.establishment, admitted, held, by):
            before, supplier.licence = supplier.licence, stored
            supplier.save(update_fields=["licence"])
            if before:
                files.remove(before)
            audit.record(by, "supplier.edited", supplier, changes={"licence": [bool(before), True]})
    return supplier


def _licence(
    establishment: Establishment, admitted: Sequence[files.Admitted], held: Sequence[uuid.UUID], by: User
) -> StoredFile | None:
    if len(admitted) + len(held) > 1:
        raise Refused(_("One picture of the licence is enough; a PDF may have several pages."))
    if held:
        return arrivals.take(establishment, held, by=by)[0]
    scope = f"establishment:{establishment.pk}"
    return files.keep(admitted[0], by=by, owner_scope=scope) if admitted else None


def _edit(supplier: Supplier, by: User, facts: Mapping[str, Any]) -> Supplier:
    """The name stays once a delivery stands in the ledger under it."""
    held = Supplier.objects.select_for_update().get(pk=supplier.pk)
    if held.ended_at:
        raise WrongState("edit")
    before = {name: getattr(held, name) for name in FACTS}
    _set(held, facts)
    if held.name != before["name"] and held.deliveries.exists():
        raise Refused(_("Deliveries stand in the ledger under this name. End this supplier and add the new one."))
    changes = {name: [_plain(old), _plain(now)] for name, old in before.items() if old != (now := getattr(held, name))}
    if changes:
        try:
            with transaction.atomic():
                held.save(update_fields=[*changes, "looked_for", "permit_sought"])
        except IntegrityError:
            raise Refused(_("A supplier of this name is in your list already.")) from None
        audit.record(by, "supplier.edited", held, changes=changes)
    supplier.refresh_from_db()
    return supplier


@transaction.atomic
def end_supplier(supplier: Supplier, *, by: User) -> None:
    """Nothing is bought there any more; what came from there stays in the ledger."""
    if not Supplier.objects.filter(pk=supplier.pk, ended_at=None).update(ended_at=timezone.now()):
        raise WrongState("end")
    supplier.refresh_from_db()
    audit.record(by, "supplier.ended", supplier)


def enter(
    establishment: Establishment,
    *,
    by: User,
    supplier: Supplier | str | Mapping[str, str],
    received_on: date,
    lines: Sequence[Mapping[str, Any]],
    uploads: Sequence[Upload] = (),
    held: Sequence[uuid.UUID] = (),
    form: uuid.UUID | None = None,
    source: Delivery.Source = Delivery.Source.FORM,
    key: LedgerKey | None = None,
    reference: str = "",
    today: date | None = None,
) -> Delivery:
    """One delivery with its lines (mappings with LINE; batch and use_by may be missing) and photos of its papers.

    `supplier` may be the name of one that is not known yet, or such a one's facts. `held` are keys of uploads that came
    before. `form` is the form it came by, `reference` the number that the system with that `key` gave it: AlreadyEntered
    when that was entered before. Refused, and nothing stored, when something breaks a rule.
    """
    today = today or timezone.localdate()
    form = form or uuid.uuid4()
    if received_on > today:
        raise Refused(_("This day is yet to come. Please enter a delivery when it has arrived."))
    if received_on.year < EARLIEST:
        raise Refused(_("Please look at the day again."))
    if not 0 < len(lines) <= MOST_LINES:
        raise Refused(_("A delivery has 1 to %(most)s lines.") % {"most": MOST_LINES})
    if len(uploads) + len(held) > MOST_PROOFS:
        raise Refused(too_many_proofs())
    rows = [_line(line, order, received_on) for order, line in enumerate(lines)]
    _once(establishment, form, key, reference)
    try:
        with files.admitting(uploads) as admitted, transaction.atomic():
            locks.hold(f"ledger of {establishment.pk}")  # twins of a new supplier's delivery come one after the other
            _once(establishment, form, key, reference)
            delivery = Delivery.objects.create(
                establishment=establishment,
                supplier=_source(establishment, supplier, by),
                received_on=received_on,
                entered_by=by,
                form=form,
                source=source,
                key=key,
                reference=reference,
            )
            for row in rows:
                row.delivery = delivery
            DeliveryLine.objects.bulk_create(rows)
            pages = arrivals.take(establishment, held, by=by) if held else []
            pages += [files.keep(page, by=by, owner_scope=f"establishment:{establishment.pk}") for page in admitted]
            DeliveryProof.objects.bulk_create(
                DeliveryProof(delivery=delivery, file=stored, order=order) for order, stored in enumerate(pages)
            )
            told = {"key": key.title} if key else {}
            audit.record(by, "delivery.entered", delivery, kitchen=establishment.code, lines=len(rows), **told)
            recalls.look_at(delivery, rows)
    except IntegrityError:  # its twin was faster, in this moment
        _once(establishment, form, key, reference)
        if Delivery.objects.filter(form=form).exists():  # another kitchen's form: whoever sent it made it up
            raise WrongState("enter") from None
        raise
    return delivery


@transaction.atomic
def void(delivery: Delivery, *, by: User, reason: str) -> None:
    """It does not count any more, and shows so with the reason: what was entered is never rewritten."""
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Refused(_("Please write why this entry is wrong, in at most 200 characters."))
    rows = Delivery.objects.filter(pk=delivery.pk, voided_at=None)
    if not rows.update(voided_at=timezone.now(), voided_by=by, void_reason=reason):
        raise WrongState("void")
    delivery.refresh_from_db()
    audit.record(by, "delivery.voided", delivery, reason=reason)


def _once(establishment: Establishment, form: uuid.UUID, key: LedgerKey | None, reference: str) -> None:
    known = Q(form=form) | Q(key=key, reference=reference) if key and reference else Q(form=form)
    if twin := Delivery.objects.filter(known, establishment=establishment).first():
        raise AlreadyEntered(twin)


def _source(establishment: Establishment, supplier: Supplier | str | Mapping[str, str], by: User) -> Supplier:
    if isinstance(supplier, Supplier):
        if supplier.establishment_id != establishment.pk or supplier.ended_at:
            raise Refused(_("This supplier is not in your list. Please choose another, or add it."))
        return supplier
    facts: dict[str, Any] = {"name": supplier} if isinstance(supplier, str) else dict(supplier)
    rows = Supplier.objects.filter(establishment=establishment, ended_at=None)
    known = None
    if facts.get("uscc"):
        known = rows.filter(uscc=numbers.compact(facts["uscc"])).order_by("pk").first()
    known = known or rows.filter(name__iexact=facts["name"].strip()).first()
    return known or add_supplier(establishment, by=by, **facts)


def too_many_proofs() -> str:
    return _("At most %(most)s photos belong to one delivery.") % {"most": MOST_PROOFS}


def _line(facts: Mapping[str, Any], order: int, received_on: date) -> DeliveryLine:
    if unknown := facts.keys() - set(LINE):
        raise TypeError(f"not facts of a line: {sorted(unknown)}")
    plain = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    row = DeliveryLine(order=order, **plain)
    row.traced, row.sought = tracing.batch(row.batch), tracing.product(row.product)
    checked(row, exclude={"delivery"}, alone=True)
    if row.quantity <= 0:
        raise Refused(_("%(product)s: a quantity is more than nothing.") % {"product": row.product})
    if row.use_by and row.use_by < received_on:
        raise Refused(
            _("%(product)s was past its use-by date when it arrived. Do not use it, and do not enter it: send it back.")
            % {"product": row.product}
        )
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _set(supplier: Supplier, facts: Mapping[str, Any]) -> None:
    if unknown := facts.keys() - set(FACTS):
        raise TypeError(f"not facts of a supplier: {sorted(unknown)}")
    for name, value in facts.items():
        setattr(supplier, name, value.strip() if isinstance(value, str) else value)
    supplier.looked_for, supplier.permit_sought = tracing.supplier(supplier.name), tracing.permit(supplier.permit)
    if supplier.uscc:
        try:
            supplier.uscc = numbers.uscc(supplier.uscc)
        except numbers.BadNumber as error:
            raise Refused(str(error)) from None
    checked(supplier, alone=True)
