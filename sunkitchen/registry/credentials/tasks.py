from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="registry.remind_of_expiry")
def remind_of_expiry():
    today = timezone.localdate()
    actions.retire(today)
    actions.remind(today)
