from celery import shared_task
from django.utils import timezone

from . import actions, days


@shared_task(name="streams.forget_pictures")
def forget_pictures():
    actions.forget_pictures(timezone.localdate())


@shared_task(name="streams.count_minutes")
def count_minutes():
    days.count_due(timezone.now())
