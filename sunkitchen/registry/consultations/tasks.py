from celery import shared_task
from django.utils import timezone

from . import forgetting


@shared_task(name="registry.forget_talks")
def forget_talks():
    forgetting.forget(timezone.now())
