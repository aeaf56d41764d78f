from celery import shared_task
from django.utils import timezone

from . import keeping


@shared_task(name="registry.sweep_personal_data")
def sweep_personal_data():
    keeping.sweep(timezone.now())
