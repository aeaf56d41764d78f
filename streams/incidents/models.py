"""Incident 异常: something may be wrong with a camera's picture. A machine's hint, never a finding."""

from typing import Any

from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from streams.cameras.models import Camera
from sunkitchen.core.access import Can, Scope
from sunkitchen.registry.models import Establishment


class IncidentQuerySet(models.QuerySet):
    def open(self) -> "IncidentQuerySet":
        return self.filter(closed_at=None)

    def described(self) -> "IncidentQuerySet":
        """For lists: with camera, kitchen and who answered, without the pictures."""
        rows = self.defer("picture").select_related("camera__establishment", "answered_by")
        return rows.annotate(picture_bytes=Length("picture")).order_by("-opened_at", "-pk")

    def within(self, user: Any, capability: Can) -> "IncidentQuerySet":
        """Those of kitchens over which the user has the capability."""
        return self.filter(camera__establishment__in=Establishment.objects.within(user, capability))


class Incident(models.Model):
    class Kind(models.TextChoices):
        INTERRUPTED = "interrupted", _("No picture")
        STILL = "still", _("The picture does not move")
        DARK = "dark", _("The picture is dark")
        COVERED = "covered", _("Something may be in front of the camera")
        MOVED = "moved", _("The camera may point somewhere else")

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="incidents")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    why = models.CharField(max_length=20, choices=Camera.Why, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    picture = models.BinaryField(default=bytes, blank=True)  # JPEG of that moment, b"" where there was none
    # What the kitchen says about it.
    answer = models.CharField(_("what the kitchen says"), max_length=500, blank=True)
    answered_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["camera", "kind"],
                condition=models.Q(closed_at=None),
                name="one_open_incident_a_camera_a_kind",
            )
        ]
        indexes = [models.Index(fields=["opened_at"])]

    def __str__(self):
        return f"{self.camera} · {self.get_kind_display()}"

    @property
    def has_picture(self) -> bool:
        """Annotated by `described`: the picture itself is left in its row."""
        return bool(getattr(self, "picture_bytes", 0))

    @property
    def scope(self) -> Scope:
        return self.camera.scope
