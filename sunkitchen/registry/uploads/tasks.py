from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="registry.sweep_uploads")
def sweep_uploads():
    actions.sweep(timezone.now())
