"""The picture that a camera shows at this moment: its newest keyframe from the relay's ring, as a JPEG of full size."""

import asyncio
import contextlib
import time

import imageio_ffmpeg
from django.conf import settings
from django.utils.translation import gettext as _

from streams.relay import ffmpeg
from streams.relay.child import Child
from streams.relay.hub_client import HubClient
from streams.relay.ring import Frame, Ring
from sunkitchen.core.workflow import Refused

WAIT_SECONDS = 8.0  # for a keyframe: a phone sends one every two seconds
FRESH_SECONDS = 15.0  # an older one is not what the clerk sees
DECODE_SECONDS = 5.0
LARGEST = 6 << 20


class NoPicture(Refused):
    """Nothing can be seen at this moment."""

    status = 409


async def now(code: str) -> bytes:
    """A JPEG. NoPicture when none arrives within a few seconds, or when it cannot be read."""
    hub = HubClient(settings.RELAY_SOCKET, linger=0.0)
    try:
        async with hub.viewing(code) as ring:
            frame = await _keyframe(ring)
            jpeg = await decoded(ring.init, frame.data) if frame else b""
    finally:
        await hub.aclose()
    if not jpeg:
        raise NoPicture(_("There is no picture at this moment. Wait until it moves, then keep it."))
    return jpeg


async def _keyframe(ring: Ring) -> Frame | None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                version = ring.version
                held = ring.joining()
                if held and ring.init and time.time() * 1000 - held[0].captured_ms < FRESH_SECONDS * 1000:
                    return held[0]
                await ring.changed(version)
    return None


async def decoded(init: bytes, keyframe: bytes) -> bytes:
    """The keyframe as a JPEG, b"" when no decoder reads it in time."""
    binary = settings.FFMPEG_BINARY or imageio_ffmpeg.get_ffmpeg_exe()
    child = Child(ffmpeg.still(binary), cpu_seconds=int(DECODE_SECONDS) + 1)
    jpeg = b""
    try:
        async with asyncio.timeout(DECODE_SECONDS):
            await child.start(stdin=True)
            poured = asyncio.create_task(_pour(child, init + keyframe))
            while len(jpeg) < LARGEST and (more := await child.stdout.read(1 << 16)):
                jpeg += more
            await poured
    except (TimeoutError, OSError):
        return b""
    finally:
        await child.stop(patience=0)
    return jpeg


async def _pour(child: Child, data: bytes) -> None:
    with contextlib.suppress(ConnectionError):
        child.stdin.write(data)
        await child.stdin.drain()
        child.stdin.close()
