"""What probes are told: ready only when everything is, and no more than names for a stranger."""

import socket
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from sunkitchen.core import appendonly
from sunkitchen.core.models import AuditEntry
from sunkitchen.operate import actions, health
from sunkitchen.operate.models import Alarm

PROXIED = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}


@pytest.fixture
def well(db, settings, tmp_path):
    """A relay that listens, a sweep that ran, and no look kept from before."""
    settings.READY_KEPT_SECONDS = 0
    settings.RELAY_SOCKET = tmp_path / "r.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(settings.RELAY_SOCKET))
        listening.listen()
        actions.ran("core.send_notices", timezone.now())
        yield


def checks(client, **headers):
    answer = client.get("/healthz/ready", **headers)
    found = answer.json()
    assert answer.status_code == (200 if found["ready"] else 503)
    assert answer.headers["Cache-Control"] == "no-store"
    return found["checks"]


def test_a_process_that_answers_lives_without_any_row(client):
    """No database mark on this test: a query would fail it."""
    answer = client.get("/healthz/live")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


def test_a_whole_installation_is_ready(client, well):
    assert set(checks(client).values()) == {"ok"}


def test_it_is_not_ready_without_its_relay(client, well, settings, tmp_path):
    settings.RELAY_SOCKET = tmp_path / "nobody.sock"
    assert checks(client)["relay"] == "FileNotFoundError."


def test_it_is_not_ready_when_no_sweep_has_run_for_long(client, well):
    actions.ran("core.send_notices", timezone.now() - timedelta(minutes=4))
    assert checks(client)["worker"] == "ok"
    actions.ran("core.send_notices", timezone.now() - timedelta(minutes=9))
    assert checks(client)["worker"] == "no sweep has run for 9 minutes."


def test_it_is_not_ready_when_the_disk_is_nearly_full(client, well, settings):
    settings.READY_FREE_BYTES = 10**18
    assert "MB free" in checks(client)["disk"]


def test_it_is_not_ready_while_an_append_only_table_is_open(client, well):
    with connection.cursor() as cursor:
        appendonly._drop(cursor, AuditEntry, connection.vendor)
    assert checks(client)["append_only"] == "no guard on core_auditentry."


def test_it_is_not_ready_while_a_migration_waits(client, well):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'operate'")
    assert checks(client)["migrations"].startswith("1 migrations wait")


def test_it_is_not_ready_when_the_cache_forgets(client, well, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert checks(client)["cache"] != "ok"
    assert cache


def test_a_broken_log_keeps_it_from_being_ready_until_it_verifies(client, well, wu):
    now = timezone.now()
    actions.sound(Alarm.Name.LOG_BROKEN, "Log entry 3 is not what was appended.", now)
    assert "Log entry 3" in checks(client)["log"]
    actions.over(Alarm.Name.LOG_BROKEN, now)
    assert checks(client)["log"] == "ok"


def test_a_stranger_learns_which_check_fails_and_not_why(client, well, settings, tmp_path):
    settings.RELAY_SOCKET = tmp_path / "nobody.sock"
    found = checks(client, **PROXIED)
    assert found["relay"] == "failing"
    assert set(found.values()) == {"ok", "failing"}


def test_a_crowd_of_probes_makes_one_look(settings):
    settings.READY_KEPT_SECONDS = 60
    looks = []
    kept = health.Kept(lambda now: looks.append(now) or {"database": "ok"})
    assert [kept(timezone.now()) for _ in range(5)] == [{"database": "ok"}] * 5
    assert len(looks) == 1


def test_a_change_is_told_once_however_often_probes_come(caplog, settings):
    settings.READY_KEPT_SECONDS = 0
    said = iter([{"relay": "gone."}, {"relay": "gone."}, {"relay": "ok"}, {"relay": "ok"}])
    kept = health.Kept(lambda now: next(said))
    for _ in range(4):
        kept(timezone.now())
    assert [record.getMessage() for record in caplog.records] == ["relay: gone.", "relay: ok"]


def test_a_database_that_is_away_is_said_and_not_raised(well):
    def away(now):
        from django.db import OperationalError

        raise OperationalError("connection to server at 10.0.0.5 failed: password=hunter2")

    assert health._asked(away, timezone.now()) == "the database does not answer (OperationalError)."


def test_probes_have_no_language_and_take_no_forms(client, well):
    assert client.get("/en/healthz/live").status_code == 404
    assert client.post("/healthz/live").status_code == 405
