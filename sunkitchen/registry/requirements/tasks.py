from celery import shared_task
from django.utils import timezone

from . import actions as requirements


@shared_task(name="registry.settle_undertakings")
def settle_undertakings():
    requirements.settle(timezone.localdate())
