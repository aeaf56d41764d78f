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


async def test_what_an_officer_asks_for_is_recorded_while_people_watch(installation):  # noqa: F811
    hub = installation.hub()
    ring = await hub.watch("fetched1")
    await until(ring, is_live, 30)
    async with asyncio.timeout(30):
        while len(list((installation.var / "live" / "fetched1").glob("seg-*.m4s"))) < 3:
            await asyncio.sleep(0.1)
    await asyncio.to_thread(installation.django, ASK)
    async with asyncio.timeout(60):
        while "wanted" in (said := await asyncio.to_thread(installation.django, SAY)):
            await asyncio.sleep(0.5)
    for line in said.splitlines():
        state, key, digest, seconds, _failure = line.split()
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
