"""VideoCheck 视频核验: a clerk asks, the owner shows the original or the premises live on a phone, stills are kept."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope
from sunkitchen.registry.models import OfKitchens


class VideoCheck(models.Model):
    class About(models.TextChoices):
        ORIGINAL = "original", _("The paper's original")
        PREMISES = "premises", _("The premises")

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Done")
        CALLED_OFF = "called_off", _("Called off")
        EXPIRED = "expired", _("Expired")

    class Outcome(models.TextChoices):
        AGREES = "agrees", _("It agrees")
        DIFFERS = "differs", _("It differs")
        UNCLEAR = "unclear", _("It could not be seen")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="video_checks")
    credential = models.ForeignKey(
        "registry.Credential", null=True, blank=True, on_delete=models.PROTECT, related_name="video_checks"
    )
    camera = models.OneToOneField("streams.Camera", null=True, on_delete=models.SET_NULL, related_name="video_check")
    about = models.CharField(_("what is to be shown"), max_length=10, choices=About)
    please = models.CharField(_("what the clerk wants to see"), max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects: Any = OfKitchens.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "expires_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["credential"],
                condition=models.Q(state__in=["asked", "under_way"]),
                name="a_paper_is_shown_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.establishment} {self.get_about_display()}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope


class Still(models.Model):
    """A picture from a check, kept as evidence on the paper."""

    check_of = models.ForeignKey(VideoCheck, on_delete=models.PROTECT, related_name="stills")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.taken_at}"

    @property
    def scope(self) -> Scope:
        return self.check_of.scope
