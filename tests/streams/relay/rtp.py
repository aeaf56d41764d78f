"""H.264 as a camera sends it: RTP packets (RFC 6184) in interleaved frames, under whatever clock a test gives it."""

import base64
import struct

from tests.streams.conftest import encode

CLOCK = 90_000
MOST = 1200  # bytes of a packet's payload


def frames(seconds=4, **kw):
    """The film's frames, each the NAL units that belong to it; parameter sets come with every keyframe."""
    found, units = [], []
    for unit in _units(encode(seconds, out="-f h264 pipe:1", **kw)):
        units.append(unit)
        if unit[0] & 0x1F in (1, 5):
            found.append(units)
            units = []
    return found


def is_key(frame):
    return any(unit[0] & 0x1F == 5 for unit in frame)


def description(film):
    """The SDP that goes with the film."""
    sets = {unit[0] & 0x1F: base64.b64encode(unit).decode() for unit in film[0]}
    return (
        "v=0\r\ns=camera\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
        f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets[7]},{sets[8]}\r\na=control:trackID=1\r\n"
    ).encode()


class Sender:
    """Numbers the packets; `say(frame, seconds)` gives a frame's bytes, `seconds` by the camera's clock."""

    def __init__(self):
        self._number = 0

    def say(self, frame, seconds):
        stamp = round(seconds * CLOCK) & 0xFFFFFFFF
        payloads = [payload for unit in frame for payload in _payloads(unit)]
        return b"".join(self._packet(payload, stamp, payload is payloads[-1]) for payload in payloads)

    def _packet(self, payload, stamp, last):
        self._number += 1
        head = struct.pack(">BBHII", 0x80, 96 | (0x80 if last else 0), self._number & 0xFFFF, stamp, 7)
        return struct.pack(">cBH", b"$", 0, len(head) + len(payload)) + head + payload


def _payloads(unit):
    """The unit as it is, or in fragments (FU-A)."""
    if len(unit) <= MOST:
        return [unit]
    pieces = [unit[at : at + MOST] for at in range(1, len(unit), MOST)]
    indicator, kind = unit[0] & 0xE0 | 28, unit[0] & 0x1F
    marks = [0x80] + [0] * (len(pieces) - 2) + [0x40]
    return [bytes([indicator, mark | kind]) + piece for mark, piece in zip(marks, pieces, strict=True)]


def _units(stream):
    """What lies between the start codes (ITU-T H.264, annex B)."""
    return [unit.rstrip(b"\0") for unit in stream.split(b"\0\0\1")[1:]]
