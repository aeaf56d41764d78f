"""Whose turn it is to be looked at."""

from datetime import timedelta

import pytest
from django.utils import timezone

from streams.cameras import probe_actions
from streams.cameras.lease_actions import Claim
from streams.models import Lease, Probe
from tests import builders

pytestmark = pytest.mark.django_db

NOW = timezone.now()
P = 1800


@pytest.fixture
def place(restaurant):
    restaurant.hours = [["00:00", "24:00"]] * 7
    restaurant.save()
    return restaurant


@pytest.fixture
def camera(place):
    return builders.camera(place, source="rtsp")


def due():
    return probe_actions.due(NOW, P)


def probed(camera, seconds_ago, why=""):
    Probe.objects.create(camera=camera, at=NOW - timedelta(seconds=seconds_ago), why=why)


def test_one_never_seen_is_due_and_one_seen_lately_is_not(camera):
    assert due() == [camera.code]
    probed(camera, 60)
    assert due() == []
    probed(camera, 30)
    camera.last_live_at = NOW - timedelta(seconds=P + 10)
    camera.save()
    assert due() == []


def test_half_an_hour_later_it_is_due_again_a_little_before_at_most(camera):
    probed(camera, P)
    assert due() == [camera.code]


def test_their_turns_are_spread(place):
    cameras = [builders.camera(place, source="rtsp") for _ in range(40)]
    for camera in cameras:
        probed(camera, P * 0.925)
    assert 5 < len(due()) < 35


@pytest.mark.parametrize(
    ("why", "again"), [("unreachable", True), ("no_picture", True), ("unauthorized", False), ("dark", False)]
)
def test_one_that_gave_no_picture_is_tried_again_soon_but_not_a_password(camera, why, again):
    probed(camera, 331, why)
    assert bool(due()) == again


def test_nobody_looks_at_what_is_sent_watched_off_closed_or_withheld(place, camera, wang):
    def never(**fields):
        for name, value in fields.items():
            setattr(camera, name, value)
        camera.save()
        assert due() == []

    never(source="push")
    never(source="rtsp", state="live")
    never(state="off", enabled=False)
    never(enabled=True, wanted_until=NOW + timedelta(seconds=9))
    camera.wanted_until = None
    camera.save()
    assert due() == [camera.code]
    place.hours = []
    place.save()
    assert due() == []


def test_a_finding_is_noted_under_the_lease_alone(camera):
    Lease.objects.create(camera=camera, node="other", epoch=3, expires_at=NOW + timedelta(seconds=9))
    assert not probe_actions.note(camera.code, at=NOW, why="", by=Claim("here", 2))
    assert probe_actions.note(camera.code, at=NOW, why="dark", by=Claim("other", 3))
    assert Probe.objects.get().why == "dark"
