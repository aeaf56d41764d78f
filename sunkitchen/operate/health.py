"""Is this installation fit to serve? Each check answers "" or why not, in words for the person who runs it."""

import logging
import shutil
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max

from sunkitchen.core import appendonly

from .models import Alarm, Sweep

log = logging.getLogger("sunkitchen.health")
OK = "ok"


def database(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def migrations(now: datetime) -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations wait: run `python -m sunkitchen migrate`." if waiting else ""


def shared_cache(now: datetime) -> str:
    """A round trip, so that a Redis that accepts and forgets is noticed too."""
    mark = uuid4().hex
    cache.set("operate:ready", mark, 30)
    found = cache.get("operate:ready")
    # Another process may have written between the two: what counts is that something came back.
    return "" if found else "the cache does not give back what was put in."


def append_only(now: datetime) -> str:
    open_tables = appendonly.missing()
    return f"no guard on {', '.join(open_tables)}." if open_tables else ""


def published_log(now: datetime) -> str:
    alarm = Alarm.objects.standing().filter(name=Alarm.Name.LOG_BROKEN).first()
    return f"broken since {alarm.since:%Y-%m-%d %H:%M} UTC: {alarm.why}" if alarm else ""


def relay(now: datetime) -> str:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        probe.connect(str(settings.RELAY_SOCKET))
    return ""


def worker(now: datetime) -> str:
    """The newest trace of any sweep: send_notices comes every ten seconds."""
    last = Sweep.objects.aggregate(last=Max("ran_at"))["last"]
    if last is None:
        return "no sweep has run yet."
    silent = now - last
    limit = timedelta(minutes=settings.READY_SWEEP_MINUTES)
    return f"no sweep has run for {silent.total_seconds() / 60:.0f} minutes." if silent > limit else ""


def disk(now: datetime) -> str:
    free = shutil.disk_usage(settings.VAR).free
    return f"{free // 1_000_000} MB free at {settings.VAR}." if free < settings.READY_FREE_BYTES else ""


CHECKS: dict[str, Callable[[datetime], str]] = {
    "database": database,
    "migrations": migrations,
    "cache": shared_cache,
    "append_only": append_only,
    "log": published_log,
    "relay": relay,
    "worker": worker,
    "disk": disk,
}


def look(now: datetime) -> dict[str, str]:
    """Every check by name: "ok", or why not. Never raises."""
    return {name: _asked(check, now) or OK for name, check in CHECKS.items()}


def _asked(check: Callable[[datetime], str], now: datetime) -> str:
    try:
        return check(now)
    except DatabaseError as error:
        return f"the database does not answer ({type(error).__name__})."
    except Exception as error:  # a check that cannot be made has not been passed, whatever the library calls it
        return f"{type(error).__name__}."


class Kept:
    """The last look, for `READY_KEPT_SECONDS`: anybody may ask, and asking must stay cheap."""

    def __init__(self, look: Callable[[datetime], dict[str, str]]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._at = 0.0
        self._found: dict[str, str] = {}

    def __call__(self, now: datetime) -> dict[str, str]:
        with self._lock:
            if not self._found or time.monotonic() - self._at >= settings.READY_KEPT_SECONDS:
                before, self._found, self._at = self._found, self._look(now), time.monotonic()
                _tell_change(before, self._found)
            return dict(self._found)


def _tell_change(before: dict[str, str], after: dict[str, str]) -> None:
    """One line when a check begins or ceases to fail: probes come every few seconds."""
    for name, said in after.items():
        was_ok, is_ok = before.get(name, OK) == OK, said == OK
        if was_ok != is_ok:
            log.warning("%s: %s", name, said)


kept = Kept(look)
