"""The bureau's permit register, brought in as a file: what it said line by line, and what became of each."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import OfAuthorities
from sunkitchen.core.access import Scope

PATIENCE = timedelta(minutes=10)  # whoever took a file that long ago and is not done has died
MOST_TRIES = 3  # a file that kills whoever reads it is not read for ever


class RegisterImportQuerySet(OfAuthorities["RegisterImport"]):
    def due(self, at: datetime) -> "RegisterImportQuerySet":
        """What a worker may take: waiting, or taken by one that died; oldest first."""
        died = models.Q(state=RegisterImport.State.RUNNING, claimed_at__lt=at - PATIENCE)
        return self.filter(models.Q(state=RegisterImport.State.WAITING) | died).order_by("pk")


class RegisterImport(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being read")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not be read")

    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="register_imports")
    name = models.CharField(max_length=200)  # what the file was called
    key = models.CharField(max_length=64, blank=True)  # of core.originals; empty once the file was swept
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)  # lines so far, while it runs
    failure = models.JSONField(default=list, blank=True)  # [code, …]: words.failure says it
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="running"), name="one_register_is_read_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        return Scope(None, self.authority.division)


class RegisterLine(models.Model):
    class Outcome(models.TextChoices):
        CREATED = "created", _("New")
        UPDATED = "updated", _("Changed")
        UNCHANGED = "unchanged", _("As before")
        REFUSED = "refused", _("Refused")

    register_import = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()  # of the line in the file, the heading is 1
    outcome = models.CharField(max_length=10, choices=Outcome)
    why = models.JSONField(default=list)  # [code, detail] pairs: what is wrong, what changed; words.reason says it
    permit = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=100, blank=True)
    establishment = models.ForeignKey("registry.Establishment", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["register_import", "outcome", "number"])]
        constraints = [models.UniqueConstraint(fields=["register_import", "number"], name="a_line_is_reported_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"
