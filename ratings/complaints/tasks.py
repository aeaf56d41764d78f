from celery import shared_task
from django.utils import timezone

from . import sweeping


@shared_task(name="ratings.sweep_complaints")
def sweep_complaints():
    """What the clocks want, and what is over."""
    now = timezone.now()
    sweeping.warn(now)
    sweeping.close_answered(now)
    sweeping.forget(now)
