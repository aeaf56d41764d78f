"""The operator's page: every camera, trouble first."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from streams.models import Lease
from streams.operator import fleet, views
from streams.relay.wire import HubDown
from tests import builders

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def said(state="live", why="", **more):
    base = {"state": state, "why": why, "since": NOON.isoformat(), "epoch": 3, "restarts": 0, "lease": "held"}
    measured = {"age": 0.04, "kbit": 1500.0, "fps": 25.0, "viewers": 2, "delays": [0] * 12}
    return {**base, **measured, "child": {"cpu": 1.0, "memory": 9_000_000, "load": 0.02}, **more}


@pytest.fixture
def answer(monkeypatch):
    """What the relay says; {} while it is away."""
    told = {}

    def read(path):
        if not told:
            raise HubDown("away")
        return {
            "node": "one",
            "started_at": NOON.isoformat(),
            "process": {"cpu": 1.0, "memory": 40_000_000, "load": None},
            "conversions": {"used": 0, "most": 2},
            "writes_waiting": 0,
            "channels": told,
        }

    monkeypatch.setattr(views.metrics, "read", read)
    return told


@pytest.fixture
def operator(client, hailan):
    client.force_login(builders.officer("管理员", hailan, "admin"))
    return client


def page(client, **query):
    with override("en"):
        address = reverse("office_relay")
    response = client.get(address, query)
    assert response.status_code == 200
    return response


def lines(response):
    return [it.camera.code for it in response.context["page"]]


def camera(place, state="off", **fields):
    return builders.camera(place, source="rtsp", state=state, since=NOON, seen_at=timezone.now(), **fields)


def test_trouble_stands_first(operator, answer, restaurant):
    fine, off, dark, down = (camera(restaurant, state) for state in ("live", "off", "live", "backoff"))
    answer[fine.code], answer[dark.code] = said(), said(why="dark")
    answer[down.code] = said("backoff", "unreachable", restarts=3, child=None)
    response = page(operator)
    assert lines(response) == [down.code, dark.code, fine.code, off.code]
    text = response.content.decode()
    assert "1.50" in text and "25 fps" in text and "9 MB" in text
    assert response.context["sums"]["down"] == 1 and response.context["sums"]["live"] == 2


def test_a_live_picture_that_stopped_coming_is_trouble_before_anybody_says_so(restaurant):
    stale = fleet.line(camera(restaurant, "live"), said(age=4.0), timezone.now())
    assert stale.mark == "warn" and stale.is_stale


def test_it_is_sorted_and_searched_as_asked(operator, answer, restaurant):
    one, two = camera(restaurant, "live", zone="cooking"), camera(restaurant, "live", zone="washing")
    answer[one.code], answer[two.code] = said(viewers=1), said(viewers=9)
    assert lines(page(operator, sort="viewers")) == [two.code, one.code]
    assert lines(page(operator, q=one.code)) == [one.code]
    assert lines(page(operator, q=f"live {two.code.upper()}")) == [two.code]
    assert lines(page(operator, q="nothing like it")) == []
    assert len(lines(page(operator, sort="nonsense", q="\0", page="-5"))) == 2


def test_without_the_relay_it_says_so_and_shows_the_rows(operator, answer, restaurant):
    down = camera(restaurant, "stalled", why="ended")
    response = page(operator)
    assert lines(response) == [down.code]
    assert "does not answer" in response.content.decode()


def test_another_nodes_camera_is_shown_as_its_row_says_with_who_has_it(restaurant):
    now = timezone.now()
    theirs = camera(restaurant, "live")
    Lease.objects.create(camera=theirs, node="two", epoch=7, expires_at=now + timedelta(seconds=9))
    it = fleet.line(theirs, said("stalled", "elsewhere", lease="elsewhere", child=None), now)
    assert (it.state, it.node, it.lease_epoch) == ("live", "two", 7)


def test_delays_are_told_in_milliseconds_and_past_the_last_bucket_as_more(restaurant):
    it = fleet.line(camera(restaurant, "live"), said(delays=[0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]), timezone.now())
    assert it.delays == "200 / > 5000"


def test_a_page_is_few_queries_whatever_the_number_of_cameras(
    operator, answer, restaurant, django_assert_max_num_queries
):
    for _ in range(20):
        camera(restaurant, "live")
    with django_assert_max_num_queries(22):
        page(operator)


def test_no_address_and_no_key_is_on_it(operator, answer, restaurant):
    camera(restaurant, "live", address="rtsp://camera.example/secret-path", sealed_url="sealed", push_key_hash="abc123")
    text = page(operator).content.decode()
    assert "camera.example" not in text and "abc123" not in text
