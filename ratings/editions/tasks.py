from celery import shared_task
from django.utils import timezone

from . import actions, releasing


@shared_task(name="ratings.sweep_editions")
def sweep_editions():
    """Publish what its hour has come for; sign and write what a lost moment left undone."""
    now = timezone.now()
    releasing.publish_due(now)
    actions.settle(now)
