"""HandOver 转让: a kitchen goes to a new operator with its history kept. Operatorship: who ran it, from when to when."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope

from ..establishments.models import Establishment, OfKitchens


class HandOver(models.Model):
    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        TAKEN = "taken", _("Taken over")
        WITHDRAWN = "withdrawn", _("Taken back")
        REFUSED = "refused", _("Declined")
        EXPIRED = "expired", _("Expired")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="handovers")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # Who is to take it: reached by number or email, and known by a code that only they are sent (its SHA-256).
    name = models.CharField(_("name of the new owner"), max_length=60)
    contact = models.CharField(max_length=254)  # until the offer ends
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    operator_name = models.CharField(_("legal name of the new operator"), max_length=100)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects: Any = OfKitchens.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment"], condition=models.Q(state="offered"), name="offered_to_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.establishment} → {self.operator_name}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope


class Operatorship(models.Model):
    """A former operator of a kitchen: what was found until then was found with them."""

    append_only = True

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="operatorships")
    operator_name = models.CharField(max_length=100)
    uscc = models.CharField(max_length=18, blank=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    handover = models.OneToOneField(HandOver, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-until"]

    def __str__(self) -> str:
        return self.operator_name

    @property
    def scope(self) -> Scope:
        return self.establishment.scope


def changing_hands(kitchens: Iterable[Establishment]) -> set[int]:
    """The primary keys of those closed by their hand-over, which open once the new operator's permit is in force."""
    states = Establishment.State
    closed = {one.pk: one.closed_at for one in kitchens if one.state == states.CLOSED and not one.closed_by_authority}
    if not closed:
        return set()
    former = Operatorship.objects.filter(establishment__in=closed).values_list("establishment", "until")
    return {pk for pk, until in former if until == closed[pk]}


def of_present(*, kitchen: str = "establishment", moment: str = "", day: str = "") -> Q:
    """Rows that speak of their kitchen's present operator: none from before its last hand-over, by that moment of
    theirs, or by that day (what is of the very day of the hand-over may be the former's). The names are paths."""
    path, stated = ("until", moment) if moment else ("until__date", day)
    late = {f"{path}__gt" if moment else f"{path}__gte": OuterRef(stated)}
    return ~Q(Exists(Operatorship.objects.filter(establishment=OuterRef(kitchen), **late)))
