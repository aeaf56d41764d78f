"""Bytes of uploads that are on their way in, on the disk before anybody is told that they arrived."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from sunkitchen.core import files

READ_AT_ONCE = 256 * 1024
ORPHAN_AGE = timedelta(hours=6)


class Taken(Exception):
    """Another request writes to this upload at this moment."""


class Part:
    """What has come of one upload. Made by `alone`, so nobody else writes to it."""

    def __init__(self, descriptor: int, path: Path):
        self._descriptor, self.path = descriptor, path

    def __len__(self) -> int:
        return os.fstat(self._descriptor).st_size

    def write(self, offset: int, chunk: bytes) -> None:
        """From `offset` on stands `chunk` and nothing else, whatever a crash left there. OSError for a full disk."""
        os.ftruncate(self._descriptor, offset)
        view = memoryview(chunk)
        while view:
            done = os.pwrite(self._descriptor, view, offset)
            view, offset = view[done:], offset + done
        os.fsync(self._descriptor)

    def chunks(self) -> Iterator[bytes]:
        at = 0
        while chunk := os.pread(self._descriptor, READ_AT_ONCE, at):
            at += len(chunk)
            yield chunk


def folder() -> Path:
    path: Path = settings.FILES_ROOT / files.PARTS
    return path


@contextmanager
def alone(key: UUID) -> Iterator[Part]:
    """The upload's bytes, for one writer on this disk at a time; Taken while there is another."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / key.hex
    fresh = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken from None
        if fresh:
            files.sync_folder(folder())
        yield Part(descriptor, path)
    finally:
        os.close(descriptor)


def remove(key: UUID) -> None:
    (folder() / key.hex).unlink(missing_ok=True)


def sweep(at: datetime, known: set[str]) -> int:
    """Remove old bytes that no row asks for; `known` are the keys' hex digits. How many."""
    if not folder().exists():
        return 0
    removed = 0
    for path in folder().iterdir():
        young = at.timestamp() - path.stat().st_mtime < ORPHAN_AGE.total_seconds()
        if not young and path.name not in known:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            removed += 1
    return removed
