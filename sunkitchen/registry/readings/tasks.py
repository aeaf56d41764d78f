from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name=actions.WAKE_UP)
def read_papers():
    actions.read_due(timezone.now())
