"""What the supervisor calls live: pictures that stand still or are dark, and boxes that send."""

from datetime import timedelta

import pytest

from streams.relay.supervisor import Wish
from tests.streams.relay.world import NOON, PUSH, PUSH_WANTED, WANTED, World


@pytest.fixture
def world():
    return World()


def test_a_frozen_picture_with_live_parts_is_not_live(world):
    world.live()
    world.flow(10)
    frozen = NOON + timedelta(seconds=4)
    world.supervisor.judged("c", world.feed.epoch, still_since=frozen, dark=False)
    assert world.state == ("stalled", "still") and world.since == frozen
    world.flow(5)
    assert world.state == ("stalled", "still") and not world.feed.stopped
    world.supervisor.judged("c", world.feed.epoch, still_since=None, dark=False)
    assert world.state == ("live", "")


def test_a_frozen_camera_does_not_flash_live_when_it_reconnects(world):
    world.live()
    world.supervisor.judged("c", world.feed.epoch, still_since=NOON, dark=False)
    told = len(world.told)
    world.fail("ended")
    world.until_next_feed()
    world.part(key=True)
    world.flow(3)
    assert world.state == ("stalled", "still")
    assert "live" not in [report.state for report in world.told[told:]]


def test_a_dark_picture_is_live_and_says_so(world):
    world.live()
    world.supervisor.judged("c", world.feed.epoch, still_since=None, dark=True)
    assert world.state == ("live", "dark")
    world.supervisor.judged("c", world.feed.epoch, still_since=NOON, dark=True)
    assert world.state == ("stalled", "dark")


@pytest.mark.parametrize("hint", ["covered", "moved"])
def test_a_picture_that_is_not_as_its_reference_is_live_and_says_so(world, hint):
    world.live()
    world.supervisor.judged("c", world.feed.epoch, still_since=None, dark=False, **{hint: True})
    assert world.state == ("live", hint)
    world.part()
    assert world.state == ("live", hint)
    world.supervisor.judged("c", world.feed.epoch, still_since=None, dark=True, **{hint: True})
    assert world.state == ("live", "dark")
    world.supervisor.judged("c", world.feed.epoch, still_since=None, dark=False)
    assert world.state == ("live", "")


def test_a_push_camera_that_nobody_sends_is_interrupted_while_wanted(world):
    world.tick(PUSH_WANTED)
    assert not world.feeds and world.state == ("stalled", "no_push")
    world.tick(PUSH, after=1)
    assert world.state == ("off", "not_wanted")


def test_a_push_is_live_while_it_lasts_and_stalled_at_once_after(world):
    world.push()
    world.part(key=True)
    world.flow(90, PUSH)
    assert world.state == ("live", "")
    world.supervisor.ended("c", world.feed.epoch, "no_push")
    assert world.state == ("stalled", "no_push")
    world.tick(PUSH, after=100)
    assert world.state == ("stalled", "no_push"), "it was live once, so its absence is worth knowing"


def test_a_second_push_takes_over(world):
    world.push()
    world.part(key=True)
    world.push()
    assert world.feeds[0].stopped and not world.feeds[1].stopped
    world.part(key=True)
    assert world.state == ("live", "")


def test_a_camera_that_is_switched_off_takes_no_push(world):
    assert (
        world.supervisor.connected("c", Wish(push=True, off="disabled"), lambda epoch: world.spawn("c", epoch)) is None
    )
    assert not world.feeds


def test_a_camera_to_be_fetched_takes_no_push(world):
    assert world.supervisor.connected("c", WANTED, lambda epoch: world.spawn("c", epoch)) is None
