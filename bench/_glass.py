"""From a real RTSP camera to Chromium: delay, dropped frames, the first picture; our WebSocket and the peers' ways.

Camera, servers, peers and the browser share this machine's cores; one page is open at a time. The camera burns the
millisecond of drawing into the picture, the browser reads it back from each frame as it is shown.
"""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import imageio_ffmpeg

from bench import Measure
from bench._cost import family, runs
from bench._fanout import say
from bench._peers import peers
from bench._stage import Stage, browsing, stage
from bench.live import READ_CLOCK
from tests.real.site import until

SECONDS = 10
JOINS = 5
MOVES = "() => { const video = document.querySelector('.live video, video'); return video && video.currentTime > 0.5 && !video.paused; }"
JOINED = """
window.joined = new Promise((shown) => addEventListener('DOMContentLoaded', () => {
  const began = performance.now();
  (function wait() {
    const video = document.querySelector('.live video, video');
    if (video) video.requestVideoFrameCallback((when) => shown(when - began));
    else setTimeout(wait, 5);
  })();
}));
"""
READ = READ_CLOCK.replace("'.live video'", "'.live video, video'")
GOALS = {50: 250, 95: 350}
SHARED = "camera, servers and browser share the cores"


def run() -> Iterator[Measure]:
    binary = os.environ.get("FFMPEG_BINARY") or imageio_ffmpeg.get_ffmpeg_exe()
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as name, stage() as on, browsing() as chromium:
        camera = f"rtsp://admin:secret@{on.address}/live"
        with peers(Path(name) / "peers", camera, binary) as pages:
            ours = watched(chromium, on.page)
            theirs = {peer: watched(chromium, page) for peer, page in pages.items()}
        yield from compared(ours, {peer: seen for peer, seen in theirs.items() if seen})
        yield from after_kill(chromium, on)


def watched(chromium: Any, address: str) -> dict[str, Any]:
    """What a viewer sees there in SECONDS, once it moves, and how soon others joined. {} and a word when nothing moves."""
    from playwright.sync_api import Error

    context = chromium.new_context(viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(address)
        page.wait_for_function(MOVES, timeout=20_000)
        time.sleep(3)  # the player has found its place
        seen: dict[str, Any] = page.evaluate(READ, SECONDS)
        seen["joins"] = [joined(chromium, address) for _ in range(JOINS)]
        return seen if len(seen["ages"]) > SECONDS else {}
    except Error as error:
        say(f"nothing seen at {address}: {str(error).splitlines()[0]}")
        return {}
    finally:
        context.close()


def joined(chromium: Any, address: str) -> float:
    """ms from the page being there to its first frame, another viewer watching already; nothing cached."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(20_000)
    context.add_init_script(JOINED)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    took = page.evaluate("window.joined")
    context.close()
    return float(took)


def compared(ours: dict[str, Any], theirs: dict[str, dict[str, Any]]) -> Iterator[Measure]:
    """Each of our figures once for each peer, or alone when there is none."""
    assert ours, "our own page showed nothing"
    for peer, seen in theirs.items() or [(None, None)]:
        words = f"{peer}; {SHARED}" if peer else None
        for percent, goal in GOALS.items():
            mine, other = (age(found, percent) for found in (ours, seen))
            yield Measure(f"relay.glass_to_glass.p{percent}", mine, "ms", words, other, goal)
        yield Measure("relay.glass_to_glass.dropped", dropped(ours) or 0.0, "%", words, dropped(seen), 1)
        mine, other = (round(median(found["joins"]), 1) if found else None for found in (ours, seen))
        yield Measure("relay.join.p50", mine, "ms", words, other, 150)


def age(seen: dict[str, Any] | None, percent: int) -> Any:
    return round(quantiles(seen["ages"], n=100)[percent - 1], 1) if seen else None


def dropped(seen: dict[str, Any] | None) -> float | None:
    return round(100 * seen["dropped"] / max(1, seen["total"]), 2) if seen else None


# Resolves with the ms since `since` when a frame is shown that was drawn after it.
DRAWN_AFTER = (
    READ_CLOCK.replace("(seconds) =>", "(since) =>")
    .replace("seconds * 1000", "0")
    .replace(
        "if (Math.abs(age) < 60000) ages.push(age);\n    if (when < until)",
        "const drawn = shown - age, newer = Math.abs(age) < 60000 && drawn > since;\n"
        "    if (newer) done(Date.now() - since); else if (true)",
    )
)


def after_kill(chromium: Any, on: Stage) -> Iterator[Measure]:
    """kill -9 of the relay while somebody watches: its children die with it, the picture comes back by itself."""
    page = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(on.page)
    page.wait_for_function(MOVES, timeout=40_000)
    relay = next(relays(on))
    children = family(relay)[1:]
    assert children, "the relay runs without a child"
    page.evaluate("window.samePage = true")
    began = time.time()
    os.kill(relay, signal.SIGKILL)
    assert until_gone(children, 10), "children outlived the relay by 10 s"
    yield Measure("relay.kill9.children_gone", round(time.time() - began, 2), "s", goal=2)
    assert until(lambda: any(pid != relay for pid in relays(on)), 60), "nobody started the relay again"
    again = time.time()
    page.set_default_timeout(60_000)
    page.evaluate(DRAWN_AFTER, again * 1000)
    took = time.time() - again
    assert page.evaluate("window.samePage"), "the page was loaded anew"
    yield Measure("relay.kill9.started_again", round(again - began, 2), "s")
    yield Measure("relay.kill9.moves_again", round(took, 2), "s after it", goal=10)
    page.context.close()


def relays(on: Stage) -> Iterator[int]:
    return (pid for pid, command in on.site.processes.items() if "sunkitchen relay" in command)


def until_gone(pids: list[int], seconds: float) -> bool:
    """Asked every 10 ms. Whom nobody has waited for yet is gone all the same: it runs no more and holds nothing."""
    end = time.monotonic() + seconds
    while any(runs(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
