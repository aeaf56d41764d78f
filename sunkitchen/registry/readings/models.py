"""Reading 预读: what a machine read on an uploaded paper. It fills in forms and warns; it never decides."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PATIENCE = timedelta(minutes=5)  # whoever took a file that long ago and is not done has died
MOST_TRIES = 3  # a file that kills whoever reads it is not read for ever


class ReadingQuerySet(models.QuerySet["Reading"]):
    def due(self, at: datetime) -> "ReadingQuerySet":
        """What a worker may take: waiting, or taken by one that died; oldest first."""
        free = models.Q(claimed_at=None) | models.Q(claimed_at__lt=at - PATIENCE)
        return self.filter(free, state=Reading.State.WAITING, tries__lt=MOST_TRIES).order_by("pk")


class Reading(models.Model):
    class Sort(models.TextChoices):
        """What the file is expected to show: the values of Credential.Kind, and a delivery's note."""

        FOOD_PERMIT = "food_permit", _("Food business permit")
        BUSINESS_LICENCE = "business_licence", _("Business licence")
        SMALL_EATERY = "small_eatery", _("Small eatery registration")
        HEALTH_CERTIFICATE = "health_certificate", _("Health certificate")
        DELIVERY_NOTE = "delivery_note", _("Delivery note or receipt")

    class State(models.TextChoices):
        WAITING = "waiting", _("Being read")
        READ = "read", _("Read by the machine")
        UNREADABLE = "unreadable", _("Could not be read")  # take it again
        GIVEN_UP = "given_up", _("Not read")  # our fault: nothing is said against the picture

    file = models.OneToOneField("core.StoredFile", on_delete=models.CASCADE, related_name="reading")
    sort = models.CharField(max_length=20, choices=Sort)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    # {field: {"value": as it is stored, "text": as it stands there, "confidence": 0…1, "page": from 1,
    #  "box": [[x, y] × 4] in per mille of the page}}; a delivery note's lines stand under "lines", a list of the same.
    fields = models.JSONField(default=dict)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "claimed_at"])]

    def __str__(self) -> str:
        return f"{self.sort} {self.state}"
