"""HLS from the same parts: segments of at least a second, cut at keyframes, in a folder a camera; and, while somebody
asks for HLS, parts of about 200 ms of them (low latency: RFC 8216bis).

The web only hands out what lies here. Every file appears whole (written aside, then renamed); the playlist names
nothing that is not there but the part that comes next, and what it no longer names stays: a little for readers in
between, and as long as evidence may be kept of it.
"""

import math
import os
import shutil
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from . import playlist
from .fmp4 import Init, Part
from .playlist import Growing, Piece, Segment, part_name

PLAYLIST = "media.m3u8"
VARIANT = "variant"  # the attributes of EXT-X-STREAM-INF, for the master playlist
MIN_SECONDS = 1.0
MAX_SECONDS = 10.0
MAX_BYTES = 16 << 20
LISTED = 7
SPARE = 3  # at least, past those that are listed
ASKED_SECONDS = 30.0  # parts are made so long after somebody asked last
PARTS_STAY = 4  # segments, from the newest, whose parts stay
# Media sequence numbers start at the seconds since then: a restarted relay never counts backwards (a segment takes
# a second at least), and the number stays far below 2^31, where old players end.
COUNT_FROM = 1_600_000_000


class SegmentWriter:
    """Writes `folder` for one camera: init segments, segments, parts, `media.m3u8` and `variant`. Times are Unix ms.

    `keep_seconds`: of closed segments that stay on disk, listed or not.
    """

    def __init__(
        self, folder: Path, keep_seconds: float = 0.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._keep_seconds = keep_seconds
        self._monotonic = monotonic
        self._asked = -math.inf
        self._init: Init | None = None
        self._epoch = 0
        self._target = 0
        self._part_target = 0.0
        self._open: list[Part] = []
        self._open_ms = 0
        self._open_bytes = 0
        self._pieces: list[tuple[Piece, int]] = []  # of the open segment: each with where it ends in `_open`
        self._written = 0  # of them, on disk
        self._uneven = False  # a frame was longer than any part may be: the open segment has no parts any more
        self._broken = False
        self._next = 0
        self._breaks_gone = 0
        self._listed: deque[Segment] = deque()
        self._spare: deque[Segment] = deque()

    def begin(self, epoch: int, init: Init) -> None:
        """A new encoding: what is open is closed, and a discontinuity follows."""
        if not self._folder.exists() or not self._next:
            shutil.rmtree(self._folder, ignore_errors=True)  # of a relay before us
            self._folder.mkdir(parents=True)
        self._close(_seconds(self._open))
        self._init, self._epoch, self._target, self._part_target = init, epoch, 0, 0.0
        self._broken = bool(self._listed)
        self._write(f"init-{epoch}.mp4", init.data)

    def add(self, part: Part, captured_ms: int) -> None:
        """Take the next part. Parts before the first keyframe of an encoding are left out. OSError from the disk; the
        part is taken all the same."""
        if not self._open and (self._init is None or (not part.key and not self._target)):
            return
        try:
            if self._open:
                self._make_room(part)
        finally:
            if not self._open:
                self._open_ms = captured_ms
                self._number()
            self._open.append(part)
            self._open_bytes += len(part.data)

    def _make_room(self, part: Part) -> None:
        """End the segment, or the part of it, that this one does not belong to."""
        elapsed = part.decode_time - self._open[0].decode_time
        seconds = elapsed if 0 < elapsed < 2 * MAX_SECONDS else _seconds(self._open)
        if (part.key and seconds >= MIN_SECONDS) or self._is_full(seconds, part):
            self._close(seconds)
        elif self._part_target:
            self._cut(part)

    def asked(self) -> None:
        """Somebody reads HLS: there are parts from now on, for half a minute; of the open segment at once."""
        self._asked = self._monotonic()
        if self._pieces and self._written < len(self._pieces):
            self._publish()

    def kept(self) -> list[Segment]:
        """The closed segments that lie in the folder, oldest first."""
        return [*self._spare, *self._listed]

    def stop(self) -> None:
        """The camera is off: nothing of it stays."""
        self._clear()
        self._listed.clear()
        self._spare.clear()
        self._init, self._next, self._breaks_gone = None, 0, 0
        shutil.rmtree(self._folder, ignore_errors=True)

    # ── parts ───────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _is_asked(self) -> bool:
        return self._monotonic() - self._asked < ASKED_SECONDS

    def _cut(self, following: Part | None) -> None:
        """End the part that is open if `following` does not fit into it any more; None: the segment ends.

        Only when the next frame is there, so that the part that was hinted at always comes.
        """
        begin = self._pieces[-1][1] if self._pieces else 0
        frames = self._open[begin:]
        seconds = _seconds(frames)
        if following and seconds + following.duration <= self._part_target + 1e-6:
            return
        if frames:
            self._pieces.append((Piece(seconds, frames[0].key), len(self._open)))
            self._uneven = self._uneven or seconds > self._part_target + 1e-6
        if following and self._is_asked:
            self._publish()

    def _publish(self) -> None:
        """The parts that are not written yet, and the playlist that names them."""
        if self._uneven or not self._listed:
            return
        self._write_pieces()
        self._write(PLAYLIST, self._playlist(growing=True).encode())

    def _write_pieces(self) -> None:
        for index in range(self._written, len(self._pieces)):
            begin = self._pieces[index - 1][1] if index else 0
            data = b"".join(part.data for part in self._open[begin : self._pieces[index][1]])
            self._write(part_name(self._epoch, self._next, index), data)
        self._written = len(self._pieces)

    # ── segments ────────────────────────────────────────────────────────────────────────────────────────────

    def _number(self) -> None:
        self._next = self._next or max(1, self._open_ms // 1000 - COUNT_FROM)

    def _is_full(self, seconds: float, part: Part) -> bool:
        # A camera whose keyframes come later than the declared target (RFC 8216, 4.3.3.1) is cut without one.
        most = self._target + 0.4 if self._target else MAX_SECONDS
        return seconds + part.duration > most or self._open_bytes > MAX_BYTES

    def _close(self, seconds: float) -> None:
        if not self._open:
            return
        pieces: tuple[Piece, ...] = ()
        parts = self._open
        try:
            if self._part_target:
                self._cut(None)
                if self._is_asked and not self._uneven:
                    self._write_pieces()
                    pieces = tuple(piece for piece, _ in self._pieces)
            for index in range(len(pieces), self._written):
                self._unlink(part_name(self._epoch, self._next, index))
            data = b"".join(part.data for part in parts)
            segment = Segment(
                self._next, self._epoch, seconds, self._open_ms, len(data), parts[0].key, self._broken, pieces
            )
            self._write(segment.name, data)
        finally:
            self._clear()  # a disk that is full costs this segment, not all that follow
        self._next, self._broken = segment.number + 1, False
        if not self._target:
            self._target = max(2, math.floor(seconds + 0.5))
            self._part_target = playlist.part_target([part.duration for part in parts])
            self._write(VARIANT, self._variant(segment).encode())
        self._listed.append(segment)
        self._forget()
        self._write(PLAYLIST, self._playlist(growing=self._is_asked).encode())

    def _clear(self) -> None:
        self._open, self._open_bytes = [], 0
        self._pieces, self._written, self._uneven = [], 0, False

    def _forget(self) -> None:
        while len(self._listed) > LISTED:
            gone = self._listed.popleft()
            self._breaks_gone += gone.broken
            self._spare.append(gone)
        held = sum(segment.seconds for segment in self.kept())
        while len(self._spare) > SPARE and held - self._spare[0].seconds >= self._keep_seconds:
            old = self._spare.popleft()
            held -= old.seconds
            self._unlink(old.name)
            if old.epoch not in {segment.epoch for segment in self.kept()}:
                self._unlink(f"init-{old.epoch}.mp4")
        if len(self._listed) > PARTS_STAY and self._listed[-PARTS_STAY - 1].pieces:
            gone = self._listed[-PARTS_STAY - 1]
            for index in range(len(gone.pieces)):
                self._unlink(gone.part(index))
            self._listed[-PARTS_STAY - 1] = replace(gone, pieces=())

    def _variant(self, segment: Segment) -> str:
        assert self._init is not None
        bandwidth = int(1.5 * 8 * segment.size / max(segment.seconds, MIN_SECONDS))
        return f"BANDWIDTH={bandwidth},{self._init.mime.partition('; ')[2].replace('codecs', 'CODECS')}"

    def _playlist(self, growing: bool) -> str:
        pieces = tuple(piece for piece, _ in self._pieces)
        began_ms = self._open_ms if self._open else self._listed[-1].began_ms + round(1000 * self._listed[-1].seconds)
        now = Growing(self._next, self._epoch, began_ms, self._broken, pieces) if growing else None
        return playlist.media(list(self._listed), self._breaks_gone, self._target, self._part_target, now)

    # ── files ───────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, name: str, data: bytes) -> None:
        aside = self._folder / f".{name}.new"
        aside.write_bytes(data)
        os.replace(aside, self._folder / name)

    def _unlink(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)


def _seconds(parts: list[Part]) -> float:
    return sum(part.duration for part in parts)
