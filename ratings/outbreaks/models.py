"""Outbreak 食物中毒事件: people fell ill from a kitchen's food, as the authority confirmed. No grade for six months after it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope
from sunkitchen.registry.models import OfKitchens, of_present


class OutbreakQuerySet(OfKitchens["Outbreak"]):
    def standing(self) -> "OutbreakQuerySet":
        """Those that were not taken back."""
        return self.filter(revoked_at=None)

    def of_operator(self) -> "OutbreakQuerySet":
        """Those of the present operator's food."""
        return self.filter(of_present(day="occurred_on"))


class Outbreak(models.Model):
    append_only = "OLD.revoked_at IS NOT NULL"

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="outbreaks")
    occurred_on = models.DateField(_("occurred on"))
    people = models.PositiveSmallIntegerField(_("people who fell ill"))
    document_number = models.CharField(_("document number"), max_length=60)
    findings = models.CharField(_("what was found"), max_length=1000)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_why = models.CharField(_("reason"), max_length=500, blank=True)

    objects = OutbreakQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "occurred_on"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at=None) | ~models.Q(revoked_why=""),
                name="an_outbreak_is_revoked_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.establishment} {self.occurred_on}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
