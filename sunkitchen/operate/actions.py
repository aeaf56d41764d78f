"""What the installation writes down about itself, and what it throws away because nobody needs it any more."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from sunkitchen.core import audit
from sunkitchen.core.models import Notice

from . import letters
from .models import Alarm, Sweep

ATTEMPTS_KEPT = timedelta(days=30)  # failed sign-ins: long past every cool-off, short enough to be no dossier
NOTICES_KEPT = timedelta(days=365)  # after they were read or sent; what happened stands in the audit trail


def ran(name: str, at: datetime) -> None:
    """The sweep ended well."""
    Sweep.objects.update_or_create(name=name, defaults={"ran_at": at, "fault": ""})


def failed(name: str, kind: str, at: datetime) -> None:
    """The sweep broke off, with an error of this kind."""
    Sweep.objects.update_or_create(name=name, defaults={"failed_at": at, "fault": kind[:100]})


@transaction.atomic
def sound(name: str, why: str, at: datetime) -> Alarm:
    """The alarm stands from now on, or still; people who must know are told once a day."""
    alarm, is_new = Alarm.objects.get_or_create(
        name=name, over_at=None, defaults={"why": why[:500], "since": at, "seen_at": at}
    )
    if is_new:
        audit.record(None, "alarm.sounded", alarm, why=why[:500])
    else:
        Alarm.objects.filter(pk=alarm.pk).update(seen_at=at, why=why[:500])
        alarm.refresh_from_db()
    letters.alarm(alarm, at)
    return alarm


@transaction.atomic
def over(name: str, at: datetime) -> None:
    """What the alarm was about is seen to be well again. Nothing happens when none stands."""
    for alarm in Alarm.objects.standing().filter(name=name):
        if Alarm.objects.standing().filter(pk=alarm.pk).update(over_at=at):
            audit.record(None, "alarm.over", alarm, since=alarm.since.isoformat())


def tidy(at: datetime) -> dict[str, int]:
    """Delete what only grows: how many rows of each. The audit trail, camera events and the log stay for ever."""
    told = Q(channel=Notice.Channel.DESK, read_at__lt=at - NOTICES_KEPT)
    sent = ~Q(channel=Notice.Channel.DESK) & Q(sent_at__lt=at - NOTICES_KEPT)
    old = {
        "sessions": Session.objects.filter(expire_date__lt=at),
        "attempts": AccessAttempt.objects.filter(attempt_time__lt=at - ATTEMPTS_KEPT),
        "failures": AccessFailureLog.objects.filter(attempt_time__lt=at - ATTEMPTS_KEPT),
        "notices": Notice.objects.filter(told | sent),
    }
    return {name: rows.delete()[0] for name, rows in old.items()}
