"""Other encodings of the same camera, and what is measured of viewers."""

import asyncio
import json

import pytest
import websockets

from streams.delivery import link, tally
from streams.delivery.live import LiveApp
from tests.streams.conftest import serving
from tests.streams.delivery.conftest import Site, update
from tests.streams.delivery.viewers import Heard, closed, watching


@pytest.mark.parametrize(
    "asked, fields, channel",
    [
        ("h264", {}, "cam1~h264"),
        ("sub", {"sealed_sub_url": "sealed"}, "cam1~sub"),
        ("sub", {}, "cam1"),
        ("sub", {"sealed_sub_url": "sealed", "masks": [[[0, 0], [500, 0], [500, 500]]]}, "cam1"),
        ("../x", {}, "cam1"),
        ("%00&as=%ff", {}, "cam1"),
    ],
    ids=["converted", "smaller", "none smaller", "masked", "a path", "junk"],
)
async def test_a_viewer_gets_the_encoding_it_asks_for_where_there_is_one(
    site, relay, camera, ticket, pieces, asked, fields, channel
):
    await update(camera, **fields)
    relay.begin(channel, pieces, epoch=5)
    options = {"subprotocols": ["sunkitchen.live", ticket], "origin": f"http://{site.host}", "compression": None}
    async with websockets.connect(f"{site.ws('cam1')}?as={asked}", **options) as ws:
        heard = await Heard().until(ws, lambda h: h.init)
    assert heard.of("session")[0]["as"] == channel.partition("~")[2]


async def test_another_encoding_is_closed_with_the_camera(site, relay, camera, ticket, pieces):
    relay.begin("cam1~h264", pieces)
    options = {"subprotocols": ["sunkitchen.live", ticket], "origin": f"http://{site.host}", "compression": None}
    async with websockets.connect(f"{site.ws('cam1')}?as=h264", **options) as ws:
        await Heard().until(ws, lambda h: h.init)
        await update(camera, enabled=False)
        assert await closed(ws) == 4410


async def test_what_viewers_got_and_how_late_is_told_to_the_relay(site, relay, ticket, pieces, monkeypatch):
    told = []
    monkeypatch.setattr(tally, "EVERY", 0.05)
    monkeypatch.setattr(link.hub(), "tally", lambda channels: told.append(channels) or True)
    relay.begin("cam1", pieces)
    relay.play("cam1", pieces, 0, 14)
    async with watching(site, ticket) as ws:
        for delay in (180, "junk", 180):  # of two within a second, one counts
            await ws.send(json.dumps({"type": "pong", "sent": 1, "delay": delay}))
        await Heard().until(ws, lambda h: h.media and len(h.of("time")) == 3)
        async with asyncio.timeout(30):
            while sum(sum(report["cam1"]["delays"]) for report in told) < 1:
                await asyncio.sleep(0.01)
    assert told[0]["cam1"]["viewers"] == 1
    assert sum(report["cam1"]["bytes"] for report in told) > 1000
    assert [sum(counts) for counts in zip(*(report["cam1"]["delays"] for report in told), strict=True)][2] == 1


async def test_who_joins_others_waits_for_no_database(camera, relay, ticket, pieces, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    relay.begin("cam1", pieces)
    reads, read = [], link.read_row

    async def counted(code):
        reads.append(code)
        return await read(code)

    monkeypatch.setattr(link, "read_row", counted)
    async with serving(LiveApp(recheck=3600)) as port:
        site = Site(port)
        async with watching(site, ticket) as first:
            await Heard().until(first, lambda h: h.init)
            before = len(reads)
            async with watching(site, ticket) as second:
                await Heard().until(second, lambda h: h.init)
            assert len(reads) == before == 1
        await link.hub().aclose()
