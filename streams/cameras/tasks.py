from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="streams.forget_pictures")
def forget_pictures():
    actions.forget_pictures(timezone.localdate())
