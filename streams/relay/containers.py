"""What a push comes in, told from its first bytes; nothing of it is believed further than to choose ffmpeg's demuxer.

MPEG-TS: ISO/IEC 13818-1, 2.4.3.2. FLV: Adobe's "Video File Format Specification" 10, annex E.2. Matroska and WebM:
RFC 8794 (EBML header), RFC 9559 (CodecID, 0x86). Fragmented MP4, as Safari's MediaRecorder makes it: ISO/IEC 14496-12,
4.3.
"""

import re
from dataclasses import dataclass

TS_SYNC = 0x47  # every packet's first byte. ffmpeg would look for one in rubbish for ever
FLV = b"FLV"
EBML = b"\x1a\x45\xdf\xa3"
FTYP = b"ftyp"  # after four bytes of length, which is small
MOST_BYTES = 64 << 10  # of a WebM, in which its codec must be named

_VIDEO_CODEC = re.compile(rb"\x86[\x81-\xbf](V_[A-Z0-9/_]{1,40})", re.DOTALL)
COPIED = ("V_MPEG4/ISO/AVC", "V_MPEGH/ISO/HEVC")
CONVERTED = ("V_VP8", "V_VP9")


class UnknownContainer(Exception):
    """Nothing we take."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How to read what comes: one of ffmpeg.CONTAINERS, and whether browsers need it converted."""

    container: str
    convert: bool = False


def opening(first: bytes) -> Opening | None:
    """Judge the first bytes of a push; None while there are too few. UnknownContainer."""
    if not first:
        return None
    if first[0] == TS_SYNC:
        return Opening("mpegts")
    if _begins(first, FLV):
        return Opening("flv") if len(first) >= len(FLV) else None
    if _begins(first, EBML):
        return _webm(first)
    if _begins(first, b"\0\0\0") and _begins(first[4:], FTYP):
        return Opening("mp4") if len(first) >= 8 else None
    raise UnknownContainer("What was pushed is neither MPEG-TS nor FLV nor WebM nor MP4.")


def _begins(first: bytes, magic: bytes) -> bool:
    return first[: len(magic)] == magic[: len(first)]


def _webm(first: bytes) -> Opening | None:
    found = _VIDEO_CODEC.search(first, 0, MOST_BYTES)
    if found is None:
        if len(first) < MOST_BYTES:
            return None
        raise UnknownContainer("What was pushed is a WebM that names no video.")
    codec = found[1].decode()
    for known in (*COPIED, *CONVERTED):
        if codec.startswith(known):
            return Opening("matroska", convert=known in CONVERTED)
    raise UnknownContainer(f"What was pushed is a WebM with {codec}.")
