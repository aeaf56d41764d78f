"""Prometheus: requests as they pass, and the rows' own figures, read when somebody scrapes.

With PROMETHEUS_MULTIPROC_DIR set (an empty folder at each start) every process of this node adds up.
"""

import os
from collections import Counter as Tally
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Case, Count, Max, Min, Q, Sum, Value, When
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from ratings.models import Edition
from streams.cameras.models import VOUCHED, Camera
from sunkitchen.core.models import Checkpoint, LogEntry, Notice, StoredFile
from sunkitchen.registry.models import Credential

from .models import Alarm, Sweep
from .relay import RelayFigures

# By the address's name, never by path: paths carry tokens, and would be endless.
LABELS = ["view", "method", "status"]
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

own = CollectorRegistry()
requests = Counter("sunkitchen_requests", "Answered requests.", LABELS, registry=own)
seconds = Histogram("sunkitchen_request_seconds", "Time to answer.", LABELS, buckets=BUCKETS, registry=own)


def count(view: str, method: str, status: int, took: float) -> None:
    """One answered request; `took` in seconds."""
    labels = (view or "none", method if method in METHODS else "other", f"{status // 100}xx")
    requests.labels(*labels).inc()
    seconds.labels(*labels).observe(took)


def page(now: datetime) -> bytes:
    """The text that Prometheus reads."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody)
    else:
        everybody = own
    rows = CollectorRegistry()
    rows.register(Rows(now))
    rows.register(RelayFigures(settings.RELAY_SOCKET))
    return bytes(generate_latest(everybody) + generate_latest(rows))


class Rows:
    """The domain at one moment: nine queries, whatever the number of kitchens."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def describe(self) -> list[Metric]:
        return []  # or registering would already ask the database

    def collect(self) -> Iterator[Metric]:
        yield from (self._cameras(), *self._notices(), *self._papers(), self._editions())
        yield from (*self._log(), *self._sweeps(), self._alarms(), self._stored())

    def _cameras(self) -> Metric:
        """As a diner would be told: a state that nobody vouches for counts as the relay's silence."""
        vouched = Case(When(seen_at__gte=self._now - VOUCHED, then=Value(True)), default=Value(False))
        rows = Camera.objects.values_list("enabled", "state", "why", vouched).annotate(Count("pk")).order_by()
        found: Tally[tuple[str, str]] = Tally()
        for enabled, state, why, is_vouched, number in rows:
            seen = self._now if is_vouched else None
            said = Camera(enabled=enabled, state=state, why=why, seen_at=seen).status(self._now)
            found[str(said.state), str(said.why)] += number
        family = GaugeMetricFamily("sunkitchen_cameras", "Cameras by state and why.", labels=["state", "why"])
        for labels, number in sorted(found.items()):
            family.add_metric(labels, number)
        return family

    def _notices(self) -> list[Metric]:
        waiting = Q(sent_at=None, failures__lt=5)
        found = Notice.objects.filter(sent_at=None).aggregate(
            unsent=Count("pk", filter=waiting),
            given_up=Count("pk", filter=~waiting),
            oldest=Min("created_at", filter=waiting),
        )
        return [
            _gauge("sunkitchen_notices_unsent", "Notices that wait to be sent.", found["unsent"]),
            _gauge("sunkitchen_notices_given_up", "Notices that reached nobody.", found["given_up"]),
            _gauge("sunkitchen_notices_oldest_seconds", "Age of the oldest unsent one.", self._age(found["oldest"])),
        ]

    def _papers(self) -> list[Metric]:
        found = Credential.objects.filter(state=Credential.State.SUBMITTED).aggregate(
            number=Count("pk"), oldest=Min("submitted_at")
        )
        return [
            _gauge("sunkitchen_papers_waiting", "Papers that wait for a clerk.", found["number"]),
            _gauge("sunkitchen_papers_oldest_seconds", "How long the oldest waits.", self._age(found["oldest"])),
        ]

    def _editions(self) -> Metric:
        number = Edition.objects.filter(state=Edition.State.DRAFT).count()
        return _gauge("sunkitchen_editions_open", "Editions that are being drafted.", number)

    def _log(self) -> list[Metric]:
        entries = LogEntry.objects.aggregate(last=Max("seq"))["last"]
        signed = Checkpoint.objects.aggregate(size=Max("size"), at=Max("signed_at"))
        return [
            _gauge("sunkitchen_log_entries", "Entries of the published log.", 0 if entries is None else entries + 1),
            _gauge("sunkitchen_log_signed", "Entries under the newest checkpoint.", signed["size"] or 0),
            _gauge("sunkitchen_log_checkpoint_seconds", "Age of the newest checkpoint.", self._age(signed["at"])),
        ]

    def _sweeps(self) -> list[Metric]:
        lag = GaugeMetricFamily("sunkitchen_sweep_seconds", "Since a sweep last ended well.", labels=["sweep"])
        failing = GaugeMetricFamily("sunkitchen_sweep_failing", "1 while its last run failed.", labels=["sweep"])
        for sweep in Sweep.objects.order_by("name"):
            if sweep.ran_at:
                lag.add_metric([sweep.name], self._age(sweep.ran_at))
            failing.add_metric([sweep.name], bool(sweep.fault))
        return [lag, failing]

    def _alarms(self) -> Metric:
        standing = set(Alarm.objects.standing().values_list("name", flat=True))
        family = GaugeMetricFamily("sunkitchen_alarm", "1 while somebody has to look.", labels=["alarm"])
        for name in Alarm.Name.values:
            family.add_metric([name], name in standing)
        return family

    def _stored(self) -> Metric:
        size = StoredFile.objects.aggregate(size=Sum("size"))["size"]
        return _gauge("sunkitchen_stored_bytes", "Uploaded files, as kept.", size or 0)

    def _age(self, since: datetime | None) -> float:
        return max(0.0, (self._now - since).total_seconds()) if since else 0.0


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
