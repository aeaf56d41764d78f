"""Low latency as players take it: hls.js in Chromium, ffmpeg, from a relay that goes on writing meanwhile."""

import asyncio
import subprocess
import time
from contextlib import asynccontextmanager
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.async_api import async_playwright

from streams.relay.fmp4 import Splitter
from streams.relay.segments import SegmentWriter
from tests.real.components import CHROMIUM, CHROMIUM_FLAGS
from tests.streams.conftest import encode

pytestmark = pytest.mark.real("chromium", "ffmpeg")

ROOT = Path(__file__).parent.parent.parent.parent
PAGE = """<!doctype html><video muted playsinline></video>"""


@asynccontextmanager
async def filming(relay):
    """cam1 films as time goes by, and writes parts."""
    init, *parts = Splitter().feed(encode(90, rate=25, gop=50))
    writer = SegmentWriter(relay.live / "cam1")
    writer.begin(1, init)
    began = time.monotonic()

    async def film():
        for index, part in enumerate(parts):
            ahead = part.decode_time - 6 - (time.monotonic() - began)  # six seconds lie there already
            if ahead > 0:
                await asyncio.sleep(ahead)
            if index % 50 == 0:
                writer.asked()
            writer.add(part, round(1000 * time.time()))

    task = asyncio.create_task(film())
    yield
    task.cancel()


async def test_hls_js_plays_the_parts_and_waits_for_the_next(site, relay, ticket):
    asked = []

    async def serve(route):
        name = route.request.url.split("/")[-1]
        where = {"hls.mjs": ROOT / "node_modules/hls.js/dist/hls.light.min.mjs"}.get(name, ROOT / "static/js" / name)
        if name == "page":
            await route.fulfill(body=PAGE, content_type="text/html")
        else:
            await route.fulfill(path=where, content_type="text/javascript")

    async with filming(relay), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        page = await browser.new_page()
        await page.route("**/page", serve)
        await page.route("**/*.js", serve)
        await page.route("**/*.mjs", serve)
        page.on("requestfinished", lambda request: asked.append(request.url.split("/")[-1]))
        await page.goto(site.http("/page"))
        await page.evaluate(
            """async (address) => {
                const { playHls } = await import('/live-hls.js');
                globalThis.errors = [];
                const broken = (error) => errors.push(String(error));
                globalThis.playing = await playHls(document.querySelector('video'), address,
                    { script: '/hls.mjs', broken, blocked: broken });
            }""",
            f"/live/cam1/{ticket}/index.m3u8",
        )
        video = "document.querySelector('video')"
        await page.wait_for_function(f"{video}.currentTime > 0 && (globalThis.first ??= {video}.currentTime)")
        await page.wait_for_function(f"{video}.currentTime > first + 4", timeout=60_000)
        assert await page.evaluate("errors") == []
        assert abs(await page.evaluate("Date.now() - playing.captured()")) < 60_000
        await browser.close()
    assert len([name for name in asked if name.startswith("part-")]) > 5
    assert len([name for name in asked if "_HLS_part=" in name]) > 5


async def test_ffmpeg_plays_what_grows(site, relay, ticket):
    async with filming(relay):
        process = await asyncio.create_subprocess_exec(
            imageio_ffmpeg.get_ffmpeg_exe(),
            *"-loglevel error -i".split(),
            site.http(f"/live/cam1/{ticket}/index.m3u8"),
            *"-frames:v 150 -f framemd5 -".split(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate()
    assert not err
    assert len([line for line in out.decode().splitlines() if not line.startswith("#")]) == 150
