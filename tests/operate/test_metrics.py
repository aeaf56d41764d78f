"""What Prometheus reads: figures from rows, requests by name, and nobody else reads them."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from sunkitchen.core.models import Notice
from sunkitchen.operate import actions, metrics
from sunkitchen.operate.models import Alarm
from tests import builders

pytestmark = pytest.mark.django_db


def figures(text):
    """{(name, labels as sorted pairs): value}"""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def figure(text, name, **labels):
    return figures(text).get((name, tuple(sorted(labels.items()))))


@pytest.fixture
def scrape(client):
    return lambda **headers: client.get("/metrics", **headers)


def test_this_machine_itself_may_read_them(scrape):
    answer = scrape()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_REAL_IP": "203.0.113.9"},
    ],
)
def test_there_is_nothing_for_whoever_comes_from_elsewhere(scrape, headers):
    assert scrape(**headers).status_code == 404


def test_with_a_token_the_token_decides(scrape, settings):
    settings.METRICS_TOKEN = "b7e2c1" * 8
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {settings.METRICS_TOKEN}"}
    assert scrape(REMOTE_ADDR="203.0.113.9", **bearer).status_code == 200
    for wrong in ({}, {"HTTP_AUTHORIZATION": "Bearer "}, {"HTTP_AUTHORIZATION": f"Basic {settings.METRICS_TOKEN}"}):
        assert scrape(**wrong).status_code == 404
    assert scrape(HTTP_AUTHORIZATION="Bearer ключ").status_code == 404


def test_requests_are_counted_by_name_and_never_by_path(client, scrape, restaurant):
    before = figure(scrape().content, "sunkitchen_requests_total", view="kitchen", method="GET", status="2xx") or 0
    client.get(f"/k/{restaurant.code}/")
    client.get("/q/abcdefgh23456789")
    client.get("/nothing/here/secret-path/")
    text = scrape().content
    after = figure(text, "sunkitchen_requests_total", view="kitchen", method="GET", status="2xx")
    assert after == before + 1
    assert figure(text, "sunkitchen_request_seconds_count", view="kitchen", method="GET", status="2xx") == after
    assert figure(text, "sunkitchen_requests_total", view="none", method="GET", status="4xx")
    for secret in (b"abcdefgh23456789", b"secret-path", restaurant.code.encode()):
        assert secret not in text


def test_an_invented_method_makes_no_series_of_its_own(client, scrape):
    client.generic("BREW", "/")
    assert b"BREW" not in scrape().content


def test_a_camera_that_nobody_vouches_for_is_counted_as_such(scrape, restaurant):
    now = timezone.now()
    builders.camera(restaurant, state="live", seen_at=now + timedelta(minutes=1))
    builders.camera(restaurant, state="live", seen_at=now - timedelta(minutes=1))
    builders.camera(restaurant, state="backoff", why="unreachable", seen_at=now + timedelta(minutes=1))
    builders.camera(restaurant, state="off", enabled=False)
    text = scrape().content
    assert figure(text, "sunkitchen_cameras", state="live", why="") == 1
    assert figure(text, "sunkitchen_cameras", state="stalled", why="relay") == 1
    assert figure(text, "sunkitchen_cameras", state="backoff", why="unreachable") == 1
    assert figure(text, "sunkitchen_cameras", state="off", why="disabled") == 1


def test_what_waits_is_counted_with_the_age_of_the_oldest(scrape, permit, wang):
    permit.submitted_at = timezone.now() - timedelta(hours=3)
    permit.save(update_fields=["submitted_at"])
    common = {"recipient": wang, "channel": "sms", "address": "13800000001", "kind": "t", "subject": "t", "body": "t"}
    Notice.objects.create(dedupe="a", created_at=timezone.now() - timedelta(minutes=10), **common)
    Notice.objects.create(dedupe="b", failures=5, **common)
    Notice.objects.create(dedupe="c", sent_at=timezone.now(), **common)
    text = scrape().content
    assert figure(text, "sunkitchen_papers_waiting") == 1
    assert 10_800 <= figure(text, "sunkitchen_papers_oldest_seconds") < 10_900
    assert figure(text, "sunkitchen_notices_unsent") == 1
    assert figure(text, "sunkitchen_notices_given_up") == 1
    assert 600 <= figure(text, "sunkitchen_notices_oldest_seconds") < 700


def test_a_broken_log_and_a_silent_sweep_are_seen(scrape):
    now = timezone.now()
    assert figure(scrape().content, "sunkitchen_alarm", alarm="log_broken") == 0
    actions.sound(Alarm.Name.LOG_BROKEN, "why", now)
    actions.ran("core.send_notices", now - timedelta(minutes=7))
    actions.failed("ratings.sweep_editions", "LogBroken", now)
    text = scrape().content
    assert figure(text, "sunkitchen_alarm", alarm="log_broken") == 1
    assert 420 <= figure(text, "sunkitchen_sweep_seconds", sweep="core.send_notices") < 440
    assert figure(text, "sunkitchen_sweep_failing", sweep="ratings.sweep_editions") == 1
    assert figure(text, "sunkitchen_sweep_failing", sweep="core.send_notices") == 0


def test_a_scrape_is_few_queries(django_assert_max_num_queries, restaurant):
    for _ in range(5):
        builders.camera(restaurant)
    with django_assert_max_num_queries(10):
        metrics.page(timezone.now())


TWO_PROCESSES = """
import django, os, sys
django.setup()
from sunkitchen.operate import metrics
if sys.argv[1] == "count":
    metrics.count("kitchen", "GET", 200, 0.01)
else:
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    print(generate_latest(registry).decode())
"""


def test_several_processes_add_up(tmp_path):
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(word):
        done = subprocess.run(
            [sys.executable, "-c", TWO_PROCESSES, word], env=env, capture_output=True, text=True, check=True
        )
        return done.stdout

    run("count")
    run("count")
    found = figure(run("read").encode(), "sunkitchen_requests_total", view="kitchen", method="GET", status="2xx")
    assert found == 2
