"""What the daemon needs to know before it runs, and that it is the only one on its socket."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .policy import Policy
from .truth import STILL_SECONDS


class AlreadyRunning(Exception):
    """Another relay holds this socket."""


@dataclass(frozen=True)
class Config:
    """What the daemon needs of the settings."""

    binary: str
    socket: Path
    live: Path
    posters: Path
    node: str = "here"  # in leases: no two relays have the same
    policy: Policy = field(default_factory=Policy)
    keep_seconds: float = 0.0  # of segments, for evidence
    clips: Path | None = None  # where evidence is kept; None: nowhere
    transcodes: int = 2  # conversions at once; past them a picture that needs one is not shown
    start_seconds: float = 10.0
    warm_seconds: float = 45.0
    probe_seconds: float = 0.0  # between two looks at a camera that nobody watches; 0: none
    look_seconds: float = 3.0  # between two looks at a camera that is watched
    look_idle_seconds: float = 60.0  # while nobody watches: a minute is what the online rate counts
    still_seconds: float = STILL_SECONDS  # without movement: a frozen picture


@contextmanager
def alone(socket: Path) -> Iterator[None]:
    """Hold the socket's lock. AlreadyRunning when somebody else does. The kernel lets go of it with the process."""
    socket.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(socket.with_name(socket.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise AlreadyRunning(f"A relay is running on {socket} already.") from None
    finally:
        os.close(descriptor)
