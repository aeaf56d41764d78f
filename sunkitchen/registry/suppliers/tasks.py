from celery import shared_task
from django.utils import timezone

from . import recalls


@shared_task(name="registry.sweep_recalls")
def sweep_recalls():
    recalls.sweep(timezone.now())
