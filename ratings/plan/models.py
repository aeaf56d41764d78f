"""Risk class 风险等级 A–D of a kitchen: how often it is visited. A new class is a new row; the newest counts."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope
from sunkitchen.registry.models import OfKitchens


class Risk(models.Model):
    append_only = True

    class Letter(models.TextChoices):
        A = "A", _("Class A, low risk")
        B = "B", _("Class B, moderate risk")
        C = "C", _("Class C, elevated risk")
        D = "D", _("Class D, high risk")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="risks")
    letter = models.CharField(_("risk class"), max_length=1, choices=Letter)
    because = models.CharField(_("reason"), max_length=500)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    objects = OfKitchens["Risk"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "-set_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.establishment} {self.letter}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
