"""The relay's database work, all of it on one worker thread: the loop that moves pictures never waits for a row."""

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import Error as DatabaseError
from django.db import connections

from streams.cameras import lease_actions, probe_actions, reference
from streams.cameras import relay_actions as actions
from streams.clips import relay_actions as clip_actions
from sunkitchen.core import secrets

from .confirmed import Reading
from .lease import Leases
from .pace import Pace
from .recorder import Job, Outcome
from .supervisor import Report, Wish

log = logging.getLogger("sunkitchen.relay.rows")

QUEUED = 10_000
AT_A_TIME = 20  # writes in a row; a lease's renewal waits for no more
T = TypeVar("T")


class Rows:
    """Reads answer when the database does; writes are queued, kept in order, and tried again until they succeed.

    `node`: this relay's name in leases; whatever is written of a camera is written under the lease held when it was so.
    """

    def __init__(
        self,
        node: str = "here",
        *,
        leases: Leases | None = None,
        clock: Callable[[], datetime] = lease_actions.clock,
    ) -> None:
        self.node = node
        self.leases = leases or Leases()
        self._clock = clock  # the database's, asked from the thread
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="relay-rows")
        self._writes: deque[Callable[[], object]] = deque(maxlen=QUEUED)
        self._urls: dict[str, tuple[str, str]] = {}  # code → sealed, plain
        self._sub_urls: dict[str, tuple[str, str]] = {}
        self._pace = Pace(self.leases.clock)
        self._run: int | None = None
        self._inherited: list[actions.Interrupted] = []

    async def set_right(self, at: datetime) -> list[actions.Interrupted]:
        """At the start, before anything else: this relay lives, and its namesake's leftovers are nobody's."""
        found = await self._do(partial(actions.set_right, at, node=self.node))
        self._run = await self._do(partial(actions.begin_run, self.node, at))
        return found

    async def wishes(self, at: datetime, codes: set[str], watched: Collection[str] = ()) -> dict[str, Wish]:
        """The wanted cameras and those of `codes`. DatabaseError when there is no answer.

        Of those that are wanted or `watched` and are to be fetched, the leases that nobody holds are taken first: a
        taker must see how far the one before came.
        """
        asked_at = self.leases.clock()
        rows, lacking, taken = await self._do(partial(self._read, at, codes, set(watched), set(self.leases.held())))
        self.leases.taken(asked_at, lacking, taken)
        return {row.code: _wish(row) for row in rows}

    def inherited(self) -> list[actions.Interrupted]:
        """Cameras taken over since the last time, as another relay left them."""
        found, self._inherited = self._inherited, []
        return found

    async def take(self, code: str, *, from_others: bool = False) -> bool:
        """Whether this relay has the camera's lease now. DatabaseError when there is no answer.

        `from_others`: even if another relay holds it, because the camera's box came here.
        """
        if self.leases.holds(code):
            return True
        asked_at = self.leases.clock()
        taken = await self._do(partial(self._take, {code}, from_others))
        self.leases.taken(asked_at, {code}, taken)
        return code in taken

    async def renew(self) -> None:
        """Ask for every lease anew. DatabaseError when there is no answer."""
        if asked := self.leases.held():
            asked_at = self.leases.clock()
            self.leases.renewed(asked_at, asked, await self._do(partial(self._renew, asked)))

    def give_back(self, needed: Collection[str]) -> None:
        """Give back every lease but the `needed`, after what was said under them."""
        if gone := self.leases.given_back(needed):
            self._write(partial(self._give_back, gone))

    def url(self, code: str) -> str:
        """The plain address as of the last reading; "" when there is none or no key opens it."""
        return self._urls.get(code, ("", ""))[1]

    def sub_url(self, code: str) -> str:
        """The same of its second stream."""
        return self._sub_urls.get(code, ("", ""))[1]

    def note(self, report: Report) -> None:
        """Write it, unless the camera comes and goes so often that it has to wait (pace.py) or is another relay's."""
        if report.why == "elsewhere":  # who has it writes what is so
            self._pace.forget(report.code)
            return
        for due in self._pace.take(report):
            self._note(due)

    def _note(self, report: Report) -> None:
        self._write(
            partial(
                actions.note_state,
                report.code,
                state=report.state,
                why=report.why,
                since=report.since,
                at=report.at,
                epoch=report.epoch,
                by=self._claim(report.code),
            )
        )

    def note_poster(self, code: str, at: datetime) -> None:
        self._write(partial(actions.note_poster, code, at=at, by=self._claim(code)))

    async def reference(self, code: str, known: datetime | None) -> Reading | None:
        """What the camera is meant to see, as `confirmed.References` asks. DatabaseError when there is no answer."""
        return await self._do(partial(reference.reading, code, known))

    async def due_probes(self, at: datetime, seconds: float) -> list[str]:
        """Cameras to be looked at while nobody watches. DatabaseError when there is no answer."""
        return await self._do(partial(probe_actions.due, at, seconds))

    def note_probe(self, code: str, at: datetime, why: str) -> None:
        self._write(partial(probe_actions.note, code, at=at, why=why, by=self._claim(code)))

    def note_errors(self, code: str, lines: list[str]) -> None:
        self._write(partial(actions.note_errors, code, lines, by=self._claim(code)))

    async def clips(self, at: datetime, codes: Collection[str]) -> list[Job]:
        """What is to be recorded of these cameras. DatabaseError when there is no answer."""
        return await self._do(partial(clip_actions.wanted, codes, at))

    def note_clip(self, outcome: Outcome, at: datetime) -> None:
        self._write(partial(clip_actions.settle, outcome, at))

    async def beat(self, at: datetime) -> None:
        """Vouch for every state, after all that was to be written is written."""
        for due in self._pace.due():
            self._note(due)
        while (waiting := len(self._writes)) and await self._do(self._flush) < waiting:
            pass
        if not self._writes:
            await self._do(partial(actions.note_seen, at, node=self.node, run=self._run))

    async def close(self, at: datetime | None = None) -> None:
        """Write what is left, say that this relay ended at `at`, then end the thread."""
        while (waiting := len(self._writes)) and await self._do(self._flush) < waiting:
            pass
        if at and self._run is not None and not self._writes:
            await self._do(partial(actions.end_run, self._run, at))
        await self._do(connections.close_all)
        self._thread.shutdown(wait=False)

    @property
    def waiting(self) -> int:
        """Writes that the database has not taken yet."""
        return len(self._writes)

    def _claim(self, code: str) -> lease_actions.Claim:
        return lease_actions.Claim(self.node, self.leases.epoch(code))

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(_fresh, work))

    def _write(self, work: Callable[[], object]) -> None:
        self._writes.append(work)
        self._thread.submit(self._flush)

    def _flush(self) -> int:
        """Write the oldest few; how many are left."""
        for _ in range(AT_A_TIME):
            if not self._writes:
                break
            try:
                _fresh(self._writes[0])
            except DatabaseError as error:
                log.warning("rows: not written, tried again: %s", type(error).__name__)
                break
            self._writes.popleft()
        return len(self._writes)

    def _read(
        self, at: datetime, codes: set[str], watched: set[str], held: set[str]
    ) -> tuple[list[actions.Row], set[str], dict[str, int]]:
        rows = actions.rows(at, codes)
        to_fetch = {row.code for row in rows if not row.push and not row.off and (row.wanted or row.code in watched)}
        lacking, taken = to_fetch - held, {}
        if lacking and (taken := self._take(lacking)):
            rows = actions.rows(at, codes)
        for row in rows:
            if self._urls.get(row.code, ("", ""))[0] != row.sealed_url:
                self._urls[row.code] = (row.sealed_url, _opened(row.code, row.sealed_url))
            if self._sub_urls.get(row.code, ("", ""))[0] != row.sealed_sub_url:
                self._sub_urls[row.code] = (row.sealed_sub_url, _opened(row.code, row.sealed_sub_url))
        return rows, lacking, taken

    def _take(self, codes: set[str], from_others: bool = False) -> dict[str, int]:
        at = self._clock()
        taken = lease_actions.take(codes, node=self.node, at=at, from_others=from_others)
        if silent := {code for code, lease in taken.items() if lease.is_taken_over and not from_others}:
            log.warning("leases taken over from a relay that fell silent: %s", ", ".join(sorted(silent)))
            self._inherited += actions.set_right_taken(silent, at)
        return {code: lease.epoch for code, lease in taken.items()}

    def _renew(self, asked: dict[str, int]) -> dict[str, int]:
        return lease_actions.renew(asked, node=self.node, at=self._clock())

    def _give_back(self, gone: dict[str, int]) -> None:
        lease_actions.give_back(gone, node=self.node, at=self._clock())


def _wish(row: actions.Row) -> Wish:
    return Wish(
        push=row.push,
        off=row.off,
        wanted=row.wanted,
        epoch=row.epoch,
        mark=hashlib.sha256(repr((row.sealed_url, row.masks)).encode()).hexdigest()[:16],
        start_seconds=row.start_seconds,
        masks=row.masks,
        private=row.private,
    )


def _opened(code: str, sealed: str) -> str:
    try:
        return secrets.unseal(sealed)
    except ValueError:
        log.error("camera=%s its sealed address opens with none of the keys", code)
        return ""


def _fresh(work: Callable[[], T]) -> T:
    """On this thread's connection, kept between reads; one that had an error is tried, and made anew if need be."""
    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred:
            connection.close_if_unusable_or_obsolete()
    return work()
