from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="ratings.confirm_samples")
def confirm_samples():
    """What nobody contested in time becomes final."""
    actions.confirm_due(timezone.now())
