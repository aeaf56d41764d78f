"""Looks at cameras that nobody watches: few at a time, sure or silent, never in a viewer's way."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from streams.relay import probing
from streams.relay.budget import Budget
from streams.relay.config import Config
from streams.relay.fmp4 import Init, Part
from streams.relay.policy import Policy
from streams.relay.probe import Looked, Prober
from streams.relay.sights import Sights
from streams.relay.supervisor import Wish

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


class Feed:
    def __init__(self, listener):
        self.listener, self.stopped, self.second = listener, False, 0

    def key(self, seconds=2):
        self.second += seconds
        at = NOON + timedelta(seconds=self.second)
        self.listener.on_part("c", 0, Part(True, 0.04, b"key", 0.0), int(at.timestamp() * 1000))

    def stop(self):
        self.stopped = True

    async def gone(self):
        assert self.stopped


class Ground:
    """What a prober stands on, all of it in the test's hands."""

    def __init__(self):
        self.turn, self.feeds, self.notes, self.busy, self.leases = ["c"], {}, [], set(), True
        self.answers = [Looked("", True)]
        self.seen = 0
        self.prober = Prober(
            due=self.due,
            leased=self.leased,
            feed=self.feed,
            look=self.look,
            note=lambda code, at, why: self.notes.append((code, why)),
            is_busy=lambda code: code in self.busy,
            now=lambda: NOON,
            start_seconds=30,
        )

    async def due(self, at):
        return self.turn

    @asynccontextmanager
    async def leased(self, code):
        yield self.leases

    async def feed(self, code, listener):
        feed = self.feeds[code] = Feed(listener)
        listener.on_init(code, 0, Init("video/mp4", b"init"))
        return feed

    async def look(self, code, init, data, at):
        self.seen += 1
        return self.answers[min(self.seen, len(self.answers)) - 1]

    async def until(self, true):
        async with asyncio.timeout(30):
            while not true():
                await asyncio.sleep(0)


@pytest.fixture
def ground():
    return Ground()


async def begun(ground):
    await ground.prober.tick()
    await ground.until(lambda: "c" in ground.feeds)
    return ground.feeds["c"]


async def test_one_fine_keyframe_is_enough_and_the_connection_ends(ground):
    feed = await begun(ground)
    feed.key()
    await ground.until(lambda: ground.notes)
    await ground.until(lambda: not ground.prober.looking())
    assert ground.notes == [("c", "")] and feed.stopped


async def test_a_doubt_is_looked_at_until_it_is_sure(ground):
    ground.answers = [Looked("", False), Looked("", False), Looked("covered", True)]
    feed = await begun(ground)
    for number in range(3):
        feed.key()
        await ground.until(lambda number=number: ground.seen > number)
    await ground.until(lambda: ground.notes)
    assert ground.notes == [("c", "covered")]


async def test_keyframes_of_one_moment_are_one_look(ground):
    ground.answers = [Looked("", False)]
    feed = await begun(ground)
    feed.key()
    await ground.until(lambda: ground.seen == 1)
    feed.key(seconds=1)
    for _ in range(20):
        await asyncio.sleep(0)
    assert ground.seen == 1
    await ground.prober.close()


@pytest.mark.parametrize(("why", "noted"), [("unauthorized", [("c", "unauthorized")]), ("budget", [])])
async def test_a_connection_that_fails_is_noted_unless_it_is_ours(ground, why, noted):
    feed = await begun(ground)
    feed.listener.on_end("c", 0, why, [])
    await ground.until(lambda: not ground.prober.looking())
    assert ground.notes == noted and feed.stopped


async def test_a_doubt_that_ends_with_the_connection_is_not_noted(ground):
    ground.answers = [Looked("", False)]
    feed = await begun(ground)
    feed.key()
    await ground.until(lambda: ground.seen == 1)
    feed.listener.on_end("c", 0, "ended", [])
    await ground.until(lambda: not ground.prober.looking())
    assert ground.notes == []


async def test_a_viewer_ends_it_at_once_and_nothing_is_noted(ground):
    feed = await begun(ground)
    ground.prober.make_way({"c", "other"})
    await ground.until(lambda: not ground.prober.looking())
    assert feed.stopped and ground.notes == []


async def test_two_at_a_time_none_beside_a_feed_and_none_without_its_lease(ground):
    ground.turn, ground.busy = ["a", "b", "c", "d"], {"a"}
    await ground.prober.tick()
    await ground.prober.tick()
    assert ground.prober.looking() == {"b", "c"}
    await ground.prober.close()
    ground.leases, ground.turn = False, ["e"]
    await ground.prober.tick()
    await ground.until(lambda: not ground.prober.looking())
    assert "e" not in ground.feeds


class Rows:
    """The rows of one camera that is due."""

    def __init__(self, url):
        self.address, self.notes = url, []

    async def due_probes(self, at, seconds):
        return ["c"]

    async def wishes(self, at, codes):
        return {"c": Wish()}

    def url(self, code):
        return self.address

    def note_probe(self, code, at, why):
        self.notes.append((code, why))


@pytest.mark.real("ffmpeg")
@pytest.mark.real("rtsp")
@pytest.mark.parametrize(("password", "why", "kept"), [("pw", "", ["c"]), ("wrong", "unauthorized", [])])
async def test_a_real_camera_is_looked_at_and_let_go(rtsp_camera, ffmpeg_binary, tmp_path, password, why, kept):
    camera, posters, feeds = rtsp_camera("--password", "pw"), [], []
    sights = Sights(
        ffmpeg_binary,
        tmp_path,
        judged=lambda *a, **k: None,
        poster=lambda code, at: posters.append(code),
        seconds=3,
        idle_seconds=30,
    )
    policy = Policy(allow=[camera.address])
    config = Config(ffmpeg_binary, tmp_path / "s", tmp_path / "live", tmp_path, policy=policy, start_seconds=30)

    @asynccontextmanager
    async def leased(code):
        yield True

    rows = Rows(camera.url(password=password))
    prober = probing.prober(
        config, rows, sights, Budget(1), leased=leased, keep=feeds.append, is_busy=lambda code: False
    )
    await prober.tick()
    async with asyncio.timeout(60):
        while prober.looking():
            await asyncio.sleep(0.05)
    assert rows.notes == [("c", why)] and posters == kept
    assert (tmp_path / "c.jpg").exists() == bool(kept)
    assert feeds[0]._task.done()
