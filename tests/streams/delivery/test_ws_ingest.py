"""Phones that film, on a real socket: what they send arrives whole, and whatever ends it is told."""

import asyncio
import json
import time
from contextlib import asynccontextmanager

import pytest
import websockets
from django.core.cache import cache
from django.db import OperationalError

from streams.delivery import link, ws_ingest
from streams.delivery.ws_ingest import WsIngestApp
from sunkitchen.core import tickets
from tests import builders
from tests.streams.conftest import serving
from tests.streams.delivery.conftest import RECHECK, Site, update

PATIENCE = 30  # seconds: two busy cores


@pytest.fixture
def phone(transactional_db, restaurant):
    cache.clear()
    return builders.camera(restaurant, code="phone1", source="phone")


@pytest.fixture
async def filming(phone, relay, settings, monkeypatch):
    """`async with filming(session) as ws`: a phone that was let in, or not."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(ws_ingest, "TELL_SECONDS", RECHECK)
    async with serving(WsIngestApp(silence=2.0, recheck=RECHECK)) as port:
        site = Site(port)

        @asynccontextmanager
        async def connected(session):
            async with websockets.connect(
                f"ws://{site.host}/ws/ingest/phone1/",
                subprotocols=["sunkitchen.film", session],
                origin=f"http://{site.host}",
                compression=None,
                max_queue=None,  # words that nobody reads do not hold up the last one
            ) as ws:
                yield ws

        yield connected
        await link.hub().aclose()


def session_of(phone, ago=0.0):
    return tickets.filming(phone.code, phone.serial, time.time() - ago)


@pytest.fixture
def session(phone):
    return session_of(phone)


async def ready(ws):
    async with asyncio.timeout(PATIENCE):
        said = json.loads(await ws.recv())
    assert said["type"] == "ready"
    return said


async def lets_in(filming, session):
    try:
        async with filming(session) as ws:
            return await ready(ws)
    except websockets.ConnectionClosed:
        return None


async def closed(ws):
    async with asyncio.timeout(PATIENCE):
        await ws.wait_closed()
    return ws.close_code


async def until(true):
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


async def test_what_a_phone_films_arrives_whole_and_in_order(filming, session, relay):
    async with filming(session) as ws:
        assert ws.subprotocol == "sunkitchen.film"
        said = await ready(ws)
        assert 11 * 3600 < said["ends"] - time.time() <= 12 * 3600
        for chunk in (b"one", b"two" * 100_000, b"three"):
            await ws.send(chunk)
        async with asyncio.timeout(PATIENCE):
            while json.loads(await ws.recv())["bytes"] < 8 + 300_000:
                pass  # it is told what arrived
    await until(lambda: relay.pushed["phone1"][-1] == b"")
    assert b"".join(relay.pushed["phone1"]) == b"one" + b"two" * 100_000 + b"three"


async def test_a_lost_phone_comes_back_by_the_same_session(filming, session, relay):
    async with filming(session) as ws:
        await ready(ws)
        await ws.send(b"before")
        await until(lambda: relay.pushed["phone1"] == [b"before"])
        ws.transport.abort()
    async with filming(session) as ws:
        await ready(ws)
        await ws.send(b"after")
        await until(lambda: relay.pushed["phone1"] == [b"before", b"", b"after"])


async def test_another_phone_takes_over_and_the_first_is_told_and_stays_away(filming, phone, relay):
    old, new = session_of(phone, ago=60), session_of(phone)
    async with filming(old) as first:
        await ready(first)
        async with filming(new) as second:
            await ready(second)
            assert await closed(first) == 4409
            async with filming(old) as again:
                assert await closed(again) == 4409
            await second.send(b"goes on")
            await until(lambda: relay.pushed["phone1"][-1] == b"goes on")


@pytest.mark.parametrize("change", [{"enabled": False}, {"serial": 9}, {"source": "push"}])
async def test_the_kitchen_stops_a_phone_that_films(change, filming, session, phone, relay):
    async with filming(session) as ws:
        await ready(ws)
        await update(phone, **change)
        assert await closed(ws) == 4410
    await until(lambda: relay.pushed["phone1"][-1:] == [b""])


async def test_outside_its_hours_a_phone_waits_and_keeps_its_session(filming, session, phone):
    async with filming(session) as ws:
        await ready(ws)
        await update(phone, hours=[None] * 7)
        assert await closed(ws) == 4423
    async with filming(session) as ws:
        assert await closed(ws) == 4423
    await update(phone, hours=[])
    async with asyncio.timeout(PATIENCE):
        while not await lets_in(filming, session):
            pass  # the row was read a moment ago


async def test_a_phone_that_sends_nothing_is_gone(filming, session):
    async with filming(session) as ws:
        await ready(ws)
        await ws.send("I am here")  # words are no picture
        assert await closed(ws) == 4408


async def test_a_session_ends_after_twelve_hours_in_the_middle_of_a_picture(filming, phone):
    async with filming(session_of(phone, ago=12 * 3600 - 1)) as ws:
        await ready(ws)
        sending = asyncio.create_task(_send_for_ever(ws))
        assert await closed(ws) == 4401
        sending.cancel()


async def _send_for_ever(ws):
    while True:
        await ws.send(b"picture")
        await asyncio.sleep(0.05)


async def test_a_message_too_large_for_any_picture_ends_it(filming, session, monkeypatch, relay):
    monkeypatch.setattr(ws_ingest, "LARGEST", 1000)
    async with filming(session) as ws:
        await ready(ws)
        await ws.send(b"x" * 1001)
        assert await closed(ws) == 4413
    assert b"".join(relay.pushed["phone1"]) == b""


async def test_without_a_relay_the_phone_tries_again_later(filming, session, relay):
    await relay.server.close()
    async with filming(session) as ws:
        assert await closed(ws) == 1013


async def test_without_a_database_the_phone_tries_again_later(filming, session, monkeypatch):
    async def down(code):
        raise OperationalError("away")

    monkeypatch.setattr(link, "read_row", down)
    async with filming(session) as ws:
        assert await closed(ws) == 1013
