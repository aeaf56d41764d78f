"""The frames a joiner needs, and a little more: since the last two keyframes, in memory, read through cursors.

A reader keeps nothing but the (epoch, seq) it saw last. The ring never waits for a reader and holds no queue for one.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

MAX_BYTES = 8 << 20
# Cameras whose every frame is a keyframe exist: two GOPs are then 80 ms, and every reader would seem late.
HOLD_MS = 2000
LATE_MS = 1000


@dataclass(frozen=True, slots=True)
class Frame:
    """One part of the stream. `captured_ms`: when it reached the relay, Unix time; `duration`: seconds, 0 if untold."""

    epoch: int
    seq: int
    key: bool
    discontinuity: bool
    captured_ms: int
    duration: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Status:
    """What the relay says of the camera: a Camera.State, since when (ISO 8601) and why (a Camera.Why or "")."""

    state: str
    since: str | None = None
    why: str = ""


class Ring:
    """Init segment and newest frames of one camera; `version` counts its changes."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.epoch = 0
        self.mime = ""
        self.init = b""
        self.status = Status("starting")
        self.version = 0
        self._frames: deque[Frame] = deque()
        self._keys: deque[Frame] = deque()  # the keyframes among them
        self._bytes = 0
        self._max_bytes = max_bytes
        self._tick: asyncio.Event | None = None  # while somebody waits

    def begin(self, epoch: int, mime: str, init: bytes) -> None:
        """A new encoding starts: what was held belongs to another timeline and goes."""
        self.epoch, self.mime, self.init = epoch, mime, init
        self.clear()

    def clear(self) -> None:
        """Forget the pictures: nobody may join from something that is over."""
        self._frames.clear()
        self._keys.clear()
        self._bytes = 0
        self._changed()

    def append(self, frame: Frame) -> None:
        """Hold the frame; let go of what lies before the last two keyframes (and two seconds), or past the bound."""
        self._frames.append(frame)
        self._bytes += len(frame.data)
        if frame.key:
            self._keys.append(frame)
        while len(self._keys) > 2 and self._keys[1].captured_ms <= frame.captured_ms - HOLD_MS:
            self._drop_before(self._keys[1].seq)
        while self._bytes > self._max_bytes and len(self._frames) > 1:
            # The older GOP as a whole; of a single endless one, from its front: joiners then wait for a keyframe.
            self._drop_before(self._keys[1].seq if len(self._keys) > 1 else self._frames[1].seq)
        self._changed()

    def tell(self, status: Status) -> None:
        if status != self.status:
            self.status = status
            self._changed()

    @property
    def newest(self) -> Frame | None:
        return self._frames[-1] if self._frames else None

    @property
    def size(self) -> int:
        """Bytes of media held."""
        return self._bytes

    def joining(self) -> list[Frame]:
        """From the newest keyframe on: what a joiner can decode at once. Empty while none is held."""
        return self.since(self._keys[-1].seq - 1) if self._keys else []

    def since(self, seq: int) -> list[Frame]:
        """The held frames after `seq`, oldest first."""
        found: list[Frame] = []
        for frame in reversed(self._frames):
            if frame.seq <= seq:
                break
            found.append(frame)
        found.reverse()
        return found

    def lags(self, seq: int) -> bool:
        """Whether a reader who saw `seq` is more than a GOP (and a second) behind, or what follows is not held."""
        if not self._frames:
            return False
        if seq + 1 < self._frames[0].seq:
            return True
        missed = next((key for key in self._keys if key.seq > seq), self._keys[-1] if self._keys else None)
        if missed is None or missed is self._keys[-1]:
            return False
        return missed.captured_ms < self._frames[-1].captured_ms - LATE_MS

    async def changed(self, version: int, timeout: float | None = None) -> int:
        """Wait until the ring is past `version`, at most `timeout` seconds; its version then."""
        if self.version == version:
            if self._tick is None:
                self._tick = asyncio.Event()
            tick = self._tick
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):  # wait_for would make a task for each of a thousand readers
                    await tick.wait()
        return self.version

    def _changed(self) -> None:
        self.version += 1
        if self._tick:
            self._tick.set()
            self._tick = None

    def _drop_before(self, seq: int) -> None:
        while self._frames and self._frames[0].seq < seq:
            self._bytes -= len(self._frames.popleft().data)
        while self._keys and self._keys[0].seq < seq:
            self._keys.popleft()


def size_of(frames: Iterable[Frame]) -> int:
    return sum(len(frame.data) for frame in frames)
