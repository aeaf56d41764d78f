"""Supplier 供货商 and Delivery 进货台账: what came into the kitchen, from whom, with which proof."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import OfAuthorities
from sunkitchen.core.access import Scope

from ..establishments.models import OfKitchens


class Supplier(models.Model):
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="suppliers")
    name = models.CharField(_("supplier's name"), max_length=100)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    permit = models.CharField(_("licence or permit number"), max_length=30, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # for the kitchen and the regulator, never shown
    licence = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # its photo
    licence_through = models.DateField(_("licence or permit valid through"), null=True, blank=True)
    looked_for = models.CharField(max_length=100, blank=True, editable=False)  # the name as a recall compares it
    permit_sought = models.CharField(max_length=30, blank=True, editable=False)  # the permit's number, so too
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["looked_for"]),
            models.Index(fields=["uscc"]),
            models.Index(fields=["permit_sought"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "name"], condition=models.Q(ended_at=None), name="supplier_known_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        return self.establishment.scope


class DeliveryQuerySet(OfKitchens["Delivery"]):
    def counting(self) -> "DeliveryQuerySet":
        """Those that stand: a wrong entry is voided with a reason, never edited."""
        return self.filter(voided_at=None)


class Delivery(models.Model):
    """One delivery: supplier, day, and its lines. Written once; corrected by voiding and entering anew."""

    class Source(models.TextChoices):
        FORM = "form", _("Typed in")
        PHOTO = "photo", _("Read from a photo")
        TABLE = "table", _("From a table")
        API = "api", _("From another system")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="deliveries")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="deliveries")
    received_on = models.DateField(_("received on"))
    source = models.CharField(max_length=6, choices=Source, default=Source.FORM)
    key = models.ForeignKey(
        "registry.LedgerKey", null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    reference = models.CharField(max_length=64, blank=True)  # the other system's own number: sent twice, entered once
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(_("reason"), max_length=200, blank=True)
    form = models.UUIDField(unique=True, default=uuid.uuid4)  # the form it came by: sent twice, it is entered once

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["establishment", "-received_on"]),
            models.Index(fields=["received_on"]),  # a recall of a week's goods, all kitchens
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(voided_at=None) | ~models.Q(void_reason=""), name="voided_with_a_reason"
            ),
            models.UniqueConstraint(
                fields=["key", "establishment", "reference"],
                condition=~models.Q(reference=""),
                name="a_systems_number_is_entered_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} · {self.received_on}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope


class DeliveryLine(models.Model):
    class Goods(models.TextChoices):
        MEAT = "meat", _("Meat and poultry")
        SEAFOOD = "seafood", _("Fish and seafood")
        VEGETABLES = "vegetables", _("Vegetables and fruit")
        STAPLES = "staples", _("Grain, oil, eggs and dairy")
        PACKAGED = "packaged", _("Packaged food and drinks")
        SEASONING = "seasoning", _("Seasoning")
        ADDITIVES = "additives", _("Food additives")
        TABLEWARE = "tableware", _("Tableware and detergent")

    class Proof(models.TextChoices):
        CERTIFICATE = "certificate", _("Certificate of conformity")  # 合格证
        QUARANTINE = "quarantine", _("Quarantine certificate")  # 检疫证明
        REPORT = "report", _("Test report")
        NOTE = "note", _("Delivery note or receipt")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="lines")
    order = models.PositiveSmallIntegerField(default=0)
    goods = models.CharField(_("kind of goods"), max_length=12, choices=Goods)
    product = models.CharField(_("product"), max_length=60)
    sought = models.CharField(max_length=60, blank=True, editable=False)  # the product as a recall compares it
    batch = models.CharField(_("batch or production date"), max_length=40, blank=True)
    traced = models.CharField(max_length=40, blank=True, editable=False)  # the batch as a recall compares it
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=10)
    use_by = models.DateField(_("use by"), null=True, blank=True)
    proof = models.CharField(_("proof"), max_length=12, choices=Proof)

    class Meta:
        ordering = ["order", "pk"]
        indexes = [
            # Of patterns: it serves "is" and "begins with" in any collation.
            models.Index(fields=["traced"], name="lines_by_batch", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["product"]),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(quantity__gt=0), name="a_delivery_brings_something")]

    def __str__(self) -> str:
        return self.product

    @property
    def amount(self) -> str:
        """12.50 as 12.5, 30.00 as 30."""
        text = f"{self.quantity:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class DeliveryProof(models.Model):
    """A photo of the papers that came with it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="proofs")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.delivery} · {self.order + 1}"

    @property
    def scope(self) -> Scope:
        return self.delivery.scope


class LedgerKey(models.Model):
    """A supplier's or a province's ledger system that may enter deliveries: one kitchen's, or an authority's for all."""

    title = models.CharField(_("which system"), max_length=60)
    establishment = models.ForeignKey(
        "registry.Establishment", null=True, blank=True, on_delete=models.PROTECT, related_name="ledger_keys"
    )
    authority = models.ForeignKey(
        "accounts.Authority", null=True, blank=True, on_delete=models.PROTECT, related_name="ledger_keys"
    )
    key_hash = models.CharField(max_length=64, unique=True)  # SHA-256: shown once, never stored
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(establishment=None) ^ models.Q(authority=None), name="a_ledger_key_opens_one_door"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Scope:
        if self.establishment is not None:
            return self.establishment.scope
        assert self.authority is not None  # the constraint says so
        return self.authority.scope


class Recall(models.Model):
    """召回通知: goods that must not be used. Every kitchen that received them is told, and answers."""

    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="recalls")
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    product = models.CharField(_("product"), max_length=60, blank=True)
    batch = models.CharField(_("batch or production date"), max_length=40, blank=True)
    begins = models.BooleanField(default=False)  # every batch that begins so
    supplier = models.CharField(_("supplier"), max_length=100, blank=True)  # name, credit code or permit number
    received_from = models.DateField(null=True, blank=True)
    received_to = models.DateField(null=True, blank=True)
    says = models.CharField(_("what to do"), max_length=500)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    form = models.UUIDField(unique=True, default=uuid.uuid4)

    objects = OfAuthorities.as_manager()

    def __str__(self) -> str:
        return " ".join(part for part in (self.product, self.batch, self.supplier) if part)

    @property
    def scope(self) -> Scope:
        return Scope(None, self.authority.division)


class RecallNotice(models.Model):
    class Answer(models.TextChoices):
        REMOVED = "removed", _("Taken out and set aside")
        USED_UP = "used_up", _("Already used up")
        NEVER = "never", _("Never arrived here")

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="notices")
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="recalls")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.PROTECT, related_name="+")  # the newest of them
    told_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    photo = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField(null=True)  # the day of the last letter about it; none yet: the sweep's work

    objects = OfKitchens.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recall", "establishment"], name="told_of_a_recall_once"),
        ]

    def __str__(self) -> str:
        return f"{self.recall} · {self.establishment}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
