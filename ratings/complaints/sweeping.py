"""What happens to complaints by the hour: clocks call, what was answered a month ago is closed, identities are forgotten."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from sunkitchen.core import audit, notices
from sunkitchen.core.workflow import WrongState

from . import actions, clocks, telling
from .models import Complainant, Complaint

CLOSED_AFTER = timedelta(days=30)  # from the reply, when nobody closed it
KEPT = timedelta(days=90)  # who complained, from the end on


def warn(at: datetime) -> int:
    """Tell officers, once a clock, of those that end within two working days or are over; how many notices."""
    today, said = timezone.localdate(at), 0
    rows = Complaint.objects.open().filter(same_as=None).select_related("establishment", "assigned_to", "complainant")
    for complaint in rows.order_by("pk"):
        for clock in clocks.running(complaint):
            if clock.days_left(today) <= clocks.SOON:
                with transaction.atomic():
                    said += telling.office_of_clock(complaint, clock.name, clock.by.day.isoformat())
    return said


def close_answered(at: datetime) -> int:
    """How many were closed."""
    rows = Complaint.objects.filter(state=Complaint.State.RESOLVED, same_as=None, resolved_at__lt=at - CLOSED_AFTER)
    closed = 0
    for complaint in rows.order_by("pk")[:200]:
        with suppress(WrongState):  # an officer was faster
            actions.close(complaint, by=None, at=at)
            closed += 1
    return closed


def forget(at: datetime) -> int:
    """Wipe who complained, and what was sent to them, 90 days after the end; how many."""
    over = Complainant.objects.filter(erased_at=None, complaint__closed_at__lt=at - KEPT)
    gone = 0
    for who in over.select_related("complaint__establishment")[:500]:
        with transaction.atomic():
            rows = Complainant.objects.filter(pk=who.pk, erased_at=None)
            if not rows.update(sealed_name="", sealed_mobile="", sealed_email="", erased_at=at):
                continue
            notices.forget_outside(telling.event_of(who.complaint))
            audit.record(None, "complaint.identity_erased", who.complaint)
            gone += 1
    return gone
