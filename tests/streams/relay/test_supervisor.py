from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.relay.supervisor import Wish
from tests.streams.relay.world import NOON, PUSH_WANTED, WANTED, WATCHED, World


@pytest.fixture
def world():
    return World()


def test_a_wanted_camera_is_started_once_and_live_with_its_first_part(world):
    world.tick()
    world.tick(after=1)
    assert len(world.feeds) == 1 and world.state == ("starting", "")
    world.part(key=True, after=1)
    assert world.state == ("live", "")
    assert world.since == NOON + timedelta(seconds=2)


def test_a_camera_nobody_wants_is_not_started(world):
    world.tick(Wish(mark="a"))
    assert not world.feeds and world.state == ("off", "not_wanted")


def test_after_its_last_viewer_it_stays_warm_and_then_ends(world):
    world.live()
    nobody = Wish(mark="a")
    for _ in range(44):
        world.part(after=1)
        world.tick(nobody)
    assert world.state == ("live", "")
    world.part(after=1.1)
    world.tick(nobody)
    assert world.feed.stopped and world.state == ("off", "not_wanted")


def test_a_viewer_who_comes_back_in_time_finds_the_same_feed(world):
    world.live()
    for wish in (Wish(mark="a"), WATCHED):
        for _ in range(30):
            world.part(after=1)
            world.tick(wish)
    assert len(world.feeds) == 1 and world.state == ("live", "")


def test_a_camera_that_is_switched_off_or_deleted_ends_at_once(world):
    world.live()
    world.tick(Wish(wanted=True, watched=True, off="disabled", mark="a"))
    assert world.feed.stopped and world.state == ("off", "disabled")
    world.live()
    world.tick(None)
    assert world.feed.stopped and world.state == ("off", "not_wanted")


def test_no_first_part_within_the_deadline_ends_the_attempt(world):
    world.tick()
    world.tick(after=9.9)
    assert not world.feed.stopped
    world.tick(after=0.2)
    assert world.feed.stopped and world.state == ("backoff", "no_picture")


def test_a_camera_without_parts_is_not_live_after_five_seconds(world):
    world.live()
    world.flow(10)
    world.tick(after=4.9)
    assert world.state == ("live", "")
    world.tick(after=0.2)
    assert world.state == ("stalled", "no_picture") and world.feed.stopped


@pytest.mark.parametrize(("wish", "limit"), [(WATCHED, 12), (WANTED, 30)])
def test_a_long_gop_gets_patience_but_not_without_end(world, wish, limit):
    world.live(wish)
    world.part(key=True, after=4)
    world.tick(wish, after=7.9)
    assert world.state == ("live", "")
    world.part(key=True, after=0)
    world.part(key=True, after=11.9)
    world.tick(wish, after=limit - 8)
    assert world.state == ("live", "")
    world.tick(wish, after=16)
    assert world.state[0] == "stalled"


def test_while_watched_it_is_back_within_fifteen_seconds_of_coming_back(world):
    world.live()
    for _ in range(20):
        world.fail()
        assert world.until_next_feed() <= 5.2


def test_unwatched_it_waits_longer_and_longer_up_to_a_minute(world):
    world.live(WANTED)
    waits = []
    for _ in range(9):
        world.fail()
        waits.append(round(world.until_next_feed(WANTED)))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_jitter_spreads_the_attempts(world):
    world.live(WANTED)
    for _ in range(6):
        world.fail()
        world.until_next_feed(WANTED)
    world.chance = 0.25
    world.fail()
    assert world.until_next_feed(WANTED) == pytest.approx(15, abs=0.2)


def test_who_begins_to_watch_does_not_wait_out_the_long_backoff(world):
    world.live(WANTED)
    for _ in range(8):
        world.fail()
        world.until_next_feed(WANTED)
    world.fail()
    assert world.until_next_feed(WATCHED) <= 5.2


def test_a_minute_of_health_forgets_earlier_failures(world):
    world.live(WANTED)
    for _ in range(6):
        world.fail()
        world.until_next_feed(WANTED)
    world.part(key=True)
    world.flow(61, WANTED)
    world.fail("ended")
    assert world.until_next_feed(WANTED) == pytest.approx(1, abs=0.2)


def test_a_want_of_room_is_no_failure_of_the_cameras(world):
    world.tick(WANTED)
    for _ in range(10):
        world.fail("budget")
        assert world.state == ("backoff", "budget")
        assert world.until_next_feed(WANTED) == pytest.approx(3, abs=0.2)
    world.fail("ended")
    assert world.until_next_feed(WANTED) == pytest.approx(1, abs=0.2)


def test_a_cameras_own_start_deadline_stands_before_the_nodes(world):
    slow = Wish(wanted=True, watched=True, mark="a", start_seconds=25)
    world.tick(slow)
    world.tick(slow, after=24.9)
    assert not world.feed.stopped
    world.tick(slow, after=0.2)
    assert world.feed.stopped and world.state == ("backoff", "no_picture")


@pytest.mark.parametrize("off", ["schedule", "disabled"])
def test_a_camera_that_is_not_to_be_shown_is_off_and_says_why(world, off):
    world.live()
    world.tick(Wish(wanted=True, watched=True, mark="a", off=off))
    assert world.feed.stopped and world.state == ("off", off)


@pytest.mark.parametrize(("lease", "why"), [("elsewhere", "elsewhere"), ("lapsed", "relay")])
def test_without_its_lease_a_child_ends_at_once_whatever_it_shows(world, lease, why):
    world.live()
    world.tick(replace(WATCHED, lease=lease), after=1)
    assert world.feed.stopped and world.state == ("stalled", why)
    world.tick(replace(WATCHED, lease=lease), after=100)
    assert len(world.feeds) == 1
    world.tick(WATCHED)
    world.part(key=True)
    assert len(world.feeds) == 2 and world.state == ("live", "")


def test_a_lease_that_nobody_asked_for_yet_is_waited_for_in_silence(world):
    world.tick(replace(WATCHED, lease="pending"))
    assert not world.feeds and not [report for report in world.told if report.why]


def test_a_push_ends_when_its_lease_went_to_where_its_box_came_again(world):
    world.push()
    world.part(key=True)
    world.tick(replace(PUSH_WANTED, lease="elsewhere"))
    assert world.feed.stopped and world.state == ("stalled", "elsewhere")


def test_no_second_child_begins_beside_one_that_is_ending():
    ending = set()
    world = World(is_leaving=ending.__contains__)
    world.live()
    ending.add("c")
    world.tick(Wish(wanted=True, watched=True, mark="b"))
    assert world.feed.stopped and len(world.feeds) == 1
    ending.clear()
    world.tick(Wish(wanted=True, watched=True, mark="b"))
    assert len(world.feeds) == 2


def test_a_refused_password_waits_five_minutes_even_when_watched(world):
    world.tick()
    world.fail("unauthorized")
    assert world.state == ("backoff", "unauthorized")
    assert world.until_next_feed() == pytest.approx(300, abs=0.2)


def test_the_wait_after_a_refused_password_outlives_its_viewers(world):
    world.tick()
    world.fail("unauthorized")
    world.tick(None, after=1)
    world.tick(WATCHED, after=1)
    assert len(world.feeds) == 1 and world.state == ("backoff", "unauthorized")


def test_new_credentials_are_tried_at_once(world):
    world.tick()
    world.fail("unauthorized")
    world.tick(Wish(wanted=True, watched=True, mark="b"), after=1)
    assert len(world.feeds) == 2


def test_a_new_address_replaces_the_running_feed(world):
    world.live()
    world.tick(Wish(wanted=True, watched=True, mark="b"), after=1)
    assert world.feeds[0].stopped and len(world.feeds) == 2


def test_offline_since_does_not_move_with_retries(world):
    world.live()
    world.flow(30)
    world.fail("ended")
    stopped = NOON + timedelta(seconds=world.time - 1000)
    for _ in range(5):
        world.until_next_feed()
        world.fail()
        assert world.state[0] == "backoff" and world.since == stopped
    states = [report.state for report in world.told]
    assert "starting" not in states[1:], "a retry is no news"


def test_each_feed_has_a_higher_epoch_and_the_dead_are_not_heard(world):
    world.tick(Wish(wanted=True, watched=True, mark="a", epoch=41))
    first = world.feed
    assert first.epoch == 42
    world.fail("ended")
    world.until_next_feed()
    assert world.feed.epoch == 43
    world.part(key=True, epoch=42)
    world.supervisor.ended("c", 42, "ended")
    assert world.state[0] == "backoff" and not world.feed.stopped


def test_what_was_interrupted_before_a_restart_of_the_relay_is_so_since_then(world):
    world.supervisor.restore("c", "unreachable", NOON - timedelta(hours=1))
    world.tick()
    assert world.feeds and world.state == ("stalled", "unreachable")
    world.fail("ended")
    assert world.state == ("backoff", "ended") and world.since == NOON - timedelta(hours=1)


def test_at_the_end_every_feed_stops_and_nothing_is_claimed(world):
    world.live()
    told = len(world.told)
    world.supervisor.end()
    assert world.feed.stopped and len(world.told) == told


WISHES = [WATCHED, WANTED, Wish(mark="a"), Wish(wanted=True, mark="b"), Wish(off="disabled", mark="a"), None]
HAPPENINGS = st.one_of(
    st.tuples(st.just("tick"), st.sampled_from(WISHES), st.floats(0, 20)),
    st.tuples(st.just("part"), st.booleans(), st.floats(0, 3)),
    st.tuples(st.just("end"), st.sampled_from(["ended", "unreachable", "unauthorized"]), st.floats(0, 1)),
    st.tuples(st.just("judge"), st.booleans(), st.floats(0, 1)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(HAPPENINGS, max_size=40))
def test_whatever_happens_a_camera_has_one_feed_and_is_live_only_with_parts(happenings):
    world, flowing = World(), None  # flowing: the epoch whose parts came last
    for what, detail, after in happenings:
        world.time += after
        if what == "tick":
            world.tick(detail)
        elif world.feeds and what == "part":
            world.part(key=detail)
            flowing = world.feed.epoch
        elif world.feeds and what == "end":
            world.fail(detail)
        elif world.feeds and what == "judge":
            since = NOON if detail else None
            world.supervisor.judged("c", world.feed.epoch, still_since=since, dark=False)
        running = [feed for feed in world.feeds if not feed.stopped]
        assert len(running) <= 1
        if world.state[0] == "live":
            assert running == [world.feed] and flowing == world.feed.epoch
    epochs = [feed.epoch for feed in world.feeds]
    assert epochs == sorted(set(epochs))
    for before, then in pairwise(world.told):
        assert (before.state, before.why) != (then.state, then.why)
