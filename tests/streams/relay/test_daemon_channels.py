"""The daemon's other channels and its conversions, as a process of its own: real database, real ffmpeg, real cameras."""

import asyncio
import contextlib
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.streams.relay.test_daemon import CANARY, Installation, is_live, until

pytestmark = [pytest.mark.real("ffmpeg", "rtsp")]

LEFT_HALF = [[[0, 0], [500, 0], [500, 1000], [0, 1000]]]
SET = """
from sunkitchen.core import secrets
from streams.models import Camera
camera = Camera.objects.get(code="fetched1")
{what}
camera.save()
"""
MANY = 90  # seconds: machines may be busy
SMALL = ("--size", "320x180", "--fps", "10")


@pytest.fixture
async def make(tmp_path, rtsp_camera):
    """`make(main, others, transcodes)`: a running relay whose camera fetched1 is `main`."""
    made = []

    async def start(main, *others, transcodes=1, what="pass"):
        installation = Installation(tmp_path, main)
        installation.env["CAMERA_ALLOW"] = ",".join(camera.address for camera in (main, *others))
        installation.env["RELAY_TRANSCODES"] = str(transcodes)
        installation.django(SET.format(what=what))
        installation.start()
        made.append(installation)
        async with asyncio.timeout(MANY):
            while not (tmp_path / "relay.sock").exists():
                assert installation.relay.poll() is None, installation.log.read_text()
                await asyncio.sleep(0.05)
        return installation

    yield start
    for installation in made:
        if installation.relay.poll() is None:
            installation.relay.kill()
        installation.relay.wait()


def luma(ring):
    """The newest keyframe's picture: (width, brightness of every pixel)."""
    film = ring.init + b"".join(frame.data for frame in ring.joining()[:1])
    command = f"{imageio_ffmpeg.get_ffmpeg_exe()} -v error -i pipe:0 -vf scale=64:36:flags=area,format=gray -frames:v 1 -f rawvideo pipe:1"
    return subprocess.run(command.split(), input=film, capture_output=True, check=True, timeout=MANY).stdout


def left_of(picture):
    """The brightest pixel of the left half, but for the column beside its edge."""
    return max(max(picture[row * 64 : row * 64 + 31]) for row in range(36))


def fetching(installation):
    """How many children fetch a camera now."""
    found = 0
    for pid in installation.children():
        with contextlib.suppress(OSError):
            found += b"rtsp://" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return found


async def test_a_second_stream_is_fetched_while_it_is_watched_and_not_much_longer(rtsp_camera, make):
    words = ("--password", CANARY, "--gop", "25")
    main, second = rtsp_camera(*words), rtsp_camera(*words, "--size", "320x180")
    url = f"camera.sealed_sub_url = secrets.seal({second.url(password=CANARY)!r})"
    installation = await make(main, second, what=url)
    hub = installation.hub()
    ring = await hub.watch("fetched1~sub")
    await until(ring, is_live, MANY)
    main_ring = await hub.watch("fetched1")
    await until(main_ring, is_live, MANY)
    assert main_ring.init != ring.init
    assert fetching(installation) == 2
    hub.leave("fetched1~sub")
    async with asyncio.timeout(MANY):
        while fetching(installation) == 2:
            await asyncio.sleep(0.2)
    assert main_ring.status.state == "live"
    assert CANARY not in installation.log.read_text()
    await hub.aclose()


async def test_h265_is_shared_as_h264_by_those_who_ask(rtsp_camera, make):
    installation = await make(rtsp_camera("--password", CANARY, "--gop", "25", "--codec", "h265", *SMALL))
    hub = installation.hub()
    ring = await hub.watch("fetched1~h264")
    await until(ring, is_live, MANY)
    main = await hub.watch("fetched1")
    await until(main, is_live, MANY)
    assert ring.mime.startswith('video/mp4; codecs="avc1.') and main.mime.startswith('video/mp4; codecs="hvc1.')
    assert luma(ring) and len(installation.children()) >= 2
    await hub.aclose()


async def test_past_the_budget_h265_is_not_converted_but_shown_to_those_who_can(rtsp_camera, make):
    installation = await make(rtsp_camera("--password", CANARY, "--gop", "25", "--codec", "h265", *SMALL), transcodes=0)
    hub = installation.hub()
    main, ring = await hub.watch("fetched1"), await hub.watch("fetched1~h264")
    await until(ring, lambda ring: ring.status.why == "budget", MANY)
    assert ring.status.state == "stalled" and not ring.init
    second = await hub.watch("fetched1~sub")
    await until(second, lambda ring: ring.status.why == "no_stream", MANY)
    await until(main, is_live, MANY)
    await hub.aclose()


async def test_masks_without_room_to_burn_them_in_mean_no_picture_at_all(rtsp_camera, make):
    masks = f"camera.masks = {LEFT_HALF!r}"
    installation = await make(rtsp_camera("--password", CANARY, "--gop", "25"), transcodes=0, what=masks)
    hub = installation.hub()
    ring = await hub.watch("fetched1")
    await until(ring, lambda ring: ring.status.why == "budget", MANY)
    assert not ring.init and not ring.joining()
    assert not list((installation.var / "live").glob("*/*.m4s"))
    assert not list((installation.var).glob("posters/*.jpg"))
    await hub.aclose()


async def test_masks_that_are_set_while_it_films_cover_all_that_follows_and_what_was_kept_is_gone(rtsp_camera, make):
    installation = await make(rtsp_camera("--password", CANARY, "--gop", "25"))
    hub = installation.hub()
    ring = await hub.watch("fetched1")
    await until(ring, is_live, MANY)
    assert left_of(luma(ring)) > 60
    epoch, poster = ring.epoch, installation.var / "posters" / "fetched1.jpg"
    async with asyncio.timeout(MANY):
        while not poster.exists() or not list((installation.var / "live" / "fetched1").glob("seg-*")):
            await asyncio.sleep(0.05)
    before = {path.name for path in (installation.var / "live" / "fetched1").glob("*")}
    unmasked = poster.read_bytes()
    installation.django(SET.format(what=f"camera.masks = {LEFT_HALF!r}"))
    await until(ring, lambda ring: ring.epoch > epoch and is_live(ring), MANY)
    for _ in range(3):
        newest = ring.newest.seq
        assert left_of(luma(ring)) <= 32
        await until(ring, lambda ring, newest=newest: ring.newest and ring.newest.seq > newest + 25, MANY)
    after = {path.name for path in (installation.var / "live" / "fetched1").glob("*")}
    assert not {name for name in before & after if name.startswith(("seg-", "init-"))}
    assert not poster.exists() or poster.read_bytes() != unmasked
    await hub.aclose()
