"""What processes cost, read from /proc: CPU seconds, and memory that is theirs (PSS) with everything they started."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and all its living descendants."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = _stat(int(folder.name))
        except OSError:
            continue  # it went meanwhile
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for member in found:
        found += parents.get(member, [])
    return found


def cpu_seconds(pid: int) -> float:
    """Used by the process, its descendants, and those of them that have ended and were waited for."""
    used = 0
    for member in family(pid):
        try:
            used += sum(int(field) for field in _stat(member)[11:15])  # utime stime cutime cstime
        except OSError:
            continue
    return used / TICKS


def pss_kb(pid: int) -> int:
    """KB of memory of the process and its descendants; shared pages count by their share."""
    total = 0
    for member in family(pid):
        try:
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def rss_kb(pid: int) -> int:
    """KB of memory of this process alone, shared pages with it."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def zombies(pid: int) -> int:
    """Descendants that have ended and were not waited for."""
    count = 0
    for member in family(pid):
        try:
            count += _stat(member)[0] == "Z"
        except OSError:
            continue
    return count


def runs(pid: int) -> bool:
    """Whether it is there, and not only as a zombie."""
    try:
        return _stat(pid)[0] != "Z"
    except OSError:
        return False


def _stat(pid: int) -> list[str]:
    """Fields of /proc/pid/stat from the third on: state, ppid, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
