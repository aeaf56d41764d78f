"""Membership: who acts for a kitchen."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Membership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    # As whoever added them wrote it: the page tells nothing that their account says.
    name = models.CharField(max_length=60, blank=True)
    contact = models.CharField(max_length=254, blank=True)
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "establishment"], condition=models.Q(ended_at=None), name="membership_held_once"
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.establishment}"

    @property
    def called(self):
        """As the kitchen knows them."""
        return self.name or str(self.user)
