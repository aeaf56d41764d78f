"""Sample 抽检: food taken from a kitchen, its way to the laboratory, the result, and the right to a retest 复检."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import codes, workdays
from sunkitchen.core.access import Scope
from sunkitchen.registry.models import OfKitchens, of_present


def fresh_code() -> str:
    return codes.fresh(10)


class SampleQuerySet(OfKitchens["Sample"]):
    def final(self) -> "SampleQuerySet":
        """Those whose result nobody can contest any more."""
        return self.filter(state__in=[Sample.State.PASSED, Sample.State.CONFIRMED, Sample.State.CLEARED])

    def failed(self) -> "SampleQuerySet":
        """Those that count against a kitchen: failed, and past the retest or its window."""
        return self.filter(state=Sample.State.CONFIRMED)

    def of_operator(self) -> "SampleQuerySet":
        """Those taken of the present operator's food."""
        return self.filter(of_present(moment="taken_at"))


class Sample(models.Model):
    append_only = "OLD.state IN ('passed', 'confirmed', 'cleared', 'void')"

    class State(models.TextChoices):
        TAKEN = "taken", _("Taken")
        SENT = "sent", _("On its way to the laboratory")
        RECEIVED = "received", _("At the laboratory")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Failed, to be served on the operator")
        SERVED = "served", _("Failed, open to a retest")
        CONTESTED = "contested", _("Being tested again")
        CONFIRMED = "confirmed", _("Failed, final")
        CLEARED = "cleared", _("Passed the retest")
        VOID = "void", _("Void")

    class Method(models.TextChoices):
        DIRECT = "direct", _("In person")
        LEFT = "left", _("Left at the premises")
        POST = "post", _("By post")

    code = models.CharField(max_length=20, unique=True, default=fresh_code)
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.PROTECT, related_name="samples")
    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="+")
    inspection = models.ForeignKey("ratings.Inspection", null=True, on_delete=models.PROTECT, related_name="samples")
    supplier = models.ForeignKey("registry.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(_("product"), max_length=100)
    batch = models.CharField(_("batch or date"), max_length=60, blank=True)
    quantity = models.CharField(_("quantity taken"), max_length=60)
    seal = models.CharField(_("seal number"), max_length=60)
    retained = models.CharField(_("counter-sample kept at"), max_length=100)  # 备份样品: without it nothing is retested
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(_("taken at"), default=timezone.now)
    laboratory = models.CharField(_("laboratory"), max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.TAKEN)
    # Service of a failed result: the window to ask for a retest runs from it.
    served_on = models.DateField(_("served on"), null=True)
    service = models.CharField(_("method of service"), max_length=10, choices=Method, blank=True)
    service_note = models.CharField(_("who received it"), max_length=500, blank=True)
    served_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    contested_at = models.DateTimeField(null=True)
    contested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    contested_why = models.CharField(_("why it is contested"), max_length=1000, blank=True)
    final_on = models.DateField(null=True)
    void_reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "state", "final_on"]), models.Index(fields=["state"])]
        constraints = [
            models.CheckConstraint(condition=~Q(lead=F("second")), name="nobody_takes_a_sample_alone"),
            models.CheckConstraint(
                condition=~Q(state__in=["passed", "confirmed", "cleared"]) | Q(final_on__isnull=False),
                name="a_final_sample_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["served", "contested", "confirmed", "cleared"]) | Q(served_on__isnull=False),
                name="nothing_failed_counts_before_service",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment} · {self.product}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope

    @property
    def window(self) -> workdays.Workday | None:
        """The last day to ask for a retest, in working days from service; None before service."""
        return workdays.add(self.served_on, settings.RETEST_WORKDAYS) if self.served_on else None


class Custody(models.Model):
    """One handing over of the sample: the chain has no hole, or the result does not count."""

    append_only = True

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="custody")
    at = models.DateTimeField()
    giver = models.CharField(_("handed over by"), max_length=100)
    taker = models.CharField(_("taken over by"), max_length=100)
    seal_intact = models.BooleanField(_("the seal is intact"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.sample_id} {self.giver} → {self.taker}"


class LabReport(models.Model):
    append_only = True

    class Kind(models.TextChoices):
        FIRST = "first", _("Laboratory result")
        RETEST = "retest", _("Retest")

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.FIRST)
    laboratory = models.CharField(_("laboratory"), max_length=100)
    number = models.CharField(_("report number"), max_length=60)
    issued_on = models.DateField(_("issued on"))
    conforms = models.BooleanField(_("the sample conforms"))
    findings = models.CharField(_("item, value and limit"), max_length=500, blank=True)
    file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "kind"], name="one_report_of_a_kind"),
            models.CheckConstraint(condition=Q(conforms=True) | ~Q(findings=""), name="a_failed_report_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"
