"""A real hub server and real clients on a Unix socket."""

import asyncio
import itertools
import os
import stat
from datetime import UTC, datetime

import pytest

from streams.relay import hub, wire
from streams.relay.fmp4 import Init, Part
from streams.relay.hub import HubServer
from streams.relay.hub_client import HubClient
from streams.relay.wire import HubDown, PushRefused, PushReplaced

INIT = Init('video/mp4; codecs="avc1.64001f"', b"init")
SINCE = datetime(2026, 11, 22, 8, tzinfo=UTC)


def part(number, *, key=False, size=10):
    return Part(key, 0.1, bytes([number % 256]) * size, number / 10)


@pytest.fixture
def socket(tmp_path):
    return tmp_path / "relay.sock"


@pytest.fixture
async def server(socket):
    wanted = []
    server = HubServer(on_wanted=wanted.append)
    server.wanted = wanted
    await server.start(socket)
    yield server
    await server.close()


@pytest.fixture
async def client(socket):
    client = HubClient(socket, linger=0.05, retry=0.02)
    yield client
    await client.aclose()


async def until(true, ring=None, seconds=30):
    """Wait for a condition, woken by the ring where there is one."""
    async with asyncio.timeout(seconds):
        while not true():
            await (ring.changed(ring.version, 0.05) if ring else asyncio.sleep(0.01))


def publish(server, code, count, *, start=0, gop=5, size=10):
    for number in range(start, start + count):
        server.publish_part(code, part(number, key=number % gop == 0, size=size), 1_700_000_000_000 + number * 100)


async def test_only_its_own_user_may_open_the_socket(server, socket):
    assert stat.S_IMODE(os.stat(socket).st_mode) == 0o600


async def test_a_watcher_gets_state_init_and_the_cached_gop_at_once(server, client):
    server.publish_init("cam1", 3, INIT)
    server.publish_state("cam1", "live", SINCE)
    publish(server, "cam1", 8)
    ring = await client.watch("cam1")
    await until(lambda: ring.newest and ring.newest.seq == 8, ring)
    assert (ring.epoch, ring.mime, ring.init) == (3, INIT.mime, INIT.data)
    assert [frame.data for frame in ring.joining()] == [part(n).data for n in (5, 6, 7)]
    assert ring.joining()[0].key and ring.newest.captured_ms == 1_700_000_000_700
    assert (ring.status.state, ring.status.since, ring.status.why) == ("live", SINCE.isoformat(), "")
    assert server.wanted == ["cam1"] and server.watched() == {"cam1"}


async def test_what_comes_later_follows_and_two_cameras_do_not_mix(server, client):
    one, two = await client.watch("cam1"), await client.watch("cam2")
    await until(lambda: server.watched() == {"cam1", "cam2"})
    server.publish_init("cam1", 1, INIT)
    server.publish_init("cam2", 7, INIT)
    server.publish_part("cam1", part(1, key=True), 1)
    server.publish_part("cam2", part(2, key=True), 2)
    await until(lambda: one.newest and two.newest)
    assert (one.epoch, one.newest.data) == (1, part(1).data)
    assert (two.epoch, two.newest.data) == (7, part(2).data)


async def test_a_new_epoch_replaces_the_old_pictures(server, client):
    server.publish_init("cam1", 1, INIT)
    publish(server, "cam1", 3)
    ring = await client.watch("cam1")
    await until(lambda: ring.newest, ring)
    server.publish_init("cam1", 2, Init(INIT.mime, b"new"))
    server.publish_part("cam1", part(9, key=True), 5, discontinuity=True)
    await until(lambda: ring.epoch == 2 and ring.newest, ring)
    assert ring.init == b"new"
    assert [(f.epoch, f.discontinuity) for f in ring.since(0)] == [(2, True)]


async def test_the_camera_is_let_go_a_while_after_its_last_viewer(server, client):
    await client.watch("cam1")
    await client.watch("cam1")
    client.leave("cam1")
    await until(lambda: server.watched() == {"cam1"})
    client.leave("cam1")
    ring = await client.watch("cam1")  # came back in time: still the same ring
    client.leave("cam1")
    await until(lambda: server.watched() == set())
    assert await client.watch("cam1") is not ring


async def test_a_relay_that_is_not_there_is_said_and_its_return_is_followed(client, socket):
    ring = await client.watch("cam1")
    await until(lambda: ring.status.why == "relay", ring)
    assert ring.status.state == "stalled" and ring.status.since
    server = HubServer()
    await server.start(socket)
    server.publish_init("cam1", 4, INIT)
    server.publish_state("cam1", "live", SINCE)
    publish(server, "cam1", 2)
    await until(lambda: ring.newest and ring.newest.seq == 2, ring)
    assert ring.status.state == "live"
    await server.close()
    await until(lambda: ring.status.why == "relay", ring)


async def test_a_slow_web_process_loses_pictures_up_to_a_keyframe_and_holds_up_nobody(
    server, client, socket, monkeypatch
):
    monkeypatch.setattr(hub, "SLOW_BYTES", 300_000)
    ring = await client.watch("cam1")
    reader, writer = await asyncio.open_unix_connection(str(socket), limit=1024)
    writer.write(wire.control(do="watch", camera="cam1"))  # and reads nothing
    await until(lambda: len([w for w in server._watchers if w.watching]) == 2)
    server.publish_init("cam1", 1, INIT)
    for number in range(60):
        server.publish_part("cam1", part(number, key=number % 10 == 0, size=50_000), number)
        await asyncio.sleep(0)
    await until(lambda: ring.newest and ring.newest.seq == 60, ring)
    slow = max(server._watchers, key=lambda watcher: watcher.unsent)
    assert slow.unsent < 500_000
    got = []

    async def read():
        while True:
            kind, payload = await wire.receive(reader)
            if kind == wire.MEDIA and payload[5] == wire.FRAGMENT:
                got.append(wire.HEADER.unpack(payload[5:21]))

    task = asyncio.create_task(read())
    await until(lambda: not slow.unsent)
    server.publish_part("cam1", part(1), 61)
    server.publish_part("cam1", part(2, key=True), 62)
    await until(lambda: got and got[-1][3] == 62)
    task.cancel()
    seqs = [head[3] for head in got]
    assert len(seqs) < 40
    for before, head in itertools.pairwise(got):
        assert head[3] == before[3] + 1 or head[1] & wire.KEY  # after a hole always a keyframe
    writer.close()


class Sinks:
    def __init__(self, hold=None):
        self.taken, self.hold = [], hold

    async def on_push(self, code):
        if code == "nobody":
            raise PushRefused("no such camera")
        chunks = []
        self.taken.append((code, chunks))

        async def sink(data):
            if self.hold:
                await self.hold.wait()
            chunks.append(data)

        return sink


@pytest.fixture
async def pushes(socket):
    sinks = Sinks()
    server = HubServer(on_push=sinks.on_push)
    await server.start(socket)
    yield sinks
    await server.close()


async def test_a_push_arrives_in_order_and_its_end_is_told(pushes, client):
    async with client.push("cam1") as sink:
        for number in range(5):
            await sink(bytes([number]) * 1000)
    await until(lambda: pushes.taken and pushes.taken[0][1] and pushes.taken[0][1][-1] == b"")
    assert pushes.taken == [("cam1", [*(bytes([n]) * 1000 for n in range(5)), b""])]


async def test_a_push_for_no_camera_is_refused(pushes, client):
    with pytest.raises(PushRefused, match="no such camera"):
        async with client.push("nobody"):
            pass


async def test_a_second_push_replaces_the_first(pushes, client):
    async with client.push("cam1") as first:
        await first(b"one")
        async with client.push("cam1") as second:
            await second(b"two")
            with pytest.raises(PushReplaced):
                async with asyncio.timeout(30):
                    while True:
                        await first(b"more")
                        await asyncio.sleep(0)
            await second(b"three")
    await until(lambda: len(pushes.taken) == 2 and pushes.taken[1][1][-1:] == [b""])
    assert pushes.taken[0][1][-1] == b"" and pushes.taken[0][1][0] == b"one"
    assert pushes.taken[1][1] == [b"two", b"three", b""]


async def test_two_boxes_with_one_key_do_not_throw_each_other_out_for_ever(socket, client):
    sinks = Sinks()
    server = HubServer(on_push=sinks.on_push, settle=60)
    await server.start(socket)
    async with client.push("cam1") as first:
        await first(b"one")
        with pytest.raises(PushRefused, match="just begun"):
            async with client.push("cam1"):
                pass
        await first(b"two")
    await until(lambda: sinks.taken and sinks.taken[0][1][-1:] == [b""])
    assert sinks.taken == [("cam1", [b"one", b"two", b""])]
    async with client.push("cam1") as again:
        await again(b"three")
    await server.close()


@pytest.mark.parametrize("nonsense", [b"\0\0\0\3J{[}", b"\0\0\0\0M", b"\0\0\0\5M\4cam1"])
async def test_who_hears_nonsense_from_the_relay_connects_again(socket, client, nonsense):
    asked, told = [], asyncio.Event()

    async def talks(reader, writer):
        asked.append(await wire.receive(reader))
        writer.write(nonsense)
        await told.wait()
        writer.close()

    server = await asyncio.start_unix_server(talks, str(socket))
    await client.watch("cam1")
    await until(lambda: len(asked) > 1)
    told.set()
    server.close()


async def test_a_push_without_a_relay_says_so(client):
    with pytest.raises(HubDown):
        async with client.push("cam1"):
            pass


async def test_a_relay_that_cannot_keep_up_slows_the_push_down(socket, client):
    sinks = Sinks(hold=asyncio.Event())
    server = HubServer(on_push=sinks.on_push)
    await server.start(socket)
    async with client.push("cam1") as sink:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                for _ in range(200):
                    await sink(b"x" * 65536)
        sinks.hold.set()
        async with asyncio.timeout(30):
            await sink(b"on")
    await until(lambda: sinks.taken[0][1][-1:] == [b""])
    await server.close()


async def test_wanting_needs_no_watching(server, client):
    await client.want("cam9")
    await until(lambda: server.wanted == ["cam9"])
    assert server.watched() == set()
