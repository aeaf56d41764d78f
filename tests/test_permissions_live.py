"""Every plain ASGI route × no ticket, forged, for another camera, revoked, valid: what Django's gates never see."""

import asyncio
import time

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async

from streams.cameras import keys
from streams.delivery import link
from streams.relay.segments import PLAYLIST, VARIANT
from sunkitchen import asgi
from sunkitchen.core import tickets
from tests import builders

# What this file walks. A route that is added to asgi.py has to be added here, with its questions below.
# The bell and a talk know people by their session and no camera: tests/desks/test_bell.py and
# tests/registry/consultations/test_socket.py ask them all the same.
WALKED = {
    ("websocket", "/ws/live/"),
    ("websocket", "/ws/ingest/"),
    ("websocket", "/ws/bell/"),
    ("websocket", "/ws/talk/"),
    ("http", "/live/"),
    ("http", "/ingest/"),
}


def test_every_plain_asgi_route_is_walked():
    found = {(kind, prefix) for kind, prefix, _app in asgi.ROUTES}
    assert found == WALKED, f"say in tests/test_permissions_live.py who may open {found ^ WALKED}"


@pytest.fixture
def camera(transactional_db, restaurant, settings, tmp_path):
    """海上明月's camera, with segments lying there as if the relay had just written them."""
    settings.RELAY_LIVE = tmp_path / "live"
    settings.RELAY_SOCKET = tmp_path / "relay.sock"  # nobody listens
    row = builders.camera(restaurant, code="cam1", push_key_hash=keys.digest("the-right-key"))
    folder = settings.RELAY_LIVE / row.code
    folder.mkdir(parents=True)
    (folder / PLAYLIST).write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:2,\nseg-1-1.m4s\n"
    )
    (folder / VARIANT).write_text("BANDWIDTH=1")
    (folder / "seg-1-1.m4s").write_bytes(b"frames")
    return row


@pytest.fixture
def others_camera(camera):
    return builders.camera(builders.establishment(owner=builders.user("郑邻")), code="cam2")


def asked_for(camera, other):
    """(name, opening ticket, session) of everything that must not open this camera, and of what must."""
    now = time.time()
    genuine, session = (make(camera.code, camera.serial, now) for make in (tickets.opening, tickets.session))
    return {
        "no ticket": ("", ""),
        "a forged ticket": (genuine[:-1] + ("A" if genuine[-1] != "A" else "B"),) * 2,
        "another camera's": (tickets.opening(other.code, other.serial, now), tickets.session(other.code, 1, now)),
        "a revoked one": (tickets.opening(camera.code, 0, now), tickets.session(camera.code, 0, now)),
        "an expired one": (
            tickets.opening(camera.code, camera.serial, now - 10_000),
            tickets.session(camera.code, camera.serial, now - 100_000),
        ),
        "the other kind": (session, genuine),
        "a genuine one": (genuine, session),
    }


WRONG = ["no ticket", "a forged ticket", "another camera's", "a revoked one", "an expired one"]


async def http(path, method="GET", body=b""):
    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}
    talk = ApplicationCommunicator(asgi.application, scope)
    await talk.send_input({"type": "http.request", "body": body, "more_body": False})
    status = (await talk.receive_output(5))["status"]
    await talk.wait()
    return status


async def websocket(path, *protocols, origin=b"http://testserver"):
    """The code that the server closes with, or "open" when it sends something first."""
    headers = [(b"host", b"testserver"), *([(b"origin", origin)] if origin else [])]
    scope = {
        "type": "websocket",
        "path": path,
        "headers": headers,
        "subprotocols": ["sunkitchen.live", *filter(None, protocols)],
    }
    talk = ApplicationCommunicator(asgi.application, scope)
    await talk.send_input({"type": "websocket.connect"})
    said = await talk.receive_output(5)
    if said["type"] == "websocket.accept":
        said = await talk.receive_output(5)
    code = said.get("code", "open")
    if code == "open":
        await talk.send_input({"type": "websocket.disconnect", "code": 1000})
    await talk.wait(5)
    return code


@pytest.fixture
async def quiet_hub():
    yield
    await link.hub().aclose()


@pytest.mark.parametrize("what", WRONG)
async def test_wrong_tickets_open_neither_pictures_nor_segments(what, camera, others_camera, quiet_hub):
    opening, session = asked_for(camera, others_camera)[what]
    refused = {403, 404} if what == "no ticket" else {403}
    assert await http(f"/live/cam1/{opening or '-'}/index.m3u8") in refused
    for name in (PLAYLIST, "init-1.mp4", "seg-1-1.m4s"):
        assert await http(f"/live/cam1/{session or '-'}/{name}") in refused
    assert await websocket("/ws/live/cam1/", opening) == 4401
    assert await websocket("/ws/live/cam1/", session) == 4401


async def test_a_page_ticket_opens_a_session_and_nothing_else(camera, others_camera, quiet_hub):
    opening, session = asked_for(camera, others_camera)["a genuine one"]
    assert await http(f"/live/cam1/{opening}/index.m3u8") == 200
    assert await http(f"/live/cam1/{opening}/seg-1-1.m4s") == 403
    assert await http(f"/live/cam1/{session}/seg-1-1.m4s") == 200
    assert await http(f"/live/cam1/{session}/index.m3u8") == 403
    assert await websocket("/ws/live/cam1/", opening) == "open"
    assert await websocket("/ws/live/cam1/", session) == "open"


async def test_the_bell_rings_for_nobody_without_a_session(transactional_db):
    assert await websocket("/ws/bell/") == 4401
    assert await websocket("/ws/bell/", origin=b"http://evil.example") == 4403


async def test_a_talk_opens_for_nobody_without_a_session(transactional_db):
    path = "/ws/talk/6b1f0d5e-5a0e-4d54-9d0c-2f4f3c9b7a11/"
    assert await websocket(path) == 4401
    assert await websocket(path, origin=b"http://evil.example") == 4403
    assert await websocket("/ws/talk/not-a-talk/") == 4404


@pytest.mark.parametrize("origin", [b"", b"null", b"http://evil.example", b"http://testserver.evil.example"])
async def test_other_websites_do_not_open_our_pictures(origin, camera, others_camera, quiet_hub):
    opening, _session = asked_for(camera, others_camera)["a genuine one"]
    assert await websocket("/ws/live/cam1/", opening, origin=origin) == 4403


async def test_a_camera_that_was_switched_off_is_closed_to_everybody(camera, others_camera, quiet_hub):
    opening, session = asked_for(camera, others_camera)["a genuine one"]
    await database_sync_to_async(type(camera).objects.filter(pk=camera.pk).update)(enabled=False)
    await asyncio.sleep(0)
    assert await http(f"/live/cam1/{opening}/index.m3u8") == 403
    assert await http(f"/live/cam1/{session}/seg-1-1.m4s") == 403
    assert await websocket("/ws/live/cam1/", opening) == 4410


async def test_unknown_cameras_are_unknown(camera, others_camera, quiet_hub):
    opening, _session = asked_for(camera, others_camera)["a genuine one"]
    assert await http(f"/live/nothere/{opening}/index.m3u8") == 403
    assert await websocket("/ws/live/nothere/", opening) == 4404
    assert await websocket("/ws/elsewhere/", opening) == 4404


@pytest.mark.parametrize(
    "path",
    [
        "/live/cam1/{s}/../../../secrets",
        "/live/cam1/{s}/..%2f..%2fsecrets",
        "/live/cam1/{s}/variant",
        "/live/../cam1/{s}/media.m3u8",
        "/live/cam1/{s}/seg-1-1.m4s\n",
        "/live/",
    ],
)
async def test_no_name_leaves_the_cameras_folder(path, camera, others_camera, quiet_hub):
    _opening, session = asked_for(camera, others_camera)["a genuine one"]
    assert await http(path.format(s=session)) == 404


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/ingest/cam1/a-wrong-key", "POST", 403),
        ("/ingest/cam2/the-right-key", "POST", 403),
        ("/ingest/nothere/the-right-key", "POST", 403),
        ("/ingest/cam1/", "POST", 403),
        ("/ingest/cam1/the-right-key", "GET", 405),
        ("/ingest/cam1/the-right-key", "POST", 503),  # let in; only the relay is missing here
    ],
)
async def test_only_the_kitchens_own_box_may_push(path, method, status, camera, others_camera, quiet_hub):
    assert await http(path, method, b"G" * 188) == status


# ── phones that film ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def phone(camera):
    return builders.camera(camera.establishment, code="phone1", source="phone")


def films(row, serial=None, ago=0.0):
    return tickets.filming(row.code, row.serial if serial is None else serial, time.time() - ago)


async def test_only_the_phone_that_opened_the_kitchens_code_may_film(phone, camera, others_camera, quiet_hub):
    genuine = films(phone)
    wrong = {
        "no ticket": "",
        "a forged one": genuine[:-1] + ("A" if genuine[-1] != "A" else "B"),
        "another camera's": films(others_camera),
        "a revoked one": films(phone, serial=0),
        "one that ended": films(phone, ago=13 * 3600),
        "the code's own link": tickets.film_link(phone.code, phone.serial, time.time()),
        "a page's ticket": tickets.opening(phone.code, phone.serial, time.time()),
        "a viewer's session": tickets.session(phone.code, phone.serial, time.time()),
    }
    for what, ticket in wrong.items():
        assert await websocket("/ws/ingest/phone1/", ticket) == 4401, what
    assert await websocket("/ws/ingest/phone1/", genuine) == 1013, "let in; only the relay is missing here"
    assert await websocket("/ws/live/phone1/", genuine) == 4401, "who films does not watch by it"


async def test_other_websites_do_not_film(phone, quiet_hub):
    for origin in (b"", b"null", b"http://evil.example"):
        assert await websocket("/ws/ingest/phone1/", films(phone), origin=origin) == 4403


async def test_a_box_does_not_send_for_a_phone_nor_a_phone_for_a_box(phone, camera, quiet_hub):
    await database_sync_to_async(type(phone).objects.filter(pk=phone.pk).update)(push_key_hash=keys.digest("a-key"))
    assert await http("/ingest/phone1/a-key", "POST", b"G" * 188) == 409
    assert await websocket("/ws/ingest/cam1/", films(camera)) == 4404
    assert await websocket("/ws/ingest/nothere/", films(camera)) == 4404


async def test_nobody_films_for_a_camera_that_is_switched_off(phone, quiet_hub):
    await database_sync_to_async(type(phone).objects.filter(pk=phone.pk).update)(enabled=False)
    assert await websocket("/ws/ingest/phone1/", films(phone)) == 4410
