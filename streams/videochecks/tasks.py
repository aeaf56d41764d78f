from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="streams.sweep_video_checks")
def sweep_video_checks():
    actions.sweep(timezone.now())
