"""The relay's database work, all of it on one worker thread: the loop that moves pictures never waits for a row."""

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from streams.cameras import relay_actions as actions
from sunkitchen.core import secrets

from .supervisor import Report, Wish

log = logging.getLogger("sunkitchen.relay.rows")

QUEUED = 10_000
T = TypeVar("T")


class Rows:
    """Reads answer when the database does; writes are queued, kept in order, and tried again until they succeed."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="relay-rows")
        self._writes: deque[Callable[[], object]] = deque(maxlen=QUEUED)
        self._urls: dict[str, tuple[str, str]] = {}  # code → sealed, plain

    async def set_right(self, at: datetime) -> list[actions.Interrupted]:
        return await self._do(partial(actions.set_right, at))

    async def wishes(self, at: datetime, codes: set[str]) -> dict[str, Wish]:
        """The wanted cameras and those of `codes`. DatabaseError when there is no answer."""
        rows = await self._do(partial(self._read, at, codes))
        return {
            row.code: Wish(
                push=row.push,
                off=row.off,
                wanted=row.wanted,
                epoch=row.epoch,
                mark=hashlib.sha256(repr((row.sealed_url, row.masks)).encode()).hexdigest()[:16],
                start_seconds=row.start_seconds,
                masks=row.masks,
            )
            for row in rows
        }

    def url(self, code: str) -> str:
        """The plain address as of the last reading; "" when there is none or no key opens it."""
        return self._urls.get(code, ("", ""))[1]

    def note(self, report: Report) -> None:
        self._write(
            partial(
                actions.note_state,
                report.code,
                state=report.state,
                why=report.why,
                since=report.since,
                at=report.at,
                epoch=report.epoch,
            )
        )

    def note_poster(self, code: str, at: datetime) -> None:
        self._write(partial(actions.note_poster, code, at=at))

    def note_errors(self, code: str, lines: list[str]) -> None:
        self._write(partial(actions.note_errors, code, lines))

    async def beat(self, at: datetime) -> None:
        """Vouch for every state, after all that was to be written is written."""
        await self._do(self._flush)
        if not self._writes:
            await self._do(partial(actions.note_seen, at))

    async def close(self) -> None:
        """Write what is left, then end the thread."""
        await self._do(self._flush)
        await self._do(connections.close_all)
        self._thread.shutdown(wait=False)

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(_fresh, work))

    def _write(self, work: Callable[[], object]) -> None:
        self._writes.append(work)
        self._thread.submit(self._flush)

    def _flush(self) -> None:
        while self._writes:
            try:
                _fresh(self._writes[0])
            except DatabaseError as error:
                log.warning("rows: not written, tried again: %s", type(error).__name__)
                return
            self._writes.popleft()

    def _read(self, at: datetime, codes: set[str]) -> list[actions.Row]:
        rows = actions.rows(at, codes)
        for row in rows:
            if self._urls.get(row.code, ("", ""))[0] != row.sealed_url:
                self._urls[row.code] = (row.sealed_url, _opened(row))
        return rows


def _opened(row: actions.Row) -> str:
    try:
        return secrets.unseal(row.sealed_url)
    except ValueError:
        log.error("camera=%s its sealed address opens with none of the keys", row.code)
        return ""


def _fresh(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()
