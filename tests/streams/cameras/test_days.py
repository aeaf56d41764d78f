"""Days of cameras, from the rows that relay, prober and people leave."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from streams.cameras import actions, days, online
from streams.models import CameraDay, CameraEvent, Probe, RelayRun
from tests import builders

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 18)  # a Wednesday
WEEK = [["10:00", "20:00"]] * 7


def clock(hour, minute=0, day=DAY):
    return timezone.make_aware(datetime(day.year, day.month, day.day)) + timedelta(hours=hour, minutes=minute)


@pytest.fixture
def place(db):
    place = builders.establishment(hours=WEEK)
    place.opened_at = clock(0, day=date(2026, 1, 1))
    place.save()
    return place


@pytest.fixture
def cooking(place):
    return builders.camera(place, source="rtsp", added_at=clock(0, day=date(2026, 1, 1)))


@pytest.fixture(autouse=True)
def alive(db):
    return RelayRun.objects.create(node="here", started_at=clock(-99), seen_at=clock(99))


def event(camera, at, state, why=""):
    CameraEvent.objects.create(camera=camera, at=at, state=state, why=why, epoch=1)


def counted(camera, at=None, day=DAY):
    days.count(day, at or clock(24))
    row = CameraDay.objects.get(camera=camera, day=day)
    return row, online.lengthen(row.runs)


def test_a_day_is_declared_by_the_kitchens_hours_unless_the_camera_has_its_own(cooking):
    assert counted(cooking)[1] == online.lengthen("600.600u240.")
    cooking.hours = [["22:00", "26:00"]] * 7
    cooking.save()
    assert counted(cooking)[1] == online.lengthen("120u1200.120u")


def test_a_kitchen_that_declared_no_hours_has_no_days_not_even_old_ones(cooking, place):
    days.count(DAY, clock(24))
    place.hours = []
    place.save()
    assert days.count(DAY, clock(24)) == 0
    assert not CameraDay.objects.exists()


def test_a_picture_live_since_yesterday_is_proven_from_the_first_minute_on(cooking):
    event(cooking, clock(-3), "stalled", "unreachable")
    event(cooking, clock(-2), "live")
    event(cooking, clock(11), "stalled", "unreachable")
    event(cooking, clock(11, 30), "live")
    row, _ = counted(cooking)
    assert (row.proven, row.failed, row.unknown, row.excluded) == (570, 30, 0, 0)


def test_probes_around_midnight_prove_what_lies_between(cooking, settings):
    cooking.hours = [["00:00", "24:00"]] * 7
    cooking.save()
    for minutes in range(-20, 24 * 60 + 30, 30):
        Probe.objects.create(camera=cooking, at=clock(0, minutes))
    assert counted(cooking)[0].proven == 1440


def test_switching_off_within_the_hours_fails_though_nobody_watched(cooking, wang, time_machine):
    time_machine.move_to(clock(12))
    actions.switch_off(cooking, by=wang, reason="打扫")
    time_machine.move_to(clock(13))
    actions.switch_on(cooking, by=wang)
    row, letters = counted(cooking)
    assert row.failed == 60 and letters[720:780] == "f" * 60


def test_nothing_is_declared_before_the_camera_was_added_or_after_the_kitchen_closed(cooking, place):
    cooking.added_at = clock(12)
    cooking.save()
    place.state, place.closed_at = "closed", clock(14)
    place.save()
    assert counted(cooking)[1] == online.lengthen("720.120u600.")


def test_a_dead_relay_is_ours_and_its_last_beat_vouches_twelve_seconds(cooking, alive):
    alive.seen_at = clock(12)
    alive.save()
    event(cooking, clock(9), "live")
    row, _ = counted(cooking)
    assert (row.proven, row.excluded) == (120, 480)


def test_half_a_district_failing_at_once_is_excused_and_the_next_district_is_not(cooking):
    for number in range(6):
        place = builders.establishment(
            hours=WEEK, signboard=f"店 {number}", division="999902" if number == 5 else "999901"
        )
        place.opened_at = clock(0, day=date(2026, 1, 1))
        place.save()
        camera = builders.camera(place, added_at=clock(0, day=date(2026, 1, 1)))
        event(camera, clock(12), "stalled", "no_push")
        event(camera, clock(13), "live")
    days.count(DAY, clock(24))
    here = CameraDay.objects.filter(camera__establishment__division="999901").exclude(camera=cooking)
    assert {(row.failed, row.excluded) for row in here} == {(0, 60)}
    there = CameraDay.objects.get(camera__establishment__division="999902")
    assert (there.failed, there.excluded) == (60, 0)


def test_counting_again_writes_the_same_and_today_only_so_far(cooking):
    event(cooking, clock(9), "live")
    assert counted(cooking, at=clock(12))[1] == online.lengthen("600.120p720.")
    assert counted(cooking, at=clock(12))[1] == online.lengthen("600.120p720.")
    assert counted(cooking, at=clock(24))[1] == online.lengthen("600.600p240.")
    assert CameraDay.objects.count() == 1


def test_a_sweep_counts_today_yesterday_and_what_was_missed(cooking):
    days.count_due(clock(12))
    assert set(CameraDay.objects.values_list("day", flat=True)) == {DAY - timedelta(days=1), DAY}
    days.count_due(clock(12 + 24 * 4))
    assert CameraDay.objects.count() == 6


def test_a_district_takes_six_questions_however_many_cameras(cooking, place, django_assert_max_num_queries):
    builders.camera(place, zone="cutting")
    builders.camera(place, zone="cold")
    with django_assert_max_num_queries(9):  # transaction and the relay's lives among them
        days.count(DAY, clock(24))


def test_months_are_sums_and_the_rate_of_a_period_too(cooking):
    for day, minutes in ((date(2026, 10, 31), 10), (date(2026, 11, 1), 20), (date(2026, 11, 2), 30)):
        CameraDay.objects.create(camera=cooking, day=day, proven=minutes, failed=10, unknown=1, excluded=2)
    november, october = days.months(cooking)
    assert (november.first, november.rate) == (date(2026, 11, 1), online.Rate(50, 20, 2, 4))
    assert october.rate.permille == 500
    assert days.rate_of([cooking], date(2026, 11, 1), date(2026, 11, 30)).permille == 714


def test_a_past_day_of_which_no_relay_knows_anything_stays_as_it_was_counted(cooking, alive):
    alive.started_at = clock(0)
    alive.save()
    yesterday = DAY - timedelta(days=1)
    CameraDay.objects.create(camera=cooking, day=yesterday, proven=600)
    days.count_due(clock(12))
    assert CameraDay.objects.get(day=yesterday).proven == 600
