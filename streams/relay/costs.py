"""What a process costs, read from /proc; None where there is none."""

import os
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


def descriptors() -> int:
    """How many this process has open."""
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return 0
