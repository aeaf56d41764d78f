"""Photo 店面照片: what a guest may see of a place besides its live picture."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Scope


class PhotoQuerySet(models.QuerySet["Photo"]):
    def shown(self) -> "PhotoQuerySet":
        return self.filter(removed_at=None).order_by("order", "pk")


class Photo(models.Model):
    class Subject(models.TextChoices):
        FRONT = "front", _("Shop front")
        DINING = "dining", _("Dining room")
        KITCHEN = "kitchen", _("In the kitchen")
        BOARD = "board", _("Notice board with the papers")
        SIGN = "sign", _("“You are filmed” sign")

    establishment = models.ForeignKey("registry.Establishment", on_delete=models.CASCADE, related_name="photos")
    subject = models.CharField(_("what it shows"), max_length=10, choices=Subject)
    # None once removed: what shows a guest is gone from the disk too.
    file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(file=None, removed_at__isnull=False) | models.Q(file__isnull=False, removed_at=None),
                name="a_photo_is_there_until_it_is_removed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.establishment} · {self.get_subject_display()}"

    @property
    def scope(self) -> Scope:
        return self.establishment.scope
