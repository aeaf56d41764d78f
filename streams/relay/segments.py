"""Plain HLS from the same parts (RFC 8216): segments of at least a second, cut at keyframes, in a folder a camera.

The web only hands out what lies here. Every file appears whole (written aside, then renamed); the playlist names
nothing that is not there, and what it no longer names stays a little for readers in between.
"""

import math
import os
import shutil
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .fmp4 import Init, Part

PLAYLIST = "media.m3u8"
VARIANT = "variant"  # the attributes of EXT-X-STREAM-INF, for the master playlist
MIN_SECONDS = 1.0
MAX_SECONDS = 10.0
MAX_BYTES = 16 << 20
LISTED = 7
SPARE = 3
# Media sequence numbers start at the seconds since then: a restarted relay never counts backwards (a segment takes
# a second at least), and the number stays far below 2^31, where old players end.
COUNT_FROM = 1_600_000_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A closed one. `broken`: the timeline before it is another."""

    number: int
    epoch: int
    seconds: float
    began_ms: int
    size: int
    independent: bool
    broken: bool

    @property
    def name(self) -> str:
        return f"seg-{self.epoch}-{self.number}.m4s"


class SegmentWriter:
    """Writes `folder` for one camera: init segments, segments, `media.m3u8` and `variant`. Times are Unix ms."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._init: Init | None = None
        self._epoch = 0
        self._target = 0
        self._open: list[Part] = []
        self._open_ms = 0
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
        self._init, self._epoch, self._target = init, epoch, 0
        self._broken = bool(self._listed)
        self._write(f"init-{epoch}.mp4", init.data)

    def add(self, part: Part, captured_ms: int) -> None:
        """Take the next part. Parts before the first keyframe of an encoding are left out."""
        if self._open:
            elapsed = part.decode_time - self._open[0].decode_time
            seconds = elapsed if 0 < elapsed < 2 * MAX_SECONDS else _seconds(self._open)
            if (part.key and seconds >= MIN_SECONDS) or self._is_full(seconds, part):
                self._close(seconds)
        elif self._init is None or (not part.key and not self._target):
            return
        if not self._open:
            self._open_ms = captured_ms
        self._open.append(part)

    def stop(self) -> None:
        """The camera is off: nothing of it stays."""
        self._open.clear()
        self._listed.clear()
        self._spare.clear()
        self._init, self._next, self._breaks_gone = None, 0, 0
        shutil.rmtree(self._folder, ignore_errors=True)

    def _is_full(self, seconds: float, part: Part) -> bool:
        # A camera whose keyframes come later than the declared target (RFC 8216, 4.3.3.1) is cut without one.
        most = self._target + 0.4 if self._target else MAX_SECONDS
        return seconds + part.duration > most or sum(len(held.data) for held in self._open) > MAX_BYTES

    def _close(self, seconds: float) -> None:
        if not self._open:
            return
        parts, self._open = self._open, []
        data = b"".join(part.data for part in parts)
        number = self._next or max(1, self._open_ms // 1000 - COUNT_FROM)
        segment = Segment(number, self._epoch, seconds, self._open_ms, len(data), parts[0].key, self._broken)
        self._next, self._broken = number + 1, False
        self._write(segment.name, data)
        if not self._target:
            self._target = max(2, math.floor(seconds + 0.5))
            self._write(VARIANT, self._variant(segment).encode())
        self._listed.append(segment)
        self._forget()
        self._write(PLAYLIST, self._playlist().encode())

    def _forget(self) -> None:
        while len(self._listed) > LISTED:
            gone = self._listed.popleft()
            self._breaks_gone += gone.broken
            self._spare.append(gone)
        while len(self._spare) > SPARE:
            old = self._spare.popleft()
            (self._folder / old.name).unlink(missing_ok=True)
            if old.epoch not in {segment.epoch for segment in (*self._spare, *self._listed)}:
                (self._folder / f"init-{old.epoch}.mp4").unlink(missing_ok=True)

    def _variant(self, segment: Segment) -> str:
        assert self._init is not None
        bandwidth = int(1.5 * 8 * segment.size / max(segment.seconds, MIN_SECONDS))
        return f"BANDWIDTH={bandwidth},{self._init.mime.partition('; ')[2].replace('codecs', 'CODECS')}"

    def _playlist(self) -> str:
        lines = ["#EXTM3U", "#EXT-X-VERSION:7"]
        if all(segment.independent for segment in self._listed):
            lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
        lines += [
            f"#EXT-X-TARGETDURATION:{max(self._target, *(math.floor(s.seconds + 0.5) for s in self._listed))}",
            f"#EXT-X-MEDIA-SEQUENCE:{self._listed[0].number}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._breaks_gone}",
        ]
        epoch = None
        for segment in self._listed:
            if segment.broken:
                lines.append("#EXT-X-DISCONTINUITY")
            if segment.epoch != epoch:
                lines.append(f'#EXT-X-MAP:URI="init-{segment.epoch}.mp4"')
                epoch = segment.epoch
            began = datetime.fromtimestamp(segment.began_ms / 1000, UTC).isoformat(timespec="milliseconds")
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{began.replace('+00:00', 'Z')}")
            lines += [f"#EXTINF:{segment.seconds:.3f},", segment.name]
        return "\n".join(lines) + "\n"

    def _write(self, name: str, data: bytes) -> None:
        aside = self._folder / f".{name}.new"
        aside.write_bytes(data)
        os.replace(aside, self._folder / name)


def _seconds(parts: list[Part]) -> float:
    return sum(part.duration for part in parts)
