"""Reminder 责令改正 and Commitment 承诺书: what a kitchen was told in writing, and what it bound itself to.

A black rule about cameras or certificates speaks only after a served reminder, and one about cameras only for a
kitchen that statute or its own signed commitment binds to have one.
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope
from sunkitchen.registry.models import OfKitchens, of_present


class About(models.TextChoices):
    CAMERA = "camera", _("Kitchen camera")
    CERTIFICATES = "certificates", _("Health certificates")
    LEDGER = "ledger", _("Purchase ledger")
    FINDINGS = "findings", _("What an inspection found")


class StandingQuerySet(OfKitchens[Any]):
    def standing(self) -> Self:
        """Those that still hold."""
        return self.filter(ended_at=None)


class ReminderQuerySet(StandingQuerySet):
    def of_operator(self) -> Self:
        """Those served on whoever runs the kitchen now: none from before its last hand-over, nor from that very day."""
        return self.filter(of_present(day="served_on"))


class Reminder(models.Model):
    append_only = "OLD.ended_at IS NOT NULL"

    class Method(models.TextChoices):
        DIRECT = "direct", _("In person")
        LEFT = "left", _("Left at the premises")
        POST = "post", _("By post")

    class Outcome(models.TextChoices):
        MENDED = "mended", _("Mended")
        TAKEN_BACK = "taken_back", _("Taken back")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="reminders")
    about = models.CharField(_("about"), max_length=12, choices=About)
    document_number = models.CharField(_("document number"), max_length=60)
    says = models.CharField(_("what has to be mended"), max_length=1000)
    served_on = models.DateField(_("served on"))
    method = models.CharField(_("method of service"), max_length=10, choices=Method)
    service_note = models.CharField(_("who received it"), max_length=500, blank=True)
    mend_by = models.DateField(_("to be mended by"))
    inspection = models.ForeignKey("ratings.Inspection", null=True, on_delete=models.PROTECT, related_name="reminders")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(_("reason"), max_length=500, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "about", "ended_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mend_by__gte=models.F("served_on")), name="a_reminder_leaves_time_to_mend"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | ~models.Q(ended_why=""), name="a_reminder_ends_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} {self.document_number}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope


class Commitment(models.Model):
    append_only = "OLD.ended_at IS NOT NULL"

    class Binding(models.TextChoices):
        STATUTE = "statute", _("By statute")
        COMMITMENT = "commitment", _("By a signed commitment")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="commitments")
    about = models.CharField(_("about"), max_length=12, choices=About, default=About.CAMERA)
    binding = models.CharField(_("how it is bound"), max_length=10, choices=Binding)
    document_number = models.CharField(_("document number"), max_length=60)
    signed_on = models.DateField(_("signed or in force on"))
    file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(_("reason"), max_length=500, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "about"], condition=models.Q(ended_at=None), name="bound_once_to_a_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.establishment} {self.document_number}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
