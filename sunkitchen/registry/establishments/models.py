"""Establishment 餐饮单位: one kitchen at one address."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import access, codes
from sunkitchen.core.access import Can, Scope


def fresh_code() -> str:
    return codes.fresh(8)


class EstablishmentQuerySet(models.QuerySet):
    def public(self) -> "EstablishmentQuerySet":
        """What anybody may see: opened once, closed ones too (their page says so)."""
        return self.exclude(state=Establishment.State.REGISTERED)

    def within(self, user: Any, capability: Can) -> "EstablishmentQuerySet":
        """Those over which the user has the capability."""
        ids, prefixes = access.reach(user, capability)
        where = models.Q(pk__in=ids)
        for prefix in prefixes:
            where |= models.Q(division__startswith=prefix)
        return self.filter(where)


class Establishment(models.Model):
    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered, not open to the public yet")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Category(models.TextChoices):
        LARGE = "large", _("Large restaurant")
        MEDIUM = "medium", _("Medium restaurant")
        SMALL = "small", _("Small restaurant")
        SNACK = "snack", _("Snack bar")
        DRINKS = "drinks", _("Drinks shop")
        CANTEEN = "canteen", _("Canteen")

    code = models.CharField(max_length=16, unique=True, default=fresh_code)
    signboard = models.CharField(_("signboard name"), max_length=60)
    operator_name = models.CharField(_("legal name of the operator"), max_length=100)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    address = models.CharField(_("address"), max_length=200)
    division = models.CharField(_("division code"), max_length=12)
    category = models.CharField(_("category"), max_length=10, choices=Category)
    phone = models.CharField(_("public phone"), max_length=20, blank=True)
    # One pair of local times a weekday (Monday first), null where closed: ["10:00", "21:30"]. Past midnight: "26:00".
    hours = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.REGISTERED)
    is_demo = models.BooleanField(default=False)
    registered_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = EstablishmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["division"])]

    def __str__(self) -> str:
        return self.signboard

    @property
    def scope(self) -> Scope:
        return Scope(self.pk, self.division)
