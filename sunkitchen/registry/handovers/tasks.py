from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="registry.sweep_handovers")
def sweep_handovers():
    actions.sweep(timezone.now())
