"""Viewers by WebSocket: init segment and cached GOP at once, then whatever came since their last message, as one.

A plain ASGI app. A viewer is a cursor over the process's ring: no queue, no copy. `await send` blocks while the
viewer's transport is full, so a slow link shows as a late cursor, and a late cursor jumps to the newest keyframe.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError

from streams.relay import wire
from streams.relay.ring import Frame, Ring, Status, size_of
from sunkitchen.core import tickets
from sunkitchen.core.origin import is_own_page

from .link import Lookout, Seen, hub

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

PATH = re.compile(r"/ws/live/(?P<camera>[0-9a-z]{1,16})/", re.ASCII)
PROTOCOL = "sunkitchen.live"
BAD_TICKET, BAD_ORIGIN, NO_CAMERA, STUCK, REVOKED = 4401, 4403, 4404, 4408, 4410
LATER = 1013  # RFC 6455's registry: try again later
UNSURE_SECONDS = 25.0  # without an answer of the database whether this viewer may still watch
NEAR, FAR = 0.04, 0.2  # seconds between two messages: while there is room, and while there is not
LATE_SEND, LATE_WAKE = 0.05, 0.02  # what tells that there is none: a send that blocked, a loop that was busy
UNSENT_BYTES = 256 * 1024


class Closed(Exception):
    """The connection ends with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def binary(frames: list[Frame]) -> bytes:
    """One message: the header of the newest frame, then every frame's moof+mdat."""
    last = frames[-1]
    flags = (wire.KEY if frames[0].key else 0) | (wire.DISCONTINUITY if any(f.discontinuity for f in frames) else 0)
    head = wire.header(wire.FRAGMENT, flags, last.epoch, last.seq, last.captured_ms)
    return b"".join([head, *(frame.data for frame in frames)])


@dataclass
class Cursor:
    """Where one viewer stands in a ring."""

    ring: Ring
    epoch: int | None = None  # whose init segment the viewer has
    seq: int | None = None  # of the last frame sent; None: joins from the newest keyframe

    def needs_init(self) -> bool:
        ring = self.ring
        if self.seq is not None and ring.newest and ring.newest.seq < self.seq:
            return True  # the relay counts anew
        return bool(ring.init) and self.epoch != ring.epoch

    def begin(self) -> None:
        self.epoch, self.seq = self.ring.epoch, None

    def take(self) -> tuple[int, list[Frame]]:
        """How many frames are passed over, and those to send now."""
        if self.seq is None:
            frames = self.ring.joining()
            skipped = 0
        else:
            frames = self.ring.since(self.seq)
            skipped = 0
            if self._is_late(frames):
                frames = self.ring.joining()
                skipped = frames[0].seq - self.seq - 1 if frames else 0
        if frames:
            self.seq = frames[-1].seq
        return skipped, frames

    def _is_late(self, frames: list[Frame]) -> bool:
        assert self.seq is not None
        if self.ring.lags(self.seq):
            return True
        return size_of(frames) > UNSENT_BYTES and any(frame.key for frame in frames[1:])


@dataclass
class Cadence:
    """Seconds between two messages to one viewer: grows at once when there is no room, shrinks slowly."""

    seconds: float = NEAR

    def after(self, sending: float, oversleeping: float) -> None:
        if sending > LATE_SEND or oversleeping > LATE_WAKE:
            self.seconds = min(FAR, self.seconds * 1.5)
        else:
            self.seconds = max(NEAR, self.seconds * 0.95)


class LiveApp:
    """`recheck`: seconds between two looks at the camera's row; `stuck`: seconds a message may take to leave."""

    def __init__(self, recheck: float = 5.0, stuck: float = 10.0) -> None:
        self._recheck = recheck
        self._stuck = stuck
        self._lookout = Lookout(every=recheck / 2)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        offered = scope.get("subprotocols", [])
        try:
            # Accepted first, whatever comes: a refused handshake would not tell the page why.
            await send({"type": "websocket.accept", "subprotocol": PROTOCOL if PROTOCOL in offered else None})
            try:
                await self._serve(scope, offered, receive, send)
            except DatabaseError:
                raise Closed(LATER) from None
        except Closed as end:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(2):
                    await send({"type": "websocket.close", "code": end.code})

    async def _serve(self, scope: Message, offered: list[str], receive: Receive, send: Send) -> None:
        if not is_own_page(scope):
            raise Closed(BAD_ORIGIN)
        found = PATH.fullmatch(scope["path"])
        seen = await self._lookout.look(found["camera"]) if found else None
        if seen is None:
            raise Closed(NO_CAMERA)
        ends = session_end(offered, seen)
        if not seen.watchable:
            raise Closed(REVOKED)
        async with hub().viewing(seen.code) as ring:
            viewer = _Viewer(self, seen, ends, Cursor(ring), receive, send)
            await viewer.run()

    async def look(self, seen: Seen) -> Seen:
        """The row again. Closed when the viewer may no longer watch."""
        now = await self._lookout.look(seen.code)
        if now is None or not now.watchable or now.serial != seen.serial:
            raise Closed(REVOKED)
        await self._lookout.want(seen.code)
        return now

    @property
    def recheck(self) -> float:
        return self._recheck

    @property
    def stuck(self) -> float:
        return self._stuck


def session_end(offered: list[str], seen: Seen) -> float:
    """When the session ends that one of the offered tickets (or an older session) opens, Unix time."""
    now = time.time()
    for text in offered:
        with contextlib.suppress(tickets.BadTicket):
            tickets.read(text, tickets.OPENING, seen.code, seen.serial, now)
            return now + settings.SESSION_SECONDS
        with contextlib.suppress(tickets.BadTicket):
            return tickets.read(text, tickets.SESSION, seen.code, seen.serial, now).expires
    raise Closed(BAD_TICKET)


@dataclass
class _Viewer:
    app: LiveApp
    seen: Seen
    ends: float
    cursor: Cursor
    receive: Receive
    send: Send
    visible: bool = True
    cadence: Cadence = field(default_factory=Cadence)
    told: Status | None = None
    believed: Status | None = None

    async def run(self) -> None:
        tasks = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._watch()),
            asyncio.create_task(self._pour()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        """What the page says. Ends when it leaves."""
        while (message := await self.receive())["type"] == "websocket.receive":
            try:
                said = json.loads(message.get("text") or "{}")
                kind = said.get("type")
            except (ValueError, AttributeError, RecursionError):
                continue
            if kind == "pong":
                # Its clock's reading comes back beside ours: half the way there and back is the error at most.
                await self._say(type="time", sent=said.get("sent"), now=round(time.time() * 1000))
            elif kind == "visible":
                self.visible = bool(said.get("visible"))
                self.cursor.seq = None  # comes back to the newest keyframe

    async def _watch(self) -> None:
        """Look at the row again and again: revoked, switched off, closed, or the session over.

        The hub is faster than the row, but only a hint: where they differ twice in a row, the row is believed.
        """
        before: Status | None = None
        sure = time.monotonic()
        while True:
            try:
                row = (await self.app.look(self.seen)).status
            except DatabaseError:
                if time.monotonic() - sure > UNSURE_SECONDS:
                    raise
                await asyncio.sleep(self.app.recheck)
                continue
            sure = time.monotonic()
            if time.time() > self.ends:
                raise Closed(BAD_TICKET)
            hinted = self.cursor.ring.status
            # A hub that is away is our own finding: no row knows better.
            differs = hinted.why != "relay" and (row.state, row.why) != (hinted.state, hinted.why)
            self.believed = row if differs and row == before else None
            before = row
            if self.believed:
                await self._say_state(row)
            await asyncio.sleep(self.app.recheck)

    async def _pour(self) -> None:
        ring, cursor = self.cursor.ring, self.cursor
        session = tickets.session(self.seen.code, self.seen.serial, self.ends - settings.SESSION_SECONDS)
        await self._say(type="session", session=session)
        while True:
            version, began = ring.version, time.monotonic()
            await self._say_state(self.believed or ring.status)
            if cursor.needs_init():
                cursor.begin()
                await self._say(type="init", mime=ring.mime, epoch=ring.epoch)
                await self._give(wire.header(wire.INIT, 0, ring.epoch, 0, 0) + ring.init)
            if self.visible and cursor.epoch == ring.epoch:
                skipped, frames = cursor.take()
                if skipped:
                    await self._say(type="skip", frames=skipped)
                if frames:
                    await self._give(binary(frames))
            sent = time.monotonic()
            planned = max(0.0, self.cadence.seconds - (sent - began))
            await asyncio.sleep(planned)
            self.cadence.after(sent - began, time.monotonic() - sent - planned)
            await ring.changed(version)

    async def _say_state(self, status: Status) -> None:
        if status != self.told:
            self.told = status
            await self._say(type="state", state=status.state, since=status.since, why=status.why)

    async def _say(self, **message: Any) -> None:
        await self._out({"type": "websocket.send", "text": json.dumps(message)})

    async def _give(self, data: bytes) -> None:
        await self._out({"type": "websocket.send", "bytes": data})

    async def _out(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self.app.stuck):
                await self.send(message)
        except TimeoutError:
            raise Closed(STUCK) from None


app = LiveApp()
