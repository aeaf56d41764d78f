"""Pushes by a real ffmpeg, and by hand where it must be wrong."""

import asyncio
import subprocess

import imageio_ffmpeg
import pytest
from django.db import OperationalError

from streams.cameras import keys
from streams.delivery import ingest
from tests.streams.conftest import encode
from tests.streams.delivery.conftest import update

KEY = "k" * 32


@pytest.fixture
def camera(camera):
    type(camera).objects.update(push_key_hash=keys.digest(KEY))
    return camera


async def post(site, path, chunks=(), *, end=True):
    """Connection after a chunked POST of `chunks`."""
    reader, writer = await asyncio.open_connection(*site.host.split(":"))
    writer.write(f"POST {path} HTTP/1.1\r\nHost: {site.host}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    for chunk in chunks:
        writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
    if end:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    return reader, writer


async def answer(reader):
    async with asyncio.timeout(30):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return int(head.split(b" ")[1]), (await reader.readexactly(length)).decode(), head


async def until(true, seconds=30):
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_box_sends_and_the_relay_gets_every_byte_in_order(site, relay):
    reader, writer = await post(site, f"/ingest/cam1/{KEY}", [b"one", b"two" * 30_000, b"three"])
    status, text, _ = await answer(reader)
    assert (status, "推流已结束" in text) == (200, True)
    await until(lambda: relay.pushed["cam1"][-1] == b"")
    assert b"".join(relay.pushed["cam1"]) == b"one" + b"two" * 30_000 + b"three"
    writer.close()


async def test_the_documented_ffmpeg_line_pushes(site, relay, tmp_path):
    film = tmp_path / "film.ts"
    film.write_bytes(encode(3, out="-f mpegts pipe:1"))
    command = f"{imageio_ffmpeg.get_ffmpeg_exe()} -loglevel error -i {film} -an -c:v copy -f mpegts -method POST {site.http(f'/ingest/cam1/{KEY}')}"
    process = await asyncio.create_subprocess_exec(*command.split(), stderr=subprocess.PIPE)
    async with asyncio.timeout(30):
        _, err = await process.communicate()
    assert process.returncode == 0, err
    await until(lambda: relay.pushed.get("cam1", [None])[-1] == b"")
    sent = b"".join(relay.pushed["cam1"])
    assert len(sent) % 188 == 0 and sent[0] == 0x47 and len(sent) > 20_000


@pytest.mark.parametrize(
    "path", [f"/ingest/nope/{KEY}", f"/ingest/cam1/{'x' * 32}", "/ingest/cam1/", "/ingest/", "/ingest/cam1/a/b"]
)
async def test_a_wrong_key_and_an_unknown_camera_get_the_same_answer_before_the_body(site, relay, path):
    reader, writer = await post(site, path, end=False)  # not a byte of the body yet
    status, text, head = await answer(reader)
    assert status == 403
    assert '"zh": "摄像头编号或密钥不对' in text and '"en": "Camera or key is wrong' in text
    assert b"connection: close" in head.lower()
    assert relay.pushed == {}
    writer.close()


async def test_a_camera_without_a_key_takes_no_push(site, camera, relay):
    await update(camera, push_key_hash="")
    reader, writer = await post(site, f"/ingest/cam1/{KEY}", end=False)
    assert (await answer(reader))[0] == 403
    writer.close()


async def test_a_camera_that_is_off_says_so_to_its_own_box(site, camera, relay):
    await update(camera, enabled=False)
    reader, writer = await post(site, f"/ingest/cam1/{KEY}", end=False)
    assert (await answer(reader))[0] == 409
    writer.close()


async def test_a_second_push_takes_over(site, relay):
    reader, writer = await post(site, f"/ingest/cam1/{KEY}", [b"old"], end=False)
    await until(lambda: relay.pushed.get("cam1") == [b"old"])
    reader2, writer2 = await post(site, f"/ingest/cam1/{KEY}", [b"new"], end=False)
    await until(lambda: relay.pushed["cam1"][-1] == b"new")
    writer.write(b"3\r\nold\r\n")
    status, text, _ = await answer(reader)
    assert status == 409 and "took over" in text
    writer2.write(b"3\r\nnew\r\n0\r\n\r\n")
    assert (await answer(reader2))[0] == 200
    await until(lambda: relay.pushed["cam1"][-1] == b"")
    assert relay.pushed["cam1"] == [b"old", b"", b"new", b"new", b""]
    writer.close()
    writer2.close()


async def test_without_a_relay_the_box_is_asked_to_come_again(site, relay):
    await relay.server.close()
    reader, writer = await post(site, f"/ingest/cam1/{KEY}", end=False)
    status, _, head = await answer(reader)
    assert status == 503 and b"retry-after: 5" in head.lower()
    writer.close()


async def test_a_push_ends_when_its_key_is_replaced(site, camera, relay):
    reader, writer = await post(site, f"/ingest/cam1/{KEY}", [b"a"], end=False)
    await until(lambda: relay.pushed.get("cam1"))
    await update(camera, push_key_hash=keys.digest("another"))
    task = asyncio.create_task(answer(reader))
    async with asyncio.timeout(30):
        while not task.done():
            writer.write(b"1\r\na\r\n")
            await asyncio.sleep(0.03)
    assert (await task)[0] == 409
    writer.close()


async def test_a_silent_push_is_over_and_the_relay_learns_it(site, relay):
    reader, writer = await post(site, f"/ingest/cam1/{KEY}", [b"a"], end=False)
    assert (await answer(reader))[0] == 408
    await until(lambda: relay.pushed["cam1"] == [b"a", b""])
    writer.close()


async def test_a_box_that_hangs_up_ends_its_push(site, relay):
    _, writer = await post(site, f"/ingest/cam1/{KEY}", [b"a"], end=False)
    await until(lambda: relay.pushed.get("cam1"))
    writer.transport.abort()
    await until(lambda: relay.pushed["cam1"] == [b"a", b""])


async def test_reading_is_not_pushing(site):
    reader, writer = await asyncio.open_connection(*site.host.split(":"))
    writer.write(f"GET /ingest/cam1/{KEY} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (await answer(reader))[0] == 405
    writer.close()


async def test_while_the_database_is_away_the_box_is_asked_to_come_again(site, relay, monkeypatch):
    async def down(code):
        raise OperationalError("away")

    monkeypatch.setattr(ingest, "read_row", down)
    reader, writer = await post(site, f"/ingest/cam1/{KEY}", end=False)
    status, text, head = await answer(reader)
    assert status == 503 and "请稍后重连" in text and b"retry-after: 5" in head.lower()
    writer.close()
