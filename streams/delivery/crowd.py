"""All viewers of one channel in this process: one task serves them, and viewers at the same place share one message.

A viewer is a cursor over the ring: no queue, no copy, no task and no timer of its own while its link has room. A send
that does not return at once (the transport is full) goes on as a task; meanwhile the viewer is passed over, and a
cursor that is late then jumps to the newest keyframe.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine, Generator, Iterable, MutableMapping
from dataclasses import dataclass, field
from types import coroutine
from typing import Any

from streams.relay import wire
from streams.relay.ring import Frame, Ring, Status, size_of

from .sockets import LATER
from .tally import Tally

Message = MutableMapping[str, Any]
Send = Callable[[Message], Coroutine[Any, Any, None]]  # as every ASGI server's is: see `begun`

log = logging.getLogger("sunkitchen.delivery")

STUCK = 4408
NEAR, FAR = 0.04, 0.2  # seconds between two messages: while there is room, and while there is not
LATE_WAKE = 0.02  # a loop that sleeps so much longer than it was told to has other work
SHARE = 5  # a round takes at most one part in so many of the loop's time, until FAR
UNSENT_BYTES = 256 * 1024


def text(**said: Any) -> Message:
    return {"type": "websocket.send", "text": json.dumps(said)}


def media(kind: int, flags: int, epoch: int, seq: int, captured_ms: int, *bodies: bytes) -> Message:
    return {"type": "websocket.send", "bytes": b"".join([wire.header(kind, flags, epoch, seq, captured_ms), *bodies])}


def of_frames(frames: list[Frame]) -> Message:
    """One message: the header of the newest frame, then every frame's moof+mdat."""
    last = frames[-1]
    flags = (wire.KEY if frames[0].key else 0) | (wire.DISCONTINUITY if any(f.discontinuity for f in frames) else 0)
    return media(wire.FRAGMENT, flags, last.epoch, last.seq, last.captured_ms, *(frame.data for frame in frames))


@dataclass(frozen=True, slots=True)
class Batch:
    """What a reader at one place gets now. `message`: None for nothing; `skipped`: frames that are passed over."""

    seq: int | None  # where it stands afterwards
    message: Message | None = None
    size: int = 0
    skipped: int = 0


def batch(ring: Ring, seq: int | None) -> Batch:
    """For a reader who saw `seq` last; None: who joins, from the newest keyframe."""
    skipped = 0
    if seq is None:
        frames = ring.joining()
    else:
        frames = ring.since(seq)
        if ring.lags(seq) or (size_of(frames) > UNSENT_BYTES and any(frame.key for frame in frames[1:])):
            frames = ring.joining()
            skipped = frames[0].seq - seq - 1 if frames else 0
    if not frames:
        return Batch(seq)
    message = of_frames(frames)
    return Batch(frames[-1].seq, message, len(message["bytes"]), skipped)


@dataclass
class Cadence:
    """Seconds between two rounds: as the rounds' own cost allows, and at once more while the loop has other work."""

    seconds: float = NEAR

    def after(self, serving: float, oversleeping: float) -> None:
        if oversleeping > LATE_WAKE:
            self.seconds *= 1.5
        else:
            self.seconds *= 0.95
        self.seconds = min(FAR, max(NEAR, SHARE * serving, self.seconds))


def begun(sending: Coroutine[Any, Any, None]) -> Coroutine[Any, Any, None] | None:
    """Run it until it waits for something; what is left of it then, None where it is done. Its errors are raised."""
    try:
        awaited = sending.send(None)
    except StopIteration:
        return None
    return _rest(sending, awaited)


@coroutine
def _rest(sending: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    try:
        yield awaited
    except BaseException as error:
        sending.throw(error)
        raise
    yield from sending.__await__()


@dataclass(slots=True, eq=False)
class Viewer:
    """One connection. `gone(code)` ends it."""

    send: Send
    serial: int
    ends: float  # Unix time
    gone: Callable[[int], None]
    visible: bool = True
    epoch: int | None = None  # whose init segment it has
    seq: int | None = None  # of the last frame it was sent; None: joins from the newest keyframe
    told: Status | None = None
    measured: float = 0.0  # when its delay was counted last
    sending: asyncio.Task[None] | None = None
    patience: asyncio.TimerHandle | None = None


@dataclass(eq=False)
class Crowd:
    """The viewers of one ring. `stuck`: seconds that one send may take. It serves until `close()`."""

    ring: Ring
    tally: Tally
    stuck: float = 10.0
    believed: Status | None = None  # what the row says where the hub's word is doubted
    cadence: Cadence = field(default_factory=Cadence)
    viewers: set[Viewer] = field(default_factory=set)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _init: tuple[Any, list[Message]] = (None, [])

    def start(self, watch: Coroutine[Any, Any, None]) -> None:
        """Serve from now on; `watch` looks at the camera's row for all viewers."""
        for job in (self._serve(), watch):
            task = asyncio.create_task(job)
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):  # unwatched or unserved: better none than either
            log.error("viewers are let go: %s", type(error).__name__, exc_info=error)
            self.end(self.viewers, LATER)

    def join(self, viewer: Viewer, *first: Message) -> None:
        """Begins with `first`, the state, the init segment and the cached GOP, without waiting for a round."""
        self.viewers.add(viewer)
        self.tally.viewers = len(self.viewers)
        self._hand(viewer, [*first, *self._due(viewer, {})])

    def leave(self, viewer: Viewer) -> None:
        self.viewers.discard(viewer)
        self.tally.viewers = len(self.viewers)
        if viewer.sending:
            viewer.sending.cancel()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    def end(self, viewers: Iterable[Viewer], code: int) -> None:
        for viewer in list(viewers):
            viewer.gone(code)

    def tell(self, believed: Status | None) -> None:
        """The row's word, where it counts more than the hub's; None: the hub's counts."""
        if believed != self.believed:
            self.believed = believed
            self.round()

    def round(self) -> None:
        """Give every viewer who can take it what came since its last message."""
        ring, tally = self.ring, self.tally
        status = self.believed or ring.status
        batches: dict[int | None, Batch] = {}
        for viewer in list(self.viewers):
            if viewer.sending:
                continue
            seq = viewer.seq
            if viewer.told is status and viewer.epoch == ring.epoch and viewer.visible and not self._anew(seq):
                due = batches.get(seq) or batches.setdefault(seq, batch(ring, seq))
                if not due.skipped:  # nearly everybody, nearly always
                    if due.message is not None:
                        viewer.seq = due.seq
                        tally.bytes += due.size
                        self._start(viewer, viewer.send(due.message))
                    continue
            self._hand(viewer, self._due(viewer, batches))

    def _anew(self, seq: int | None) -> bool:
        """Whether the relay counts anew: its numbers are lower than those that were seen."""
        newest = self.ring.newest
        return seq is not None and newest is not None and newest.seq < seq

    def _due(self, viewer: Viewer, batches: dict[int | None, Batch]) -> list[Message]:
        ring, messages = self.ring, []
        status = self.believed or ring.status
        if status != viewer.told:
            messages.append(text(type="state", state=status.state, since=status.since, why=status.why))
        viewer.told = status
        if ring.init and (viewer.epoch != ring.epoch or self._anew(viewer.seq)):
            viewer.epoch, viewer.seq = ring.epoch, None
            messages += self._introduction()
        if viewer.visible and viewer.epoch == ring.epoch:
            due = batches.get(viewer.seq) or batches.setdefault(viewer.seq, batch(ring, viewer.seq))
            viewer.seq = due.seq
            if due.skipped:
                self.tally.skipped += due.skipped
                messages.append(text(type="skip", frames=due.skipped))
            if due.message is not None:
                self.tally.bytes += due.size
                messages.append(due.message)
        return messages

    def _introduction(self) -> list[Message]:
        ring = self.ring
        if self._init[0] is not ring.init:
            said = text(type="init", mime=ring.mime, epoch=ring.epoch)
            self._init = ring.init, [said, media(wire.INIT, 0, ring.epoch, 0, 0, ring.init)]
        return self._init[1]

    def _hand(self, viewer: Viewer, messages: list[Message]) -> None:
        if messages:
            self._start(viewer, _all(viewer.send, messages))

    def _start(self, viewer: Viewer, sending: Coroutine[Any, Any, None]) -> None:
        try:
            rest = begun(sending)
        except OSError:
            return  # it left: its own task hears of it
        except Exception as error:  # one connection's trouble is not the others'
            log.error("a viewer is let go: %s", type(error).__name__)
            viewer.gone(LATER)
            return
        if rest:
            viewer.sending = asyncio.ensure_future(rest)
            viewer.sending.add_done_callback(lambda done: self._sent(viewer, done))
            viewer.patience = asyncio.get_running_loop().call_later(self.stuck, viewer.gone, STUCK)

    def _sent(self, viewer: Viewer, done: asyncio.Task[None]) -> None:
        """Its link has room again: what came meanwhile goes at once, as one message."""
        if viewer.patience:
            viewer.patience.cancel()
        viewer.sending = viewer.patience = None
        if not done.cancelled() and done.exception() is None and viewer in self.viewers:
            self._hand(viewer, self._due(viewer, {}))

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            version, began = self.ring.version, loop.time()
            self.round()
            served = loop.time()
            planned = max(0.0, self.cadence.seconds - (served - began))
            await asyncio.sleep(planned)
            self.cadence.after(served - began, loop.time() - served - planned)
            await self.ring.changed(version)


async def _all(send: Send, messages: list[Message]) -> None:
    for message in messages:
        await send(message)
