from celery import shared_task
from django.utils import timezone

from . import actions, drafting, releasing, scheduling


@shared_task(name="ratings.sweep_editions")
def sweep_editions():
    """Publish what its hour has come for; sign and write what a lost moment left undone."""
    now = timezone.now()
    releasing.publish_due(now)
    actions.settle(now)


@shared_task(name="ratings.draft_editions")
def draft_editions():
    """Open what a period's end made due, then compute what waits for it."""
    now = timezone.now()
    scheduling.open_due(now)
    drafting.compute_waiting(now)
