from celery import shared_task
from django.utils import timezone

from . import expiring


@shared_task(name="registry.remind_of_expiry")
def remind_of_expiry():
    today = timezone.localdate()
    expiring.retire(today)
    expiring.remind(today)
