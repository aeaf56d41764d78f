"""Pictures that are converted, by real ffmpeg: what must not be seen is black in every frame that leaves the relay."""

import asyncio
import contextlib
import itertools
import subprocess

import imageio_ffmpeg
import pytest

from streams.relay.budget import Budget, NoRoom
from streams.relay.camera_proxy import CameraProxy
from streams.relay.feeds import AgainFeed, PullFeed, PushFeed
from streams.relay.fmp4 import Splitter
from streams.relay.policy import Policy
from streams.relay.ring import Frame, Ring
from tests.streams.conftest import encode
from tests.streams.relay.listening import Listener

WIDTH, HEIGHT = 320, 180
# The upper left quarter, and a triangle below right.
MASKS = (((0, 0), (500, 0), (500, 500), (0, 500)), ((1000, 600), (1000, 1000), (600, 1000)))
BLACK = 32  # luma at most: 16, and what a coder adds to it
TS = "-f mpegts pipe:1"
VP8 = "-deadline realtime -cpu-used 8 -b:v 500k"

pytestmark = pytest.mark.real("ffmpeg")


@pytest.fixture
def listener():
    return Listener()


def decoded(listener):
    """The luma of every frame that left, in order."""
    film = listener.inits[0].data + b"".join(part.data for part in listener.parts)
    command = (
        f"{imageio_ffmpeg.get_ffmpeg_exe()} -v error -i pipe:0 -f rawvideo -pix_fmt gray -fps_mode passthrough pipe:1"
    )
    raw = subprocess.run(command.split(), input=film, capture_output=True, check=True, timeout=60).stdout
    size = WIDTH * HEIGHT
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def brightest(frame, left, top, right, bottom):
    return max(max(frame[row * WIDTH + left : row * WIDTH + right]) for row in range(top, bottom))


def assert_masked(frame):
    assert brightest(frame, 0, 0, 160, 90) <= BLACK, "the quarter"
    assert brightest(frame, 280, 170, 320, 180) <= BLACK, "the triangle"
    assert brightest(frame, 170, 0, 320, 90) > 100, "and the rest is to be seen"


async def push_all(feed, film):
    for start in range(0, len(film), 4096):
        await feed.sink(film[start : start + 4096])
    feed._child.stdin.close()


@pytest.mark.parametrize(
    ("codec", "extra", "out"),
    [
        ("libx264", "", TS),
        ("libx264", "", "-f flv pipe:1"),
        ("libx264", "", "-f matroska pipe:1"),
        ("libx265", "-x265-params log-level=none", TS),
    ],
    ids=["mpegts", "flv", "matroska", "h265"],
)
async def test_masked_pixels_are_black_in_every_frame_of_a_push(ffmpeg_binary, listener, codec, extra, out):
    budget = Budget(1)
    feed = PushFeed("c", 1, listener, ffmpeg_binary, budget, MASKS)
    await push_all(feed, encode(5, codec=codec, extra=extra, out=out))
    await listener.until(lambda heard: heard.end)
    assert listener.inits[0].mime.startswith('video/mp4; codecs="avc1.')
    frames = decoded(listener)
    assert len(frames) == len(listener.parts) == 50
    for frame in frames:
        assert_masked(frame)
    assert [index for index, part in enumerate(listener.parts) if part.key] == [0, 20, 40], "a keyframe each 2 s"
    await feed.gone()
    assert budget.used == 0


async def test_nothing_shows_when_the_picture_changes_its_size(ffmpeg_binary, listener):
    film = encode(2, out=TS) + encode(2, size="640x480", out=TS)
    feed = PushFeed("c", 1, listener, ffmpeg_binary, Budget(1), MASKS)
    await push_all(feed, film)
    await listener.until(lambda heard: heard.end)
    frames = decoded(listener)
    assert len(frames) >= 20
    for frame in frames:
        assert_masked(frame)
    await feed.gone()


@pytest.mark.parametrize("budget", [Budget(0), None], ids=["none", "never given one"])
async def test_without_room_to_mask_nothing_leaves(ffmpeg_binary, listener, budget):
    feed = PushFeed("c", 1, listener, ffmpeg_binary, budget, MASKS)
    with pytest.raises(ConnectionError):
        await push_all(feed, encode(2, out=TS))
    await listener.until(lambda heard: heard.end)
    assert listener.end[0] == "budget"
    assert not listener.inits and not listener.parts and feed._child is None
    await feed.gone()


@pytest.mark.real("rtsp")
async def test_a_fetched_camera_is_masked_and_asked_nothing_while_there_is_no_room(
    rtsp_camera, fake_camera, ffmpeg_binary, listener
):
    fake = CameraProxy(f"rtsp://{fake_camera.address}/live", Policy(allow=[fake_camera.address]))
    refused = Listener()
    feed = PullFeed("c", 1, refused, ffmpeg_binary, fake, Budget(0), MASKS)
    await refused.until(lambda heard: heard.end)
    assert refused.end[0] == "budget" and not refused.parts and not fake_camera.connections
    await feed.gone()

    camera = rtsp_camera("--size", f"{WIDTH}x{HEIGHT}")
    proxy = CameraProxy(camera.url(), Policy(allow=[camera.address]))
    budget = Budget(1)
    feed = PullFeed("c", 2, listener, ffmpeg_binary, proxy, budget, MASKS)
    await listener.until(lambda heard: len(heard.parts) >= 55, 30)
    assert budget.used == 1
    feed.stop()
    await feed.gone()
    assert budget.used == 0
    frames = decoded(listener)
    assert len(frames) >= 55
    for frame in frames:
        assert brightest(frame, 0, 0, 160, 90) <= BLACK and brightest(frame, 280, 170, 320, 180) <= BLACK
    assert sum(part.key for part in listener.parts) >= 2


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
async def test_a_phone_that_sends_webm_without_h264_is_converted(ffmpeg_binary, listener, codec):
    budget = Budget(1)
    feed = PushFeed("c", 1, listener, ffmpeg_binary, budget)
    await push_all(feed, vpx(3, codec))
    await listener.until(lambda heard: heard.end)
    assert listener.inits[0].mime.startswith('video/mp4; codecs="avc1.') and len(listener.parts) == 30
    assert listener.parts[-1].decode_time == pytest.approx(2.9, abs=0.01)
    await feed.gone()


def vpx(seconds, codec="libvpx"):
    command = (
        f"{imageio_ffmpeg.get_ffmpeg_exe()} -nostdin -loglevel error -f lavfi -i testsrc2=size=320x180:rate=10 "
        f"-t {seconds} -c:v {codec} {VP8} -f webm pipe:1"
    )
    return subprocess.run(command.split(), capture_output=True, check=True, timeout=60).stdout


async def test_a_phone_that_sends_webm_is_refused_when_there_is_no_room(ffmpeg_binary, listener):
    feed = PushFeed("c", 1, listener, ffmpeg_binary, Budget(0))
    with pytest.raises(ConnectionError):
        await push_all(feed, vpx(1))
    await listener.until(lambda heard: heard.end)
    assert listener.end[0] == "budget"
    await feed.gone()


SAFARI = "-f mp4 -movflags +empty_moov+default_base_moof -frag_duration 1000000 pipe:1"


@pytest.mark.parametrize(
    "out", ["-f flv pipe:1", "-f matroska pipe:1", SAFARI], ids=["flv", "matroska", "mp4 as Safari records it"]
)
async def test_h264_in_another_container_is_copied_and_takes_no_room(ffmpeg_binary, listener, out):
    feed = PushFeed("c", 1, listener, ffmpeg_binary, Budget(0))
    await push_all(feed, encode(3, out=out))
    await listener.until(lambda heard: heard.end)
    assert len(listener.parts) == 30 and listener.inits[0].mime.startswith('video/mp4; codecs="avc1.')
    assert [index for index, part in enumerate(listener.parts) if part.key] == [0, 10, 20]
    await feed.gone()


async def test_a_box_whose_clock_is_set_back_is_shown_without_a_hole(ffmpeg_binary, listener):
    film = encode(3, out=TS)
    feed = PushFeed("c", 1, listener, ffmpeg_binary)
    await push_all(feed, film + film)
    await listener.until(lambda heard: heard.end)
    steps = [b.decode_time - a.decode_time for a, b in itertools.pairwise(listener.parts)]
    assert len(listener.parts) >= 59 and all(0 < step < 0.25 for step in steps)
    await feed.gone()


async def test_a_picture_of_impossible_size_is_not_decoded(ffmpeg_binary, listener):
    feed = PushFeed("c", 1, listener, ffmpeg_binary, Budget(1), MASKS)
    with contextlib.suppress(ConnectionError):  # ffmpeg may have left before it had all
        await push_all(feed, encode(0.2, size="8192x4096", out=TS))
    await listener.until(lambda heard: heard.end)
    assert not listener.parts
    await feed.gone()


async def test_a_push_that_trickles_in_byte_by_byte_is_understood(ffmpeg_binary, listener):
    feed = PushFeed("c", 1, listener, ffmpeg_binary)
    film = encode(1, out="-f flv pipe:1")
    for at in range(20):
        await feed.sink(film[at : at + 1])
    await push_all(feed, film[20:])
    await listener.until(lambda heard: heard.end)
    assert len(listener.parts) == 10
    await feed.gone()


def ring_of(film):
    ring, (init, *parts) = Ring(), Splitter().feed(film)
    ring.begin(1, init.mime, init.data)
    return ring, parts


def play(ring, parts, first=1):
    for number, part in enumerate(parts, first):
        ring.append(Frame(ring.epoch, number, part.key, False, number * 100, part.duration, part.data))


async def test_an_h265_channel_is_converted_for_those_who_cannot_decode_it(ffmpeg_binary, listener):
    ring, parts = ring_of(encode(4, codec="libx265", extra="-tag:v hvc1 -x265-params log-level=none"))
    play(ring, parts[:15])
    budget = Budget(1)
    feed = AgainFeed("c~h264", 1, listener, ffmpeg_binary, ring, budget)
    await listener.until(lambda heard: heard.parts, 30)
    assert listener.inits[0].mime.startswith('video/mp4; codecs="avc1.') and listener.parts[0].key
    for number, part in enumerate(parts[15:], 16):
        play(ring, [part], number)
        sent = number - 10 - 1  # ffmpeg's mp4 holds one, here as everywhere
        await listener.until(lambda heard, sent=sent: len(heard.parts) == sent, 30)
    assert budget.used == 1 and listener.end is None
    ring.begin(2, ring.mime, ring.init)
    await listener.until(lambda heard: heard.end, 30)
    assert listener.end[0] == "ended" and len(listener.parts) == 30, "from the newest keyframe on"
    await feed.gone()
    assert budget.used == 0


async def test_past_the_budget_a_channel_is_not_converted(listener):
    feed = AgainFeed("c~h264", 1, listener, "/nowhere/ffmpeg", Ring(), Budget(0))
    await listener.until(lambda heard: heard.end)
    assert listener.end[0] == "budget"
    await feed.gone()


async def test_a_masked_camera_comes_before_viewers_who_cannot_decode_h265(ffmpeg_binary, listener):
    ring, parts = ring_of(encode(4, codec="libx265", extra="-tag:v hvc1 -x265-params log-level=none"))
    play(ring, parts[:15])
    budget = Budget(1)
    feed = AgainFeed("c~h264", 1, listener, ffmpeg_binary, ring, budget)
    await listener.until(lambda heard: heard.parts)
    masked = Listener()
    push = PushFeed("d", 1, masked, ffmpeg_binary, budget, MASKS)
    await push_all(push, encode(2, out=TS))
    await masked.until(lambda heard: heard.end)
    assert len(masked.parts) == 20 and listener.end[0] == "budget"
    await push.gone()
    await feed.gone()
    assert budget.used == 0


async def test_a_masked_camera_gives_way_to_nobody():
    budget, asked = Budget(2), []
    await budget.take()
    await budget.take(give_way=lambda: asked.append("first"))
    with pytest.raises(NoRoom):
        await budget.take(give_way=lambda: asked.append("second"))
    assert not asked
    with pytest.raises(NoRoom):
        await budget.take()
    assert asked == ["first"]


async def test_room_is_waited_for_while_another_conversion_is_ending():
    budget = Budget(1)
    await budget.take()
    with pytest.raises(NoRoom):
        await budget.take()
    waiting = asyncio.ensure_future(budget.take(patience=30))
    await asyncio.sleep(0)
    budget.give_back()
    await waiting
    assert budget.used == 1
