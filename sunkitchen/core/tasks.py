from celery import shared_task
from django.utils import timezone

from . import notices


@shared_task(name="core.send_notices")
def send_notices() -> None:
    notices.send_due(timezone.now())
