"""When to look at which camera: the small runner around `truth`. What is remembered outlives a camera's feeds."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from . import likeness, truth
from .fmp4 import Init, Part
from .probe import Looked

log = logging.getLogger("sunkitchen.relay.truth")

AT_ONCE = 2  # decoders at the same time
NEVER = datetime.fromtimestamp(0, UTC)
KEEP_AGAIN = timedelta(seconds=15)  # between two pictures kept of one that is not fine

Confirmed = Callable[[str], Awaitable[likeness.Confirmed | None]]  # what a camera is meant to see, by its code


class Judged(Protocol):
    def __call__(
        self,
        code: str,
        epoch: int,
        *,
        still_since: datetime | None,
        dark: bool,
        covered: bool = False,
        moved: bool = False,
    ) -> None: ...


async def _nothing(code: str) -> None:
    """No picture was ever confirmed."""


@dataclass
class _Sight:
    memory: truth.Memory = field(default_factory=truth.Memory)
    doubt: likeness.Doubt = field(default_factory=likeness.Doubt)
    kept_at: datetime = NEVER  # the newest picture that was not fine
    epoch: int = 0
    init: bytes = b""
    looked_at: datetime = NEVER  # when that frame was captured
    task: asyncio.Task[None] | None = None


class Sights:
    """Fed with keyframes; decodes those that are due, tells `judged`, keeps the poster of each camera's last good one.

    Beside it lies the newest one that was not good, as `<code>.seen.jpg`: for whoever is to judge what a hint is about.

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
        confirmed: Confirmed = _nothing,
    ) -> None:
        self._binary = binary
        self._posters = posters
        self._judged = judged
        self._poster = poster
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._still_seconds = still_seconds
        self._confirmed = confirmed
        self._sights: dict[str, _Sight] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    def begin(self, code: str, epoch: int, init: Init) -> None:
        """A new feed: its first keyframe is looked at, whatever was seen before."""
        sight = self._sights.setdefault(code, _Sight())
        sight.epoch, sight.init = epoch, init.data
        sight.looked_at = sight.kept_at = NEVER

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
        hint = await self._compared(code, sight, seen.gray, at)
        self._judged(
            code,
            epoch,
            still_since=verdict.still_since,
            dark=verdict.dark,
            covered=hint.covered,
            moved=hint.moved,
        )
        if not seen.jpeg:
            return
        if not verdict.fine or sight.doubt.looks:
            if abs(at - sight.kept_at) >= KEEP_AGAIN and keep(self._posters, seen_name(code), seen.jpeg):
                sight.kept_at = at
        elif verdict.changed and keep(self._posters, f"{code}.jpg", seen.jpeg):
            self._poster(code, at)

    async def once(self, code: str, init: bytes, data: bytes, at: datetime) -> Looked:
        """A look at a camera that nobody watches: what was seen of it before counts, and so does this."""
        sight = self._sights.setdefault(code, _Sight())
        async with self._room:
            seen = await truth.see(self._binary, init, data)
        if seen is None:
            return Looked("no_picture", sure=False)
        sight.memory, verdict = truth.judge(sight.memory, seen.gray, at, self._still_seconds)
        hint = await self._compared(code, sight, seen.gray, at)
        is_fine = verdict.fine and verdict.changed and not sight.doubt.looks
        if seen.jpeg and keep(self._posters, f"{code}.jpg" if is_fine else seen_name(code), seen.jpeg) and is_fine:
            self._poster(code, at)
        if verdict.dark:
            return Looked("dark", sure=True)
        if hint.covered or hint.moved:
            return Looked("covered" if hint.covered else "moved", sure=True)
        if verdict.still_since:
            return Looked("still", sure=True)
        return Looked("", sure=is_fine)

    async def _compared(self, code: str, sight: _Sight, gray: bytes, at: datetime) -> likeness.Hint:
        confirmed = await self._confirmed(code)
        if confirmed is None:
            sight.doubt = likeness.Doubt()
            return likeness.Hint()
        sight.doubt, hint = likeness.judge(sight.doubt, confirmed, gray, at)
        return hint

    async def close(self) -> None:
        tasks = [sight.task for sight in self._sights.values() if sight.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def seen_name(code: str) -> str:
    """Where the newest picture lies that was not fit for a poster."""
    return f"{code}.seen.jpg"


def keep(folder: Path, name: str, jpeg: bytes) -> bool:
    """Put a picture in place of the one before, whole. False, and said, when the disk does not take it."""
    aside = folder / f".{name.removesuffix('.jpg')}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(jpeg)
        os.replace(aside, folder / name)
    except OSError as error:
        log.error("picture %s not written: %s", name, error.strerror)
        return False
    return True
