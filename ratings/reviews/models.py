"""Satisfaction 用餐感受: a few taps by a diner with a table's token of the last hours. Private; the public reads totals only."""

from django.db import models
from django.utils import timezone

from sunkitchen.core.access import Scope


class Satisfaction(models.Model):
    """No text, nothing about the diner: the pass's hash alone, so that one pass speaks once."""

    append_only = True

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="satisfactions")
    table = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(default=timezone.now)
    overall = models.PositiveSmallIntegerField()  # 1–5
    cleanliness = models.PositiveSmallIntegerField(null=True)
    food = models.PositiveSmallIntegerField(null=True)
    pass_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["establishment", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(overall__gte=1, overall__lte=5), name="overall_satisfaction_is_1_to_5"
            )
        ]

    def __str__(self) -> str:
        return f"{self.establishment} {self.overall}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
