"""Viewers on a real socket, frames from a real encoder."""

import asyncio
import base64
import json
import os
import socket
import time
from contextlib import asynccontextmanager

import pytest
import websockets
from django.db import connection

from streams.delivery import link
from streams.delivery.live import LiveApp
from streams.relay import hub, wire
from streams.relay.fmp4 import Splitter
from sunkitchen.core import tickets
from tests.streams.conftest import encode, serving, split_boxes
from tests.streams.delivery.conftest import RECHECK, Site, reload, update
from tests.streams.delivery.viewers import Heard, closed, database, watching


async def test_a_joiner_gets_init_and_the_cached_gop_at_once_and_then_what_comes(site, relay, ticket, pieces):
    relay.begin("cam1", pieces, epoch=3)
    relay.play("cam1", pieces, 0, 14)
    async with watching(site, ticket) as ws:
        assert ws.subprotocol == "sunkitchen.live"
        heard = await Heard().until(ws, lambda h: h.media)
        assert heard.init == pieces[0].data
        assert heard.of("init") == [{"type": "init", "mime": pieces[0].mime, "epoch": 3}]
        assert heard.of("state")[-1]["state"] == "live"
        (kind, flags, epoch, seq, captured), data = heard.media[0]
        assert (kind, flags, epoch, seq) == (wire.FRAGMENT, wire.KEY, 3, 14)
        assert abs(captured - time.time() * 1000) < 10_000
        assert data == b"".join(part.data for part in pieces[11:15])  # from the newest keyframe on
        relay.play("cam1", pieces, 14, 3)
        await heard.until(ws, lambda h: h.media[-1][0][3] == 17)
        assert b"".join(data for _, data in heard.media) == b"".join(part.data for part in pieces[11:18])
        assert set(split_boxes(heard.media[-1][1])) == {b"moof", b"mdat"}


async def test_opening_makes_a_session_that_opens_again(site, relay, ticket, pieces):
    relay.begin("cam1", pieces)
    async with watching(site, ticket) as ws:
        heard = await Heard().until(ws, lambda h: h.of("session"))
    async with watching(site, heard.of("session")[0]["session"]) as ws:
        await Heard().until(ws, lambda h: h.init)


async def test_watching_keeps_the_camera_wanted(site, relay, camera, ticket):
    async with watching(site, ticket) as ws:
        await Heard().until(ws, lambda h: h.of("state"))
        async with asyncio.timeout(30):
            while (await reload(camera)).wanted_until is None:
                await asyncio.sleep(0.02)
    assert "cam1" in relay.wanted


async def test_two_cameras_do_not_mix(site, relay, ticket, other_camera, pieces):
    other = encode(1, source="smptebars", size="160x90")
    bars = Splitter().feed(other)
    relay.begin("cam1", pieces)
    relay.begin("cam2", bars, epoch=9)
    relay.play("cam1", pieces, 0, 5)
    relay.play("cam2", bars, 0, 5)
    second = tickets.opening("cam2", 1, time.time())
    async with watching(site, ticket) as one, watching(site, second, "cam2") as two:
        first = await Heard().until(one, lambda h: h.media)
        other = await Heard().until(two, lambda h: h.media)
    assert (first.init, other.init) == (pieces[0].data, bars[0].data)
    assert first.media[0][1] == b"".join(part.data for part in pieces[1:6])
    assert other.media[0][1] == b"".join(part.data for part in bars[1:6])
    assert other.media[0][0][2] == 9


@pytest.mark.parametrize(
    "bad",
    [
        lambda: "o.cam1.1.ffffffff.AAAAAAAAAAAAAAAAAAAAAA",
        lambda: tickets.opening("cam2", 1, time.time()),
        lambda: tickets.opening("cam1", 2, time.time()),
        lambda: tickets.opening("cam1", 1, time.time() - 3600),
        lambda: tickets.session("cam1", 1, time.time() - 5 * 3600),
        lambda: "x" * 5000,
    ],
    ids=["forged", "foreign", "revoked", "expired", "old session", "long"],
)
async def test_a_bad_ticket_is_told_so(site, relay, bad):
    async with watching(site, bad()) as ws:
        assert await closed(ws) == 4401


async def test_no_ticket_at_all(site):
    async with websockets.connect(site.ws("cam1"), origin=f"http://{site.host}") as ws:
        assert await closed(ws) == 4401


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1", "file://"])
async def test_another_websites_page_is_told_so(site, ticket, origin):
    async with watching(site, ticket, origin=origin) as ws:
        assert await closed(ws) == 4403


async def test_the_sites_own_address_may_differ_from_the_host_header(site, relay, ticket, pieces):
    relay.begin("cam1", pieces)
    async with watching(site, ticket, origin="http://testserver") as ws:
        await Heard().until(ws, lambda h: h.init)


async def test_a_page_below_a_rebound_name_is_refused(site, ticket):
    async with watching(site, ticket, origin="http://evil.example", additional_headers={"Host": "evil.example"}) as ws:
        assert await closed(ws) == 4403


async def test_an_unknown_camera_is_told_so(site, ticket):
    async with watching(site, ticket, "nope") as ws:
        assert await closed(ws) == 4404


@pytest.mark.parametrize("change", [{"serial": 2}, {"enabled": False}], ids=["revoked", "switched off"])
async def test_a_viewer_leaves_at_a_recheck_after_the_change(site, relay, camera, ticket, pieces, change):
    relay.begin("cam1", pieces)
    async with watching(site, ticket) as ws:
        await Heard().until(ws, lambda h: h.init)
        await update(camera, **change)
        assert await closed(ws) == 4410


async def test_a_closed_kitchen_is_not_shown(site, relay, camera, ticket):
    async with watching(site, ticket) as ws:
        await Heard().until(ws, lambda h: h.of("state"))
        await update(camera.establishment, state="closed")
        assert await closed(ws) == 4410
    async with watching(site, ticket) as ws:
        assert await closed(ws) == 4410


async def test_a_dead_relay_is_said_and_so_is_its_return(site, relay, ticket, pieces, settings):
    relay.begin("cam1", pieces)
    async with watching(site, ticket) as ws:
        heard = await Heard().until(ws, lambda h: h.of("state")[-1:] and h.of("state")[-1]["state"] == "live")
        await relay.server.close()
        await heard.until(ws, lambda h: h.of("state")[-1]["why"] == "relay")
        assert heard.of("state")[-1]["state"] == "stalled" and heard.of("state")[-1]["since"]
        again = hub.HubServer()
        await again.start(settings.RELAY_SOCKET)
        relay.server = again
        relay.begin("cam1", pieces, epoch=2)
        await heard.until(ws, lambda h: h.of("state")[-1]["state"] == "live")
        relay.play("cam1", pieces, 0, 3)
        await heard.until(ws, lambda h: h.media)
        assert heard.media[-1][0][2:4] == (2, 3)


async def test_where_hub_and_row_differ_for_long_the_row_is_believed(site, relay, camera, ticket, pieces):
    await update(camera, state="stalled", why="still", seen_at="2099-01-01T00:00:00Z")
    relay.begin("cam1", pieces)
    async with watching(site, ticket) as ws:
        heard = await Heard().until(ws, lambda h: h.of("state")[-1:] and h.of("state")[-1]["why"] == "still")
        assert heard.of("state")[-1]["state"] == "stalled"


async def test_a_new_epoch_brings_its_init_without_a_new_connection(site, relay, ticket, pieces):
    relay.begin("cam1", pieces)
    relay.play("cam1", pieces, 0, 3)
    async with watching(site, ticket) as ws:
        heard = await Heard().until(ws, lambda h: h.media)
        relay.begin("cam1", pieces, epoch=2)
        relay.play("cam1", pieces, 0, 3)
        await heard.until(ws, lambda h: h.media[-1][0][2] == 2)
        assert [text["epoch"] for text in heard.of("init")] == [1, 2]


async def test_a_hidden_page_gets_nothing_until_it_is_back(site, relay, ticket, pieces):
    relay.begin("cam1", pieces)
    relay.play("cam1", pieces, 0, 3)
    async with watching(site, ticket) as ws:
        heard = await Heard().until(ws, lambda h: h.media)
        await ws.send(json.dumps({"type": "visible", "visible": False}))
        await ws.send(json.dumps({"type": "pong", "sent": 1234}))
        await heard.until(ws, lambda h: h.of("time"))
        assert heard.of("time")[0]["sent"] == 1234
        assert abs(heard.of("time")[0]["now"] - time.time() * 1000) < 2000
        relay.play("cam1", pieces, 3, 10)
        with pytest.raises(TimeoutError):
            await heard.until(ws, lambda h: len(h.media) > 1, seconds=0.3)
        await ws.send(json.dumps({"type": "visible", "visible": True}))
        relay.play("cam1", pieces, 13, 1)
        await heard.until(ws, lambda h: len(h.media) > 1)
        assert heard.media[1][0][1] & wire.KEY


async def test_nonsense_from_a_page_does_no_harm(site, relay, ticket, pieces):
    relay.begin("cam1", pieces)
    async with watching(site, ticket) as ws:
        for text in ("{", "[]", "7", '{"type": 3}', "x" * 10_000, "[" * 50_000):
            await ws.send(text)
        await ws.send(b"\0\1")
        await ws.send(json.dumps({"type": "pong"}))
        await Heard().until(ws, lambda h: h.of("time"))


@asynccontextmanager
async def dammed(site, ticket):
    """A viewer who reads only when asked: a raw socket with a small window."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", int(site.host.split(":")[1])))
    key = base64.b64encode(os.urandom(16)).decode()
    await loop.sock_sendall(
        raw,
        f"GET /ws/live/cam1/ HTTP/1.1\r\nHost: {site.host}\r\nOrigin: http://{site.host}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: sunkitchen.live, {ticket}\r\n\r\n".encode(),
    )
    try:
        yield raw
    finally:
        raw.close()


async def test_a_slow_reader_jumps_to_a_keyframe_and_is_told(site, relay, ticket):
    heavy = Splitter().feed(encode(8, size="640x360", extra="-vf noise=alls=100:allf=t -qp 22"))
    relay.begin("cam1", heavy)
    relay.play("cam1", heavy, 0, 1)
    async with dammed(site, ticket) as raw:
        loop = asyncio.get_running_loop()
        for start in range(1, 80, 2):
            relay.play("cam1", heavy, start, 2)
            await asyncio.sleep(0.01)
        got = bytearray()
        async with asyncio.timeout(30):
            while b'"skip"' not in got:
                got += await loop.sock_recv(raw, 1 << 16)
            after = len(got)
            while len(got) - after < 20_000:
                got += await loop.sock_recv(raw, 1 << 16)
        told = json.loads(got[got.index(b'{"type": "skip"') :].split(b"}")[0] + b"}")
        assert told["frames"] >= 1


async def test_a_stuck_reader_is_let_go(camera, relay, ticket, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    heavy = Splitter().feed(encode(8, size="640x360", extra="-vf noise=alls=100:allf=t -qp 22"))
    live = LiveApp(recheck=5, stuck=0.3)
    ended = asyncio.Event()

    async def app(scope, receive, send):
        await live(scope, receive, send)
        ended.set()

    async with serving(app) as port, dammed(Site(port), ticket):
        relay.begin("cam1", heavy)
        for start in range(0, 80, 5):
            relay.play("cam1", heavy, start, 5)
            await asyncio.sleep(0.02)
        async with asyncio.timeout(30):
            await ended.wait()
    await link.hub().aclose()


NO_WRITES = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN; LOCK TABLE streams_camera IN EXCLUSIVE MODE"}


async def test_a_database_that_takes_no_writes_keeps_nobody_waiting(site, relay, ticket, other_camera, pieces):
    relay.begin("cam1", pieces)
    relay.begin("cam2", pieces)
    with database() as another:
        another.execute(NO_WRITES[connection.vendor])
        async with watching(site, ticket) as ws:
            await Heard().until(ws, lambda h: h.init)
            async with asyncio.timeout(30):
                while "cam1" not in relay.wanted:
                    await asyncio.sleep(0.02)
            async with watching(site, tickets.opening("cam2", 1, time.time()), "cam2") as second:
                await Heard().until(second, lambda h: h.init)
        another.execute("ROLLBACK")


async def test_a_database_that_does_not_answer_takes_no_picture_away(site, relay, ticket, pieces):
    relay.begin("cam1", pieces)
    relay.play("cam1", pieces, 0, 3)
    with database() as another:
        async with watching(site, ticket) as ws:
            heard = await Heard().until(ws, lambda h: h.media)
            another.execute("ALTER TABLE streams_camera RENAME TO gone")
            try:
                with pytest.raises(TimeoutError):
                    await heard.until(ws, lambda h: False, 5 * RECHECK)
                relay.play("cam1", pieces, 3, 1)
                await heard.until(ws, lambda h: h.media[-1][0][3] == 4)
                async with watching(site, ticket) as late:
                    assert await closed(late) == 1013
            finally:
                another.execute("ALTER TABLE gone RENAME TO streams_camera")
