from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="streams.sweep_incidents")
def sweep_incidents():
    actions.sweep(timezone.now())
