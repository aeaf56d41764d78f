"""Tables of the ground: the audit trail, stored files, outgoing notices, the published log."""

from datetime import date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import access
from .access import Can, Scope


class ReachedQuerySet(models.QuerySet[Any]):
    def within(self, user: Any, capability: Can) -> Self:
        """Those that concern what the user has the capability over. What concerns no place is for who reaches all."""
        ids, prefixes = access.reach(user, capability)
        where = models.Q(establishment__in=ids)
        for prefix in prefixes:
            where |= models.Q(division__startswith=prefix)
        return self.filter(where)


class Reached(models.Model):
    """A row that remembers what it concerned (`core.access.Scope`), as that lay when the row was written."""

    establishment = models.PositiveBigIntegerField(null=True, db_index=True)
    division = models.CharField(max_length=12, blank=True)

    class Meta:
        abstract = True

    @property
    def scope(self) -> Scope:
        return Scope(self.establishment, self.division)


class AuditEntry(Reached):
    append_only = True

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=100)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_name = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    objects = ReachedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.subject_name}"


def looks_part(start: int) -> models.Func:
    """Four hex digits of a file's looks, from 1, 5, 9 or 13: what core.likeness asks for.

    With the numbers in its text: SQLite takes no index for an expression with parameters.
    """
    return models.Func("looks", function="SUBSTR", template=f"%(function)s(%(expressions)s, {start}, 4)")


LOOKS_PARTS = (1, 5, 9, 13)


class StoredFile(models.Model):
    """An uploaded file after `core.files` made it safe. `name` is what the uploader called it, for people only."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Picture")
        PDF = "pdf", _("PDF")

    key = models.CharField(max_length=64, unique=True)  # path below FILES_ROOT: random, tells nothing
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(
        max_length=64, db_index=True
    )  # of what was uploaded: finds the same paper handed in twice
    size = models.PositiveIntegerField()  # bytes on disk, all pages
    pages = models.PositiveSmallIntegerField(default=1)
    looks = models.CharField(max_length=16, blank=True)  # difference hash of page 1, 64 bits as hex: core.likeness
    turns = models.JSONField(default=dict, blank=True)  # how its pages stand upright: core.turns
    owner_scope = models.CharField(max_length=60, db_index=True)  # whose quota it counts against
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(looks_part(start), name=f"looks_part_{start}") for start in LOOKS_PARTS]

    def __str__(self) -> str:
        return self.name or self.key

    @property
    def numbers(self) -> range:
        """Of its pages, from 1."""
        return range(1, self.pages + 1)


class FileView(Reached):
    """Who looked at a scan with personal data, and when: told to the person it is about, deleted after its term."""

    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="views")
    about = models.CharField(max_length=60)  # "registry.staffmember:12": whose it is
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    role = models.CharField(
        max_length=60, blank=True
    )  # a capability's role: an officer's name is not the employee's business
    at = models.DateTimeField(default=timezone.now)

    objects = ReachedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["about", "-at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.about} {self.at}"


MOST_TRIES = 5  # ten minutes apart at least: then somebody has to look


class NoticeQuerySet(ReachedQuerySet):
    def on_desk(self, user: Any) -> "NoticeQuerySet":
        """What the person reads here, the newest first."""
        return self.filter(recipient=user, channel=Notice.Channel.DESK).order_by("-pk")

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def failing(self) -> "NoticeQuerySet":
        """What could not be sent yet and is tried again."""
        return self.filter(sent_at=None, failures__gt=0, failures__lt=MOST_TRIES)

    def unsent(self, at: datetime) -> "NoticeQuerySet":
        """What a sweep may claim and send by itself: not sent, not given up, not claimed within ten minutes."""
        return self._free(at).filter(digest_on=None)

    def for_digest(self, at: datetime, day: date) -> "NoticeQuerySet":
        """The same, of what waits for a letter of that day or an earlier one."""
        return self._free(at).filter(digest_on__lte=day)

    def given_up(self) -> "NoticeQuerySet":
        """What did not reach anybody: somebody has to look, or to deliver it by hand. Another system is no somebody."""
        unsent = models.Q(sent_at=None, failures__gte=MOST_TRIES)
        return self.filter(unsent | ~models.Q(bounced_at=None)).exclude(channel=Notice.Channel.WEBHOOK)

    def _free(self, at: datetime) -> "NoticeQuerySet":
        stale = at - timedelta(minutes=10)
        unclaimed = models.Q(claimed_at=None) | models.Q(claimed_at__lt=stale)
        return self.filter(unclaimed, sent_at=None, failures__lt=MOST_TRIES)


class Notice(Reached):
    """One message to one address: the row is the queue. `dedupe` makes saying a thing twice impossible."""

    class Channel(models.TextChoices):
        SMS = "sms", _("SMS")
        EMAIL = "email", _("Email")
        DESK = "desk", _("On the desk")
        WEBHOOK = "webhook", _("To another system")

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254, blank=True)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    body = models.TextField(max_length=4000)
    link = models.CharField(max_length=200, blank=True)
    dedupe = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)
    digest_on = models.DateField(null=True)  # it goes out with others of its address, in one letter of that day
    bounced_at = models.DateTimeField(null=True)  # it was sent, and came back: the address is wrong
    webhook = models.ForeignKey("core.Webhook", null=True, on_delete=models.CASCADE, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sent_at", "claimed_at"]),
            models.Index(fields=["recipient", "channel", "read_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.kind}"


class NoticeChoice(models.Model):
    """How a person wants to hear of one topic (a notice kind's first word; "" is all others). The desk always has it."""

    class How(models.TextChoices):
        NOW = "now", _("At once")
        DAILY = "daily", _("Once a day, in one letter")
        NEVER = "never", _("On the desk only")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices")
    topic = models.CharField(max_length=30, blank=True)
    sms = models.CharField(max_length=5, choices=How, default=How.NOW)
    email = models.CharField(max_length=5, choices=How, default=How.NOW)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="one_choice_a_topic")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.topic}"


class Webhook(models.Model):
    """Another system that hears what a person's desk hears: POSTs signed with a secret that was shown once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(_("address"), max_length=300)
    sealed_secret = models.TextField()
    topics = models.JSONField(default=list, blank=True)  # [] is all
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row

    def __str__(self) -> str:
        return self.url

    @property
    def audit_name(self) -> str:
        """Without its path and query: there many systems put their secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


class LogEntry(models.Model):
    """A leaf of the published log: RFC 8785 canonical JSON, its place, its RFC 6962 leaf hash."""

    append_only = True

    seq = models.PositiveIntegerField(unique=True)  # 0, 1, 2 … without a hole
    leaf = models.BinaryField()
    leaf_hash = models.CharField(max_length=64)
    appended_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"log entry {self.seq}"


class Checkpoint(models.Model):
    """A signed note over the log at `size` entries."""

    append_only = True

    size = models.PositiveIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    signed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class LogKey(models.Model):
    """A key of the published log that followed another one: `statement` says so, signed by both. The first has no row."""

    append_only = True

    number = models.PositiveSmallIntegerField(unique=True)  # 2, 3 …
    since = models.PositiveIntegerField()  # checkpoints up to this size are the key's before it, later ones its own
    old = models.CharField(max_length=400)  # public, as people hand them on: "name+key id+base64"
    key = models.CharField(max_length=400, unique=True)
    statement = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(number__gte=2), name="the_first_key_follows_none")]

    def __str__(self) -> str:
        return f"log key {self.number}"
