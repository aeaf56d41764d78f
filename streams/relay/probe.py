"""A look at each camera that nobody watches: a connection, a keyframe or a few, and its end.

At most AT_ONCE at a time, under the camera's lease, never beside a feed of it, and over at once when somebody comes.
A look goes on until it is sure: a fine picture is sure at once; a doubt lasts as long as it lasts before a watched
camera is doubted, at most LONGEST. Nothing is written of a look that was not sure, or that failed for what is ours.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from django.db import Error as DatabaseError

from .feeds import Listener
from .fmp4 import Init, Part
from .truth import STILL_SPACING

log = logging.getLogger("sunkitchen.relay.probe")

AT_ONCE = 2
CHECK_SECONDS = 10.0  # between two readings of whose turn it is
LONGEST = 60.0  # seconds of one look; the connection's start not counted
OURS = ("relay", "budget", "elsewhere", "refused_address")  # reasons that say nothing of the camera's picture


@dataclass(frozen=True)
class Looked:
    """What one keyframe told: a Camera.Why, "" where it is fine; whether that is all there is to know."""

    why: str
    sure: bool


class Feed(Protocol):
    def stop(self) -> None: ...
    async def gone(self) -> None: ...


class Prober:
    """`run()` for ever. `make_way(codes)`: somebody watches these now."""

    def __init__(
        self,
        *,
        due: Callable[[datetime], Awaitable[list[str]]],
        leased: Callable[[str], AbstractAsyncContextManager[bool]],
        feed: Callable[[str, Listener], Awaitable[Feed | None]],
        look: Callable[[str, bytes, bytes, datetime], Awaitable[Looked]],
        note: Callable[[str, datetime, str], None],
        is_busy: Callable[[str], bool],
        now: Callable[[], datetime],
        start_seconds: float = 10.0,
        longest: float = LONGEST,
    ) -> None:
        self._due, self._leased, self._feed, self._look, self._note = due, leased, feed, look, note
        self._is_busy, self._now = is_busy, now
        self._start_seconds, self._longest = start_seconds, longest
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def looking(self) -> set[str]:
        return set(self._tasks)

    async def run(self) -> None:
        try:
            while True:
                try:
                    await self.tick()
                except DatabaseError as error:
                    log.warning("probes: not read whose turn it is: %s", type(error).__name__)
                await asyncio.sleep(CHECK_SECONDS)
        finally:
            await self.close()

    async def tick(self) -> None:
        """Begin what is due, as far as there is room. DatabaseError."""
        if len(self._tasks) >= AT_ONCE:
            return
        for code in await self._due(self._now()):
            if len(self._tasks) >= AT_ONCE:
                break
            if code not in self._tasks and not self._is_busy(code):
                task = asyncio.create_task(self._probe(code))
                self._tasks[code] = task
                task.add_done_callback(lambda task, code=code: self._ended(code, task))  # type: ignore[misc]

    def make_way(self, codes: set[str]) -> None:
        """The cameras' own feeds come first: their looks end now, and say nothing."""
        for code in self._tasks.keys() & codes:
            self._tasks[code].cancel()

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, code: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(code, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("camera=%s probe failed: %s", code, type(error).__name__)

    async def _probe(self, code: str) -> None:
        try:
            async with self._leased(code) as is_ours:
                if is_ours and not self._is_busy(code):
                    why = await self._seen(code)
                    if why is not None and why not in OURS:
                        log.info("camera=%s probe %s", code, why or "passed")
                        self._note(code, self._now(), why)
        except DatabaseError as error:
            log.warning("camera=%s probe: no lease: %s", code, type(error).__name__)

    async def _seen(self, code: str) -> str | None:
        """What there is to see, a Camera.Why or ""; None where nobody can be sure."""
        heard = _Heard()
        feed = await self._feed(code, heard)
        if feed is None:
            return None
        why: str | None = "no_picture"
        try:
            async with asyncio.timeout(self._start_seconds + self._longest):
                while True:
                    async with asyncio.timeout(None if heard.came else self._start_seconds):
                        init, key = await heard.next()
                    looked = await self._look(code, init, key[0], key[1])
                    why = looked.why if looked.sure else None
                    if looked.sure:
                        return why
        except _Ended as ended:
            return ended.why if why == "no_picture" else why
        except TimeoutError:
            return why
        finally:
            feed.stop()
            await asyncio.shield(feed.gone())


class _Ended(Exception):
    def __init__(self, why: str) -> None:
        self.why = why


class _Heard:
    """Keyframes far enough apart, the newest alone."""

    def __init__(self) -> None:
        self.came = False
        self._init = b""
        self._key: tuple[bytes, datetime] | None = None
        self._last: datetime | None = None
        self._end: str | None = None
        self._news = asyncio.Event()

    def on_init(self, code: str, epoch: int, init: Init) -> None:
        self._init = init.data

    def on_part(self, code: str, epoch: int, part: Part, captured_ms: int) -> None:
        at = datetime.fromtimestamp(captured_ms / 1000, UTC)
        if part.key and (self._last is None or abs(at - self._last) >= timedelta(seconds=STILL_SPACING)):
            self._key, self._last, self.came = (part.data, at), at, True
            self._news.set()

    def on_end(self, code: str, epoch: int, why: str, lines: list[str]) -> None:
        self._end = why
        self._news.set()

    async def next(self) -> tuple[bytes, tuple[bytes, datetime]]:
        """_Ended when there is none any more."""
        while self._key is None:
            if self._end is not None:
                raise _Ended(self._end)
            self._news.clear()
            await self._news.wait()
        key, self._key = self._key, None
        return self._init, key
