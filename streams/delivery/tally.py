"""What this process's viewers got, per channel: counted here, told to the relay now and then, never who they were."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from streams.relay.metrics import BUCKETS

EVERY = 5.0  # seconds between two reports
LONGEST_MS = 600_000  # more is no delay but a clock that is wrong, or a page that jokes


@dataclass(slots=True)
class Tally:
    """Of one channel, since the last report; `viewers`: how many there are now."""

    viewers: int = 0
    bytes: int = 0
    skipped: int = 0
    delays: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    told: int = 0  # viewers, the last time

    def saw(self, delay_ms: object) -> bool:
        """Count a viewer's word for its delay. False, and not counted, when it is no plausible number."""
        if isinstance(delay_ms, bool) or not isinstance(delay_ms, int | float) or not 0 <= delay_ms <= LONGEST_MS:
            return False
        self.delays[bisect_left(BUCKETS, delay_ms / 1000)] += 1
        return True

    @property
    def changed(self) -> bool:
        return bool(self.bytes or self.skipped or self.viewers != self.told or any(self.delays))

    def report(self) -> dict[str, object]:
        return {"viewers": self.viewers, "bytes": self.bytes, "skipped": self.skipped, "delays": list(self.delays)}

    def clear(self) -> None:
        self.bytes = self.skipped = 0
        self.told = self.viewers
        self.delays = [0] * len(self.delays)


class Tallies:
    """Of every channel. `tell(report)` is False while nobody hears: then the counts of who still watches stay for the next time."""

    def __init__(self, tell: Callable[[Mapping[str, Mapping[str, object]]], bool]) -> None:
        self._tell = tell
        self._counts: dict[str, Tally] = {}
        self._task: asyncio.Task[Any] | None = None

    def of(self, channel: str) -> Tally:
        """To count in. Reports go on by themselves until nobody watches and nothing is left to tell."""
        tally = self._counts.setdefault(channel, Tally())
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return tally

    async def _run(self) -> None:
        while self._counts:
            await asyncio.sleep(EVERY)
            self.tick()

    def tick(self) -> None:
        changed = {channel: tally for channel, tally in self._counts.items() if tally.changed}
        if not changed or self._tell({channel: tally.report() for channel, tally in changed.items()}):
            for tally in changed.values():
                tally.clear()
        self._counts = {channel: tally for channel, tally in self._counts.items() if tally.viewers}
