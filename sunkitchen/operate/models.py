"""Rows that say whether the installation itself is well: what each of beat's sweeps last did, and standing alarms."""

from django.db import models
from django.db.models import Q


class Sweep(models.Model):
    """One of beat's jobs. A worker that is gone leaves `ran_at` behind, and that is how one sees it."""

    name = models.CharField(max_length=80, unique=True)  # the Celery task's
    ran_at = models.DateTimeField(null=True)  # when it last ended well
    failed_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=100, blank=True)  # the error's kind, while its last run failed

    def __str__(self) -> str:
        return self.name


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def standing(self) -> "AlarmQuerySet":
        return self.filter(over_at=None)


class Alarm(models.Model):
    """Something that a person must look at. It stands until the machine has seen with its own eyes that it is over."""

    class Name(models.TextChoices):
        LOG_BROKEN = "log_broken", "log broken"

    name = models.CharField(max_length=40, choices=Name)
    why = models.CharField(max_length=500)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(over_at=None), name="an_alarm_stands_once"),
        ]

    def __str__(self) -> str:
        return self.name
