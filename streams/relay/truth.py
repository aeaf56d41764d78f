"""Is the picture true: does anything move, is there light? A frozen picture with live parts is not live.

Pure judgement of 64×36 luma pictures, and one limited ffmpeg that makes such a picture out of a keyframe.

How stillness is measured. A cell is the mean of what it covers (10×10 px of 640×360, 30×30 of 1080p), so a sensor's
noise of σ = 10 leaves σ ≤ 1, and what an encoder does to a frozen picture from keyframe to keyframe leaves 1 to 4.
The median of all differences is taken off first: exposure and lamps change the whole picture and are no movement.
A cell has moved when it then differs by more than 10; two neighbours, by more than 6 each (a thing astride two cells).
Each frame is held against the first one of its still run, not against the last: creeping changes add up.
The thresholds are ours, shown by tests with noise, re-encoding and a small moving thing.
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from datetime import datetime

from .child import Child
from .ffmpeg import GRAY_HEIGHT, GRAY_WIDTH, look

CELLS = GRAY_WIDTH * GRAY_HEIGHT
DARK_MEAN = 20.0  # of 255
MOVED = 10
MOVED_BESIDE = 6
STILL_FRAMES = 3
STILL_SECONDS = 20.0  # a cook waits that long before a pan, not much longer: ours
STILL_SPACING = 1.9  # seconds between two frames that count: 2 s, less what keyframes jitter

LOOK_SECONDS = 4.0
POSTER_BYTES = 2 << 20


@dataclass(frozen=True)
class Memory:
    """What is kept of a camera between looks, across restarts of its feed."""

    anchor: bytes = b""  # the first picture of the still run
    anchor_at: datetime | None = None
    count: int = 0  # pictures of the run, that one included
    counted_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """`still_since`: nothing has changed since then. None: it moves, or too little was seen to say otherwise."""

    still_since: datetime | None
    dark: bool
    changed: bool  # against the run's first picture; the first picture ever counts as a change

    @property
    def fine(self) -> bool:
        """Fit to be shown as a poster."""
        return self.still_since is None and not self.dark


def judge(memory: Memory, picture: bytes, at: datetime, seconds: float = STILL_SECONDS) -> tuple[Memory, Verdict]:
    """Look at the newest picture (64×36 luma bytes, row by row, 0–255). Equal ones over `seconds` are still.

    At least STILL_FRAMES of them, so that two rare looks alone prove nothing. ValueError for another size.
    """
    if len(picture) != CELLS:
        raise ValueError(f"{len(picture)} cells, not {CELLS}")
    dark = sum(picture) / CELLS < DARK_MEAN
    if not memory.anchor or moved(memory.anchor, picture):
        return Memory(picture, at, 1, at), Verdict(None, dark, True)
    assert memory.anchor_at and memory.counted_at
    if at < memory.counted_at:  # the clock was set back: what was seen stays as long ago as it was
        memory = Memory(memory.anchor, memory.anchor_at - (memory.counted_at - at), memory.count, at)
    assert memory.anchor_at and memory.counted_at
    if (at - memory.counted_at).total_seconds() >= STILL_SPACING:
        memory = Memory(memory.anchor, memory.anchor_at, memory.count + 1, at)
    assert memory.anchor_at
    still = memory.count >= STILL_FRAMES and (at - memory.anchor_at).total_seconds() >= seconds
    return memory, Verdict(memory.anchor_at if still else None, dark, False)


def moved(before: bytes, after: bytes) -> bool:
    """Whether anything in the picture moved."""
    differences = [b - a for a, b in zip(before, after, strict=True)]
    shift = sorted(differences)[CELLS // 2]
    slight = set()
    for cell, difference in enumerate(differences):
        size = abs(difference - shift)
        if size > MOVED:
            return True
        if size > MOVED_BESIDE:
            slight.add(cell)
    beside = any(cell + 1 in slight and (cell + 1) % GRAY_WIDTH for cell in slight)
    return beside or any(cell + GRAY_WIDTH in slight for cell in slight)


@dataclass(frozen=True)
class Seen:
    """One keyframe decoded: its small luma picture, and the JPEG for a poster."""

    gray: bytes
    jpeg: bytes


async def see(binary: str, init: bytes, keyframe: bytes, seconds: float = LOOK_SECONDS) -> Seen | None:
    """Decode init segment + keyframe in one short ffmpeg. None when that can't be done, or takes longer."""
    ours, theirs = socket.socketpair()
    child = Child(look(binary, f"pipe:{theirs.fileno()}"), cpu_seconds=int(seconds) + 1)
    poster = None
    try:
        async with asyncio.timeout(seconds):
            with theirs:
                await child.start(stdin=True, pass_fds=(theirs.fileno(),))
            poster = asyncio.create_task(_drained(ours))
            gray, _ = await asyncio.gather(child.stdout.read(CELLS + 1), _poured(child, init + keyframe))
            while len(gray) < CELLS and (more := await child.stdout.read(CELLS + 1 - len(gray))):
                gray += more
            jpeg = await poster
            await child.process.wait()
    except (TimeoutError, OSError):
        return None
    finally:
        if poster:
            poster.cancel()
            await asyncio.gather(poster, return_exceptions=True)
        ours.close()
        await child.stop(patience=0)
    return Seen(gray, jpeg) if len(gray) == CELLS else None


async def _poured(child: Child, data: bytes) -> None:
    with contextlib.suppress(ConnectionError):
        child.stdin.write(data)
        await child.stdin.drain()
        child.stdin.close()


async def _drained(end: socket.socket) -> bytes:
    """All that comes out of it, at most POSTER_BYTES; it is closed afterwards.

    A socket, not a pipe: of a pipe's file object uvloop closes the descriptor twice, and in between another thread may
    have been given that number for the database's journal.
    """
    reader, writer = await asyncio.open_unix_connection(sock=end)
    try:
        data = b""
        while len(data) < POSTER_BYTES and (more := await reader.read(1 << 16)):
            data += more
        return data
    finally:
        writer.close()
