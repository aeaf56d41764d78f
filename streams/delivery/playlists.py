"""What the relay's playlists say, read once for all who wait for their next part: one look-out per camera and process."""

import asyncio
import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STALE_SECONDS = 15.0  # a playlist that did not grow for so long is not live any more
LOOK_SECONDS = 0.02  # between two looks at the file, while somebody waits: a stat in memory, no thread
_NUMBERS = re.compile(r"^#EXT-X-(MEDIA-SEQUENCE|TARGETDURATION):(\d{1,15})$", re.M)
_HINT = re.compile(r'^#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([a-z0-9.-]+)"$', re.M)


@dataclass(frozen=True, slots=True)
class Reading:
    """A playlist as it was found. `number`: of the segment that is open; `parts`: how many of it are listed."""

    text: str
    changed: float  # Unix time
    number: int
    parts: int
    target: int
    hint: str | None  # the part that comes next

    def is_fresh(self, now: float) -> bool:
        return now - self.changed < STALE_SECONDS

    def has(self, number: int, part: int | None) -> bool:
        """Whether it names the segment, or its part (both counted from 0 as _HLS_msn and _HLS_part do)."""
        return number < self.number or (number == self.number and part is not None and part < self.parts)


def read(text: str, changed: float) -> Reading:
    """ValueError when it is no playlist of ours."""
    said = {name: int(number) for name, number in _NUMBERS.findall(text)}
    if len(said) != 2:
        raise ValueError("no media playlist")
    closed, hint = text.count("\n#EXTINF:"), _HINT.search(text)
    parts = text.rpartition("\n#EXTINF:")[2].count("\n#EXT-X-PART:")
    number = said["MEDIA-SEQUENCE"] + closed
    return Reading(text, changed, number, parts, said["TARGETDURATION"], hint[1] if hint else None)


class Watch:
    """The playlist of one camera. Looks by itself while somebody waits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None  # of the file: when it was made, and which
        self._reading: Reading | None = None
        self._tick = asyncio.Event()
        self._waiting = 0
        self._task: asyncio.Task[None] | None = None

    def look(self) -> Reading | None:
        """What the file says now; None while there is none, or an old one."""
        with contextlib.suppress(OSError, ValueError):
            about = self._path.stat()
            if self._seen != (about.st_mtime_ns, about.st_ino):
                self._reading = read(self._path.read_text(), about.st_mtime)
                self._seen = about.st_mtime_ns, about.st_ino
                tick, self._tick = self._tick, asyncio.Event()
                tick.set()
            return self._reading if self._reading and self._reading.is_fresh(time.time()) else None
        self._seen = self._reading = None
        return None

    async def until(self, holds: Callable[[Reading], bool], seconds: float) -> Reading | None:
        """The first reading for which it holds, or the last one after so many seconds."""
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                while (reading := self.look()) is None or not holds(reading):
                    if self._task is None or self._task.done():
                        self._task = asyncio.create_task(self._keep_looking())
                    await self._tick.wait()
                return reading
        except TimeoutError:
            return self.look()
        finally:
            self._waiting -= 1

    async def _keep_looking(self) -> None:
        while self._waiting:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()


class Watches:
    """One `Watch` a camera, in this process."""

    KNOWN = 10_000

    def __init__(self) -> None:
        self._watches: dict[tuple[Path, int], Watch] = {}

    def of(self, path: Path) -> Watch:
        key = path, id(asyncio.get_running_loop())
        if len(self._watches) > self.KNOWN:
            self._watches.clear()
        return self._watches.setdefault(key, Watch(path))
