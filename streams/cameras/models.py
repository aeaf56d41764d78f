"""Camera 摄像头: one feed and the zone it looks at. People want it (`wanted_until`); the relay makes it so (`state`)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import codes
from sunkitchen.core.access import Scope
from sunkitchen.registry.establishments import hours
from sunkitchen.registry.models import StaffMember

# The relay writes `seen_at` every 5 s. Older than this and nobody vouches for the state any more.
VOUCHED = timedelta(seconds=12)


def fresh_code() -> str:
    return codes.fresh(8)


@dataclass(frozen=True)
class Status:
    """What may be said of a camera now: `live` only while the relay vouches for moving pictures."""

    state: str
    since: datetime | None
    why: str  # a Camera.Why value, or ""
    shown: str = ""  # outside its hours: those of today, "09:00-21:30", "" on a day off

    @property
    def is_live(self) -> bool:
        return self.state == Camera.State.LIVE


class CameraQuerySet(models.QuerySet):
    def public(self, on: date | None = None) -> "CameraQuerySet":
        """Those a diner may watch on that day (today): nobody who works before them has withdrawn consent."""
        objecting = StaffMember.objects.objecting(on or timezone.localdate())
        shown = self.filter(enabled=True, establishment__state="open")
        hidden = models.Exists(objecting.filter(establishment=models.OuterRef("establishment")))
        return shown.exclude(hidden, masks_hide_objectors=False)

    def live(self, at: datetime) -> "CameraQuerySet":
        """Those that show moving pictures now, as `Camera.status` says of each."""
        return self.filter(enabled=True, state=Camera.State.LIVE, seen_at__gte=at - VOUCHED)

    def silent(self, at: datetime) -> "CameraQuerySet":
        """Those that ought to show a picture and do not: stalled, trying again, or vouched for by nobody."""
        down = models.Q(state__in=[Camera.State.STALLED, Camera.State.BACKOFF])
        unvouched = ~models.Q(state=Camera.State.OFF) & (models.Q(seen_at=None) | models.Q(seen_at__lt=at - VOUCHED))
        return self.filter(down | unvouched, enabled=True).exclude(establishment__state="closed")


class KitchenCameras(models.Manager.from_queryset(CameraQuerySet)):  # type: ignore[misc]  # made at run time
    """The cameras of kitchens. A check's stand in no list, count or rate: what shows cameras never sees them."""

    def get_queryset(self) -> CameraQuerySet:
        rows: CameraQuerySet = super().get_queryset()
        return rows.filter(purpose=Camera.Purpose.KITCHEN)


class Camera(models.Model):
    class Zone(models.TextChoices):
        ROUGH = "rough", _("Rough preparation")
        CUTTING = "cutting", _("Cutting")
        COOKING = "cooking", _("Cooking")
        COLD = "cold", _("Cold room")
        PLATING = "plating", _("Plating")
        WASHING = "washing", _("Dishwashing")

    class Source(models.TextChoices):
        RTSP = "rtsp", _("The camera is fetched (RTSP)")
        PUSH = "push", _("A box in the kitchen sends (HTTPS)")
        PHONE = "phone", _("A phone films (its browser)")

    class State(models.TextChoices):
        OFF = "off", _("Off: nobody is watching")
        STARTING = "starting", _("Starting")
        LIVE = "live", _("Live")
        STALLED = "stalled", _("Interrupted")
        BACKOFF = "backoff", _("Interrupted, trying again")

    class Why(models.TextChoices):
        NOT_WANTED = "not_wanted", _("nobody was watching")
        UNREACHABLE = "unreachable", _("the camera cannot be reached")
        REFUSED_ADDRESS = "refused_address", _("the camera's address is not allowed")
        UNAUTHORIZED = "unauthorized", _("the camera refuses the user name or password")
        REDIRECTED = "redirected", _("the camera points to another address, which is not followed")
        NO_STREAM = "no_stream", _("the camera has no such stream")
        CODEC = "codec", _("the camera sends a format that cannot be shown")
        NO_PICTURE = "no_picture", _("the camera sends no picture")
        ENDED = "ended", _("the camera ended the connection")
        NO_PUSH = "no_push", _("the kitchen's box is not sending")
        STILL = "still", _("the picture does not move")
        DARK = "dark", _("the picture is dark")
        COVERED = "covered", _("something may be in front of the camera")
        MOVED = "moved", _("the camera may point somewhere else")
        TIMES = "times", _("the camera's clock jumps")
        BUDGET = "budget", _("our server has no room to convert this camera's format now")
        ELSEWHERE = "elsewhere", _("another of our servers has this camera")
        SCHEDULE = "schedule", _("it is outside the hours in which this camera is shown")
        DISABLED = "disabled", _("the kitchen switched the camera off")
        RELAY = "relay", _("our own relay is not running")

    class Purpose(models.TextChoices):
        KITCHEN = "kitchen", _("Shows the kitchen")
        CHECK = "check", _("Shows a clerk what they asked to see")

    code = models.CharField(max_length=16, unique=True, default=fresh_code)
    # A check's camera is seen by its clerk alone: no page, list, map, rate or wall ever counts it.
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.KITCHEN)
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.CASCADE, related_name="cameras")
    zone = models.CharField(_("zone"), max_length=10, choices=Zone)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    # The address without user, password or query secrets, for people; the whole one is sealed.
    address = models.CharField(max_length=300, blank=True)
    sealed_url = models.TextField(blank=True)
    # The camera's second, smaller stream: for phones on mobile data. Sealed and shown as the first.
    sub_address = models.CharField(max_length=300, blank=True)
    sealed_sub_url = models.TextField(blank=True)
    push_key_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of the key: shown once, never stored
    enabled = models.BooleanField(default=True)
    # Slow cameras exist: seconds until the first picture, None for CAMERA_START_SECONDS.
    start_seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    # When it is shown, as the kitchen's opening hours are kept (registry/establishments/hours.py). []: around the clock.
    hours = models.JSONField(default=list, blank=True)
    # Polygons burned in before anything leaves the relay: [[[x, y], …], …], per mille of the picture's width and height.
    masks = models.JSONField(default=list, blank=True)
    # The owner vouches that the masks hide whoever withdrew consent: then the rest may be shown.
    masks_hide_objectors = models.BooleanField(default=False)
    serial = models.PositiveIntegerField(default=1)  # raised to revoke every ticket and session
    added_at = models.DateTimeField(default=timezone.now)
    wanted_until = models.DateTimeField(null=True, blank=True)

    # Written by the relay alone.
    state = models.CharField(max_length=10, choices=State, default=State.OFF)
    why = models.CharField(max_length=20, choices=Why, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    last_live_at = models.DateTimeField(null=True, blank=True)
    poster_at = models.DateTimeField(null=True, blank=True)
    last_errors = models.TextField(blank=True)  # scrubbed lines of the last child, for owner and officer

    objects = KitchenCameras()
    every = CameraQuerySet.as_manager()  # with those of checks: for the relay, and for whoever serves its pictures

    def __str__(self):
        return f"{self.establishment} · {self.get_zone_display() or self.get_purpose_display()}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope

    @property
    def is_sent(self) -> bool:
        """A box or a phone sends its picture; there is nothing to fetch."""
        return self.source != self.Source.RTSP

    @property
    def is_check(self) -> bool:
        """Its picture is for the clerk who asked; no ticket of a page opens it."""
        return self.purpose == self.Purpose.CHECK

    def shows_at(self, at: datetime) -> bool:
        """Within the hours in which it is shown. Without any, always."""
        return not self.hours or hours.is_open(self.hours, timezone.localtime(at))

    def is_withheld(self, on: date) -> bool:
        """Nobody is shown its picture: somebody who works before the cameras has withdrawn consent.

        A check's is never public: whoever holds the phone shows what they were asked for."""
        if self.is_check:
            return False
        if self.masks and self.masks_hide_objectors:
            return False
        return StaffMember.objects.objecting(on).filter(establishment=self.establishment_id).exists()

    def status(self, at: datetime) -> Status:
        """The state as far as it can be vouched for at `at`: a silent relay means nobody knows, so not live."""
        if not self.enabled:
            return Status(self.State.OFF, self.since, self.Why.DISABLED)
        if not self.shows_at(at):
            today = hours.written(self.hours[timezone.localtime(at).weekday()]) if len(self.hours) == 7 else ""
            return Status(self.State.OFF, None, self.Why.SCHEDULE, today)
        if self.state != self.State.OFF and (self.seen_at is None or at - self.seen_at > VOUCHED):
            return Status(self.State.STALLED, self.seen_at, self.Why.RELAY)
        return Status(self.state, self.since, self.why)


class CameraEvent(models.Model):
    """A change of state, with its time and reason: what online rates and "offline since" are computed from."""

    append_only = True

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Camera.State)
    why = models.CharField(max_length=20, choices=Camera.Why, blank=True)
    epoch = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["camera", "at"])]

    def __str__(self):
        return f"{self.camera} {self.state}"


class Lease(models.Model):
    """Which relay may run this camera's child: taken and renewed by one conditional UPDATE. `epoch` fences: a status
    written under an older one is not heard."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="lease")
    node = models.CharField(max_length=80)  # settings.RELAY_NODE of the holder, "" when given back
    epoch = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()

    def __str__(self):
        return f"{self.camera_id} {self.node} {self.epoch}"


class RelayRun(models.Model):
    """One life of one relay: minutes in which no relay of ours lived are ours, not the kitchen's."""

    node = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # the last beat it vouched for
    ended_at = models.DateTimeField(null=True, blank=True)  # None while it runs, or when it was killed

    class Meta:
        indexes = [models.Index(fields=["seen_at"])]

    def __str__(self):
        return f"{self.node} {self.started_at}"


class Probe(models.Model):
    """A look at a camera while nobody watched: one keyframe. `why` is "" where it passed."""

    append_only = True

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="probes")
    at = models.DateTimeField()
    why = models.CharField(max_length=20, choices=Camera.Why, blank=True)

    class Meta:
        indexes = [models.Index(fields=["camera", "at"])]

    def __str__(self):
        return f"{self.camera_id} {self.why or 'passed'}"


class Reference(models.Model):
    """What the camera is meant to see, confirmed by a person: covered and moved are judged against it."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="reference")
    taken_at = models.DateTimeField()
    gray = models.BinaryField()  # 64×36 luma, row by row: streams/relay/truth.py
    picture = models.BinaryField()  # JPEG, ≤ 640 px wide
    confirmed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.camera_id} {self.taken_at}"


class CameraDay(models.Model):
    """A day's minutes, as streaming.md's online rate counts them: declared = proven + failed + unknown + excluded."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    proven = models.PositiveSmallIntegerField(default=0)
    failed = models.PositiveSmallIntegerField(default=0)
    unknown = models.PositiveSmallIntegerField(default=0)
    excluded = models.PositiveSmallIntegerField(default=0)  # ours: a relay, a node or a whole district failed
    # The day's minutes in runs, for the strip: "600.120p3f660." (. not declared, p f u x as above), 1440 in all.
    runs = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["camera", "day"], name="one_row_a_camera_a_day")]
        indexes = [models.Index(fields=["day"])]

    def __str__(self):
        return f"{self.camera_id} {self.day}"
