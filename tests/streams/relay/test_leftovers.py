"""What cameras that come and go all day leave in memory: counted as objects, for bytes are the allocator's to keep."""

import asyncio
import gc
import weakref
from collections import Counter

import pytest

from streams.relay.camera_proxy import CameraProxy
from streams.relay.child import Child
from streams.relay.feeds import PullFeed
from streams.relay.policy import Policy
from streams.relay.through import Through
from tests.streams.relay.listening import Listener

OURS = {PullFeed, CameraProxy, Child, Through, asyncio.Task, asyncio.StreamWriter}


@pytest.fixture
def silent_ffmpeg(tmp_path):
    """Sends what a client sends until PLAY, and then reads for ever: so the camera's end is what ends the feed."""
    program = tmp_path / "ffmpeg"
    program.write_text(
        """#!/bin/bash
while [ "$1" != -i ]; do shift; done
url=$2; rest=${url#rtsp://}; where=${rest%%/*}
exec 3<>/dev/tcp/${where%:*}/${where#*:}
ask() { printf '%s %s RTSP/1.0\\r\\nCSeq: %s\\r\\n\\r\\n' "$1" "$2" "$3" >&3; while read -r line <&3; do [ "$line" = "$(printf '\\r')" ] && break; done; }
ask OPTIONS "$url" 1; ask SETUP "$url/v0" 2; ask PLAY "$url/" 3
exec cat <&3
"""
    )
    program.chmod(0o755)
    return str(program)


async def flap(camera, binary):
    """A camera is fetched, plays, and its connection ends; its feed and its proxy, weakly."""
    played, listener = len(camera.asked("PLAY")), Listener()
    proxy = CameraProxy(f"rtsp://{camera.address}/live", Policy(allow=[camera.address]))
    feed = PullFeed("c", 1, listener, binary, proxy)
    async with asyncio.timeout(60):
        while len(camera.asked("PLAY")) == played:
            await asyncio.sleep(0.01)
    camera.writer.close()
    await listener.until(lambda heard: heard.end)
    assert listener.end[0] == "ended"
    await feed.gone()
    return weakref.ref(feed), weakref.ref(proxy)


def things():
    """By type, never by isinstance: that asks a thing's `__class__`, and another test's lazy object would wake up."""
    return [thing for thing in gc.get_objects() if not OURS.isdisjoint(type(thing).__mro__)]


def counted(older):
    """How many of each kind there are, without what earlier tests left, which might go at any time."""
    theirs = {id(thing) for thing in older}
    return Counter(type(thing).__name__ for thing in things() if id(thing) not in theirs)


async def test_a_lost_feed_and_its_proxy_are_gone_before_any_collector_comes(fake_camera, silent_ffmpeg):
    gc.collect()
    gc.disable()
    try:
        left = await flap(fake_camera, silent_ffmpeg)
        await asyncio.sleep(0)
        assert [thing() for thing in left] == [None, None]
    finally:
        gc.enable()


async def test_after_many_of_them_there_are_as_many_things_as_after_the_first(fake_camera, silent_ffmpeg):
    found, older = [], things()
    for _ in range(4):
        await flap(fake_camera, silent_ffmpeg)
        await asyncio.sleep(0)
        gc.collect()
        found.append(counted(older))
    assert found[1] == found[2] == found[3]
