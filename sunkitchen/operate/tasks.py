from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="operate.tidy")
def tidy() -> None:
    actions.tidy(timezone.now())
