from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="streams.settle_clips")
def settle_clips():
    actions.settle(timezone.now())


@shared_task(name="streams.expire_clips")
def expire_clips():
    actions.expire(timezone.localdate())
    actions.sweep(timezone.now())
