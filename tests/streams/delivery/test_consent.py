"""Whoever works before a camera may take back their consent: then nobody sees it, those who are watching included."""

import asyncio
import time

import httpx
import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from streams.delivery.sockets import STOPPED
from streams.relay.segments import SegmentWriter
from sunkitchen.core import tickets
from sunkitchen.registry.staff import actions as staff
from tests import builders
from tests.streams.delivery.viewers import Heard, closed, watching

withdraw = database_sync_to_async(staff.withdraw_consent)
give = database_sync_to_async(staff.give_consent)
leave = database_sync_to_async(staff.leave)


@pytest.fixture
def chen(camera, restaurant, wang):
    """陈, the cook, who consented."""
    member = builders.staff_member(restaurant, name="陈师傅", added_by=wang)
    builders.filming_consent(member)
    return member


async def test_a_viewer_who_watches_is_closed_when_somebody_withdraws(site, relay, ticket, pieces, chen, wang):
    relay.begin("cam1", pieces)
    relay.play("cam1", pieces, 0, 5)
    async with watching(site, ticket) as ws:
        await Heard().until(ws, lambda heard: heard.media)
        await withdraw(chen, by=wang)
        assert await closed(ws) == STOPPED
    async with watching(site, ticket) as ws:  # and nobody comes in, not with a ticket of before
        assert await closed(ws) == STOPPED
    fresh = tickets.opening("cam1", 1, time.time())
    async with watching(site, fresh) as ws:
        assert await closed(ws) == STOPPED


async def test_hls_ends_within_one_look_at_the_row(site, relay, ticket, pieces, chen, wang):
    init, *parts = pieces
    writer = SegmentWriter(relay.live / "cam1")
    writer.begin(1, init)
    for part in parts:
        writer.add(part, round(time.time() * 1000 + part.decode_time * 1000))
    async with httpx.AsyncClient(base_url=site.http("")) as web:
        opened = await web.get(f"/live/cam1/{ticket}/index.m3u8")
        session = opened.text.split("../")[1].split("/")[0]
        media = await web.get(f"/live/cam1/{session}/media.m3u8")
        segment = next(line for line in media.text.splitlines() if line.startswith("seg-"))
        assert (await web.get(f"/live/cam1/{session}/{segment}")).status_code == 200
        await withdraw(chen, by=wang)
        async with asyncio.timeout(30):
            while (await web.get(f"/live/cam1/{session}/media.m3u8")).status_code != 403:
                await asyncio.sleep(0.02)
        assert (await web.get(f"/live/cam1/{session}/{segment}")).status_code == 403
        assert (await web.get(f"/live/cam1/{ticket}/index.m3u8")).status_code == 403


@pytest.mark.parametrize("how", ["consents again", "has left"])
async def test_the_picture_comes_back_by_itself(site, relay, ticket, pieces, chen, wang, how):
    relay.begin("cam1", pieces)
    relay.play("cam1", pieces, 0, 5)
    await withdraw(chen, by=wang)
    async with watching(site, ticket) as ws:
        assert await closed(ws) == STOPPED
    today = timezone.localdate()
    await (give(chen, by=wang, given_on=today) if how == "consents again" else leave(chen, by=wang, on=today))
    async with asyncio.timeout(30):
        while True:
            async with watching(site, ticket) as ws:
                try:
                    await Heard().until(ws, lambda heard: heard.media)
                    break
                except Exception:  # closed: the row read before is kept for a moment
                    assert ws.close_code == STOPPED


async def test_the_box_may_go_on_sending_so_that_the_picture_is_there_at_once(site, relay, camera, chen, wang):
    from streams.delivery import link

    await withdraw(chen, by=wang)
    seen = await link.read_row("cam1")
    assert seen.open and seen.withheld and not seen.watchable
