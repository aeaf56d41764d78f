"""有明厨亮灶: it holds on fresh proof and ends with it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from streams.cameras import labelled
from streams.cameras.label import Facts, Label, best, label
from streams.models import Camera, Probe
from tests import builders

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def ago(minutes):
    return NOON - timedelta(minutes=minutes)


def of(**fields):
    return label(Facts(**{"enabled": True, "public": True, **fields}), NOON)


def test_it_holds_while_live_and_for_35_minutes_after_the_last_proof():
    assert of(live=True) == Label(True, NOON)
    assert of(proofs=(ago(35), None)).holds
    assert of(proofs=(ago(90), ago(10))) == Label(True, ago(10))
    assert of(proofs=(ago(36), ago(90))) == Label(False, ago(36), "stale")


def test_a_closed_kitchen_keeps_it_as_of_the_end_of_its_hours():
    assert of(proofs=(ago(630),), hours_ended=ago(600)).holds
    assert not of(proofs=(ago(640),), hours_ended=ago(600)).holds


def test_an_open_incident_ends_it_though_it_is_live():
    assert of(live=True, troubled_since=ago(3)) == Label(False, ago(3), "troubled")


def test_a_camera_on_the_wall_alone_counts_for_nothing():
    assert of().why == "never"
    assert of(live=True, enabled=False).why == "off"
    assert of(live=True, public=False).why == "withheld"


def test_one_camera_that_holds_speaks_for_its_kitchen():
    assert best([Label(False, ago(1), "troubled"), Label(True, ago(9))]) == Label(True, ago(9))
    assert best([Label(False, None, "never"), Label(False, ago(50), "stale")]).why == "stale"
    assert best([]).why == "off"


@pytest.mark.django_db
def test_rows_say_it_in_one_question(restaurant, django_assert_num_queries):
    now = timezone.now()
    restaurant.hours = [["00:00", "24:00"]] * 7
    restaurant.save()
    probed, troubled = builders.camera(restaurant), builders.camera(restaurant, last_live_at=now)
    Probe.objects.create(camera=probed, at=now - timedelta(minutes=5))
    Probe.objects.create(camera=probed, at=now, why="unreachable")
    builders.incident(troubled, opened_at=now - timedelta(minutes=2))
    builders.incident(troubled, kind="moved", opened_at=now - timedelta(minutes=9))
    with django_assert_num_queries(1):
        rows = list(labelled.annotated(Camera.objects.select_related("establishment")).order_by("pk"))
        found = [labelled.of(row, now) for row in rows]
    assert found == [Label(True, now - timedelta(minutes=5)), Label(False, now - timedelta(minutes=9), "troubled")]
    assert all(labelled.sentence(one, now) for one in found)


@pytest.mark.django_db
def test_the_kitchen_page_says_it(client, restaurant):
    now = timezone.now()
    camera = builders.camera(restaurant, last_live_at=now)
    builders.incident(camera, opened_at=now - timedelta(minutes=2))
    assert "the kitchen has been told" in client.get(f"/en/k/{restaurant.code}/").content.decode()
