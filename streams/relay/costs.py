"""What processes cost, read from /proc; None where there is none."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")


def cost(pid: int) -> dict[str, Any] | None:
    """CPU seconds, and bytes of memory: its proportional share of what processes share (PSS), else all it touches."""
    folder = Path(f"/proc/{pid}")
    try:
        words = (folder / "stat").read_text().rpartition(")")[2].split()
        return {"cpu": (int(words[11]) + int(words[12])) / _TICKS, "memory": _memory(folder)}
    except (OSError, ValueError, IndexError):
        return None


def _memory(folder: Path) -> int:
    try:
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # an older kernel, or a process that just ended
    return int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Costs:
    """Costs by name, with `load`: the share of a core since the last look, None at the first. Asked from a thread."""

    FEWEST_SECONDS = 1.0  # two who ask at once share a look

    def __init__(self, clock: Callable[[], float] = time.monotonic, look: Callable[[int], Any] = cost) -> None:
        self._clock = clock
        self._look = look
        self._seen: dict[int, tuple[float, float, float | None]] = {}  # pid → when, CPU seconds, load
        self._lock = threading.Lock()

    def of(self, pids: Mapping[str, int]) -> dict[str, dict[str, Any] | None]:
        with self._lock:
            self._seen = {pid: seen for pid, seen in self._seen.items() if pid in pids.values()}
            return {name: self._one(pid) for name, pid in pids.items()}

    def _one(self, pid: int) -> dict[str, Any] | None:
        found = self._look(pid)
        if found is None:
            return None
        now = self._clock()
        when, cpu, load = self._seen.get(pid, (now, found["cpu"], None))
        if pid not in self._seen or now - when >= self.FEWEST_SECONDS:
            load = round(max(0.0, found["cpu"] - cpu) / (now - when), 4) if now > when else None
            self._seen[pid] = (now, found["cpu"], load)
        return {**found, "load": load}


def descriptors() -> int:
    """How many this process has open."""
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return 0
