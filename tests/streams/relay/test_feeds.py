"""Real ffmpeg, a real RTSP camera."""

import asyncio
import logging
from pathlib import Path

import pytest

from streams.relay.camera_proxy import CameraProxy
from streams.relay.feeds import PullFeed, PushFeed
from streams.relay.policy import Policy
from tests.streams.conftest import encode
from tests.streams.relay.listening import Listener

CANARY = "canary-7Qz9"
pytestmark = pytest.mark.real("ffmpeg")


@pytest.fixture
def listener():
    return Listener()


def pull(listener, binary, url, address):
    return PullFeed("c", 1, listener, binary, CameraProxy(url, Policy(allow=[address])))


@pytest.mark.real("rtsp")
@pytest.mark.parametrize("auth", ["digest", "basic", "none"])
async def test_a_camera_is_fetched_frame_by_frame_and_its_password_seen_nowhere(
    rtsp_camera, ffmpeg_binary, listener, auth, caplog
):
    caplog.set_level(logging.DEBUG)
    camera = rtsp_camera("--auth", auth, "--password", CANARY)
    feed = pull(listener, ffmpeg_binary, camera.url(password=CANARY), camera.address)
    await listener.until(lambda heard: len(heard.parts) >= 60)
    ours = Path(f"/proc/{feed._child.pid}")
    assert CANARY.encode() not in (ours / "cmdline").read_bytes() + (ours / "environ").read_bytes()
    assert b"rtsp://127.0.0.1:" in (ours / "cmdline").read_bytes()
    feed.stop()
    await feed.gone()
    assert not ours.exists() and listener.end is None
    assert listener.inits[0].mime.startswith('video/mp4; codecs="avc1.')
    assert listener.parts[0].key, "a joiner could not begin otherwise"
    assert sum(part.key for part in listener.parts) >= 2
    assert CANARY not in caplog.text


@pytest.mark.real("rtsp")
async def test_a_wrong_password_never_starts_ffmpeg(rtsp_camera, listener):
    camera = rtsp_camera()
    feed = pull(listener, "/nowhere/ffmpeg", camera.url(password=CANARY), camera.address)
    await listener.until(lambda heard: heard.end)
    why, lines = listener.end
    assert why == "unauthorized" and CANARY not in str(lines)
    await feed.gone()


@pytest.mark.real("rtsp")
async def test_a_camera_that_is_pulled_out_ends_the_feed(rtsp_camera, ffmpeg_binary, listener):
    camera = rtsp_camera("--password", CANARY)
    feed = pull(listener, ffmpeg_binary, camera.url(password=CANARY), camera.address)
    await listener.until(lambda heard: heard.parts)
    camera.stop()
    await listener.until(lambda heard: heard.end, 30)
    assert listener.end[0] == "ended" and CANARY not in str(listener.end)
    await feed.gone()


async def test_a_camera_that_garbles_its_media_harms_nobody(fake_camera, ffmpeg_binary, listener):
    feed = pull(listener, ffmpeg_binary, f"rtsp://{fake_camera.address}/live", fake_camera.address)
    async with asyncio.timeout(30):
        while not fake_camera.asked("PLAY"):
            await asyncio.sleep(0.02)
    for _ in range(50):
        fake_camera.writer.write(b"$\x00\x00\x40" + b"\x80\x60" + bytes(range(62)))
    fake_camera.writer.write(b"\xff" * 100)
    await listener.until(lambda heard: heard.end)
    assert listener.end[0] in ("no_stream", "no_picture", "ended") and not listener.parts
    await feed.gone()


async def test_a_push_becomes_parts_and_ends_when_it_ends(ffmpeg_binary, listener):
    film = encode(3, out="-f mpegts pipe:1")
    feed = PushFeed("c", 1, listener, ffmpeg_binary)
    for start in range(0, len(film), 4096):
        await feed.sink(film[start : start + 4096])
    feed._child.stdin.close()
    await listener.until(lambda heard: heard.end)
    assert len(listener.parts) == 30 and listener.parts[0].key
    assert listener.inits[0].mime.startswith('video/mp4; codecs="avc1.')
    await feed.gone()


async def test_the_end_of_a_push_is_told_at_once(ffmpeg_binary, listener):
    feed = PushFeed("c", 1, listener, ffmpeg_binary)
    await feed.sink(encode(1, out="-f mpegts pipe:1"))
    await feed.sink(b"")
    assert listener.end[0] == "no_push"
    feed.stop()
    await feed.gone()


async def test_who_pushes_rubbish_is_cut_off(ffmpeg_binary, listener):
    feed = PushFeed("c", 1, listener, ffmpeg_binary)
    with pytest.raises(ConnectionError):
        await feed.sink(b"no transport stream at all " * 1000)
    assert listener.end[0] == "codec" and not listener.parts
    feed.stop()
    await feed.gone()


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "٣"], ids=["5000 digits", "negative", "other digits"])
async def test_a_camera_with_an_impossible_length_is_told_from_one_that_is_silent(fake_camera, listener, length):
    fake_camera.first = f"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: {length}\r\n\r\n".encode()
    feed = pull(listener, "/nowhere/ffmpeg", f"rtsp://{fake_camera.address}/live", fake_camera.address)
    await listener.until(lambda heard: heard.end, 30)
    assert listener.end[0] == "no_stream"
    await feed.gone()


async def test_an_error_of_our_own_ends_the_feed_and_is_told(ffmpeg_binary, listener, caplog):
    def fails(*args):
        raise KeyError("a mistake")

    listener.on_part = fails
    feed = PushFeed("c", 1, listener, ffmpeg_binary)
    await feed.sink(encode(1, out="-f mpegts pipe:1"))
    feed._child.stdin.close()
    await listener.until(lambda heard: heard.end, 30)
    assert "KeyError" in caplog.text
    await feed.gone()


async def test_h265_from_a_box_is_tagged_as_apple_plays_it(ffmpeg_binary, listener):
    film = encode(2, codec="libx265", extra="-x265-params log-level=none", out="-f mpegts pipe:1")
    feed = PushFeed("c", 1, listener, ffmpeg_binary)
    await feed.sink(film)
    feed._child.stdin.close()
    await listener.until(lambda heard: heard.end)
    assert listener.inits[0].mime.startswith('video/mp4; codecs="hvc1.')
    assert b"hvc1" in listener.inits[0].data and b"hev1" not in listener.inits[0].data
    assert len(listener.parts) == 20 and listener.parts[0].key
    await feed.gone()
