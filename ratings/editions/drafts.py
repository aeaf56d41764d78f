"""What leads to a draft: the authority's rhythm, and the proposals that the rules made of the facts."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope

from .models import Edition, Listing


class Schedule(models.Model):
    """How often an authority publishes, at which hour, and which officer answers for the draft."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        FORTNIGHTLY = "fortnightly", _("Every two weeks")
        MONTHLY = "monthly", _("Every month")
        QUARTERLY = "quarterly", _("Every quarter")

    authority = models.OneToOneField("accounts.Authority", on_delete=models.PROTECT, related_name="schedule")
    rhythm = models.CharField(_("rhythm"), max_length=12, choices=Rhythm, default=Rhythm.MONTHLY)
    begins_on = models.DateField(_("first period begins on"))
    hour = models.PositiveSmallIntegerField(_("hour of publication"), default=9)
    drafter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")  # 承办人
    paused = models.BooleanField(_("paused"), default=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hour__lte=23), name="an_hour_of_the_day")]

    def __str__(self) -> str:
        return f"{self.authority} {self.get_rhythm_display()}"

    @property
    def scope(self) -> Scope:
        return self.authority.scope


class Proposal(models.Model):
    """A kitchen that the rules propose for an edition, with the facts as they were then. A person picks or sets aside."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="proposals")
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="+")
    colour = models.CharField(max_length=5, choices=Listing.Colour)
    rules = models.JSONField(default=list)  # codes of the black rules that hold; of red none is needed: all hold
    facts = models.JSONField(default=dict)
    set_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_aside_at = models.DateTimeField(null=True)
    set_aside_why = models.CharField(_("why it is set aside"), max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["edition", "colour"])]
        constraints = [
            models.UniqueConstraint(fields=["edition", "establishment"], name="a_kitchen_is_proposed_once"),
            models.CheckConstraint(
                condition=models.Q(set_aside_at=None) | ~models.Q(set_aside_why=""), name="set_aside_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.establishment_id} {self.colour}"

    @property
    def scope(self) -> Scope:
        return self.edition.scope
