"""What only the whole arrangement can show: nginx before WSGI pages and ASGI live workers, on PostgreSQL and Redis."""

import asyncio
import http.client
import json
import re
import secrets
import socket
import ssl
import subprocess
from types import SimpleNamespace

import httpx
import imageio_ffmpeg
import pytest
import websockets

from tests.real.deployed import trusting
from tests.real.site import until

pytestmark = pytest.mark.real("ffmpeg")

KEY = "k" * 32
MAKE = f"""
import time
from streams.cameras import keys
from sunkitchen.core import tickets
from tests import builders
place = builders.establishment(owner=builders.user("王海"))
camera = builders.camera(place, code="box1", push_key_hash=keys.digest({KEY!r}))
print(place.code, camera.code, tickets.opening(camera.code, camera.serial, time.time()))
"""
PHONE = """
import time
from streams.models import Camera
from sunkitchen.core import tickets
from tests import builders
camera = builders.camera(Camera.objects.get(code="box1").establishment, code="phone1", source="phone")
print(tickets.filming(camera.code, camera.serial, time.time()), tickets.film_link(camera.code, camera.serial, time.time()))
"""
PAGES_SAY = {
    "content-security-policy",
    "strict-transport-security",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
}


@pytest.fixture(scope="module")
def site_env():
    return {"METRICS_TOKEN": secrets.token_urlsafe(48)}


@pytest.fixture(scope="module")
def kitchen(deployed):
    """A kitchen with a camera whose box pushes through nginx while these tests last."""
    code, camera, ticket = deployed.shell(MAKE).splitlines()[-1].split()
    film = "-re -f lavfi -i testsrc2=size=320x180:rate=10 -t 240 -c:v libx264 -preset ultrafast -g 10 -threads 1"
    push = f"-f mpegts -method POST -tls_verify 0 {deployed.url}/ingest/{camera}/{KEY}"
    box = subprocess.Popen(
        [imageio_ffmpeg.get_ffmpeg_exe(), *"-nostdin -loglevel error".split(), *film.split(), *push.split()],
        stderr=subprocess.PIPE,
    )
    yield SimpleNamespace(code=code, camera=camera, ticket=ticket, box=box)
    box.kill()
    box.communicate()


@pytest.fixture
def visitor(deployed):
    with httpx.Client(base_url=deployed.url, verify=False, timeout=30) as client:
        yield client


# ── live pictures ───────────────────────────────────────────────────────────────────────────────────────────
async def watch(deployed, kitchen, origin):
    """(subprotocol, text messages, first binary message) of a viewer by WebSocket."""
    said = []
    async with (
        asyncio.timeout(40),
        websockets.connect(
            f"wss://localhost:{deployed.port}/ws/live/{kitchen.camera}/",
            ssl=trusting(),
            origin=origin,
            subprotocols=["sunkitchen.live", kitchen.ticket],
        ) as ws,
    ):
        async for message in ws:
            if isinstance(message, bytes):
                return ws.subprotocol, said, message
            said.append(json.loads(message))
    raise AssertionError(f"no picture: {said}")


async def test_a_box_pushes_and_a_viewer_sees_it_by_websocket(deployed, kitchen):
    subprotocol, said, picture = await watch(deployed, kitchen, deployed.url)
    assert subprotocol == "sunkitchen.live"
    assert {"session", "init"} <= {message["type"] for message in said}
    assert b"moof" in picture[:40] or b"ftyp" in picture[:40]
    assert kitchen.box.poll() is None, "the push goes on"


async def test_a_foreign_page_gets_no_socket(deployed, kitchen):
    with pytest.raises(websockets.ConnectionClosed) as closed:
        async with websockets.connect(
            f"wss://localhost:{deployed.port}/ws/live/{kitchen.camera}/",
            ssl=trusting(),
            origin="https://evil.example",
            subprotocols=["sunkitchen.live", kitchen.ticket],
        ) as ws:
            await asyncio.wait_for(ws.recv(), 30)
    assert closed.value.rcvd.code == 4403


@pytest.fixture(scope="module")
def phone(deployed, kitchen):
    """(session, link) of a camera that is a phone."""
    return deployed.shell(PHONE).splitlines()[-1].split()


async def test_a_phone_films_through_nginx(deployed, phone):
    film = "-f lavfi -i testsrc2=size=320x180:rate=10 -t 8 -c:v libx264 -preset ultrafast -g 10 -f mpegts pipe:1"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *"-nostdin -loglevel error".split(), *film.split()]
    sent = await asyncio.to_thread(subprocess.check_output, command)
    async with (
        asyncio.timeout(60),
        websockets.connect(
            f"wss://localhost:{deployed.port}/ws/ingest/phone1/",
            ssl=trusting(),
            origin=deployed.url,
            subprotocols=["sunkitchen.film", phone[0]],
        ) as ws,
    ):
        assert json.loads(await ws.recv())["type"] == "ready"
        for start in range(0, len(sent), 20_000):
            await ws.send(sent[start : start + 20_000])
        while json.loads(await ws.recv())["bytes"] < len(sent):
            pass
    states = "from streams.models import CameraEvent; print(*CameraEvent.objects.values_list('camera__code', 'state'))"
    assert until(lambda: "('phone1', 'live')" in deployed.shell(states))


def test_a_phones_link_leads_to_its_page_and_into_no_log(deployed, visitor, phone):
    answer = visitor.get(f"/film/phone1/{phone[1]}/")
    assert answer.status_code == 302 and answer.headers["Cache-Control"] == "no-store"
    page = visitor.get(answer.headers["Location"])
    assert page.status_code == 200 and page.headers.keys() >= PAGES_SAY
    log = (deployed.folder / "nginx/access.log").read_text()
    assert "GET /film/... " in log and phone[1] not in log and "g.phone1" not in log


def opened(deployed, kitchen):
    """Folder of a session that was just opened, and its playlist."""
    folder = f"/live/{kitchen.camera}"
    assert until(lambda: deployed.asks("GET", f"{folder}/{kitchen.ticket}/index.m3u8")[0] == 200), deployed.words
    master = deployed.asks("GET", f"{folder}/{kitchen.ticket}/index.m3u8")[2].decode()
    session = re.search(r"\.\./([^/]+)/media\.m3u8", master)[1]
    playlist = deployed.asks("GET", f"{folder}/{session}/media.m3u8")[2].decode()
    return f"{folder}/{session}", playlist


def segment(deployed, kitchen):
    """Path of the newest segment of a session that was just opened."""
    folder, playlist = opened(deployed, kitchen)
    return f"{folder}/{re.findall(r'^seg-.*', playlist, re.M)[-1]}"


def test_segments_come_from_nginx_itself_and_only_for_a_session(deployed, kitchen):
    path = segment(deployed, kitchen)
    status, headers, body = deployed.asks("GET", path)
    assert (status, headers["Content-Type"]) == (200, "video/mp4")
    assert b"moof" in body[:64]
    assert headers["ETag"] and headers["Last-Modified"], "nginx's own answer, from the relay's folder"
    assert headers["Cache-Control"] == "private, max-age=60, immutable"
    assert headers.get_all("Cross-Origin-Resource-Policy") == ["same-origin"]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert deployed.asks("GET", path, Range="bytes=0-9")[2] == body[:10]

    session, name = path.split("/")[-2:]
    forged = session[:-1] + ("A" if session[-1] != "A" else "B")
    status, headers, body = deployed.asks("GET", path.replace(session, forged))
    assert (status, "观看凭证" in body.decode()) == (403, True)
    assert headers["Cache-Control"] == "no-store"
    status, _headers, body = deployed.asks("GET", path.replace(name, "seg-1-1.m4s"))
    assert (status, "已经过去" in body.decode()) == (404, True)
    for outside in ("/-/may-watch", "/-/413.html", f"{path}/../../media.m3u8", path.replace(name, "variant")):
        assert deployed.asks("GET", outside)[0] in (400, 403, 404), outside


def test_parts_come_from_nginx_too_and_the_next_one_is_waited_for(deployed, kitchen):
    folder, _playlist = opened(deployed, kitchen)

    def parts():
        playlist = deployed.asks("GET", f"{folder}/media.m3u8")[2].decode()
        return re.findall(r'#EXT-X-PART:.*URI="([^"]+)"', playlist)

    assert until(parts), "they are made because somebody asks: the first playlist may name none yet"
    part = parts()[-1]
    status, headers, body = deployed.asks("GET", f"{folder}/{part}")
    assert (status, headers["Content-Type"], b"moof" in body[:64]) == (200, "video/mp4", True)
    assert headers["ETag"], "nginx's own answer"
    hinted = re.search(
        r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', deployed.asks("GET", f"{folder}/media.m3u8")[2].decode()
    )
    status, headers, body = deployed.asks("GET", f"{folder}/{hinted[1]}")
    assert (status, headers["Content-Type"], b"moof" in body[:64]) == (200, "video/mp4", True)


def test_a_wrong_push_key_is_told_at_once(deployed, kitchen):
    status, _headers, body = deployed.asks("POST", f"/ingest/{kitchen.camera}/wrong", b"x" * 1000)
    assert (status, "密钥不对" in body.decode()) == (403, True)


def test_a_revoked_session_gets_no_more_segments(deployed, kitchen):
    """Last of the live ones: the camera's tickets are worth nothing afterwards."""
    code = "from streams.models import Camera; Camera.objects.filter(code={!r}).update(serial={})"
    path = segment(deployed, kitchen)
    assert deployed.asks("GET", path)[0] == 200
    deployed.shell(code.format(kitchen.camera, 7))
    try:
        # A segment may be gone by itself: 404 for who may watch, 403 for who may not.
        assert until(lambda: deployed.asks("GET", path)[0] == 403, 30)
    finally:
        deployed.shell(code.format(kitchen.camera, 1))


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_pages_say_each_thing_once(deployed, kitchen):
    for path in ("/", "/sign-in/", f"/k/{kitchen.code}/"):
        status, headers, _body = deployed.asks("GET", path)
        assert status == 200
        for name in (*PAGES_SAY, "Content-Type", "Server", "Date"):
            assert len(headers.get_all(name, [])) == 1, name
        assert headers["Server"] == "nginx"
    policy = deployed.asks("GET", "/")[1]["Content-Security-Policy"]
    assert f"wss://localhost:{deployed.port}" in policy


def test_a_page_is_served_by_wsgi_workers(deployed):
    commands = list(deployed.processes.values())
    assert sum("granian" in command and "--interface wsgi" in command for command in commands) >= 1
    assert "gzip" in deployed.asks("GET", "/", Accept_Encoding="gzip")[1].get("Content-Encoding", "")


def test_static_files_are_named_by_their_content_and_kept_for_ever(deployed):
    page = deployed.asks("GET", "/")[2].decode()
    named = re.search(r"/static/css/base\.[0-9a-f]{12}\.css", page)
    assert named, "the page names files by content"
    status, headers, _body = deployed.asks("GET", named[0])
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert headers["Content-Type"].startswith("text/css")
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    status, headers, _body = deployed.asks("GET", "/static/css/base.css")
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=3600")
    assert deployed.asks("GET", "/static/../secrets/log_key.pem")[0] in (400, 404)
    assert deployed.asks("GET", "/static/css/")[0] in (403, 404)


def test_modules_import_each_other_by_those_names(deployed):
    manifest = json.loads((deployed.var / "static/staticfiles.json").read_text())["paths"]
    status, headers, body = deployed.asks("GET", f"/static/{manifest['js/player.js']}")
    assert (status, headers["Content-Type"].split(";")[0].endswith("/javascript")) == (200, True)
    imported = re.findall(r"""(?:from|import\() ?["']\./([\w.-]+)["']""", body.decode())
    assert len(imported) >= 3
    assert {f"js/{name}" for name in imported} <= set(manifest.values())
    assert all(deployed.asks("GET", f"/static/js/{name}")[0] == 200 for name in imported)
    assert deployed.asks("GET", f"/static/{manifest['vendor/hls/hls.light.min.mjs']}")[0] == 200


@pytest.mark.parametrize(
    ("path", "megabytes"), [("/sign-in/", 2), ("/en/sign-in/", 2), ("/k/x/", 2), ("/desk/kitchens/new/", 221)]
)
def test_what_is_too_large_is_refused_in_words_before_it_is_sent(deployed, path, megabytes):
    connection = http.client.HTTPSConnection("localhost", deployed.port, timeout=60, context=trusting())
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(megabytes * 2**20))
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    assert answer.status == 413
    assert "太大了" in body and "too large" in body


def test_ten_photos_pass_the_door(deployed, visitor):
    """219 MB go through nginx to the desk's own judgement (here: who is not signed in is sent to sign in, and nobody
    reads what they brought: a worker that lets go before nginx has handed it all over makes a 502 or 503 of it)."""
    answer = visitor.post(
        "/desk/kitchens/new/", content=(b"x" * 2**20 for _ in range(219)), headers={"Origin": deployed.url}
    )
    assert answer.status_code in (302, 403, 502, 503), answer.text[:200]


def test_a_claimed_address_does_not_change_who_one_is(deployed, visitor):
    """Five wrong passwords from "different" addresses are five from one."""
    visitor.get("/sign-in/")
    for number in range(3):
        visitor.post(
            "/sign-in/",
            data={
                "login": "nobody@example.com",
                "password": "wrong wrong",
                "csrfmiddlewaretoken": visitor.cookies["csrftoken"],
            },
            headers={
                "X-Forwarded-For": f"6.6.6.{number}",
                "X-Real-IP": f"6.6.6.{number}",
                "Forwarded": f"for=6.6.6.{number}",
                "Referer": f"{deployed.url}/sign-in/",
            },
        )
    seen = deployed.shell(
        "from axes.models import AccessAttempt as A;"
        "print(*A.objects.filter(username='nobody@example.com').values_list('ip_address', 'failures_since_start'))"
    )
    assert seen == "('127.0.0.1', 3)"


def test_a_claimed_host_or_scheme_reaches_no_page(deployed, visitor):
    with pytest.raises(httpx.RemoteProtocolError):
        visitor.get("/", headers={"Host": "evil.example"})
    answer = visitor.get("/desk/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"})
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"] and not answer.headers["Location"].startswith("http:")


def test_plain_http_is_sent_on_to_https(deployed):
    connection = http.client.HTTPConnection("localhost", deployed.plain_port, timeout=60)
    connection.request("GET", "/k/abc/?x=1")
    answer = connection.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"].startswith("https://localhost") and answer.headers["Location"].endswith(
        "/k/abc/?x=1"
    )


@pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning")
def test_old_protocols_are_refused(deployed):
    context = trusting()
    with socket.create_connection(("localhost", deployed.port)) as raw, context.wrap_socket(raw) as tls:
        assert tls.version() == "TLSv1.3"
    context.options |= ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3
    with socket.create_connection(("localhost", deployed.port)) as raw, pytest.raises(ssl.SSLError):
        context.wrap_socket(raw)


def test_measures_are_for_the_inside(deployed):
    assert [deployed.asks("GET", path)[0] for path in ("/metrics", "/metrics/", "//metrics", "/healthz/ready")] == [
        404
    ] * 4
    assert deployed.asks("GET", "/healthz/live")[0] == 200
    with httpx.Client(base_url=f"http://127.0.0.1:{deployed.inside_port}", timeout=30) as inside:
        assert inside.get("/").status_code == 404
        assert inside.get("/healthz/ready").json()["checks"]["database"] == "ok"
        assert inside.get("/metrics").status_code == 404, "not even from this machine without the token"
        metrics = inside.get("/metrics", headers={"Authorization": f"Bearer {deployed.env['METRICS_TOKEN']}"})
        assert metrics.status_code == 200, metrics.text
        assert "sunkitchen_requests" in metrics.text


def test_who_tries_tokens_by_machine_is_slowed_down(deployed):
    """All connected first, then asked at once: slow machines would give the door time."""
    visitors = [
        http.client.HTTPSConnection("localhost", deployed.port, timeout=60, context=trusting()) for _ in range(120)
    ]
    for visitor in visitors:
        visitor.connect()
    for number, visitor in enumerate(visitors):
        visitor.request("GET", f"/q/{number:026}")
    answers = [(answer.status, answer.read().decode()) for answer in (visitor.getresponse() for visitor in visitors)]
    for visitor in visitors:
        visitor.close()
    assert {status for status, _body in answers} == {404, 429}
    assert all("操作太频繁" in body for status, body in answers if status == 429)


def test_nothing_that_opens_a_door_is_logged(deployed, kitchen):
    for path in (f"/live/box1/{kitchen.ticket}/media.m3u8", f"/ingest/box1/{KEY}", f"/en/q/{KEY}?k={KEY}"):
        deployed.asks("GET", path)
    written = deployed.folder / "nginx/access.log"
    doors = ("GET /live/box1/... ", "GET /ingest/box1/... ", "GET /q/... ")
    # nginx writes its line once the answer is out.
    assert until(lambda: all(door in written.read_text() for door in doors)), written.read_text()
    log = written.read_text()
    assert kitchen.ticket not in log and KEY not in log
    assert kitchen.ticket not in deployed.words and KEY not in deployed.words
