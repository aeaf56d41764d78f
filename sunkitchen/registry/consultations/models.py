"""Consultation 在线咨询: an owner asks the bureau before applying, and has papers pre-checked 材料预审. Written, and kept."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import OfAuthorities
from sunkitchen.core import access
from sunkitchen.core.access import Can, Scope

from ..handovers.models import HandOver


class ConsultationQuerySet(OfAuthorities[Any]):
    def of_kitchens_of(self, user: Any) -> Self:
        """Those that the user reads as a kitchen's side: their own; their kitchens', as long as they act for them. What
        a kitchen's former operator asked is not its new one's to read."""
        kitchens, _divisions = access.reach(user, Can.HAND_IN_PAPERS)
        taken_since = HandOver.objects.filter(
            establishment=models.OuterRef("establishment"), state="taken", ended_at__gt=models.OuterRef("opened_at")
        )
        mine = models.Q(establishment=None, asker=user) | models.Q(establishment__in=kitchens, asker=user)
        ours = models.Q(establishment__in=kitchens) & ~models.Exists(taken_since)
        return self.filter(mine | ours)

    def for_clerk(self, user: Any) -> Self:
        """Those that the user may answer: of their area, never their own or their own kitchens'."""
        own = models.Q(asker=user) | models.Q(establishment__in=access.own(user))
        return self.within(user, Can.REVIEW_PAPERS).exclude(own)

    def with_news(self, user: Any, side: str) -> Self:
        """With `news`: the id of the newest message to the user's `side`, null when all of them are read."""
        other = [Message.Side.BUREAU, Message.Side.HOUSE] if side == Message.Side.KITCHEN else [Message.Side.KITCHEN]
        mark = ReadMark.objects.filter(consultation=models.OuterRef("consultation"), person=user)
        newer = Message.objects.filter(consultation=models.OuterRef("pk"), side__in=other).exclude(author=user)
        newer = newer.annotate(upto=Coalesce(models.Subquery(mark.values("upto")[:1]), 0)).filter(
            pk__gt=models.F("upto")
        )
        return self.annotate(news=models.Subquery(newer.order_by("-pk").values("pk")[:1]))

    def waiting(self) -> Self:
        """For an answer, the longest first."""
        return self.filter(state=Consultation.State.ASKED).order_by("waiting_since", "pk")


class Consultation(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for the bureau")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    code = models.UUIDField(unique=True, default=uuid.uuid4)
    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="consultations")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consultations")
    # None: somebody who has no kitchen here yet.
    establishment = models.ForeignKey(
        "registry.Establishment", null=True, blank=True, on_delete=models.PROTECT, related_name="consultations"
    )
    # A draft whose pre-check is asked for.
    credential = models.ForeignKey(
        "registry.Credential", null=True, blank=True, on_delete=models.PROTECT, related_name="consultations"
    )
    subject = models.CharField(_("subject"), max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(null=True, default=timezone.now)  # the oldest question without an answer
    last_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects: Any = ConsultationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["authority", "state", "waiting_since"])]

    def __str__(self) -> str:
        # Not its subject: what people write is deleted in its time, and the audit trail keeps the names of things.
        return f"{self.authority} {str(self.code)[:8]}"

    @property
    def scope(self) -> Scope:
        return Scope(self.establishment_id, self.authority.division)


class Message(models.Model):
    class Side(models.TextChoices):
        KITCHEN = "kitchen", _("Kitchen")
        BUREAU = "bureau", _("Bureau")
        HOUSE = "house", _("Automatic")  # handed over, closed, asked for a video check

    class Deed(models.TextChoices):
        TAKEN = "taken", _("A clerk took it")
        HANDED_OVER = "handed_over", _("Handed over")
        CLOSED = "closed", _("Closed")
        LOOKS_FINE = "looks_fine", _("Looks fine")  # of a draft, beforehand: advice, not a decision
        PLEASE_CHANGE = "please_change", _("Please change")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=8, choices=Side)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(_("message"), max_length=2000, blank=True)
    form = models.UUIDField(unique=True, default=uuid.uuid4)  # sent twice by a bad connection, it is written once
    waited = models.PositiveIntegerField(null=True)  # office minutes that the question waited for this answer
    deed = models.CharField(max_length=15, choices=Deed, blank=True)  # what was done by it, beside its words
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # handed over

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["consultation", "id"])]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def scope(self) -> Scope:
        return self.consultation.scope


class MessageFile(models.Model):
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.message_id} · {self.order + 1}"


class ReadMark(models.Model):
    """How far a person has read a consultation."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="marks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    upto = models.PositiveBigIntegerField(default=0)  # a message's id

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "person"], name="one_mark_a_reader")]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.upto}"


class CannedAnswer(models.Model):
    authority = models.ForeignKey("accounts.Authority", on_delete=models.CASCADE, related_name="canned_answers")
    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("answer"), max_length=2000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    used = models.PositiveIntegerField(default=0)

    objects: Any = OfAuthorities.as_manager()

    class Meta:
        ordering = ["-used", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Scope:
        return Scope(None, self.authority.division)


class OfficeHours(models.Model):
    """When an authority answers, on working days alone: for each weekday (Monday first) its spans of local time, as
    [["08:30", "12:00"], ["14:00", "17:30"]]. Without a row: `office_time.USUAL`."""

    authority = models.OneToOneField("accounts.Authority", on_delete=models.CASCADE, related_name="office_hours")
    hours = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.authority)

    @property
    def scope(self) -> Scope:
        return Scope(None, self.authority.division)
