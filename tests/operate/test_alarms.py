"""A log that does not verify stands as an alarm, and auditors are told; what only grows is thrown away."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone

from sunkitchen import celery
from sunkitchen.core import translog
from sunkitchen.core.models import AuditEntry, Notice
from sunkitchen.operate import actions, pulse
from sunkitchen.operate.models import Alarm, Sweep

pytestmark = pytest.mark.django_db
celery.app.loader.import_default_modules()
BROKEN = translog.LogBroken("Log entry 3 is not what was appended, or one before it is gone.")


def told(person, channel="desk"):
    return Notice.objects.filter(recipient=person, channel=channel, kind="alarm.log_broken").count()


def test_a_sweep_that_finds_the_log_broken_sounds_the_alarm(wu, wang, zhao):
    pulse.broken("ratings.sweep_editions", BROKEN)
    assert Alarm.objects.standing().get().why == str(BROKEN)
    assert Sweep.objects.get().fault == "LogBroken"
    assert (told(wu), told(wu, "email")) == (1, 1)
    assert told(wang) == told(zhao) == 0
    assert AuditEntry.objects.filter(verb="alarm.sounded").count() == 1


def test_an_alarm_that_stands_is_told_once_a_day(wu):
    now = timezone.now().replace(hour=4)  # noon in Shanghai
    for minutes in (0, 1, 2):
        actions.sound(Alarm.Name.LOG_BROKEN, str(BROKEN), now + timedelta(minutes=minutes))
    assert told(wu) == 1
    actions.sound(Alarm.Name.LOG_BROKEN, str(BROKEN), now + timedelta(days=1))
    assert told(wu) == 2
    [alarm] = Alarm.objects.all()
    assert alarm.since == now and alarm.seen_at == now + timedelta(days=1)


def test_the_alarm_ends_only_when_the_log_verifies_again(wu):
    pulse.broken("ratings.sweep_editions", BROKEN)
    pulse.ended("core.send_notices")
    pulse.broken("ratings.sweep_editions", OSError("no room"))
    assert Alarm.objects.standing().exists()
    pulse.ended("ratings.sweep_editions")
    assert not Alarm.objects.standing().exists()
    assert Sweep.objects.get(name="ratings.sweep_editions").fault == ""
    assert AuditEntry.objects.filter(verb="alarm.over").count() == 1


def test_another_trouble_of_a_sweep_is_no_broken_log(wu):
    pulse.broken("ratings.sweep_editions", OSError("no room"))
    assert not Alarm.objects.exists()
    assert Sweep.objects.get().fault == "OSError"


def test_celerys_own_outcome_is_what_is_written(wu, monkeypatch):
    from ratings.editions import actions as editions

    celery.app.tasks["core.send_notices"].apply()
    assert Sweep.objects.get(name="core.send_notices").ran_at

    def broken(at):
        raise BROKEN

    monkeypatch.setattr(editions, "settle", broken)  # stands for rows that were altered past their triggers
    celery.app.tasks["ratings.sweep_editions"].apply()
    assert Alarm.objects.standing().exists()


def test_what_nobody_needs_any_more_goes_and_the_rest_stays(wang):
    now = timezone.now()
    year = timedelta(days=366)
    for key, expires in (("old", now - timedelta(hours=1)), ("new", now + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    for days in (31, 1):
        attempt = AccessAttempt.objects.create(username=f"{days}", ip_address="203.0.113.9", failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=now - timedelta(days=days))
    for dedupe, fields in {
        "read long ago": {"channel": "desk", "read_at": now - year, "sent_at": now - year},
        "never read": {"channel": "desk", "sent_at": now - year},
        "read lately": {"channel": "desk", "read_at": now, "sent_at": now - year},
        "sent long ago": {"channel": "sms", "sent_at": now - year},
        "never sent": {"channel": "sms", "created_at": now - year},
    }.items():
        Notice.objects.create(recipient=wang, kind="t", subject="t", body="t", dedupe=dedupe, **fields)
    assert actions.tidy(now) == {"sessions": 1, "attempts": 1, "failures": 0, "notices": 2}
    assert set(Notice.objects.values_list("dedupe", flat=True)) == {"never read", "read lately", "never sent"}
    assert Session.objects.get().session_key == "new"
    assert actions.tidy(now) == {"sessions": 0, "attempts": 0, "failures": 0, "notices": 0}


def test_tidying_is_on_the_timetable():
    assert "operate.tidy" in {entry["task"] for entry in celery.app.conf.beat_schedule.values()}
    assert "operate.tidy" in celery.app.tasks
