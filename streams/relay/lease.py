"""Which cameras this relay may run: leases in the database, believed for a while by a clock of our own.

A lease lasts TTL_SECONDS from when it was taken or renewed, by the database's clock. The holder asks for it anew every
RENEW_SECONDS and trusts an answer for SURE_SECONDS, counted from before it asked: then its children are ended, whether
another relay has the camera or the database is away. Between that moment and the first in which anybody else may
begin lie TTL_SECONDS - SURE_SECONDS. So a camera has two children at once only while a holder's own loop stands still
for longer than that, and no longer than it stands still; what the late one writes is fenced by the lease's epoch.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

TTL_SECONDS = 15.0
RENEW_SECONDS = 5.0
SURE_SECONDS = 10.0

HELD, ELSEWHERE, LAPSED, PENDING = "held", "elsewhere", "lapsed", "pending"


def steady() -> float:
    """Seconds by a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass
class _Lease:
    epoch: int
    sure_until: float


class Leases:
    """What the database last said, and how long it may be believed. `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = steady) -> None:
        self.clock = clock
        self._leases: dict[str, _Lease] = {}
        self._elsewhere: set[str] = set()
        self._pins: Counter[str] = Counter()

    def standing(self, code: str) -> str:
        """HELD: its child may run. LAPSED: held, but not confirmed in time. PENDING: nobody has asked yet."""
        if lease := self._leases.get(code):
            return HELD if self.clock() < lease.sure_until else LAPSED
        return ELSEWHERE if code in self._elsewhere else PENDING

    def holds(self, code: str) -> bool:
        return self.standing(code) == HELD

    def epoch(self, code: str) -> int | None:
        """Under which the camera's rows are written; None: without a lease."""
        lease = self._leases.get(code)
        return lease.epoch if lease else None

    def held(self) -> dict[str, int]:
        """What is to be renewed: code → epoch, lapsed ones too."""
        return {code: lease.epoch for code, lease in self._leases.items()}

    def taken(self, asked_at: float, wanted: Collection[str], found: Mapping[str, int]) -> None:
        """The answer to a taking that began at `asked_at`: what of `wanted` is ours now, with its epoch."""
        for code in wanted:
            if code in found:
                self._leases[code] = _Lease(found[code], asked_at + SURE_SECONDS)
                self._elsewhere.discard(code)
            elif code not in self._leases:
                self._elsewhere.add(code)

    def renewed(self, asked_at: float, asked: Mapping[str, int], found: Mapping[str, int]) -> None:
        """The answer to a renewal of `asked` that began at `asked_at`: what has another epoch or is missing is lost."""
        for code, epoch in asked.items():
            lease = self._leases.get(code)
            if lease is None or lease.epoch != epoch:
                continue  # given back or taken anew meanwhile
            if found.get(code) == epoch:
                lease.sure_until = max(lease.sure_until, asked_at + SURE_SECONDS)
            else:
                del self._leases[code]
                self._elsewhere.add(code)

    def given_back(self, needed: Collection[str]) -> dict[str, int]:
        """Forget all but the `needed` and the pinned; what is to be given back in the rows: code → epoch."""
        gone = {code: epoch for code, epoch in self.held().items() if code not in needed and not self._pins[code]}
        for code in gone:
            del self._leases[code]
        self._elsewhere &= set(needed)
        return gone

    def pin(self, code: str) -> None:
        """Somebody beside the supervisor works under this lease."""
        self._pins[code] += 1

    def unpin(self, code: str) -> None:
        self._pins[code] -= 1
        if self._pins[code] <= 0:
            del self._pins[code]
