"""Supplier 供货商 and Delivery 进货台账: what came into the kitchen, from whom, with which proof."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope

from ..establishments.models import OfKitchens


class Supplier(models.Model):
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="suppliers")
    name = models.CharField(_("supplier's name"), max_length=100)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    permit = models.CharField(_("licence or permit number"), max_length=30, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # for the kitchen and the regulator, never shown
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
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

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="deliveries")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="deliveries")
    received_on = models.DateField(_("received on"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(_("reason"), max_length=200, blank=True)
    form = models.UUIDField(unique=True, default=uuid.uuid4)  # the form it came by: sent twice, it is entered once

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "-received_on"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(voided_at=None) | ~models.Q(void_reason=""), name="voided_with_a_reason"
            )
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
    batch = models.CharField(_("batch or production date"), max_length=40, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=10)
    use_by = models.DateField(_("use by"), null=True, blank=True)
    proof = models.CharField(_("proof"), max_length=12, choices=Proof)

    class Meta:
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["batch"]), models.Index(fields=["product"])]
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
