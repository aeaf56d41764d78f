"""From an officer's wish to a file: a real relay, a real camera, a real database."""

import asyncio
import hashlib
import subprocess

import imageio_ffmpeg
import pytest

from tests.streams.relay.test_daemon import installation, is_live, until  # noqa: F401 - a fixture

pytestmark = [pytest.mark.real("ffmpeg", "rtsp")]

ASK = """
from datetime import timedelta
from django.utils import timezone
from streams.clips import actions as clips
from streams.models import Camera, Clip
from tests import builders
officer = builders.officer("赵查", builders.authority(), "inspector")
camera = Camera.objects.get(code="fetched1")
now = timezone.now()
clip = clips.keep_last(camera, by=officer, reason="巡查", at=now)
more = clips.record_next(camera, by=officer, reason="巡查", minutes=1, at=now)
Clip.objects.filter(pk=more.pk).update(ends_at=now + timedelta(seconds=6))
"""
SAY = """
from streams.models import Clip
for clip in Clip.objects.order_by("pk"):
    print(clip.state, clip.key or "-", clip.sha256 or "-", clip.seconds, clip.failure or "-")
"""


MASK = """
from streams.cameras import actions
from streams.models import Camera
camera = Camera.objects.get(code="fetched1")
owner = camera.establishment.memberships.first()
actions.set_masks(camera, by=owner.user if owner else None, found=[[[0, 0], [400, 0], [400, 1000], [0, 1000]]])
"""
KEEP = """
from django.utils import timezone
from streams.clips import actions as clips
from streams.models import Camera
from tests import builders
officer = builders.officer("赵查", builders.authority(), "inspector")
clips.keep_last(Camera.objects.get(code="fetched1"), by=officer, reason="巡查", at=timezone.now())
"""


async def lying(site, count, seconds=40):
    """Wait until so many segments of the camera lie there; which."""
    async with asyncio.timeout(seconds):
        while len(found := list((site.var / "live" / "fetched1").glob("seg-*.m4s"))) < count:
            await asyncio.sleep(0.1)
    return {path.name for path in found}


async def settled(site):
    """Wait until no clip is wanted any more; the rows' words."""
    async with asyncio.timeout(60):
        while "wanted" in (said := await asyncio.to_thread(site.django, SAY)):
            await asyncio.sleep(0.5)
    return [line.split() for line in said.splitlines()]


async def test_what_is_masked_is_in_no_evidence(installation):  # noqa: F811
    hub = installation.hub()
    ring = await hub.watch("fetched1")
    await until(ring, is_live, 30)
    before = await lying(installation, 3)
    await asyncio.to_thread(installation.django, MASK)
    async with asyncio.timeout(40):
        while len(await lying(installation, 1) - before) < 8:  # five seconds are left out, the rest is masked
            await asyncio.sleep(0.2)
    await asyncio.to_thread(installation.django, KEEP)
    ((state, key, *_),) = await settled(installation)
    assert state == "kept", installation.log.read_text()[-2000:]
    path = installation.var / "clips" / f"{key}.mp4"
    grey = "-vf crop=iw*2/5:ih:0:0,scale=16:16:flags=area -pix_fmt gray -f rawvideo -"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", path, *grey.split()]
    pixels = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    assert len(pixels) >= 256 * 25 and max(pixels) < 24  # limited range: black is 16


async def test_what_an_officer_asks_for_is_recorded_while_people_watch(installation):  # noqa: F811
    hub = installation.hub()
    ring = await hub.watch("fetched1")
    await until(ring, is_live, 30)
    await lying(installation, 3)
    await asyncio.to_thread(installation.django, ASK)
    for state, key, digest, seconds, _failure in await settled(installation):
        assert state == "kept", installation.log.read_text()[-2000:]
        path = installation.var / "clips" / f"{key}.mp4"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", path, "-f", "framemd5", "-"]
        played = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert not played.stderr
        pictures = [line for line in played.stdout.splitlines() if line and not line.startswith("#")]
        assert len(pictures) >= 25 * float(seconds) * 0.8 and float(seconds) >= 2
    assert is_live(ring)
