from celery import shared_task
from django.utils import timezone

from . import files, notices


@shared_task(name="core.send_notices")
def send_notices() -> None:
    notices.send_due(timezone.now())
    notices.send_digests(timezone.now())


@shared_task(name="core.sweep_files")
def sweep_files() -> None:
    files.sweep(timezone.now())
