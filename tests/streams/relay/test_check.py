"""A look at a camera: what is found, what is said of it, and that no password is ever said."""

import io
import os
import subprocess
import sys
from dataclasses import replace
from ipaddress import ip_address

import pytest
from django.core.management import call_command
from django.utils import translation

from streams.relay import check, verdict
from streams.relay.addresses import parse
from streams.relay.check import Found, Frame, Offer
from streams.relay.policy import Policy
from tests.streams.relay.conftest import SDP

CANARY = "canary-Pass-77"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def looked(fake_camera, ffmpeg_binary):
    """`await looked(url)`: what is found of the fake camera, and the words for it."""

    async def look(url="rtsp://{}/live", patience=60.0, **options):
        policy = Policy(allow=[fake_camera.address])
        found = await check.look(
            url.format(fake_camera.address), policy, ffmpeg_binary, seconds=1, patience=patience, **options
        )
        said = "\n".join(map(str, verdict.lines(found)))
        assert CANARY not in said and CANARY not in repr(found)
        return found, said

    return look


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────────────────
async def test_a_camera_that_wants_a_password_says_whose_turn_it_is(looked, fake_camera):
    asked = {"WWW-Authenticate": 'Digest realm="camera", nonce="n1"'}
    fake_camera.answers["DESCRIBE"] = ("401 Unauthorized", asked, b"")
    found, said = await looked()
    assert (found.why, found.asked_login) == ("unauthorized", "digest")
    assert "none was given" in said
    found, said = await looked("rtsp://admin:" + CANARY + "@{}/live")
    assert found.why == "unauthorized" and "Wait five minutes" in said
    assert not verdict.is_good(found)


async def test_a_redirect_is_not_followed_and_said_so(looked, fake_camera):
    fake_camera.answers["DESCRIBE"] = ("302 Moved", {"Location": "rtsp://127.0.0.1:1/"}, b"")
    found, said = await looked()
    assert found.why == "redirected" and "points to another address" in said
    assert fake_camera.connections == 1


async def test_a_format_that_cannot_be_shown_is_named(looked, fake_camera):
    fake_camera.answers["DESCRIBE"] = ("200 OK", {}, SDP.replace(b"H264/90000", b"AV1/90000"))
    found, said = await looked()
    assert found.why == "codec" and found.offers == [Offer("video", "AV1")]
    assert "video AV1" in said and "Choose H.264" in said


async def test_an_address_that_is_not_open_to_cameras_is_never_called(fake_camera, ffmpeg_binary):
    found = await check.look(f"rtsp://{fake_camera.address}/live", Policy(), ffmpeg_binary)
    assert found.why == "refused_address" and found.connected_ms is None and not fake_camera.connections
    assert any("CAMERA_ALLOW" in line.text for line in verdict.lines(found))


async def test_a_name_that_leads_inside_is_refused_and_shown_where_it_leads(ffmpeg_binary):
    async def resolve(host, port):
        return [ip_address("169.254.169.254")]

    found = await check.look("rtsp://camera.example/1", Policy(), ffmpeg_binary, resolve=resolve)
    assert (found.why, found.ips) == ("refused_address", ["169.254.169.254"])


async def test_what_is_no_address_is_not_repeated(ffmpeg_binary):
    found = await check.look(f"http://admin:{CANARY}@camera/", Policy(), ffmpeg_binary)
    said = "\n".join(map(str, verdict.lines(found)))
    assert found.why == "refused_address" and "rtsp://203.0.113.7" in said and CANARY not in said


async def test_nothing_there_is_said_with_what_to_look_at(looked, free_port, ffmpeg_binary):
    found = await check.look(
        f"rtsp://127.0.0.1:{free_port}/live", Policy(allow=[f"127.0.0.1:{free_port}"]), ffmpeg_binary
    )
    assert found.why == "unreachable" and found.ips == ["127.0.0.1"]
    assert "Nothing answers there" in str(verdict.lines(found)[-2])


async def test_a_name_that_nobody_knows_is_told_apart_from_a_silent_machine(ffmpeg_binary):
    async def resolve(host, port):
        raise OSError

    found = await check.look("rtsp://nowhere.example/1", Policy(), ffmpeg_binary, resolve=resolve)
    assert any("name is not known" in line.text for line in verdict.lines(found))


@pytest.mark.real("ffmpeg")
async def test_a_camera_that_hangs_after_it_was_set_up_sends_no_picture(looked, fake_camera):
    fake_camera.answers["PLAY"] = None
    found, said = await looked()
    assert found.why == "no_picture" and found.connected_ms is not None
    assert "sends no picture" in said and fake_camera.asked("SETUP")


@pytest.mark.real("ffmpeg")
async def test_a_camera_that_plays_and_then_sends_nothing_is_given_up_in_time(looked, fake_camera):
    found, said = await looked(patience=3.0)
    assert found.why == "no_picture" and "sends no picture" in said


# ── a good one ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.real("ffmpeg", "rtsp")
@pytest.mark.parametrize("auth", ["digest", "basic"])
def test_a_good_camera_is_measured_and_its_password_is_told_to_nobody(auth, rtsp_camera, tmp_path):
    camera = rtsp_camera("--auth", auth, "--password", CANARY, "--gop", "25")
    env = {**os.environ, "CAMERA_ALLOW": camera.address, "SUNKITCHEN_VAR": str(tmp_path), "LANG": "C.UTF-8"}
    env.pop("LC_ALL", None)
    words = "relay --check - --user admin --password-stdin --language en".split()
    done = subprocess.run(
        [sys.executable, "-m", "sunkitchen", *words],
        env=env,
        input=f"rtsp://{camera.address}/live\n{CANARY}\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert CANARY not in said
    for words in ("Connected in", "accepted", "video H264", "First picture", "640 × 360", "Mbit/s", "A keyframe every"):
        assert words in said
    assert ("Choose “digest”" in said) == (auth == "basic")
    assert "This camera can be shown." in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_ends_with_one_where_a_camera_cannot_be_shown(language, settings, monkeypatch):
    settings.CAMERA_ALLOW, settings.CAMERA_ALLOW_NETS = [], []
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"rtsp://admin:{CANARY}@10.0.0.1/live\n"))
    with pytest.raises(SystemExit) as end:
        call_command("relay", "--check", "-", "--language", language, stdout=out)
    assert end.value.code == 1 and "rtsp://10.0.0.1/live" in out.getvalue() and CANARY not in out.getvalue()


def test_a_password_on_the_command_line_is_warned_of(settings):
    settings.CAMERA_ALLOW, settings.CAMERA_ALLOW_NETS = [], []
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("relay", "--check", f"rtsp://admin:{CANARY}@10.0.0.1/live", "--language", "en", stdout=out)
    assert "list of processes" in out.getvalue() and CANARY not in out.getvalue()


# ── judgement ───────────────────────────────────────────────────────────────────────────────────────────────
def film(seconds=10, rate=25, gop=50, size=6000):
    return [Frame(number / rate, number % gop == 0, size) for number in range(seconds * rate + 1)]


GOOD = Found(
    shown="rtsp://203.0.113.7/Streaming/Channels/101",
    named=True,
    ips=["203.0.113.7"],
    connected_ms=12.0,
    asked_login="digest",
    offers=[Offer("video", "H264"), Offer("audio", "PCMA")],
    first_seconds=0.8,
    mime='video/mp4; codecs="avc1.64001f"',
    size=(1280, 720),
    frames=film(),
    sub_stream=("/Streaming/Channels/101", "/Streaming/Channels/102"),
)


def said(**changes):
    return "\n".join(map(str, verdict.lines(replace(GOOD, **changes))))


def test_the_pace_is_counted_by_the_cameras_own_clock():
    seen = verdict.pace(GOOD)
    assert (round(seen.rate, 1), round(seen.megabits, 2), seen.keyframes) == (25.0, 1.2, 2.0)
    assert round(seen.megabytes_a_minute, 1) == 9.0
    assert verdict.pace(replace(GOOD, frames=film()[:2])) is None


def test_a_good_camera_gets_no_advice_but_its_smaller_stream():
    lines = verdict.lines(GOOD)
    advice = [line.text for line in lines if line.mark is verdict.Mark.ADVICE]
    assert len(advice) == 1 and "/Streaming/Channels/102 in place of" in advice[0]
    assert "sound (PCMA)" in said() and verdict.is_good(GOOD)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"frames": film(gop=150)}, "A keyframe only every 6.0 s"),
        ({"frames": film(gop=9999)}, "No second keyframe came within 10 s"),
        ({"frames": film(gop=9999)}, "which is 50 frames"),
        ({"mime": 'video/mp4; codecs="hvc1.1"'}, "H.265: many phones"),
        ({"offers": [Offer("video", "JPEG")]}, "MJPEG must always be converted"),
        ({"frames": film(size=40_000)}, "bit rate to 1 to 2 Mbit/s"),
        ({"frames": film(rate=5, gop=10)}, "slide show"),
        ({"asked_login": ""}, "anybody in its network can watch"),
        ({"asked_login": "basic"}, "travels readable"),
    ],
)
def test_advice_names_the_setting_to_change(changes, words):
    assert words in said(**changes)


def test_a_slow_start_of_a_stream_is_no_reason_to_blame_its_keyframes():
    assert "GOP" not in said(frames=film(seconds=2, gop=9999))


def test_basic_over_tls_is_no_reason_to_worry():
    assert "travels readable" not in said(asked_login="basic", secure=True)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/Streaming/Channels/101", "/Streaming/Channels/102"),
        ("/Streaming/Channels/1601?x=1", "/Streaming/Channels/1602"),
        ("/cam/realmonitor?channel=1&subtype=0", "subtype=1"),
        ("/h264Preview_01_main", "Preview_01_sub"),
        ("/stream1", "/stream2"),
        ("/media/video1", "/media/video2"),
        ("/live", None),
    ],
)
def test_the_smaller_stream_is_known_by_the_vendors_addresses(target, expected):
    found = check.sub_stream(parse(f"rtsp://203.0.113.7{target}"))
    assert (found[1] if found else None) == expected


def test_a_description_of_rubbish_offers_nothing_and_harms_nobody():
    for rubbish in (b"", b"m=", b"\xff" * 1000, b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 " + b"A" * 5000 + b"/90000"):
        assert all(offer.codec == "?" for offer in check.offers(rubbish))
    assert check.offers(b"v=0\nm=video 0 RTP/AVP 26\nm=audio 0 RTP/AVP 8\n") == [
        Offer("video", "JPEG"),
        Offer("audio", "PCMA"),
    ]
