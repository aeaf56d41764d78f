"""How soon and how fresh the live picture is in Chromium, from a real RTSP camera through the real processes.

Everything shares this machine: the camera that draws and encodes, the relay, the web process and the browser.
- first_frame: from the page's navigation start to the first frame on the screen, the camera warm; median of ten, each
  in a browser context of its own, so nothing is cached.
- glass_to_glass: the camera burns the millisecond of drawing into the picture; the browser reads it back from each
  frame as it is shown, from the first second on. Over WebSocket, and over hls.js beside it.
"""

from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any

from bench import Measure
from bench._stage import browsing, stage

TIMES = 10
SECONDS = 20

FIRST_FRAME = """
window.firstFrame = new Promise((shown) => {
  addEventListener('DOMContentLoaded', () => {
    const video = document.querySelector('.live video');
    video.requestVideoFrameCallback((when) => shown(when));
  });
});
"""

# 40 squares of 16 px in the top rows, one bit each, bit 39 first: tests/real/rtsp_camera.py draws them.
READ_CLOCK = """
(seconds) => new Promise((done) => {
  const video = document.querySelector('.live video'), canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true }), ages = [], until = performance.now() + seconds * 1000;
  const before = video.getVideoPlaybackQuality();
  function frame(when, about) {
    canvas.width = about.width; canvas.height = 16;
    context.drawImage(video, 0, 0);
    const pixels = context.getImageData(0, 0, about.width, 16).data;
    let clock = 0;
    for (let bit = 0; bit < 40; bit += 1) clock = clock * 2 + (pixels[4 * (8 * about.width + bit * 16 + 8)] > 128 ? 1 : 0);
    const shown = performance.timeOrigin + about.expectedDisplayTime;
    const age = (shown % 2 ** 40) - clock;
    if (Math.abs(age) < 60000) ages.push(age);
    if (when < until) video.requestVideoFrameCallback(frame);
    else {
      const after = video.getVideoPlaybackQuality();
      done({ ages, dropped: after.droppedVideoFrames - before.droppedVideoFrames, total: after.totalVideoFrames - before.totalVideoFrames });
    }
  }
  video.requestVideoFrameCallback(frame);
})
"""
LIVE = ".live[data-state=live]"


def run() -> Iterator[Measure]:
    with stage() as on, browsing() as chromium:
        warm = chromium.new_context(viewport={"width": 390, "height": 844})
        watching = warm.new_page()
        watching.goto(on.page)
        watching.wait_for_selector(LIVE, timeout=30_000)

        firsts = [first_frame(chromium, on.page) for _ in range(TIMES)]
        yield Measure("live.first_frame.p50", round(median(firsts), 1), "ms", goal=300)

        watching.close()
        ours, hls = (from_the_start(warm, address) for address in (on.page, f"{on.page}?player=hls"))
    yield against("live.glass_to_glass.p50", ours, hls, 50, goal=300)
    yield against("live.glass_to_glass.p95", ours, hls, 95)
    yield Measure("live.dropped_frames", round(100 * ours["dropped"] / max(1, ours["total"]), 2), "%")


def from_the_start(context: Any, address: str) -> dict[str, Any]:
    """Ages of the frames that a diner sees in the first SECONDS after the page says live, and how many were dropped."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(LIVE, timeout=30_000)
    seen: dict[str, Any] = page.evaluate(READ_CLOCK, SECONDS)
    page.close()
    return seen


def first_frame(chromium: Any, address: str) -> float:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(FIRST_FRAME)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    shown = page.evaluate("window.firstFrame")
    context.close()
    return float(shown)


def against(
    name: str, ours: dict[str, Any], hls: dict[str, Any], percentile: int, goal: float | None = None
) -> Measure:
    mine, theirs = (round(quantiles(found["ages"], n=100)[percentile - 1], 1) for found in (ours, hls))
    return Measure(name, mine, "ms", "the same camera by our HLS, hls.js", theirs, goal)
