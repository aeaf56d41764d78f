"""A check's camera is seen by its clerk alone: no page, list, map, rate, wall or API ever shows or counts it."""

import asyncio
import time
from datetime import timedelta
from unittest import mock

import httpx
import pytest
from channels.db import database_sync_to_async
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from streams.cameras import days, lease_actions, probe_actions, relay_actions
from streams.clips.models import Clip
from streams.delivery import link
from streams.incidents import actions as incidents
from streams.models import Camera, CameraDay, CameraEvent, Incident
from streams.relay.daemon import Relay
from streams.relay.fmp4 import Init, Part
from sunkitchen.core import tickets
from tests import builders
from tests.conftest import prove
from tests.streams.delivery.viewers import Heard, closed, watching

CODE = "zzcheck9"  # found in a page only where the camera is


def check_camera(place, **fields):
    return Camera.every.create(
        **{"establishment": place, "code": CODE, "purpose": "check", "source": "phone", "zone": "", **fields}
    )


@pytest.fixture
def shown(db, restaurant):
    """As a phone that films makes it: live, vouched for."""
    now = timezone.now()
    cache.clear()
    return check_camera(restaurant, state="live", seen_at=now, since=now, last_live_at=now, poster_at=now)


def test_whoever_asks_for_cameras_is_not_given_it(shown, restaurant):
    assert not Camera.objects.exists() and not restaurant.cameras.exists()
    assert not Camera.objects.public().exists() and not Camera.objects.live(timezone.now()).exists()
    assert type(restaurant)._default_manager.prefetch_related("cameras").get().cameras.count() == 0
    assert Camera._default_manager.count() == 0
    assert Camera.every.get() == shown


PAGES = [
    *("/", "/wall/", "/wall/now.json", "/map/", "/map/points.json", "/k/{k}/", "/k/{k}/live.json", "/k/{k}/kiosk/"),
    *("/k/{k}/live.json?camera=zzcheck9", "/k/{k}/?camera=zzcheck9", "/k/{k}/poster/zzcheck9.jpg", "/embed/{k}/"),
    *("/badge/{k}.svg", "/k/{k}/report-moment/?camera=zzcheck9", "/metrics"),
]
DESKS = [
    *("/desk/", "/desk/kitchens/{k}/", "/desk/kitchens/{k}/cameras/", "/desk/kitchens/{k}/incidents/"),
    *("/desk/kitchens/{k}/cameras/zzcheck9/", "/desk/kitchens/{k}/cameras/zzcheck9/live.json"),
    *("/desk/kitchens/{k}/cameras/zzcheck9/poster.jpg", "/desk/kitchens/{k}/cameras/zzcheck9/newest.jpg"),
]
OFFICE = ["/office/", "/office/kitchens/", "/office/figures/", "/office/incidents/", "/office/clips/", "/office/relay/"]


def test_no_page_of_anybody_shows_it(shown, restaurant, wang, li, settings, tmp_path):
    settings.POSTERS_ROOT = tmp_path
    (tmp_path / f"{CODE}.jpg").write_bytes(b"a picture that nobody may see")
    admin = builders.user("管理员", email="admin@example.com", is_superuser=True)
    asked = [(None, PAGES), (wang, DESKS), (li, DESKS + OFFICE), (admin, OFFICE)]
    for person, addresses in asked:
        client = Client()
        if person:
            client.force_login(person)
            prove(client)
        for address in addresses:
            answer = client.get(address.format(k=restaurant.code), follow=True)
            said = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code in (200, 204, 403, 404), address
            assert b"a picture" not in said, address
            if "zzcheck9" in address:
                assert answer.status_code == 404 or CODE.encode() not in said.replace(b"?camera=zzcheck9", b""), address
            else:
                assert CODE.encode() not in said, address


def test_the_relay_writes_its_state_and_remembers_no_event(shown):
    now = timezone.now()
    assert relay_actions.note_state(CODE, state="stalled", why="no_push", since=now, at=now, epoch=4)
    relay_actions.set_right(now)
    shown.refresh_from_db()
    assert shown.state == "stalled" and shown.epoch == 4
    assert not CameraEvent.objects.exists()
    [row] = relay_actions.rows(now, {CODE})
    assert row.private and row.push and not row.off
    assert lease_actions.take({CODE}, node="here", at=now)
    Camera.every.filter(pk=shown.pk).delete()  # its lease goes with it; nothing else names it


def test_it_is_never_probed_judged_or_counted(shown, restaurant):
    now = timezone.now()
    Camera.every.filter(pk=shown.pk).update(state="stalled", since=now - timedelta(hours=3), source="rtsp")
    restaurant.opened_at = now - timedelta(days=9)
    restaurant.save()
    assert not probe_actions.due(now + timedelta(hours=2), 60)
    incidents.sweep(now)
    days.count_due(now)
    assert not Incident.objects.exists() and not CameraDay.objects.exists() and not Clip.objects.exists()


@pytest.mark.parametrize(("wishes", "kept"), [({"private": False}, 1), ({"private": True}, 0), (None, 0)])
def test_the_relay_keeps_nothing_of_its_picture_and_nothing_of_one_whose_row_is_gone(wishes, kept):
    relay = Relay.__new__(Relay)
    relay._hub, relay._supervisor, relay._sights, relay._shelves = (mock.Mock() for _ in range(4))
    relay._wishes = {CODE: mock.Mock(**wishes)} if wishes else {}
    relay.on_init(CODE, 1, Init("video/mp4", b"init"))
    relay.on_part(CODE, 1, Part(True, 2.0, b"key", 0.0), 1000)
    assert relay._hub.publish_init.call_count == relay._hub.publish_part.call_count == 1, "the clerk sees it"
    assert relay._sights.begin.call_count == relay._sights.keyframe.call_count == kept
    assert relay._shelves.begin.call_count == relay._shelves.add.call_count == kept


async def test_neither_who_objects_to_guests_nor_a_closed_kitchen_stops_a_check(transactional_db, restaurant):
    def arrange():
        builders.filming_consent(builders.staff_member(restaurant), withdrawn_at=timezone.now())
        type(restaurant).objects.update(state="closed")
        return check_camera(restaurant)

    await database_sync_to_async(arrange)()
    seen = await link.read_row(CODE)
    assert seen.private and seen.watchable


async def test_a_pages_ticket_opens_no_check_and_the_clerks_does(site, relay, camera, pieces):
    hidden = await database_sync_to_async(check_camera)(camera.establishment)
    relay.begin(CODE, pieces)
    relay.play(CODE, pieces, 0, 5)
    now = time.time()
    for bad in (tickets.opening(CODE, 1, now), tickets.checking("cam1", 1, now), tickets.checking(CODE, 2, now)):
        async with watching(site, bad, CODE) as ws:
            assert await closed(ws) == 4401
    async with watching(site, tickets.checking(CODE, hidden.serial, now), CODE) as ws:
        heard = await Heard().until(ws, lambda h: h.media)
        assert heard.init == pieces[0].data
    async with watching(site, tickets.checking("cam1", 1, now), "cam1") as ws:
        assert await closed(ws) == 4401, "nor does the clerk's kind of ticket open a kitchen's camera"


async def test_no_playlist_of_it_is_handed_out(site, camera, settings):
    await database_sync_to_async(check_camera)(camera.establishment)
    now = time.time()
    for kind in (tickets.opening, tickets.checking, tickets.session):
        for name in ("index.m3u8", "media.m3u8", "still.jpg", "may-watch"):
            async with asyncio.timeout(30), httpx.AsyncClient() as client:
                answer = await client.get(site.http(f"/live/{CODE}/{kind(CODE, 1, now)}/{name}"))
            assert answer.status_code == 403, (kind, name)
