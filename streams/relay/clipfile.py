"""One file of many segments: an MP4 that begins at zero, tells its length, and lets a player seek. Pure.

Boxes: ISO/IEC 14496-12 (8.8.12 tfdt, 8.16.3 sidx). Nothing is decoded: the pictures are the camera's own bytes, only
the clock that each fragment carries is set back by what the first one showed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import error as struct_error
from struct import pack, pack_into, unpack_from

from .fmp4 import BrokenStream

JUMP_SECONDS = 5.0  # a clock that leaps further than this has been set; the pictures go on


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment as the index names it; `ticks` is its length in the track's timescale."""

    size: int
    ticks: int
    independent: bool


def timescale(init: bytes) -> tuple[int, int]:
    """Number and timescale (ticks a second) of the only track. BrokenStream when there is none."""
    try:
        moov = _find(init, 0, len(init), b"moov")
        trak = _find(init, *moov, b"trak")
        tkhd, _ = _find(init, *trak, b"tkhd")
        mdia = _find(init, *trak, b"mdia")
        mdhd, _ = _find(init, *mdia, b"mdhd")
        (number,) = unpack_from(">I", init, tkhd + (20 if init[tkhd] else 12))
        (ticks,) = unpack_from(">I", init, mdhd + (20 if init[mdhd] else 12))
    except (struct_error, IndexError) as error:
        raise BrokenStream(f"an init that ends too early: {error}") from None
    if not ticks:
        raise BrokenStream("a timescale of 0")
    return number, ticks


@dataclass(slots=True)
class Timeline:
    """Sets fragments back one after another, so that the first begins at zero and a leap of the clock is none."""

    timescale: int
    _back: int | None = None
    _last: int = 0
    _step: int = 0

    def placed(self, segment: bytes) -> bytes:
        """The same pictures, at their place on this timeline. BrokenStream when it holds no fragment."""
        moved = bytearray(segment)
        none = True
        for at, form in _clocks(segment):
            none = False
            (clock,) = unpack_from(form, segment, at)
            pack_into(form, moved, at, self._place(clock) % (1 << (64 if form == ">Q" else 32)))
        if none:
            raise BrokenStream("a segment without a fragment")
        return bytes(moved)

    def _place(self, clock: int) -> int:
        if self._back is None:
            self._back = clock
        place = clock - self._back
        if not 0 <= place - self._last <= JUMP_SECONDS * self.timescale:
            self._back = clock - self._last - self._step
            place = self._last + self._step
        self._step, self._last = place - self._last, place
        return place


def index(track: int, ticks: int, entries: Iterable[Entry]) -> bytes:
    """The box between init and first fragment that names every segment: how long the file is, where to jump."""
    rows = b"".join(pack(">III", e.size & 0x7FFFFFFF, e.ticks, 0x90000000 if e.independent else 0) for e in entries)
    body = pack(">IIIQQHH", 1 << 24, track, ticks, 0, 0, 0, len(rows) // 12) + rows
    return pack(">I4s", 8 + len(body), b"sidx") + body


def _clocks(segment: bytes) -> Iterator[tuple[int, str]]:
    """Where each fragment's clock stands, and how it is written."""
    for name, start, end in _boxes(segment, 0, len(segment)):
        if name != b"moof":
            continue
        for inner, inner_start, inner_end in _boxes(segment, start, end):
            if inner == b"traf":
                at, _end = _find(segment, inner_start, inner_end, b"tfdt")
                yield at + 4, ">Q" if segment[at] else ">I"


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, and begin and end of the content, of every box between `start` and `end`."""
    while start + 8 <= end:
        size, name = unpack_from(">I4s", data, start)
        if size < 8 or start + size > end:
            raise BrokenStream(f"{name!r} does not fit into its place")
        yield name, start + 8, start + size
        start += size


def _find(data: bytes, start: int, end: int, wanted: bytes) -> tuple[int, int]:
    for name, inner, inner_end in _boxes(data, start, end):
        if name == wanted:
            return inner, inner_end
    raise BrokenStream(f"no {wanted.decode()} where one must be")
