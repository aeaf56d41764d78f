"""When to look at which camera: the small runner around `truth`. What is remembered outlives a camera's feeds."""

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from . import truth
from .fmp4 import Init, Part

log = logging.getLogger("sunkitchen.relay.truth")

AT_ONCE = 2  # decoders at the same time
NEVER = datetime.fromtimestamp(0, UTC)


class Judged(Protocol):
    def __call__(self, code: str, epoch: int, *, still_since: datetime | None, dark: bool) -> None: ...


@dataclass
class _Sight:
    memory: truth.Memory = field(default_factory=truth.Memory)
    epoch: int = 0
    init: bytes = b""
    looked_at: datetime = NEVER  # when that frame was captured
    task: asyncio.Task[None] | None = None


class Sights:
    """Fed with keyframes; decodes those that are due, tells `judged`, keeps the poster of each camera's last good one.

    `seconds` between looks while watched, `idle_seconds` otherwise. A picture that did not change is looked at with
    every keyframe: so a frozen one is found soon, and so is the moment it moves again. Equal pictures over
    `still_seconds` are a frozen one: more for rooms where nobody may be for a while.
    """

    def __init__(
        self,
        binary: str,
        posters: Path,
        *,
        judged: Judged,
        poster: Callable[[str, datetime], None],
        seconds: float,
        idle_seconds: float,
        still_seconds: float = truth.STILL_SECONDS,
    ) -> None:
        self._binary = binary
        self._posters = posters
        self._judged = judged
        self._poster = poster
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._still_seconds = still_seconds
        self._sights: dict[str, _Sight] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    def begin(self, code: str, epoch: int, init: Init) -> None:
        """A new feed: its first keyframe is looked at, whatever was seen before."""
        sight = self._sights.setdefault(code, _Sight())
        sight.epoch, sight.init = epoch, init.data
        sight.looked_at = NEVER

    def keyframe(self, code: str, epoch: int, part: Part, captured_ms: int, *, watched: bool) -> None:
        """Look at this keyframe if it is time to, and if no look is under way."""
        sight = self._sights.get(code)
        if sight is None or sight.epoch != epoch or (sight.task and not sight.task.done()):
            return
        at = datetime.fromtimestamp(captured_ms / 1000, UTC)
        due = sight.looked_at + timedelta(seconds=self._due(sight, watched))
        if at >= due or at < sight.looked_at:  # earlier than the last look: the clock was set back
            sight.looked_at = at
            sight.task = asyncio.create_task(self._look(code, sight, epoch, sight.init, part.data, at))

    def _due(self, sight: _Sight, watched: bool) -> float:
        if not watched:
            return self._idle_seconds
        return min(truth.STILL_SPACING if sight.memory.count > 1 else self._seconds, self._seconds)

    async def _look(self, code: str, sight: _Sight, epoch: int, init: bytes, data: bytes, at: datetime) -> None:
        async with self._room:
            seen = await truth.see(self._binary, init, data)
        if seen is None:
            log.info("camera=%s a keyframe could not be decoded", code)
            return
        sight.memory, verdict = truth.judge(sight.memory, seen.gray, at, self._still_seconds)
        self._judged(code, epoch, still_since=verdict.still_since, dark=verdict.dark)
        if verdict.fine and verdict.changed and seen.jpeg:
            self._keep(code, seen.jpeg, at)

    def _keep(self, code: str, jpeg: bytes, at: datetime) -> None:
        aside = self._posters / f".{code}.new"
        try:
            self._posters.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(jpeg)
            os.replace(aside, self._posters / f"{code}.jpg")
        except OSError as error:
            log.error("camera=%s poster not written: %s", code, error.strerror)
        else:
            self._poster(code, at)

    async def close(self) -> None:
        tasks = [sight.task for sight in self._sights.values() if sight.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
