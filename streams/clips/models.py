"""Clip 视频证据: a piece of a camera's picture kept for the authority alone. It expires, unless it is held."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streams.cameras.models import Camera
from sunkitchen.core import access, codes
from sunkitchen.core.access import Can, Scope


def fresh_code() -> str:
    return codes.fresh(12)


class ClipQuerySet(models.QuerySet):
    def within(self, user: Any, capability: Can) -> "ClipQuerySet":
        """Those of kitchens where the user's posts give the capability: never those of a kitchen of their own."""
        _ids, prefixes = access.reach(user, capability)
        where = models.Q(pk=None)
        for prefix in prefixes:
            where |= models.Q(camera__establishment__division__startswith=prefix)
        return self.filter(where).exclude(camera__establishment__in=access.own(user))


class Clip(models.Model):
    class Source(models.TextChoices):
        OFFICER = "officer", _("Kept by an officer")
        DINER = "diner", _("Reported by a guest")

    class State(models.TextChoices):
        WANTED = "wanted", _("Being recorded")
        KEPT = "kept", _("Kept")
        FAILED = "failed", _("Could not be kept")
        DELETED = "deleted", _("Deleted")

    code = models.CharField(max_length=20, unique=True, default=fresh_code)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="clips")
    source = models.CharField(max_length=10, choices=Source)
    asked_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(_("reason"), max_length=500)
    begins_at = models.DateTimeField()  # what was asked for
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WANTED)
    # Written by the relay, once.
    key = models.CharField(max_length=32, blank=True)  # below CLIPS_ROOT: random, tells nothing
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    seconds = models.FloatField(default=0)
    first_at = models.DateTimeField(null=True, blank=True)  # when its first frame reached us
    kept_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    # After this day it is deleted, unless held.
    expires_on = models.DateField()
    held_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(_("reason of the hold"), max_length=500, blank=True)

    objects = ClipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="kept") | ~models.Q(sha256=""), name="a_kept_clip_has_its_digest"
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="a_clip_has_a_length"),
        ]
        indexes = [models.Index(fields=["state"])]

    def __str__(self):
        return f"{self.camera} {self.begins_at}"

    @property
    def scope(self) -> Scope:
        return self.camera.scope

    @property
    def is_held(self) -> bool:
        return self.held_at is not None


class Moment(models.Model):
    """A guest reports what they see now: several may point at one clip. Nobody but the authority reads it."""

    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="moments")
    at = models.DateTimeField(default=timezone.now)
    about = models.CharField(max_length=20)  # a word of streams/clips/words.py: what was seen
    said = models.CharField(max_length=300, blank=True)

    def __str__(self):
        return f"{self.clip_id} {self.about}"
