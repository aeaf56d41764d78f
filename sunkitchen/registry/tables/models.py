"""TableImport: a kitchen's table of people or deliveries, brought in as a file. All of it lands, or nothing does."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope

from ..establishments.models import OfKitchens


class TableImport(models.Model):
    class Sort(models.TextChoices):
        STAFF = "staff", _("Staff")
        DELIVERIES = "deliveries", _("Deliveries")

    class State(models.TextChoices):
        CHECKED = "checked", _("Looked through: nothing entered yet")
        LANDED = "landed", _("Entered")
        DROPPED = "dropped", _("Taken back")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.CASCADE, related_name="table_imports")
    sort = models.CharField(max_length=10, choices=Sort)
    name = models.CharField(max_length=200)  # what the file was called
    sha256 = models.CharField(max_length=64)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.CHECKED)
    ended_at = models.DateTimeField(null=True)
    form = models.UUIDField(unique=True, default=uuid.uuid4)
    # One of each line: {"line": its number in the file, "facts": {…} as an action takes them, "why": [[code, detail]…]};
    # a line with a "why" was refused. Facts are deleted once the import ends: the rows hold them.
    lines = models.JSONField(default=list)
    good = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    objects: Any = OfKitchens.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "sort", "-brought_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        """A file may be called after a person."""
        return f"{self.get_sort_display()} {self.pk}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
