"""The relay's segments on disk, a folder a camera. A full disk takes HLS and evidence away, never the live picture."""

import logging
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from .evidence import Shelf
from .fmp4 import Init, Part
from .segments import PLAYLIST, SegmentWriter

log = logging.getLogger("sunkitchen.relay")

STALE_SECONDS = 60.0  # an interrupted camera's playlist stays that long for players that wait


class Shelves:
    """`root`/<camera code>/ for each camera that sent a picture; `keep_seconds` of it stay for evidence."""

    def __init__(self, root: Path, keep_seconds: float) -> None:
        self._root = root
        self._keep_seconds = keep_seconds
        self._writers: dict[str, SegmentWriter] = {}
        self._part_at: dict[str, float] = {}

    def sweep(self) -> None:
        """What a relay that was killed left is old: nobody may take it for live."""
        for playlist in self._root.glob(f"*/{PLAYLIST}"):
            shutil.rmtree(playlist.parent, ignore_errors=True)

    def begin(self, code: str, epoch: int, init: Init) -> None:
        if code not in self._writers:
            self._writers[code] = SegmentWriter(self._root / code, self._keep_seconds)
        with disk(code):
            self._writers[code].begin(epoch, init)

    def add(self, code: str, part: Part, captured_ms: int, now: float) -> None:
        """`now`: seconds by a steady clock."""
        self._part_at[code] = now
        if writer := self._writers.get(code):
            try:  # for each frame: a context manager would cost more than what it guards
                writer.add(part, captured_ms)
            except OSError as error:
                _say_full(code, error)

    def asked(self, code: str) -> None:
        """Somebody plays it by HLS: parts are wanted too."""
        if writer := self._writers.get(code):
            with disk(code):
                writer.asked()

    def stale(self, now: float) -> list[str]:
        return [code for code, at in self._part_at.items() if now - at > STALE_SECONDS]

    def cameras(self) -> Collection[str]:
        return self._writers.keys()

    def shelf(self, code: str) -> Shelf | None:
        """Folder and closed segments, for evidence."""
        writer = self._writers.get(code)
        return (self._root / code, writer.kept()) if writer else None

    def drop(self, code: str) -> None:
        self._part_at.pop(code, None)
        if writer := self._writers.pop(code, None):
            with disk(code):
                writer.stop()

    def stop(self) -> None:
        for writer in self._writers.values():
            writer.stop()


@contextmanager
def disk(code: str) -> Iterator[None]:
    """What cannot be written is said, and nothing else ends of it."""
    try:
        yield
    except OSError as error:
        _say_full(code, error)


def _say_full(code: str, error: OSError) -> None:
    log.error("camera=%s segments not written: %s", code, error.strerror)
