"""Fragmented MP4 as it falls out of ffmpeg's pipe: cut into the init segment and one part per moof+mdat.

Boxes and flags: ISO/IEC 14496-12 (4.2, 8.3, 8.4, 8.8); codec strings: RFC 6381 and ISO/IEC 14496-15 annex E.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from struct import error as struct_error
from struct import pack_into, unpack_from
from typing import TypeVar

from .timeline import ClockJumps, Timeline

_T = TypeVar("_T")

MAX_MOOV = 1 << 20
MAX_MOOF = 1 << 20
MAX_MDAT = 16 << 20
# What a muxer may write between fragments; none of it is needed to play.
_PASSED_OVER = {b"styp", b"sidx", b"free", b"skip", b"emsg", b"prft", b"mfra", b"uuid", b"meta"}
_LIMITS = {b"ftyp": 4096, b"moov": MAX_MOOV, b"moof": MAX_MOOF, b"mdat": MAX_MDAT}
_NOT_SYNC = 0x10000  # sample_is_non_sync_sample


class BrokenStream(ValueError):
    """These bytes are no fragmented MP4 that we would pass on to a browser."""


@dataclass(frozen=True, slots=True)
class Init:
    """ftyp+moov, and the type a browser's MediaSource is asked for: 'video/mp4; codecs="avc1.64001f"'."""

    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """One moof+mdat: one frame, a few at most. `key`: starts with a keyframe. `duration`, `decode_time`: seconds."""

    key: bool
    duration: float
    data: bytes
    decode_time: float


@dataclass(slots=True)
class _Track:
    number: int
    timescale: int
    codec: str
    duration: int = 0  # trex defaults
    flags: int = 0


@dataclass(slots=True)
class _Samples:
    """What a moof says of one track: everything in the track's timescale."""

    decode_time: int = 0
    duration: int = 0
    first_flags: int | None = None
    count: int = 0


@dataclass
class Splitter:
    """Feed it bytes in whatever pieces they come; it gives the same inits and parts for every way of cutting them.

    Where a camera's clock jumps, the parts go on without a hole: their times are written anew (timeline.py).
    """

    _held: bytearray = field(default_factory=bytearray)
    _ftyp: bytes = b""
    _track: _Track | None = None
    _moof: bytes = b""
    _timeline: Timeline = field(default_factory=lambda: Timeline(1))
    _at: float | None = None
    _over: BrokenStream | ClockJumps | None = None

    def feed(self, data: bytes, at: float | None = None) -> list[Init | Part]:
        """The inits and parts that are complete now; once no more can be, BrokenStream for anything that is no
        fragmented MP4, ClockJumps when the times jump again and again. `at`: when the bytes came, seconds by a steady
        clock."""
        if self._over:
            raise self._over
        self._at = at
        self._held += data
        found: list[Init | Part] = []
        start = 0
        try:
            while box := self._next_box(start):
                name, end = box
                piece = self._take(name, bytes(memoryview(self._held)[start:end]))
                if piece is not None:
                    found.append(piece)
                start = end
        except (BrokenStream, ClockJumps) as error:
            self._over = error
            if not found:
                raise  # else with the next bytes: what came before is good
        if start:
            del self._held[:start]
        return found

    def _next_box(self, start: int) -> tuple[bytes, int] | None:
        """Name and end of the box at `start`, when it is whole. Its header is judged as soon as it is there."""
        have = len(self._held) - start
        if have < 8:
            return None
        size, name = unpack_from(">I4s", self._held, start)
        if name not in _LIMITS and name not in _PASSED_OVER:
            raise BrokenStream(f"unknown box {bytes(name)!r}")
        if not self._ftyp and name != b"ftyp":
            raise BrokenStream(f"the stream starts with {bytes(name)!r}, not with ftyp")
        header = 8
        if size == 1:
            if have < 16:
                return None
            (size,) = unpack_from(">Q", self._held, start + 8)
            header = 16
        if size < header or size > _LIMITS.get(name, MAX_MOOV):
            raise BrokenStream(f"a {name.decode()} box of {size} bytes")
        return (bytes(name), start + size) if have >= size else None

    def _take(self, name: bytes, box: bytes) -> Init | Part | None:
        if name == b"ftyp":
            self._ftyp, self._track, self._moof = box, None, b""
        elif name == b"moov":
            self._track = _read(_track_of, box)
            self._timeline = Timeline(self._track.timescale)
            if self._track.codec.startswith("hev1."):  # what ffmpeg makes of MPEG-TS; Apple plays hvc1 alone
                self._track.codec = "hvc1" + self._track.codec[4:]
                at = box.index(b"hev1", box.index(b"stsd"))
                box = box[:at] + b"hvc1" + box[at + 4 :]
            return Init(f'video/mp4; codecs="{self._track.codec}"', self._ftyp + box)
        elif name == b"moof":
            if self._track is None:
                raise BrokenStream("a fragment before its moov")
            self._moof = box
        elif name == b"mdat":
            if self._track is None or not self._moof:
                raise BrokenStream("an mdat without its moof")
            moof, self._moof = self._moof, b""
            return self._part(self._track, moof, box)
        return None

    def _part(self, track: _Track, moof: bytes, mdat: bytes) -> Part | None:
        samples = _read(lambda box: _samples_of(box, track), moof)
        if not samples.count:
            return None
        flags = track.flags if samples.first_flags is None else samples.first_flags
        decode_time, duration = self._timeline.place(samples.decode_time, samples.duration, self._at)
        if decode_time != samples.decode_time or duration != samples.duration:
            moof = _restamped(moof, track, decode_time, duration if samples.count == 1 else None)
        return Part(
            key=not flags & _NOT_SYNC,
            duration=duration / track.timescale,
            data=moof + mdat,
            decode_time=decode_time / track.timescale,
        )


def _read(reader: Callable[[bytes], _T], box: bytes) -> _T:
    try:
        return reader(box)
    except (struct_error, IndexError) as error:
        raise BrokenStream(f"a box ends too early: {error}") from None
    except UnicodeDecodeError:
        raise BrokenStream("a codec whose name is no text") from None


def _children(box: bytes, start: int = 8) -> Iterator[tuple[bytes, bytes]]:
    while start + 8 <= len(box):
        size, name = unpack_from(">I4s", box, start)
        if size < 8 or start + size > len(box):
            raise BrokenStream(f"{name!r} does not fit into its box")
        yield name, box[start : start + size]
        start += size


def _child(box: bytes, *path: bytes) -> bytes:
    for name in path:
        for found, child in _children(box):
            if found == name:
                box = child
                break
        else:
            raise BrokenStream(f"no {name.decode()} where one must be")
    return box


def _track_of(moov: bytes) -> _Track:
    for name, trak in _children(moov):
        if name != b"trak" or _child(trak, b"mdia", b"hdlr")[16:20] != b"vide":
            continue
        tkhd, mdhd = _child(trak, b"tkhd"), _child(trak, b"mdia", b"mdhd")
        (number,) = unpack_from(">I", tkhd, 28 if tkhd[8] else 20)
        (timescale,) = unpack_from(">I", mdhd, 28 if mdhd[8] else 20)
        if not timescale:
            raise BrokenStream("a timescale of 0")
        track = _Track(number, timescale, codec_of(_child(trak, b"mdia", b"minf", b"stbl", b"stsd")))
        for kind, trex in _children(_child(moov, b"mvex")):
            if kind == b"trex" and unpack_from(">I", trex, 12)[0] == number:
                track.duration, _, track.flags = unpack_from(">III", trex, 20)
        return track
    raise BrokenStream("no video track")


def codec_of(stsd: bytes) -> str:
    """The codec string of the first sample entry: 'avc1.64001f', 'hvc1.1.6.L93.B0'. BrokenStream for other codecs."""
    for name, entry in _children(stsd, 16):
        for kind, box in _children(entry, 86):  # a VisualSampleEntry's own fields end there
            if kind == b"avcC":
                return f"{name.decode()}.{box[9:12].hex()}"
            if kind == b"hvcC":
                return f"{name.decode()}.{_hevc(box[9:21])}"
        raise BrokenStream(f"codec {name!r} cannot be shown")
    raise BrokenStream("no sample entry")


def _hevc(config: bytes) -> str:
    first, compatibility = unpack_from(">BI", config)
    space = ("", "A", "B", "C")[first >> 6]
    tier = "H" if first & 0x20 else "L"
    mirrored = int(f"{compatibility:032b}"[::-1], 2)
    constraints = config[5:11].rstrip(b"\0")
    tail = "".join(f".{byte:X}" for byte in constraints)
    return f"{space}{first & 0x1F}.{mirrored:X}.{tier}{config[11]}{tail}"


def _samples_of(moof: bytes, track: _Track) -> _Samples:
    samples = _Samples()
    for name, traf in _children(moof):
        if name != b"traf":
            continue
        tfhd = _child(traf, b"tfhd")
        word, number = unpack_from(">II", tfhd, 8)
        if number != track.number:
            continue
        duration, flags = _defaults(tfhd, word, track)
        for kind, box in _children(traf):
            if kind == b"tfdt":
                (samples.decode_time,) = unpack_from(">Q" if box[8] else ">I", box, 12)
            elif kind == b"trun":
                _add_run(samples, box, duration, flags)
    return samples


def _defaults(tfhd: bytes, word: int, track: _Track) -> tuple[int, int]:
    """A sample's duration and flags where its run does not say: tfhd's, else trex's."""
    at, duration, flags = 16, track.duration, track.flags
    at += 8 if word & 0x1 else 0
    at += 4 if word & 0x2 else 0
    if word & 0x8:
        (duration,) = unpack_from(">I", tfhd, at)
        at += 4
    at += 4 if word & 0x10 else 0
    if word & 0x20:
        (flags,) = unpack_from(">I", tfhd, at)
    return duration, flags


def _add_run(samples: _Samples, trun: bytes, duration: int, flags: int) -> None:
    word, count = unpack_from(">II", trun, 8)
    at = 16 + (4 if word & 0x1 else 0)
    first_flags = flags
    if word & 0x4:
        (first_flags,) = unpack_from(">I", trun, at)
        at += 4
    row = 4 * sum(bool(word & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    if at + row * count > len(trun):
        raise BrokenStream(f"a run of {count} samples in {len(trun)} bytes")
    if word & 0x400 and not word & 0x4 and count:
        before = 4 * (bool(word & 0x100) + bool(word & 0x200))
        (first_flags,) = unpack_from(">I", trun, at + before)
    if samples.first_flags is None and count:
        samples.first_flags = first_flags
    if word & 0x100:
        samples.duration += sum(unpack_from(">I", trun, at + row * index)[0] for index in range(count))
    else:
        samples.duration += duration * count
    samples.count += count


def _restamped(moof: bytes, track: _Track, decode_time: int, duration: int | None) -> bytes:
    """The same fragment at another time; of another duration where that is given and written in it."""
    new = bytearray(moof)
    for _, traf, traf_end in _places(moof, b"traf", 8, len(moof)):
        [(_, tfhd, _)] = _places(moof, b"tfhd", traf + 8, traf_end)
        word, number = unpack_from(">II", moof, tfhd + 8)
        if number != track.number:
            continue
        for _, tfdt, _ in _places(moof, b"tfdt", traf + 8, traf_end):
            wide = moof[tfdt + 8]
            pack_into(">Q" if wide else ">I", new, tfdt + 12, decode_time & (2**64 - 1 if wide else 2**32 - 1))
        if duration is None:
            continue
        if word & 0x8:
            pack_into(">I", new, tfhd + 16 + (8 if word & 0x1 else 0) + (4 if word & 0x2 else 0), duration)
        for _, trun, _ in _places(moof, b"trun", traf + 8, traf_end):
            (run,) = unpack_from(">I", moof, trun + 8)
            if run & 0x100:
                pack_into(">I", new, trun + 16 + (4 if run & 0x1 else 0) + (4 if run & 0x4 else 0), duration)
    return bytes(new)


def _places(box: bytes, wanted: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, beginning and end of those of the boxes between `start` and `end` that are called so."""
    while start + 8 <= end:
        size, name = unpack_from(">I4s", box, start)
        if name == wanted:
            yield name, start, start + size
        start += size
