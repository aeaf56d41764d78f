"""The online strip, drawn and in words."""

from datetime import date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from streams.cameras import online, strip
from streams.models import Camera, CameraDay
from sunkitchen.registry.models import Establishment
from tests import builders

NOON = timezone.make_aware(datetime(2026, 11, 22, 12))
TODAY = date(2026, 11, 22)


def camera(**fields):
    return Camera(pk=1, establishment=Establishment(hours=[["10:00", "20:00"]] * 7), **fields)


def row(days_ago=0, runs="", **minutes):
    return CameraDay(camera_id=1, day=TODAY - timedelta(days=days_ago), runs=runs, **minutes)


def drawn(*rows, chosen=None):
    with translation.override("en"):
        return strip.of(rows, [camera()], chosen or camera(), NOON)


def test_thirty_bars_end_today_and_older_rows_are_not_drawn():
    found = drawn(row(proven=10), row(29, proven=10), row(30, failed=10))
    assert [bar.day for bar in (found.bars[0], found.bars[-1])] == [TODAY - timedelta(days=29), TODAY]
    assert (len(found.bars), found.rate) == (30, online.Rate(proven=20))


def test_a_failure_of_one_minute_is_seen_and_a_bar_is_never_taller_than_its_place():
    bar = drawn(row(proven=599, failed=1)).bars[-1]
    assert {kind: height for kind, _top, height in bar.parts}["failed"] > 1.5
    assert sum(height for _kind, _top, height in bar.parts) == pytest.approx(30, abs=0.2)


def test_what_nobody_knows_is_told_beside_the_rate_and_does_not_change_it():
    found = drawn(row(proven=90, failed=10, unknown=75, excluded=61))
    with translation.override("en"):
        said = (found.percent, found.tone, found.unknown, found.excluded)
    assert said == ("90.0%", "warn", "1 h 15 min", "1 h 1 min")


def test_a_rate_is_never_rounded_up_to_a_hundred():
    assert drawn(row(proven=9999, failed=1)).percent == "99.9%"
    assert drawn(row(proven=600)).percent == "100%"
    assert drawn(row(unknown=600)).percent == "–"


def test_todays_failures_are_named_with_their_times():
    found = drawn(row(proven=118, failed=2, runs="600.60p2f58p720."))
    assert found.today_words == "Today seen for 1 h 58 min; no good picture 11:00–11:02"
    many = drawn(row(proven=100, failed=5, runs="600.10p1f10p1f10p1f10p1f76p720."))
    assert many.today_words.endswith("4 failures, the last: 10:21–10:22, 10:32–10:33, 10:43–10:44")


def test_two_cameras_are_counted_together_and_today_is_the_chosen_ones():
    other = CameraDay(camera_id=2, day=TODAY, proven=0, failed=60, runs="600.60f780.")
    found = drawn(row(proven=60, runs="600.60p780."), other)
    assert (found.rate.permille, found.today) == (500, [(600, 60, "p")])


def test_a_kitchen_that_declares_no_hours_reads_why_nothing_is_counted():
    bare = Camera(pk=1, establishment=Establishment(hours=[]))
    with translation.override("en"):
        found = strip.of([], [bare], bare, NOON)
        assert "has not said at which hours" in render_to_string("streams/_strip.html", {"strip": found})
        assert "No minute has been counted" in render_to_string("streams/_strip.html", {"strip": drawn()})


@pytest.mark.django_db
def test_the_kitchen_page_shows_it_and_a_screen_reader_gets_a_table(client):
    place = builders.establishment(hours=[["10:00", "20:00"]] * 7)
    seen = builders.camera(place)
    today = timezone.localdate()
    builders.camera_days(seen, today - timedelta(days=40), today, proven=590, failed=10, unknown=3)
    page = client.get(f"/en/k/{place.code}/").content.decode()
    assert "98.3%" in page and page.count('<th scope="row"') == 30
    assert "1 h 30 min" in page  # of thirty days, unknown
