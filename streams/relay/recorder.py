"""Evidence: segments that are copied, as they close, into one file for each clip that the rows ask for.

A clip is one file of one encoding. Where the camera's connection broke within the time that was asked for, the longest
stretch is kept, and its first moment and its length say which: two encodings in one file would play in no browser.

`tick()` does no more than copy files and may block on the disk: the daemon calls it in a thread, one tick at a time.
A copy that is being made dies with the relay; the row stays wanted, and what comes after is recorded.
"""

import errno
import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from . import clipfile
from .fmp4 import BrokenStream

log = logging.getLogger("sunkitchen.relay.recorder")

INCOMING = "incoming"  # below the clips' root: what is being copied
GRACE_MS = 15_000  # the last segment closes some seconds after the time that was asked for
CHUNK = 1 << 20
NOTHING, NO_ROOM, BROKEN = "nothing", "no_room", "broken"


class Segment(Protocol):
    """A closed one, as streams.relay.segments keeps it."""

    @property
    def name(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def epoch(self) -> int: ...
    @property
    def began_ms(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def independent(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Job:
    """A clip that is wanted; times in Unix ms. `over`: nothing more may be recorded, keep what there is."""

    clip: str
    camera: str
    begins_ms: int
    ends_ms: int
    over: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """It lies below the root as `<key>.mp4`, whole and safe from a crash."""

    clip: str
    key: str
    sha256: str
    size: int
    seconds: float
    first_ms: int


@dataclass(frozen=True, slots=True)
class Failed:
    clip: str
    why: str  # NOTHING, NO_ROOM or BROKEN


Outcome = Kept | Failed
Shelves = Mapping[str, tuple[Path, Sequence[Segment]]]  # of each camera: the folder, and what lies there, oldest first


@dataclass
class _Piece:
    """What was copied of one encoding: its init in memory, its pictures in a file."""

    init: bytes
    track: int
    timescale: int
    body: Path
    first_ms: int
    timeline: clipfile.Timeline
    ticks: int = 0
    entries: list[clipfile.Entry] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.ticks / self.timescale

    def add(self, data: bytes, segment: Segment) -> None:
        ticks = round(segment.seconds * self.timescale)
        moved = self.timeline.placed(data)
        with open(self.body, "ab", opener=_private) as file:
            file.write(moved)
        self.entries.append(clipfile.Entry(len(moved), ticks, segment.independent))
        self.ticks += ticks


@dataclass
class _Recording:
    folder: Path
    pieces: dict[int, _Piece] = field(default_factory=dict)  # by epoch
    taken: set[tuple[int, int]] = field(default_factory=set)  # epoch and number


class Recorder:
    """Of one node: several may write below the same root."""

    def __init__(self, root: Path, node: str) -> None:
        self._root = root
        self._incoming = root / INCOMING / hashlib.sha256(node.encode()).hexdigest()[:12]
        self._recordings: dict[str, _Recording] = {}
        self._cameras: dict[str, str] = {}
        self._settled: set[str] = set()

    def start(self) -> None:
        """What a relay before us was copying cannot be finished."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(self._incoming, ignore_errors=True)

    def cameras(self) -> set[str]:
        """Those of which something is being recorded."""
        return {self._cameras[clip] for clip in self._recordings}

    def tick(self, now_ms: int, jobs: Sequence[Job], shelves: Shelves) -> list[Outcome]:
        """Copy what is new, and finish what is due. Whatever goes wrong ends that one clip, with the reason."""
        wanted = {job.clip for job in jobs}
        for clip in [clip for clip in self._recordings if clip not in wanted]:
            self._forget(clip)
        self._settled &= wanted
        outcomes = []
        for job in jobs:
            if job.clip in self._settled:
                continue  # told already; its row is being written
            try:
                outcome = self._work(job, now_ms, *shelves.get(job.camera, (Path(), ())))
            except OSError as error:
                full = error.errno in (errno.ENOSPC, errno.EDQUOT)
                log.error("clip=%s camera=%s not recorded: %s", job.clip, job.camera, error.strerror)
                outcome = Failed(job.clip, NO_ROOM if full else BROKEN)
            except BrokenStream as error:
                log.error("clip=%s camera=%s not recorded: %s", job.clip, job.camera, error)
                outcome = Failed(job.clip, BROKEN)
            if outcome:
                self._forget(job.clip)
                self._settled.add(job.clip)
                outcomes.append(outcome)
        return outcomes

    def _work(self, job: Job, now_ms: int, folder: Path, shelf: Sequence[Segment]) -> Outcome | None:
        recording = self._recordings.setdefault(job.clip, _Recording(self._incoming / job.clip))
        self._cameras[job.clip] = job.camera
        if not job.over:
            for segment in asked_for(shelf, job.begins_ms, job.ends_ms, recording.pieces):
                if (segment.epoch, segment.number) not in recording.taken:
                    self._take(recording, folder, segment)
        later = any(segment.began_ms >= job.ends_ms for segment in shelf)
        if job.over or now_ms >= job.ends_ms + GRACE_MS or (now_ms >= job.ends_ms and later):
            return self._finish(job, recording)
        return None

    def _take(self, recording: _Recording, folder: Path, segment: Segment) -> None:
        try:
            data = (folder / segment.name).read_bytes()
            piece = recording.pieces.get(segment.epoch)
            if piece is None:
                init = (folder / f"init-{segment.epoch}.mp4").read_bytes()
                recording.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                body = recording.folder / f"{segment.epoch}.part"
                track, timescale = clipfile.timescale(init)
                timeline = clipfile.Timeline(timescale)
                piece = _Piece(init, track, timescale, body, segment.began_ms, timeline)
        except FileNotFoundError:
            return  # the camera went off between the look and the copy
        finally:
            recording.taken.add((segment.epoch, segment.number))
        recording.pieces[segment.epoch] = piece
        piece.add(data, segment)

    def _finish(self, job: Job, recording: _Recording) -> Outcome:
        if not recording.pieces:
            return Failed(job.clip, NOTHING)
        piece = max(recording.pieces.values(), key=lambda one: (one.seconds, one.first_ms))
        key = secrets.token_hex(16)
        whole = recording.folder / "whole.mp4"
        digest, size = hashlib.sha256(), 0
        with open(whole, "xb", opener=_private) as file, open(piece.body, "rb") as body:
            head = piece.init + clipfile.index(piece.track, piece.timescale, piece.entries)
            while head:
                file.write(head)
                digest.update(head)
                size += len(head)
                head = body.read(CHUNK)
            file.flush()
            os.fsync(file.fileno())
        whole.rename(self._root / f"{key}.mp4")
        _sync_folder(self._root)
        return Kept(job.clip, key, digest.hexdigest(), size, piece.seconds, piece.first_ms)

    def _forget(self, clip: str) -> None:
        if recording := self._recordings.pop(clip, None):
            shutil.rmtree(recording.folder, ignore_errors=True)
        self._cameras.pop(clip, None)


def asked_for(shelf: Sequence[Segment], begins_ms: int, ends_ms: int, begun: Container[int] = ()) -> list[Segment]:
    """Those that show something of that time, each encoding from a keyframe on; those of `begun` have theirs already."""
    found: list[Segment] = []
    for at, segment in enumerate(shelf):
        if segment.began_ms + segment.seconds * 1000 <= begins_ms or segment.began_ms >= ends_ms:
            continue
        if segment.epoch not in begun and (not found or found[-1].epoch != segment.epoch):
            first = at
            while not shelf[first].independent and first and shelf[first - 1].epoch == segment.epoch:
                first -= 1
            if not shelf[first].independent:
                continue
            found += shelf[first:at]
        found.append(segment)
    return found


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
