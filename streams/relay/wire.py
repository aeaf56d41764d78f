"""The hub's wire: length of the payload (4 bytes, big endian), kind (1 byte), payload.

Kinds: J control as JSON, M media, B bytes of a push (an empty one ends it). Media carry the camera's code and the
16-byte header that browsers get too.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from struct import Struct
from typing import Any

from .ring import Frame

CONTROL, MEDIA, BODY = b"J", b"M", b"B"
MAX_PAYLOAD = 20 << 20
FRAGMENT, INIT = 1, 2  # the header's type
KEY, DISCONTINUITY = 1, 2  # its flags
HEADER = Struct(">BBHIQ")  # type, flags, epoch, seq, captured_ms
FRAMING = Struct(">IB")


Sink = Callable[[bytes], Awaitable[None]]


class HubDown(ConnectionError):
    """The relay is not there, or left in the middle."""


class PushRefused(Exception):
    """The relay takes no push for this camera now; the text is a Camera.Why or a word for the log."""


class PushReplaced(ConnectionError):
    """Another push for the same camera came: the box reconnected."""


def header(kind: int, frame_flags: int, epoch: int, seq: int, captured_ms: int) -> bytes:
    """The 16 bytes in front of every media message. `epoch` is cut to 16 bits, `seq` to 32."""
    return HEADER.pack(kind, frame_flags, epoch & 0xFFFF, seq & 0xFFFFFFFF, captured_ms)


def flags_of(frame: Frame) -> int:
    return (KEY if frame.key else 0) | (DISCONTINUITY if frame.discontinuity else 0)


def envelope(kind: bytes, payload: bytes) -> bytes:
    return FRAMING.pack(len(payload), kind[0]) + payload


def control(**message: Any) -> bytes:
    return envelope(CONTROL, json.dumps(message).encode())


def media(code: str, head: bytes, body: bytes) -> bytes:
    name = code.encode()
    return envelope(MEDIA, bytes([len(name)]) + name + head + body)


async def receive(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Kind and payload of the next message. HubDown at the end of the connection or for nonsense."""
    try:
        size, kind = FRAMING.unpack(await reader.readexactly(FRAMING.size))
        if size > MAX_PAYLOAD:
            raise HubDown(f"a message of {size} bytes")
        return bytes([kind]), await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise HubDown(str(error)) from None
