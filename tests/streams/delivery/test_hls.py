"""HLS as a browser asks for it, from files that the real segment writer left."""

import asyncio
import json
import os
import subprocess
import time

import httpx
import imageio_ffmpeg
import m3u8
import pytest

from streams.delivery import playlists
from streams.relay.fmp4 import Part
from streams.relay.segments import SegmentWriter
from sunkitchen.core import tickets
from tests.streams.delivery.conftest import RECHECK, reload, update


@pytest.fixture
def running(relay, pieces):
    """The relay writes segments of cam1."""
    init, *parts = pieces
    writer = SegmentWriter(relay.live / "cam1")
    writer.begin(1, init)
    for part in parts:
        writer.add(part, round(time.time() * 1000 + part.decode_time * 1000))
    return writer


@pytest.fixture
async def web(site):
    async with httpx.AsyncClient(base_url=site.http("")) as client:
        yield client


async def opened(web, ticket):
    """Path of the session's folder."""
    answer = await web.get(f"/live/cam1/{ticket}/index.m3u8")
    assert answer.status_code == 200, answer.text
    return f"/live/cam1/{m3u8.loads(answer.text).playlists[0].uri.split('/')[1]}"


async def test_an_opening_ticket_makes_a_session_whose_segments_play(site, web, running, ticket, pieces):
    answer = await web.get(f"/live/cam1/{ticket}/index.m3u8")
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    master = m3u8.loads(answer.text)
    assert master.playlists[0].stream_info.codecs == pieces[0].mime.split('"')[1]
    base = f"/live/cam1/{master.playlists[0].uri.removeprefix('../').removesuffix('/media.m3u8')}"
    media = await web.get(f"{base}/media.m3u8")
    listed = m3u8.loads(media.text)
    assert media.headers["cache-control"] == "no-store" and len(listed.segments) == 5
    segment = await web.get(f"{base}/{listed.segments[0].uri}")
    assert segment.headers["content-type"] == "video/mp4"
    assert "private" in segment.headers["cache-control"]
    assert segment.content == b"".join(part.data for part in pieces[1:11])
    assert (await web.get(f"{base}/init-1.mp4")).content == pieces[0].data


async def test_ffmpeg_plays_it_over_http(site, running, ticket):
    process = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(),
        *"-loglevel error -live_start_index 0 -i".split(),
        site.http(f"/live/cam1/{ticket}/index.m3u8"),
        *"-frames:v 40 -f framemd5 -".split(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert not err
    assert len([line for line in out.decode().splitlines() if not line.startswith("#")]) == 40


async def test_opening_waits_for_a_camera_that_starts(site, web, relay, camera, ticket, pieces):
    task = asyncio.create_task(web.get(f"/live/cam1/{ticket}/index.m3u8"))
    async with asyncio.timeout(30):
        while "cam1" not in relay.wanted or not (await reload(camera)).wanted_until:
            await asyncio.sleep(0.02)
    init, *parts = pieces
    writer = SegmentWriter(relay.live / "cam1")
    writer.begin(1, init)
    for part in parts:
        writer.add(part, 1_800_000_000_000)
    assert (await task).status_code == 200


async def test_a_camera_that_does_not_start_is_said_with_when_to_ask_again(web, ticket):
    answer = await web.get(f"/live/cam1/{ticket}/index.m3u8")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "3"
    assert set(answer.json()) == {"zh", "en"}


async def test_an_old_playlist_is_not_passed_off_as_live(web, relay, running, ticket, monkeypatch):
    base = await opened(web, ticket)
    assert (await web.get(f"{base}/media.m3u8")).status_code == 200
    minute_ago = time.time() - 60
    os.utime(relay.live / "cam1" / "media.m3u8", (minute_ago, minute_ago))
    assert (await web.get(f"{base}/media.m3u8")).status_code == 503
    assert (await web.get(f"/live/cam1/{ticket}/index.m3u8")).status_code == 503


@pytest.mark.parametrize(
    "bad",
    [
        lambda: "o.cam1.1.ffffffff.AAAAAAAAAAAAAAAAAAAAAA",
        lambda: tickets.opening("cam2", 1, time.time()),
        lambda: tickets.opening("cam1", 1, time.time() - 3600),
        lambda: tickets.opening("cam1", 2, time.time()),
        lambda: tickets.session("cam1", 1, time.time()),
    ],
    ids=["forged", "foreign", "expired", "revoked", "a session"],
)
async def test_a_bad_ticket_opens_nothing(web, running, bad):
    answer = await web.get(f"/live/cam1/{bad()}/index.m3u8")
    assert answer.status_code == 403 and "刷新" in answer.json()["zh"]


async def test_an_opening_ticket_reads_no_segment_and_no_session_another_camera(web, running, other_camera, ticket):
    assert (await web.get(f"/live/cam1/{ticket}/media.m3u8")).status_code == 403
    assert (await web.get(f"/live/cam1/{ticket}/init-1.mp4")).status_code == 403
    session = tickets.session("cam2", 1, time.time())
    assert (await web.get(f"/live/cam1/{session}/media.m3u8")).status_code == 403


async def test_a_revoked_session_ends_within_a_recheck(web, running, camera, ticket):
    base = await opened(web, ticket)
    await update(camera, serial=2)
    await asyncio.sleep(RECHECK)
    for name in ("media.m3u8", "init-1.mp4"):
        assert (await web.get(f"{base}/{name}")).status_code == 403


async def test_an_unknown_camera_answers_like_a_bad_ticket(web, ticket):
    assert (await web.get(f"/live/nope/{ticket}/index.m3u8")).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "../cam2/media.m3u8",
        "..%2f..%2frelay.sock",
        "variant",
        "seg-1-1.m4s%00",
        ".media.m3u8.new",
        "init-x.mp4",
        "",
        "%2e%2e/x",
    ],
)
async def test_no_name_leaves_the_folder(site, running, ticket, name):
    session = tickets.session("cam1", 1, time.time())
    reader, writer = await asyncio.open_connection(*site.host.split(":"))
    writer.write(f"GET /live/cam1/{session}/{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    status = (await reader.read()).split(b" ")[1]
    writer.close()
    assert status == b"404"


async def test_a_segment_that_is_gone_is_said(web, running, ticket):
    base = await opened(web, ticket)
    answer = await web.get(f"{base}/seg-1-1.m4s")
    assert answer.status_code == 404 and json.loads(answer.text)["en"]


async def test_it_can_only_be_read(web, ticket):
    assert (await web.post(f"/live/cam1/{ticket}/index.m3u8")).status_code == 405


# ── low latency ──────────────────────────────────────────────────────────────────────────────────────────────────


class Growing:
    """cam1, whose relay goes on writing: `grow(n)` frames more."""

    def __init__(self, relay, pieces):
        self.writer = SegmentWriter(relay.live / "cam1")
        self.parts, self.at, self.again = pieces[1:], 0, 0
        self.writer.begin(1, pieces[0])

    def grow(self, count):
        for _ in range(count):
            part = self.parts[self.at % len(self.parts)]
            at = self.at * 0.1
            self.writer.add(Part(part.key, part.duration, part.data, at), round(1000 * (time.time() + at)))
            self.at += 1


@pytest.fixture
def growing(relay, pieces):
    growing = Growing(relay, pieces)
    growing.writer.asked()
    growing.grow(25)  # ten frames a second, a keyframe each: two segments, and parts of the third
    return growing


async def edge(web, base):
    """Number of the open segment, and how many parts of it are listed."""
    listed = m3u8.loads((await web.get(f"{base}/media.m3u8")).text)
    return listed.media_sequence + len(listed.segments) - 1, len(listed.segments[-1].parts)


async def waits(task):
    done, _ = await asyncio.wait([task], timeout=0.15)
    return not done


async def test_a_reload_waits_for_the_part_that_it_asks_for(web, growing, ticket):
    base = await opened(web, ticket)
    number, parts = await edge(web, base)
    path = f"{base}/media.m3u8?_HLS_msn={number}&_HLS_part={parts}"
    reload_ = asyncio.create_task(web.get(path))
    assert await waits(reload_)
    growing.grow(3)
    answer = await asyncio.wait_for(reload_, 30)
    assert len(m3u8.loads(answer.text).segments[-1].parts) > parts
    at_once = await web.get(f"{base}/media.m3u8?_HLS_msn={number}&_HLS_part=0")
    assert at_once.status_code == 200


async def test_a_reload_without_a_part_waits_for_the_whole_segment(web, growing, ticket):
    base = await opened(web, ticket)
    number, _ = await edge(web, base)
    reload_ = asyncio.create_task(web.get(f"{base}/media.m3u8?_HLS_msn={number}"))
    assert await waits(reload_)
    growing.grow(3)
    assert await waits(reload_)
    growing.grow(10)
    listed = m3u8.loads((await asyncio.wait_for(reload_, 30)).text)
    assert f"seg-1-{number}.m4s" in [segment.uri for segment in listed.segments]


@pytest.mark.parametrize(
    "query",
    ["_HLS_msn=%(far)d", "_HLS_msn=9999999999999999", "_HLS_msn=x", "_HLS_msn=-1", "_HLS_part=1", "_HLS_msn=1&_HLS_part=x",
     "_HLS_msn=%%D9%%A1", "_HLS_msn=%%00"],
)  # fmt: skip
async def test_a_reload_for_what_cannot_be_is_refused(web, growing, ticket, query):
    base = await opened(web, ticket)
    number, _ = await edge(web, base)
    answer = await web.get(f"{base}/media.m3u8?{query % {'far': number + 2}}")
    assert answer.status_code == 400 and set(answer.json()) == {"zh", "en"}


async def test_a_reload_of_a_camera_that_stops_ends_in_words(web, growing, ticket, monkeypatch):
    monkeypatch.setattr("streams.delivery.hls.PATIENCE", 0.1)
    base = await opened(web, ticket)
    number, parts = await edge(web, base)
    answer = await web.get(f"{base}/media.m3u8?_HLS_msn={number}&_HLS_part={parts}")
    assert answer.status_code == 503 and answer.headers["retry-after"]


async def test_a_part_that_was_hinted_at_comes_when_it_is_there(web, growing, ticket):
    base = await opened(web, ticket)
    hinted = m3u8.loads((await web.get(f"{base}/media.m3u8")).text).preload_hint.uri
    part = asyncio.create_task(web.get(f"{base}/{hinted}"))
    assert await waits(part)
    growing.grow(3)
    answer = await asyncio.wait_for(part, 30)
    assert answer.status_code == 200 and answer.content.count(b"moof") == 2  # frames of 100 ms
    another = hinted.replace(".m4s", "9.m4s")
    assert (await web.get(f"{base}/{another}")).status_code == 404


async def test_many_who_wait_share_one_look_out(web, growing, ticket, monkeypatch):
    base = await opened(web, ticket)
    number, parts = await edge(web, base)
    looks = []
    seen = playlists.Watch.look
    monkeypatch.setattr(playlists.Watch, "look", lambda watch: looks.append(watch) or seen(watch))
    monkeypatch.setattr(playlists, "LOOK_SECONDS", 0.1)
    path = f"{base}/media.m3u8?_HLS_msn={number}&_HLS_part={parts}"
    reloads = [asyncio.create_task(web.get(path)) for _ in range(50)]
    assert await waits(reloads[0])
    growing.grow(3)
    answers = await asyncio.wait_for(asyncio.gather(*reloads), 30)
    assert {answer.status_code for answer in answers} == {200}
    assert len(set(looks)) == 1


async def test_asking_for_hls_is_what_makes_the_relay_write_parts(web, relay, pieces, ticket):
    growing = Growing(relay, pieces)
    growing.grow(25)
    relay.hls.clear()
    assert (await web.get(f"/live/cam1/{ticket}/index.m3u8")).status_code == 200
    async with asyncio.timeout(30):
        while not relay.hls:
            await asyncio.sleep(0.01)
    assert relay.hls == ["cam1"]


# ── still pictures, where no video plays ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def poster(settings, tmp_path):
    settings.POSTERS_ROOT = tmp_path / "posters"
    settings.POSTERS_ROOT.mkdir()
    path = settings.POSTERS_ROOT / "cam1.jpg"
    path.write_bytes(b"jpeg")
    return path


async def test_the_newest_still_picture_says_when_it_was_taken_and_keeps_the_camera_wanted(web, relay, poster, ticket):
    answer = await web.get(f"/live/cam1/{ticket}/still.jpg")
    assert (answer.content, answer.headers["content-type"]) == (b"jpeg", "image/jpeg")
    assert answer.headers["last-modified"].endswith("GMT") and answer.headers["cache-control"] == "no-store"
    async with asyncio.timeout(30):
        while "cam1" not in relay.wanted:
            await asyncio.sleep(0.01)


async def test_an_old_still_picture_is_not_handed_out_as_news(web, poster, ticket):
    os.utime(poster, (time.time() - 61,) * 2)
    assert (await web.get(f"/live/cam1/{ticket}/still.jpg")).status_code == 503
    poster.unlink()
    assert (await web.get(f"/live/cam1/{ticket}/still.jpg")).status_code == 503


async def test_still_pictures_are_judged_like_the_live_one(web, poster, camera, ticket):
    assert (await web.get("/live/cam1/o.cam1.1.ffffffff.AAAAAAAAAAAAAAAAAAAAAA/still.jpg")).status_code == 403
    await update(camera, enabled=False)
    await asyncio.sleep(RECHECK)
    assert (await web.get(f"/live/cam1/{ticket}/still.jpg")).status_code == 403
