"""The relay's part in keeping evidence: once a second it asks the rows which clips are wanted, and has them copied."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.db import Error as DatabaseError

from .recorder import Job, Outcome, Recorder, Segment
from .rows import Rows

log = logging.getLogger("sunkitchen.relay.evidence")

TURN_SECONDS = 1.0
Shelf = tuple[Path, Sequence[Segment]]


class Evidence:
    """Of one relay. `cameras()` says whose segments lie here, `shelf(code)` where and which."""

    def __init__(
        self,
        root: Path,
        node: str,
        rows: Rows,
        *,
        cameras: Callable[[], Collection[str]],
        shelf: Callable[[str], Shelf | None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._recorder = Recorder(root, node)
        self._rows = rows
        self._cameras = cameras
        self._shelf = shelf
        self._now = now

    async def run(self) -> None:
        """For ever. Whatever happens to a clip, the pictures go on."""
        await asyncio.to_thread(self._recorder.start)
        while True:
            await asyncio.sleep(TURN_SECONDS)
            with contextlib.suppress(DatabaseError):  # the rows say so themselves
                await self.turn()

    async def turn(self) -> list[Outcome]:
        """One look, one copy: what was finished."""
        codes = {*self._cameras(), *self._recorder.cameras()}
        if not codes:
            return []
        now = self._now()
        at = datetime.fromtimestamp(now, UTC)
        jobs: list[Job] = await self._rows.clips(at, codes)
        if not jobs and not self._recorder.cameras():
            return []
        shelves = {job.camera: shelf for job in jobs if (shelf := self._shelf(job.camera))}
        outcomes = await asyncio.to_thread(self._recorder.tick, round(now * 1000), jobs, shelves)
        for outcome in outcomes:
            log.info("clip=%s %s", outcome.clip, type(outcome).__name__.lower())
            self._rows.note_clip(outcome, at)
        return outcomes
