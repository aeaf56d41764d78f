"""What happens to a published listing: never edited, but amended in the open. And what belongs beside one."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope

from .models import HIDES, Edition, Listing


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def hiding(self) -> "AmendmentQuerySet":
        """Those that take the listing out of sight now: a stay that was not lifted, a withdrawal, a removal."""
        return self.filter(HIDES)


class Amendment(models.Model):
    """One change 变更 of a published listing, a leaf of the log of its own."""

    append_only = "OLD.kind <> 'stay' OR OLD.lifted_at IS NOT NULL"

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Corrected")  # 更正
        STAY = "stay", _("Suspended by review or court")  # 中止公示
        WITHDRAWAL = "withdrawal", _("Listing withdrawn")  # 撤销
        REMOVAL = "removal", _("Removed after rectification")  # 移出

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="amendments")
    kind = models.CharField(max_length=10, choices=Kind)
    document_number = models.CharField(_("document number"), max_length=60)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    entry = models.OneToOneField("core.LogEntry", on_delete=models.PROTECT, related_name="+")
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(_("reason"), max_length=500, blank=True)
    lifted_entry = models.OneToOneField("core.LogEntry", null=True, on_delete=models.PROTECT, related_name="+")

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["listing", "kind", "lifted_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(kind="stay") | Q(lifted_at=None), name="only_a_stay_is_lifted"),
            models.CheckConstraint(
                condition=Q(lifted_at=None)
                | (Q(lifted_by__isnull=False, lifted_entry__isnull=False) & ~Q(lifted_why="")),
                name="a_stay_is_lifted_by_somebody_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["listing", "kind"],
                condition=Q(lifted_at=None) & ~Q(kind="correction"),
                name="a_listing_is_hidden_once_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.get_kind_display()}"

    @property
    def scope(self) -> Scope:
        return self.listing.scope

    @property
    def hides(self) -> bool:
        """Whether it takes the listing out of sight now."""
        return self.kind != Amendment.Kind.CORRECTION and self.lifted_at is None


class Rectification(models.Model):
    """The operator says that it is mended 整改 and asks for a visit: within ten working days somebody looks."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for a visit")
        VERIFIED = "verified", _("Seen mended")
        REFUSED = "refused", _("Not mended yet")

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="rectifications")
    statement = models.TextField(_("what was mended"), max_length=2000)
    files = models.ManyToManyField("core.StoredFile", related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    inspection = models.ForeignKey("ratings.Inspection", null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer to the operator"), max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=Q(state="asked"), name="one_open_rectification_a_listing"
            ),
            models.CheckConstraint(
                condition=Q(state="asked")
                | Q(inspection__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="mended_or_not_is_said_by_a_visit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.get_state_display()}"

    @property
    def scope(self) -> Scope:
        return self.listing.scope


class ListingFile(models.Model):
    """Evidence attached to a listing: the office's alone; its digest is part of the published finding."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("what it shows"), max_length=100)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Scope:
        return self.listing.scope


class Reach(models.Model):
    """How often an edition was read and shared on a day: sums, nobody's address, nobody's phone."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="reach")
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "day"], name="one_sum_a_day")]

    def __str__(self) -> str:
        return f"{self.edition} {self.day}"


def hidden_listings(**of: Any) -> Any:
    """Ids of the listings that an amendment takes out of sight."""
    return Amendment.objects.hiding().filter(**of).values("listing")
