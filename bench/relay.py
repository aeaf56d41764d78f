"""What the relay costs and how good the live picture is: every figure beside its peer's, from the same run.

- ingest: twenty cameras fetched by the daemon, and by as many bare ffmpegs that throw everything away, at the same
  time from the same process; CPU seconds of each side over the same seconds, looks for the truth of the picture and
  segments included. Memory: one side after the other, so that neither lends the other its pages.
- fan-out: a thousand WebSocket viewers on one web process, beside nginx (bench/_fanout.py).
- the picture: delay, dropped frames, joining, kill -9, beside peers in the same browser (bench/_glass.py).
- soak: every camera's connection cut again and again.
Everything shares this machine's cores, clients with servers; only the named processes' CPU is counted.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from statistics import median

import imageio_ffmpeg

from bench import Measure, _fanout, _glass
from bench._cost import cpu_seconds, descriptors, pss_kb, rss_kb, zombies
from bench._twenty import CAMERAS, Twenty, twenty
from tests.real.site import until

SECONDS = 60.0  # in which every camera is looked at once
SETTLE = 4.0
PEER = f"{CAMERAS} × ffmpeg -c copy -f null"
CPU_RATIO, CAMERA_MB = 2.8, 20
ROUNDS = 5  # of cutting all cameras: a hundred flaps


def run() -> Iterator[Measure]:
    binary = os.environ.get("FFMPEG_BINARY") or imageio_ffmpeg.get_ffmpeg_exe()
    with twenty(binary) as on:
        yield from ingest(on)
        yield from soak(on)
    yield from _fanout.run()
    yield from _glass.run()


def ingest(on: Twenty) -> Iterator[Measure]:
    with on.bare() as bare:
        time.sleep(SETTLE)
        theirs_mb = pss_kb(bare) / 1024 / CAMERAS
    with on.relay() as relay:
        time.sleep(SETTLE)
        ours_mb = median(sampled(lambda: pss_kb(relay.pid))) / 1024 / CAMERAS
        with on.bare() as bare:
            time.sleep(SETTLE)
            before = cpu_seconds(relay.pid), cpu_seconds(bare)
            time.sleep(SECONDS)
            ours, theirs = cpu_seconds(relay.pid) - before[0], cpu_seconds(bare) - before[1]
    goal = round(CPU_RATIO * theirs, 2)
    words = f"{PEER}; both at once on the same cores, {SECONDS:.0f} s"
    yield Measure("relay.ingest_cpu", round(ours, 2), "cpu s", words, round(theirs, 2), goal)
    yield Measure("relay.memory_per_camera", round(ours_mb, 1), "MB", PEER, round(theirs_mb, 1), CAMERA_MB)


def soak(on: Twenty) -> Iterator[Measure]:
    """A first round warms up; what then grows with a hundred more flaps leaks."""
    with on.relay() as relay:
        flap(on)
        before = held(relay.pid)
        for _ in range(ROUNDS):
            flap(on)
        after = held(relay.pid)
    flaps = f"{ROUNDS * CAMERAS} flaps, {ROUNDS} of each camera"
    for name, unit, least, most in zip(("rss", "descriptors", "zombies"), ("KB", "", ""), before, after, strict=True):
        yield Measure(f"relay.soak.{name}", round(most - least, 1), f"{unit} more after {flaps}".strip(), goal=0)


def flap(on: Twenty) -> None:
    """Every camera's connection ends; returns when each is live again, in a later epoch."""
    before = on.live()
    os.kill(on.cameras, signal.SIGUSR1)

    def back() -> int:
        return sum(epoch > before.get(code, 0) for code, epoch in on.live().items())

    assert until(lambda: back() == CAMERAS, 90), f"{back()} of {CAMERAS} came back"


def held(relay: int) -> tuple[float, float, float]:
    """RSS in KB of the daemon, its descriptors, its zombies; medians, as looks come and go."""
    readers: list[Callable[[], float]] = [lambda: rss_kb(relay), lambda: descriptors(relay), lambda: zombies(relay)]
    rss, files, dead = (median(sampled(reader)) for reader in readers)
    return rss, files, dead


def sampled(read: Callable[[], float], times: int = 9) -> list[float]:
    """Read over two seconds: a group of pictures."""
    found = []
    for _ in range(times):
        found.append(read())
        time.sleep(2 / times)
    return found
