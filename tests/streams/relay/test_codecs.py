"""Real cameras of each kind: H.265, MJPEG, and one whose clock is set while it films."""

import asyncio

import pytest

from streams.relay.budget import Budget
from streams.relay.camera_proxy import CameraProxy
from streams.relay.feeds import PullFeed
from streams.relay.policy import Policy
from streams.relay.segments import SegmentWriter
from tests.streams.relay import rtp
from tests.streams.relay.listening import Listener

pytestmark = pytest.mark.real("ffmpeg")


@pytest.fixture
def listener():
    return Listener()


def fetched(listener, binary, camera, budget=None):
    proxy = CameraProxy(camera.url(), Policy(allow=[camera.address]))
    return PullFeed("c", 1, listener, binary, proxy, budget)


@pytest.mark.real("rtsp")
async def test_an_h265_camera_is_copied_and_named_as_browsers_and_apple_want_it(rtsp_camera, ffmpeg_binary, listener):
    camera = rtsp_camera("--codec", "h265", "--auth", "none")
    feed = fetched(listener, ffmpeg_binary, camera)
    await listener.until(lambda heard: len(heard.parts) >= 60)
    feed.stop()
    await feed.gone()
    assert listener.inits[0].mime.startswith('video/mp4; codecs="hvc1.1.6.L')
    assert b"hvc1" in listener.inits[0].data and b"hev1" not in listener.inits[0].data
    assert listener.parts[0].key and sum(part.key for part in listener.parts) >= 2


@pytest.mark.real("rtsp")
async def test_an_mjpeg_camera_is_converted_while_there_is_room(rtsp_camera, ffmpeg_binary, listener):
    camera = rtsp_camera("--codec", "mjpeg", "--auth", "none")
    refused = Listener()
    feed = fetched(refused, ffmpeg_binary, camera, Budget(0))
    await refused.until(lambda heard: heard.end)
    assert refused.end[0] == "budget" and not refused.parts
    await feed.gone()
    feed = fetched(listener, ffmpeg_binary, camera, Budget(1))
    await listener.until(lambda heard: len(heard.parts) >= 60)
    feed.stop()
    await feed.gone()
    assert listener.inits[0].mime.startswith('video/mp4; codecs="avc1.') and listener.parts[0].key
    assert 1 < listener.parts[59].decode_time < 20, "as long as it took"


# ── a camera whose clock jumps ──────────────────────────────────────────────────────────────────────────────


class Filming:
    """A camera that sends `film`, 25 pictures a second, under the times of its own `clock` (number → seconds)."""

    def __init__(self, camera, film):
        self.camera, self.film = camera, film
        camera.answers["DESCRIBE"] = ("200 OK", {"Content-Type": "application/sdp"}, rtp.description(film))

    async def send(self, clock, pace=0.04):
        async with asyncio.timeout(30):
            while not self.camera.asked("PLAY"):
                await asyncio.sleep(0.01)
        sender = rtp.Sender()
        for number, frame in enumerate(self.film):
            self.camera.writer.write(sender.say(frame, clock(number)))
            await asyncio.sleep(pace)


@pytest.fixture
def filming(fake_camera):
    return Filming(fake_camera, rtp.frames(4, rate=25, gop=25))


def feed_of(filming, listener, binary):
    address = filming.camera.address
    return PullFeed("c", 1, listener, binary, CameraProxy(f"rtsp://{address}/live", Policy(allow=[address])))


@pytest.mark.parametrize("seconds", [3600, 8, -3, -3600], ids=["an hour on", "8 s on", "3 s back", "an hour back"])
async def test_when_ntp_sets_a_cameras_clock_viewers_go_on_and_so_does_hls(
    filming, ffmpeg_binary, listener, tmp_path, seconds
):
    feed = feed_of(filming, listener, ffmpeg_binary)
    await filming.send(lambda number: 10_000 + number * 0.04 + (seconds if number >= 40 else 0))
    await listener.until(lambda heard: len(heard.parts) >= 98)
    assert listener.end is None and len(listener.inits) == 1, "one epoch"
    times = [part.decode_time for part in listener.parts]
    assert times == sorted(times) and 3 < times[-1] < 20
    for part, next_one in zip(listener.parts[4:], listener.parts[5:], strict=False):
        assert next_one.decode_time - part.decode_time - part.duration < 0.03, "no hole in which a player stops"
    segments = SegmentWriter(tmp_path / "live")
    segments.begin(1, listener.inits[0])
    for part in listener.parts:
        segments.add(part, round(1_800_000_000_000 + part.decode_time * 1000))
    playlist = (tmp_path / "live" / "media.m3u8").read_text()
    lengths = [float(line[8:].rstrip(",")) for line in playlist.splitlines() if line.startswith("#EXTINF:")]
    assert len(lengths) >= 2 and all(0.9 <= length <= 2.5 for length in lengths)
    feed.stop()
    await feed.gone()


async def test_a_clock_that_jumps_again_and_again_ends_the_feed_and_says_why(filming, ffmpeg_binary, listener):
    feed = feed_of(filming, listener, ffmpeg_binary)
    await filming.send(lambda number: 10_000 + number * 0.04 + number // 10 * 100, pace=0.01)
    await listener.until(lambda heard: heard.end)
    assert listener.end[0] == "times" and listener.parts
    await feed.gone()
