"""Upload 上传: a file on its way in, piece by piece, that a lost connection does not lose; then it waits for its form."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from sunkitchen.accounts.models import User
from sunkitchen.core.access import Scope

from ..establishments.models import Establishment, OfKitchens

KEPT = timedelta(days=2)  # unfinished, or not used by any form: then it is swept


class UploadQuerySet(OfKitchens["Upload"]):
    def of(self, place: Establishment | None, by: User) -> "UploadQuerySet":
        """A kitchen's; without one, the person's own."""
        return self.filter(establishment=place) if place else self.filter(establishment=None, by=by)

    def stale(self, at: datetime) -> "UploadQuerySet":
        """What nobody comes back for."""
        return self.filter(used_at=None, touched_at__lt=at - KEPT)


class Upload(models.Model):
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    # None: the person's own, for what is no kitchen's; nobody else reaches it.
    establishment = models.ForeignKey(
        "registry.Establishment", null=True, on_delete=models.CASCADE, related_name="uploads"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sort = models.CharField(max_length=20, blank=True)  # Reading.Sort, where it is to be read
    name = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField()  # bytes that were announced
    received = models.PositiveIntegerField(default=0)  # bytes that are on the disk, in order, without a hole
    started_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    file = models.OneToOneField("core.StoredFile", null=True, on_delete=models.SET_NULL, related_name="upload")
    refused = models.CharField(max_length=300, blank=True)  # why the whole file was not taken in
    used_at = models.DateTimeField(null=True)  # a form took the file

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["used_at", "touched_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="an_upload_brings_what_it_announced"
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.key)

    @property
    def scope(self) -> Scope:
        return self.establishment.scope if self.establishment else Scope(None, "")

    @property
    def room(self) -> str:
        """Whose room for files it takes."""
        return room(self.establishment, self.by)


def room(place: Establishment | None, by: User) -> str:
    return f"establishment:{place.pk}" if place else f"user:{by.pk}"
