"""Second streams and conversions: when they run, what is said of them, and what they never show."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.relay import side_channels
from streams.relay.budget import Budget
from streams.relay.fmp4 import Init, Part
from streams.relay.hub import HubServer
from streams.relay.lease import ELSEWHERE
from streams.relay.policy import Policy
from streams.relay.side_channels import SideChannels, cameras
from streams.relay.supervisor import Wish

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MASK = (((0, 0), (500, 0), (500, 500)),)
HEVC = Init('video/mp4; codecs="hvc1.1.6.L93.B0"', b"init")
AVC = Init('video/mp4; codecs="avc1.64001f"', b"init")
KEY = Part(True, 0.1, b"key", 0.0)


class FakeFeed:
    def __init__(self, code, epoch, listener, binary, source, budget, masks=()):
        self.code, self.epoch, self.source, self.masks = code, epoch, source, masks
        self.stopped, self.lingers, self._told = False, False, []

    def stop(self):
        self.stopped = True
        if not self.lingers:
            self.leave()

    def leave(self):
        for told in self._told:
            told(self)

    def when_gone(self, told):
        self._told.append(told)


class Node:
    """A hub, the side channels, and what they started; time passes when told to."""

    def __init__(self, monkeypatch):
        self.hub, self.at, self.feeds = HubServer(), 0.0, []
        self.sub_urls = {"c": "rtsp://10.0.0.1/second"}
        for kind in ("PullFeed", "AgainFeed"):
            monkeypatch.setattr(side_channels, kind, self.made)
        self.side = SideChannels(
            self.hub,
            lambda code: self.sub_urls.get(code, ""),
            binary="ffmpeg",
            policy=Policy(),
            budget=Budget(1),
            monotonic=lambda: self.at,
            now=lambda: NOW + timedelta(seconds=self.at),
            chance=lambda: 0.5,
        )
        self.wish = Wish(watched=True, epoch=7, mark="m")

    def made(self, *args):
        self.feeds.append(FakeFeed(*args))
        return self.feeds[-1]

    def tick(self, *watched, seconds=0.5):
        self.at += seconds
        self.side.tick(set(watched), {"c": self.wish})

    def main(self, init=HEVC, state="live", why=""):
        self.hub.publish_init("c", 1, init)
        self.hub.publish_part("c", KEY, 1000)
        self.hub.publish_state("c", state, NOW, why)
        self.side.main_changed("c")

    def flows(self, feed, seconds=0.0):
        self.at += seconds
        self.side.on_init(feed.code, feed.epoch, AVC)
        self.side.on_part(feed.code, feed.epoch, KEY, 1000)

    def said(self, channel):
        status = self.hub.ring(channel).status
        return status.state, status.why


@pytest.fixture
def node(monkeypatch):
    return Node(monkeypatch)


def test_every_channel_belongs_to_a_camera_and_nonsense_to_none():
    assert cameras(["a", "a~h264", "b~sub", "c~nonsense"]) == {"a", "b"}


def test_the_second_stream_runs_while_it_is_watched_and_ten_seconds_longer(node):
    node.tick("c~sub")
    (feed,) = node.feeds
    assert feed.code == "c~sub" and feed.source.url == "rtsp://10.0.0.1/second"
    assert node.said("c~sub") == ("starting", "")
    node.flows(feed)
    assert node.said("c~sub") == ("live", "") and node.hub.ring("c~sub").joining()
    for _ in range(18):
        node.tick("c", seconds=0.5)
        node.flows(feed)
    assert not feed.stopped
    node.tick("c", seconds=2)
    assert feed.stopped and not node.hub.ring("c~sub").joining()
    assert len(node.feeds) == 1


def test_only_the_main_channel_is_watched_so_nothing_runs_beside_it(node):
    node.main()
    node.tick("c")
    assert not node.feeds


@pytest.mark.parametrize("source", ["no second stream", "a box pushes"])
def test_a_camera_without_a_second_stream_says_so(node, source):
    if source == "a box pushes":
        node.wish = Wish(push=True)
    else:
        node.sub_urls.clear()
    node.tick("c~sub")
    assert node.said("c~sub") == ("stalled", "no_stream") and not node.feeds


def test_the_second_stream_has_the_masks_of_the_first(node):
    node.wish = Wish(masks=MASK, mark="masked")
    node.tick("c~sub")
    assert node.feeds[0].masks == MASK


def test_another_second_address_or_other_masks_begin_anew(node):
    node.tick("c~sub")
    node.sub_urls["c"] = "rtsp://10.0.0.1/third"
    node.tick("c~sub")
    node.wish = Wish(masks=MASK, mark="masked")
    node.tick("c~sub")
    assert [feed.stopped for feed in node.feeds] == [True, True, False]
    assert node.feeds[-1].epoch > node.feeds[0].epoch > 7


@pytest.mark.parametrize("off", ["disabled", "schedule"])
def test_what_nobody_may_see_is_not_fetched_by_the_other_door(node, off):
    node.tick("c~sub")
    node.wish = Wish(off=off, mark="m")
    node.hub.publish_state("c", "off", NOW, off)
    node.tick("c~sub")
    assert node.feeds[0].stopped and len(node.feeds) == 1
    assert node.said("c~sub") == ("off", off)


def test_a_camera_that_another_relay_has_is_not_fetched_here(node):
    node.wish = Wish(lease=ELSEWHERE)
    node.tick("c~sub")
    assert not node.feeds and node.said("c~sub") == ("stalled", "elsewhere")


def test_h265_is_converted_from_what_the_main_channel_holds(node):
    node.hub.publish_state("c", "starting", NOW)
    node.tick("c~h264")
    assert not node.feeds and node.said("c~h264") == ("starting", "")
    node.main()
    node.tick("c~h264")
    (feed,) = node.feeds
    assert feed.source is node.hub.ring("c")
    node.flows(feed)
    assert node.said("c~h264") == ("live", "")


def test_what_is_h264_already_is_not_converted(node):
    node.main(AVC)
    node.tick("c~h264")
    assert not node.feeds and node.said("c~h264") == ("stalled", "no_stream")


def test_past_the_budget_it_says_so_and_tries_again(node):
    node.main()
    node.tick("c~h264")
    node.side.on_end("c~h264", node.feeds[0].epoch, "budget", [])
    assert node.said("c~h264") == ("stalled", "budget")
    node.tick("c~h264", seconds=5)
    assert len(node.feeds) == 2 and node.said("c~h264") == ("stalled", "budget")
    node.flows(node.feeds[1])
    assert node.said("c~h264") == ("live", "")


def test_no_second_child_beside_one_that_is_ending(node):
    node.tick("c~sub")
    node.feeds[0].lingers = True
    node.side.on_end("c~sub", node.feeds[0].epoch, "ended", [])
    node.tick("c~sub", seconds=20)
    assert len(node.feeds) == 1
    node.feeds[0].leave()
    node.tick("c~sub")
    assert len(node.feeds) == 2


@pytest.mark.parametrize("why", ["still", "dark", "covered", "moved"])
def test_what_was_seen_of_the_room_is_true_of_every_channel(node, why):
    node.main()
    node.tick("c~h264", "c~sub")
    for feed in node.feeds:
        node.flows(feed)
    node.main(state="stalled" if why == "still" else "live", why=why)
    for channel in ("c~h264", "c~sub"):
        assert node.said(channel) == ("stalled" if why == "still" else "live", why)
    node.main()
    assert node.said("c~sub") == ("live", "")


def test_when_the_main_channel_is_down_so_is_what_is_made_of_it(node):
    node.main()
    node.tick("c~h264")
    node.flows(node.feeds[0])
    node.hub.publish_state("c", "backoff", NOW, "unreachable")
    node.tick("c~h264")
    assert node.feeds[0].stopped and node.said("c~h264") == ("backoff", "unreachable")
    assert not node.hub.ring("c~h264").joining()


def test_the_end_stops_every_child(node):
    node.main()
    node.tick("c~h264", "c~sub")
    assert node.side.cameras() == {"c"}
    node.side.end()
    assert all(feed.stopped for feed in node.feeds) and not node.side.cameras()
