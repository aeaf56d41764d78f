"""Draw 双随机: kitchens and inspectors drawn from a frozen pool by a seed that was committed to before it was used."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import OfAuthorities
from sunkitchen.core.access import Scope


class DrawQuerySet(OfAuthorities["Draw"]):
    def public(self) -> "DrawQuerySet":
        """Anybody may see them: from the commitment on."""
        return self.select_related("authority").order_by("-committed_at", "-pk")


class Draw(models.Model):
    """The commitment and the pool are in the published log before the seed is shown; so is the outcome, after it."""

    append_only = "OLD.state = 'drawn'"

    class State(models.TextChoices):
        COMMITTED = "committed", _("Committed, not drawn yet")
        DRAWN = "drawn", _("Drawn")

    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="draws")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("purpose"), max_length=100)
    kitchens = models.PositiveSmallIntegerField(_("how many kitchens"))
    # Exactly what is drawn from, as it was hashed: kitchens with weights, inspectors, conflicts. No private fact.
    pool = models.JSONField(default=dict)
    pool_sha256 = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)  # SHA-256 of the seed, hex
    sealed_seed = models.CharField(max_length=200)  # the seed, encrypted at rest until it is shown
    # A public number that nobody knew at the commitment (a lottery's, say): named before, entered after.
    beacon = models.CharField(_("public number that is mixed in"), max_length=100, blank=True)
    beacon_value = models.CharField(_("its value"), max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.COMMITTED)
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(default=timezone.now)
    committed_entry = models.OneToOneField("core.LogEntry", on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64, blank=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(null=True)
    drawn_entry = models.OneToOneField("core.LogEntry", null=True, on_delete=models.PROTECT, related_name="+")

    objects = DrawQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "year", "number"], name="one_draw_of_a_number"),
            models.CheckConstraint(
                condition=Q(state="committed")
                | (Q(drawn_by__isnull=False, drawn_at__isnull=False, drawn_entry__isnull=False) & ~Q(seed="")),
                name="a_drawn_draw_shows_its_seed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.year}-{self.number}"

    @property
    def code(self) -> str:
        """Its name in addresses: "hailan/2026-3"."""
        return f"{self.authority.slug}/{self.year}-{self.number}"

    @property
    def scope(self) -> Scope:
        return self.authority.scope


class Assignment(models.Model):
    """One kitchen that was drawn, with its two inspectors; the visit that came of it."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="assignments")
    position = models.PositiveSmallIntegerField()
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="assignments")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    inspection = models.OneToOneField(
        "ratings.Inspection", null=True, on_delete=models.PROTECT, related_name="assignment"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "position"], name="one_assignment_a_position"),
            models.UniqueConstraint(fields=["draw", "establishment"], name="a_kitchen_is_drawn_once"),
            models.CheckConstraint(condition=~Q(lead=F("second")), name="two_inspectors_are_drawn"),
        ]

    def __str__(self) -> str:
        return f"{self.draw} {self.position}"

    def is_for(self, user: Any) -> bool:
        """Whether this person was drawn for it."""
        return user.pk in (self.lead_id, self.second_id)

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
