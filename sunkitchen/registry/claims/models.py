"""Invitation: the letter with a code by which a kitchen's operator claims what the register says of it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from sunkitchen.core.access import Scope

MOST_WRONG = 5  # codes tried at one kitchen: then its invitation is void, and the bureau writes a new one


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self, at: datetime) -> "InvitationQuerySet":
        """Those whose code still opens their kitchen."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=at, failures__lt=MOST_WRONG)


class Invitation(models.Model):
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.CASCADE, related_name="invitations")
    code_hash = models.CharField(max_length=64)  # keyed: the code itself stands on the letter alone
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)  # wrong codes tried at this kitchen since it was issued
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment"],
                condition=models.Q(used_at=None, revoked_at=None),
                name="one_invitation_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.establishment} · {self.issued_at:%Y-%m-%d}"

    def standing(self, at: datetime) -> str:
        """used, revoked, void (too many wrong codes), expired or open."""
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        if self.failures >= MOST_WRONG:
            return "void"
        return "expired" if self.expires_at <= at else "open"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
