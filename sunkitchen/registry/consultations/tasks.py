from celery import shared_task
from django.utils import timezone

from . import forgetting


@shared_task(name="registry.forget_talks")
def forget_talks():
    at = timezone.now()
    forgetting.close_quiet(at)
    forgetting.forget(at)
