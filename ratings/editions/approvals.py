"""The authority's approval chain 审批流程 as data, and what each stage said of an edition."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope

from .models import Edition


class ApprovalStage(models.Model):
    """One stage of an authority's chain; usual are 科室负责人, 法制审核, 分管局领导. Changing it ends the row for a new one."""

    append_only = "OLD.ended_at IS NOT NULL"

    authority = models.ForeignKey("accounts.Authority", on_delete=models.PROTECT, related_name="approval_stages")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=40)
    title_en = models.CharField(_("title in English"), max_length=60, blank=True)
    officers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "position"], condition=models.Q(ended_at=None), name="one_stage_at_a_position"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Scope:
        return self.authority.scope


class Approval(models.Model):
    """What one stage said of exactly this content: `digest` is of all that would be published."""

    append_only = True

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="approvals")
    stage = models.ForeignKey(ApprovalStage, on_delete=models.PROTECT, related_name="approvals")
    agreed = models.BooleanField()
    opinion = models.CharField(_("opinion"), max_length=500)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.edition} {self.stage} {self.agreed}"

    @property
    def scope(self) -> Scope:
        return self.edition.scope
