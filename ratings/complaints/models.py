"""Complaint 投诉举报: from a diner, with a tracking code. Two kinds, never mixed; who complains is kept apart, encrypted."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import access, codes
from sunkitchen.core.access import Can, Scope
from sunkitchen.registry.models import OfKitchens, of_present


def fresh_tracking() -> str:
    return codes.fresh(14)  # 70 bits: who knows it may read the timeline


class ComplaintQuerySet(OfKitchens["Complaint"]):
    def open(self) -> "ComplaintQuerySet":
        return self.exclude(state__in=Complaint.ENDED)

    def upheld(self) -> "ComplaintQuerySet":
        """Found true, once each: of duplicates the one that leads them."""
        return self.filter(upheld=True, same_as=None)

    def of_operator(self) -> "ComplaintQuerySet":
        """Those about the present operator: neither received before the last hand-over, nor of what happened before."""
        untold = Q(happened_at=None) | of_present(moment="happened_at")
        return self.filter(untold, of_present(moment="received_at"))

    def within(self, user: Any, capability: Can) -> "ComplaintQuerySet":
        """Those of kitchens over which the user has the capability, as an officer: nobody handles their own kitchen's."""
        return super().within(user, capability).exclude(establishment__in=access.own(user))


class Complaint(models.Model):
    append_only = "OLD.state = 'closed' AND OLD.satisfied_at IS NOT NULL"

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Complaint: I want a settlement")  # 投诉
        LEAD = "lead", _("Report: I saw a breach of rules")  # 举报

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Not accepted")
        ASSIGNED = "assigned", _("Assigned to an officer")
        INVESTIGATING = "investigating", _("Being looked into")
        RESOLVED = "resolved", _("Resolved")
        CLOSED = "closed", _("Case closed")

    ENDED = (State.REFUSED, State.RESOLVED, State.CLOSED)

    class Category(models.TextChoices):
        DIRT = "dirt", _("Dirt, pests or rubbish")
        FOREIGN_BODY = "foreign_body", _("Something in the food")
        SPOILED = "spoiled", _("Spoiled or expired food")
        ILL = "ill", _("Fell ill after the meal")
        STAFF = "staff", _("No mask, no cap, unwashed hands")
        LICENCE = "licence", _("No licence, or another kitchen than shown")
        CAMERA = "camera", _("The live picture is not true")
        OTHER = "other", _("Something else")

    class Source(models.TextChoices):
        PAGE = "page", _("Kitchen's page")
        TABLE = "table", _("Table's code")
        HOTLINE = "hotline", _("12315 or telephone")
        API = "api", _("Open311")

    tracking = models.CharField(max_length=20, unique=True, default=fresh_tracking)
    form = models.UUIDField(unique=True, null=True)  # the form it came by: sent twice, it is received once
    kind = models.CharField(max_length=8, choices=Kind)
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="complaints")
    category = models.CharField(_("what it is about"), max_length=12, choices=Category)
    said = models.TextField(_("what happened"), max_length=2000)  # the office's alone
    happened_at = models.DateTimeField(_("when it happened"), null=True)
    table = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.PAGE)
    number_12315 = models.CharField(_("number at 12315"), max_length=40, blank=True)
    moment = models.ForeignKey("streams.Moment", null=True, on_delete=models.SET_NULL, related_name="complaints")
    state = models.CharField(max_length=14, choices=State, default=State.RECEIVED)
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates")
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)  # once, with a reason, where the clock may be extended
    case_opened_at = models.DateTimeField(null=True)  # 立案: a named reporter is told within days
    told_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)  # found true; None until resolved
    serious = models.BooleanField(default=False)
    reply = models.CharField(_("reply to the diner"), max_length=1000, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True)  # 1–5, by whoever holds the tracking code
    satisfied_at = models.DateTimeField(null=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["establishment", "state", "resolved_at"]),
            models.Index(fields=["state", "received_at"]),
            # What has a clock: the few that are not over, and those whose reporter was not told yet.
            models.Index(
                fields=["received_at"],
                condition=~Q(state__in=["refused", "resolved", "closed"]),
                name="complaints_not_over",
            ),
            models.Index(
                fields=["case_opened_at"],
                condition=Q(case_opened_at__isnull=False, told_at=None),
                name="complaints_untold",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["resolved", "closed"]) | Q(resolved_at__isnull=False, upheld__isnull=False),
                name="a_resolved_complaint_says_whether_it_was_true",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="satisfaction_is_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"  # never the tracking code: it stands in the audit trail

    @property
    def scope(self) -> Scope:
        return self.establishment.scope


class Complainant(models.Model):
    """Who complains, encrypted at rest, apart from what they said. A reporter 举报人 is never shown to the business."""

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="complainant")
    sealed_name = models.TextField(blank=True)
    sealed_mobile = models.TextField(blank=True)
    sealed_email = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    may_be_named = models.BooleanField(default=False)  # a dispute's, to the business, for mediation
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"complainant of {self.complaint_id}"


class ComplaintStep(models.Model):
    """What happened, for the timeline: the note that the diner reads, and the office's own."""

    append_only = True

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=14, choices=Complaint.State)
    public_note = models.CharField(_("note for the diner"), max_length=1000, blank=True)
    office_note = models.CharField(_("note for the office"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.state}"


class ComplaintPhoto(models.Model):
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"photo of {self.complaint_id}"
