"""Inspection 监督检查: a visit by two officers against a versioned checklist. Once closed, nobody alters it."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import access
from sunkitchen.core.access import Can, Scope
from sunkitchen.registry.models import of_present


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def closed(self) -> "InspectionQuerySet":
        return self.filter(state=Inspection.State.CLOSED)

    def of_operator(self) -> "InspectionQuerySet":
        """Those that found the kitchen as its present operator keeps it: none from before its last hand-over."""
        return self.filter(of_present(moment="visited_at"))

    def latest(self, establishment: Any) -> "Inspection | None":  # type: ignore[override]
        """The newest closed inspection of the kitchen, or None."""
        return self.closed().filter(establishment=establishment).order_by("-visited_at", "-pk").first()

    def within(self, user: Any, capability: Can) -> "InspectionQuerySet":
        """Those of kitchens over which the user has the capability."""
        ids, prefixes = access.reach(user, capability)
        where = Q(establishment__in=ids)
        for prefix in prefixes:
            where |= Q(establishment__division__startswith=prefix)
        return self.filter(where)


class Inspection(models.Model):
    append_only = "OLD.state = 'closed'"

    class State(models.TextChoices):
        DRAFT = "draft", _("Under way")
        CLOSED = "closed", _("Inspection closed")

    class Kind(models.TextChoices):
        ROUTINE = "routine", _("Routine visit")
        RANDOM = "random", _("Random draw")
        FOLLOW_UP = "follow_up", _("Re-inspection")

    class Result(models.TextChoices):
        CONFORMS = "conforms", _("Conforms")
        MOSTLY = "mostly", _("Mostly conforms")
        FAILS = "fails", _("Does not conform")

    class Grade(models.TextChoices):
        A = "A", _("A excellent")
        B = "B", _("B good")
        C = "C", _("C fair")

    class Signature(models.TextChoices):
        SIGNED = "signed", _("Signed by the operator")
        REFUSED = "refused", _("The operator refused to sign")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="inspections")
    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="+")
    checklist = models.CharField(max_length=20)  # version of the checklist, a file in checklists/
    kind = models.CharField(_("kind of visit"), max_length=10, choices=Kind, default=Kind.ROUTINE)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lead_number = models.CharField(max_length=30)  # 执法证号 as they were on that day
    second_number = models.CharField(max_length=30)
    visited_at = models.DateTimeField(_("time of the visit"))
    # {item code: {"answer": "ok" | "fail" | "na", "note": text}}: in one row, so that closing closes it all.
    answers = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    score_tenths = models.PositiveSmallIntegerField(null=True)  # 95 is 9.5 out of 10
    key_failed = models.PositiveSmallIntegerField(default=0)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    grade = models.CharField(max_length=1, choices=Grade, blank=True)  # "" is no grade; `reasons` says why
    reasons = models.JSONField(default=list)  # codes of ratings.grading.REASONS
    signature = models.CharField(max_length=10, choices=Signature, blank=True)
    signed_name = models.CharField(max_length=60, blank=True)  # never public
    refusal_note = models.CharField(max_length=500, blank=True)
    remark = models.CharField(_("remarks"), max_length=1000, blank=True)
    heads_on_duty = models.PositiveSmallIntegerField(_("people at work"), null=True)  # counted, so that hiding pays not
    heads_certified = models.PositiveSmallIntegerField(_("of them with a certificate seen"), null=True)
    # Where the officers' phone was, WGS-84, and how sure it was of that (metres). Never public.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    accuracy = models.PositiveIntegerField(null=True)
    signature_image = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    form = models.UUIDField(
        unique=True, null=True
    )  # the draft on a phone that it came by: sent twice, it is there once
    started_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["establishment", "visited_at"]),
            # Everything that a draft asks of a city's visits: read from the index alone, never from their wide rows.
            models.Index(
                fields=["establishment", "visited_at", "id", "result", "grade"],
                condition=Q(state="closed"),
                name="closed_visits_of_a_kitchen",
            ),
            # When a kitchen was last visited as the plan wants it: from the index alone, for each of a city's kitchens.
            models.Index(
                fields=["establishment", "-visited_at"],
                condition=Q(state="closed", kind__in=["routine", "random"]),
                name="planned_visits_of_a_kitchen",
            ),
            # A desk's lists: the newest visits of an area, and the few that are under way.
            models.Index(fields=["-visited_at"], name="visits_newest_first"),
            models.Index(fields=["visited_at"], condition=Q(state="draft"), name="visits_under_way"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(lead=F("second")), name="nobody_inspects_alone"),
            models.CheckConstraint(
                condition=Q(state="draft")
                | (
                    ~Q(result="")
                    & ~Q(signature="")
                    & Q(score_tenths__isnull=False, closed_at__isnull=False, score_tenths__lte=100)
                ),
                name="a_closed_inspection_has_result_and_signature",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} · {timezone.localtime(self.visited_at):%Y-%m-%d}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope

    @property
    def score(self) -> Decimal | None:
        """Out of 10, one decimal; None before closing."""
        return None if self.score_tenths is None else Decimal(self.score_tenths) / 10


class InspectionPhoto(models.Model):
    """A picture of the visit, of one item or of the whole. Evidence: the office's and the kitchen's alone."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="photos")
    item = models.CharField(max_length=40, blank=True)  # code of the checklist's item
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True)  # made by the phone that took it: sent twice, it is kept once
    taken_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.item}"

    @property
    def scope(self) -> Scope:
        return self.inspection.scope


class Finding(models.Model):
    """An item that failed, from the day it was found to the day a visit saw it mended."""

    append_only = "OLD.fixed_in_id IS NOT NULL"

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    item = models.CharField(max_length=40)
    note = models.CharField(max_length=500)
    found_on = models.DateField()
    mend_by = models.DateField(null=True)
    fixed_on = models.DateField(null=True)
    fixed_in = models.ForeignKey(Inspection, null=True, on_delete=models.PROTECT, related_name="fixes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item"], name="an_item_fails_once_a_visit"),
            models.CheckConstraint(
                condition=Q(fixed_in=None, fixed_on=None) | Q(fixed_in__isnull=False, fixed_on__isnull=False),
                name="mended_by_a_visit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.item}"

    @property
    def scope(self) -> Scope:
        return self.inspection.scope
