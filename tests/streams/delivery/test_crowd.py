"""One task for all viewers of a channel: who shares, who waits, who is let go. No network."""

import asyncio
import json

import pytest

from streams.delivery.crowd import FAR, LATER, NEAR, STUCK, Cadence, Crowd, Viewer, begun
from streams.delivery.tally import Tallies, Tally
from streams.relay import wire
from streams.relay.ring import Frame, Ring, Status


def frame(seq, *, size=100, key=None):
    return Frame(1, seq, seq % 10 == 1 if key is None else key, False, seq * 40, 0.04, bytes([seq % 256]) * size)


@pytest.fixture
def ring():
    ring = Ring()
    ring.begin(1, "video/mp4", b"init")
    ring.tell(Status("live"))
    for seq in range(1, 6):
        ring.append(frame(seq))
    return ring


class Link:
    """Where a viewer's messages go; `dam()` makes it full."""

    def __init__(self):
        self.got, self.ended, self._room = [], [], asyncio.Event()
        self._room.set()
        self.viewer = Viewer(self.send, 1, 2e9, self.ended.append)

    async def send(self, message):
        await self._room.wait()
        self.got.append(message)

    def dam(self):
        self._room.clear()

    def free(self):
        self._room.set()

    @property
    def said(self):
        return [json.loads(message["text"]) for message in self.got if "text" in message]

    @property
    def media(self):
        return [message["bytes"] for message in self.got if "bytes" in message]


def seqs(link):
    return [wire.HEADER.unpack(body[:16])[3] for body in link.media]


async def test_a_joiner_gets_init_and_gop_before_anything_waits(ring):
    crowd, link = Crowd(ring, Tally()), Link()
    crowd.join(link.viewer, {"type": "websocket.send", "text": '{"type": "session"}'})
    assert [said["type"] for said in link.said] == ["session", "state", "init"]
    assert [body[0] for body in link.media] == [wire.INIT, wire.FRAGMENT]
    assert link.media[1][16:] == b"".join(frame(seq).data for seq in range(1, 6))
    assert (crowd.tally.viewers, crowd.tally.bytes) == (1, 516)


async def test_viewers_at_the_same_place_share_one_message(ring):
    crowd, links = Crowd(ring, Tally()), [Link() for _ in range(3)]
    for link in links:
        crowd.join(link.viewer)
    ring.append(frame(6))
    ring.append(frame(7))
    crowd.round()
    assert links[0].got[-1] is links[1].got[-1] is links[2].got[-1]
    assert links[0].media[-1][16:] == frame(6).data + frame(7).data
    crowd.round()
    assert [len(link.media) for link in links] == [3, 3, 3], "nothing new, nothing sent"


async def test_a_full_link_keeps_nobody_else_waiting_and_gets_the_rest_as_one(ring):
    crowd, slow, quick = Crowd(ring, Tally()), Link(), Link()
    crowd.join(slow.viewer)
    crowd.join(quick.viewer)
    slow.dam()
    for seq in (6, 7, 8):
        ring.append(frame(seq))
        crowd.round()
    assert seqs(quick)[-3:] == [6, 7, 8]
    assert seqs(slow)[-1] == 5
    slow.free()
    while seqs(slow)[-1] != 8:
        await asyncio.sleep(0)
    assert seqs(slow)[-2:] == [6, 8], "what it waited with, then all that came meanwhile"
    assert not slow.viewer.sending and not slow.ended


async def test_a_link_that_never_has_room_again_is_let_go(ring):
    crowd, link = Crowd(ring, Tally(), stuck=0.01), Link()
    crowd.join(link.viewer)
    link.dam()
    ring.append(frame(6))
    crowd.round()
    async with asyncio.timeout(30):
        while not link.ended:
            await asyncio.sleep(0.001)
    assert link.ended == [STUCK]
    crowd.leave(link.viewer)


async def test_who_is_a_gop_behind_jumps_to_the_newest_keyframe_and_is_told(ring):
    crowd, link = Crowd(ring, Tally()), Link()
    crowd.join(link.viewer)
    link.dam()
    ring.append(frame(6))
    crowd.round()
    for seq in range(7, 120):
        ring.append(frame(seq))
    link.free()
    while not any(said["type"] == "skip" for said in link.said):
        await asyncio.sleep(0)
    assert link.said[-1] == {"type": "skip", "frames": 104}
    while seqs(link)[-1] != 119:
        await asyncio.sleep(0)
    assert wire.HEADER.unpack(link.media[-1][:16])[1] & wire.KEY
    assert crowd.tally.skipped == 104


async def test_a_relay_that_counts_anew_begins_anew_for_everybody(ring):
    crowd, link = Crowd(ring, Tally()), Link()
    crowd.join(link.viewer)
    ring.begin(1, "video/mp4", b"init again")
    ring.append(frame(1))
    crowd.round()
    assert [body[16:] for body in link.media[-2:]] == [b"init again", frame(1).data]


async def test_a_connection_with_an_error_of_its_own_harms_nobody_else(ring):
    crowd, broken, fine = Crowd(ring, Tally()), Link(), Link()
    crowd.join(broken.viewer)
    crowd.join(fine.viewer)

    async def fails(message):
        raise RuntimeError("after close")

    broken.viewer.send = fails
    ring.append(frame(6))
    crowd.round()
    assert seqs(fine)[-1] == 6 and broken.ended == [LATER]


async def test_a_watch_that_breaks_lets_everybody_go(ring):
    """Who may still watch is not known any more: nobody is served unjudged."""
    crowd, link = Crowd(ring, Tally()), Link()
    crowd.join(link.viewer)

    async def watch():
        raise KeyError("a mistake")

    crowd.start(watch())
    async with asyncio.timeout(30):
        while not link.ended:
            await asyncio.sleep(0)
    assert link.ended == [LATER]
    crowd.close()


async def test_a_send_that_is_called_off_is_called_off_inside():
    seen = []

    async def waits():
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            seen.append("called off")
            raise

    rest = begun(waits())
    task = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert seen == ["called off"] and task.cancelled()


async def test_a_send_that_need_not_wait_is_done_at_once():
    async def quick():
        pass

    assert begun(quick()) is None


def test_messages_get_rarer_with_their_cost_and_at_once_with_a_busy_loop():
    cadence = Cadence()
    cadence.after(0.001, 0)
    assert cadence.seconds == NEAR
    cadence.after(0.03, 0)
    assert cadence.seconds == pytest.approx(0.15)
    for _ in range(40):
        cadence.after(0.001, 0)
    assert cadence.seconds == NEAR
    for _ in range(9):
        cadence.after(0.001, 0.05)
    assert cadence.seconds == FAR


# ── what is counted ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("junk", [None, "7", True, -1, float("nan"), float("inf"), 600_001, [], {}, 10**30])
def test_a_delay_that_cannot_be_is_not_counted(junk):
    tally = Tally()
    assert not tally.saw(junk) and not tally.changed


def test_delays_fall_into_their_buckets():
    tally = Tally()
    for delay in (0, 100, 101, 180.5, 4999, 5001, 600_000):
        assert tally.saw(delay)
    assert tally.delays == [2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2]


async def test_what_the_relay_did_not_hear_is_told_again_and_nothing_twice():
    told, there = [], [False]

    def tell(report):
        told.append(report)
        return there[0]

    tallies = Tallies(tell)
    tally = tallies.of("cam1")
    tally.viewers, tally.bytes = 2, 100
    tallies.tick()
    there[0] = True
    tally.bytes += 50
    tallies.tick()
    tallies.tick()
    assert [report["cam1"]["bytes"] for report in told] == [100, 150]
    tally.viewers = 0
    tallies.tick()
    assert told[-1]["cam1"] == {"viewers": 0, "bytes": 0, "skipped": 0, "delays": [0] * 12}
    tallies.tick()
    assert len(told) == 3
