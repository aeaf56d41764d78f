"""The daemon as a process of its own: real database file, real ffmpeg, real camera."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streams.relay.hub_client import HubClient
from tests.real import servers
from tests.streams.conftest import encode

pytestmark = [pytest.mark.real("ffmpeg", "rtsp")]

CANARY = "canary-7Qz9"
MAKE_ROWS = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from sunkitchen.core import secrets
from tests import builders
place = builders.establishment()
builders.camera(place, source="rtsp", code="fetched1", sealed_url=secrets.seal({url!r}))
builders.camera(place, source="push", code="pushed01")
"""
SAY_ROWS = """
from streams.models import Camera, CameraEvent
for camera in Camera.objects.order_by("code"):
    print(camera.code, camera.state, camera.why or "-", bool(camera.poster_at), camera.last_errors.replace(chr(10), "|"))
"""


class Installation:
    """A var folder of its own, and the relay that runs on it."""

    def __init__(self, var, camera):
        self.var, self.camera, self.relay, self.log = var, camera, None, var / "relay.log"
        self.env = {
            **os.environ,
            "SUNKITCHEN_VAR": str(var),
            **servers.room(var),
            "CAMERA_ALLOW": camera.address,
            "DJANGO_SETTINGS_MODULE": "sunkitchen.settings",
        }
        self.env.pop("RELAY_LIVE", None)
        self.django(MAKE_ROWS.format(url=camera.url(password=CANARY)))

    def django(self, code):
        script = f"import django; django.setup()\n{code}"
        done = subprocess.run([sys.executable, "-c", script], env=self.env, capture_output=True, text=True, timeout=60)
        assert not done.returncode, done.stderr
        return done.stdout

    def start(self):
        with self.log.open("a") as log:
            self.relay = subprocess.Popen([sys.executable, "-m", "sunkitchen", "relay"], env=self.env, stderr=log)
        return self.relay

    def children(self):
        """Pids of processes whose parent is the relay."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                after_name = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(after_name[1]) == self.relay.pid and after_name[0] != "Z":
                found.append(int(stat.parent.name))
        return found

    def rows(self):
        url = self.env.get("DATABASE_URL")
        return servers.hand(url.rpartition("/")[2] if url else self.var / "sunkitchen.sqlite3")

    def hub(self):
        return HubClient(self.var / "relay.sock", linger=0.1, retry=0.1)


@pytest.fixture
async def installation(tmp_path, rtsp_camera):
    camera = rtsp_camera("--password", CANARY, "--freeze-file", str(tmp_path / "freeze"), "--gop", "25")
    installation = Installation(tmp_path, camera)
    installation.start()
    async with asyncio.timeout(60):
        while not (tmp_path / "relay.sock").exists():
            assert installation.relay.poll() is None, installation.log.read_text()
            await asyncio.sleep(0.05)
    yield installation
    if installation.relay.poll() is None:
        installation.relay.kill()
    installation.relay.wait()


async def until(ring, condition, seconds=60):
    """Wait for the ring to be so; how long it took."""
    start = time.monotonic()
    version = ring.version
    while not condition(ring):
        left = start + seconds - time.monotonic()
        assert left > 0, f"still {ring.status}"
        version = await ring.changed(version, left)
    return time.monotonic() - start


def is_live(ring):
    return ring.status.state == "live" and bool(ring.joining())


def is_not_live(ring):
    return ring.status.state != "live"


async def test_from_a_viewer_to_the_picture_and_back(installation, tmp_path):
    hub = installation.hub()
    ring = await hub.watch("fetched1")
    await until(ring, is_live)
    epoch = ring.epoch

    (tmp_path / "freeze").touch()
    await until(ring, lambda ring: ring.status.why == "still")
    first = ring.newest.seq
    await until(ring, lambda ring: ring.newest.seq > first + 10)
    assert ring.status.state == "stalled", "parts arrive, nothing moves: that is not live"
    (tmp_path / "freeze").unlink()
    await until(ring, is_live)

    installation.camera.stop()
    await until(ring, is_not_live)
    since = ring.status.since
    await until(ring, lambda ring: ring.status.why == "unreachable")
    assert ring.status.since == since
    installation.camera.start()
    await until(ring, is_live)
    assert ring.epoch > epoch

    rows = installation.django(SAY_ROWS)
    assert "fetched1 live - True" in rows
    assert (installation.var / "posters" / "fetched1.jpg").read_bytes().startswith(b"\xff\xd8")
    assert CANARY not in rows + installation.log.read_text()
    with installation.rows() as hand:
        stored = hand.execute("SELECT * FROM streams_camera").fetchall()
    assert "rtsp" in repr(stored) and CANARY not in repr(stored)
    await hub.aclose()


async def test_a_push_is_live_while_it_lasts(installation):
    hub = installation.hub()
    ring = await hub.watch("pushed01")
    await until(ring, lambda ring: ring.status.why == "no_push")
    film = encode(8, out="-f mpegts pipe:1")
    async with hub.push("pushed01") as sink:
        for start in range(0, len(film), 16384):
            await sink(film[start : start + 16384])
        await until(ring, is_live)
    await until(ring, is_not_live)
    assert ring.status.why == "no_push"
    await hub.aclose()


async def test_term_ends_every_child(installation):
    hub = installation.hub()
    await until(await hub.watch("fetched1"), is_live)
    children = installation.children()
    assert children
    installation.relay.terminate()
    assert installation.relay.wait(30) == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    await hub.aclose()


async def test_a_killed_relay_leaves_no_child_and_the_next_one_goes_on(installation):
    hub = installation.hub()
    ring = await hub.watch("fetched1")
    await until(ring, is_live)
    epoch, children = ring.epoch, installation.children()
    playlist = installation.var / "live" / "fetched1" / "media.m3u8"
    async with asyncio.timeout(30):
        while not playlist.exists():
            await asyncio.sleep(0.05)
    installation.relay.kill()
    installation.relay.wait()
    before = playlist.read_text()
    await until(ring, lambda ring: ring.status.why == "relay")
    async with asyncio.timeout(30):
        while any(Path(f"/proc/{pid}").exists() for pid in children):
            await asyncio.sleep(0.05)
    installation.start()
    await until(ring, is_live)
    assert ring.epoch > epoch, "what the dead one sent must not be mistaken for ours"
    assert not playlist.exists() or "DISCONTINUITY-SEQUENCE:0" in playlist.read_text() != before
    await hub.aclose()


async def test_a_second_relay_on_the_same_socket_ends_with_one_clear_line(installation):
    hub = installation.hub()
    await until(await hub.watch("fetched1"), lambda ring: ring.status.state != "starting" or ring.epoch)
    command = [sys.executable, "-m", "sunkitchen", "relay"]
    second = subprocess.run(command, env=installation.env, capture_output=True, text=True, timeout=60)
    assert second.returncode == 1 and "is running on" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    await hub.aclose()


async def test_a_hint_alone_starts_a_camera_for_those_who_watch_by_hls(installation):
    hub = installation.hub()
    await hub.want("fetched1")
    async with asyncio.timeout(30):
        while not (installation.var / "live" / "fetched1" / "media.m3u8").exists():
            await asyncio.sleep(0.05)
    await hub.aclose()


def switch(installation, enabled):
    with installation.rows() as hand:
        hand.execute(f"UPDATE streams_camera SET enabled = {enabled}")


async def test_a_box_that_pushes_right_after_its_camera_was_switched_on_stays(installation):
    """The relay reads the rows once a second: what it read before must not end the push."""
    hub = installation.hub()
    ring = await hub.watch("pushed01")
    film = encode(8, out="-f mpegts pipe:1")
    switch(installation, "FALSE")
    await until(ring, lambda ring: ring.status.why == "disabled")
    switch(installation, "TRUE")
    async with hub.push("pushed01") as sink:
        for start in range(0, len(film), 16384):
            await sink(film[start : start + 16384])
        await until(ring, is_live)
        with pytest.raises(AssertionError, match=r"still .*live"):
            await until(ring, is_not_live, 1)
    await hub.aclose()
