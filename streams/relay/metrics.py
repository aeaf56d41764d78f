"""What the relay and the live workers measure: the words of it, shared by both ends of the hub, and a way to ask."""

import json
import os
import socket
import time
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from .wire import CONTROL, FRAMING, MAX_PAYLOAD, HubDown, control

# Seconds from the camera's part at the relay to the picture at the viewer; the last bucket is everything longer.
BUCKETS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2, 5)
PATIENCE = 1.0  # seconds


def read(path: str | os.PathLike[str], patience: float = PATIENCE) -> dict[str, Any]:
    """What the relay at this socket measures now. HubDown when it is away, silent for `patience` seconds or babbles."""
    until = time.monotonic() + patience
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(patience)
            line.connect(os.fspath(path))
            line.sendall(control(do="metrics"))
            size, kind = FRAMING.unpack(_exactly(line, FRAMING.size, until))
            if bytes([kind]) != CONTROL or size > MAX_PAYLOAD:
                raise HubDown("no answer to what was asked")
            said = json.loads(_exactly(line, size, until))
    except (OSError, ValueError) as error:
        raise HubDown(type(error).__name__) from None
    if not isinstance(said, dict) or said.get("is") != "metrics":
        raise HubDown("no answer to what was asked")
    return said


def _exactly(line: socket.socket, size: int, until: float) -> bytes:
    held = bytearray()
    while len(held) < size:
        line.settimeout(max(0.001, until - time.monotonic()))
        chunk = line.recv(min(size - len(held), 1 << 16))
        if not chunk:
            raise HubDown("it left")
        held += chunk
    return bytes(held)


def quantile(delays: Sequence[int], part: float) -> float | None:
    """Seconds that `part` (0 to 1) of the viewers' pictures took at most, as far as the buckets tell; inf past the
    last. None without any."""
    wanted, seen = sum(delays) * part, 0
    for count, bound in zip(delays, (*BUCKETS, float("inf")), strict=False):
        seen += count
        if count and seen >= wanted:
            return bound
    return None


def bucket(seconds: float) -> int:
    """Where a delay is counted."""
    return bisect_left(BUCKETS, seconds)
