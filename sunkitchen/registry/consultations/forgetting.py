"""What was talked about ends when nobody writes any more, is kept for its time, and then it is gone with its files."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from sunkitchen.core import audit, files
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import move

from . import hints
from .actions import CLOSE
from .models import Consultation, Message, MessageFile


def close_quiet(at: datetime, limit: int = 200) -> int:
    """Close answered talks in which nobody wrote for TALKS_QUIET_DAYS; how many. One that waits for an answer waits."""
    before = at - timedelta(days=settings.TALKS_QUIET_DAYS)
    due = Consultation.objects.filter(state=Consultation.State.ANSWERED, last_at__lt=before).order_by("last_at")
    return sum(_close(pk, before, at) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _close(pk: int, before: datetime, at: datetime) -> bool:
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("authority")
    talk = rows.filter(pk=pk, state=Consultation.State.ANSWERED, last_at__lt=before).first()
    if talk is None:
        return False
    move(talk, CLOSE, closed_at=at)
    audit.record(None, "consultation.fell_quiet", talk)
    Message.objects.create(consultation=talk, side=Message.Side.HOUSE, at=at, deed=Message.Deed.CLOSED)
    hints.changed(talk.pk)
    return True


def forget(at: datetime, limit: int = 200) -> int:
    """Delete talks that were closed TALKS_KEPT_DAYS ago or earlier; how many."""
    before = at - timedelta(days=settings.TALKS_KEPT_DAYS)
    due = Consultation.objects.filter(state=Consultation.State.CLOSED, closed_at__lt=before).order_by("closed_at")
    gone = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        gone += _forget(pk, before)
    return gone


@transaction.atomic
def _forget(pk: int, before: datetime) -> int:
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("authority")
    # Asked again, or deleted by another worker meanwhile.
    talk = rows.filter(pk=pk, state=Consultation.State.CLOSED, closed_at__lt=before).first()
    if talk is None:
        return 0
    audit.record(None, "consultation.deleted", talk, opened=talk.opened_at.isoformat(), messages=talk.messages.count())
    for page in MessageFile.objects.filter(message__consultation=talk).select_related("file"):
        page.delete()
        files.remove(page.file)
    Notice.objects.filter(dedupe__startswith=f"consultation:{talk.pk}:").delete()
    talk.messages.all().delete()
    talk.delete()
    return 1
