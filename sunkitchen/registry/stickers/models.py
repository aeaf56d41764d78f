"""Sticker 桌贴: a printed QR code for one table."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from sunkitchen.core import codes
from sunkitchen.core.access import Scope


def fresh_token() -> str:
    return codes.fresh(16)  # 80 bits: not to be guessed


class StickerQuerySet(models.QuerySet):
    def valid(self) -> "StickerQuerySet":
        return self.filter(revoked_at=None, establishment__state="open")


class Sticker(models.Model):
    token = models.CharField(max_length=32, unique=True, default=fresh_token)
    establishment = models.ForeignKey("registry.Establishment", on_delete=models.CASCADE, related_name="stickers")
    table = models.CharField(max_length=20)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    objects = StickerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "table"],
                condition=models.Q(revoked_at=None),
                name="one_valid_sticker_per_table",
            )
        ]

    def __str__(self) -> str:
        return f"{self.establishment} · {self.table}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
