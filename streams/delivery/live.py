"""Viewers by WebSocket: init segment and cached GOP at once, then whatever came since their last message, as one.

A plain ASGI app. Who may watch is judged here; crowd.py serves those who may. `await send` blocks while the viewer's
transport is full, so a slow link shows as a late cursor, and a late cursor jumps to the newest keyframe.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

from django.conf import settings
from django.db import Error as DatabaseError

from streams.relay import renditions
from streams.relay.ring import Status
from sunkitchen.core import tickets
from sunkitchen.core.origin import is_own_page

from .answers import Receive
from .crowd import STUCK, Crowd, Message, Send, Viewer, text
from .link import Lookout, Seen, hub
from .sockets import BAD_ORIGIN, BAD_TICKET, LATER, NO_CAMERA, STOPPED, Closed, served
from .tally import Tallies

PATH = re.compile(r"/ws/live/(?P<camera>[0-9a-z]{1,16})/", re.ASCII)
PROTOCOL = "sunkitchen.live"
UNSURE_SECONDS = 25.0  # without an answer of the database whether these viewers may still watch
MEASURED_SECONDS = 1.0  # of one viewer's words about its delay, one in so long counts


class LiveApp:
    """`recheck`: seconds between two looks at the camera's row; `stuck`: seconds a message may take to leave."""

    def __init__(self, recheck: float = 5.0, stuck: float = 10.0) -> None:
        self._recheck = recheck
        self._stuck = stuck
        self._lookout = Lookout(every=recheck / 2)
        self._crowds: dict[str, Crowd] = {}
        self._tallies = Tallies(_tell)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await served(scope, receive, send, PROTOCOL, lambda offered: self._serve(scope, offered, receive, send))

    async def _serve(self, scope: Message, offered: list[str], receive: Receive, send: Send) -> None:
        if not is_own_page(scope):
            raise Closed(BAD_ORIGIN)
        found = PATH.fullmatch(scope["path"])
        # Where others watch already, their row serves: who joins waits for no database, and is judged with them.
        seen = await self._lookout.look(found["camera"], within=self._recheck + 1) if found else None
        if seen is None:
            raise Closed(NO_CAMERA)
        try:
            ends = session_end(offered, seen)
        except Closed:
            seen = await self._lookout.look(seen.code) or seen  # its tickets may be of a newer serial
            ends = session_end(offered, seen)
        if not seen.watchable:
            raise Closed(STOPPED)
        rendition = rendition_for(seen, scope.get("query_string", b""))
        session = tickets.session(seen.code, seen.serial, ends - settings.SESSION_SECONDS)
        with _ending() as gone:
            viewer = Viewer(send, seen.serial, ends, gone)
            async with self._among(seen.code, rendition) as crowd:
                crowd.join(viewer, text(**{"type": "session", "session": session, "as": rendition}))
                try:
                    await self._listen(viewer, crowd, receive)
                finally:
                    crowd.leave(viewer)

    @asynccontextmanager
    async def _among(self, code: str, rendition: str) -> AsyncIterator[Crowd]:
        """The channel's crowd in this process: the first viewer makes it, with the last one it goes."""
        channel = renditions.channel(code, rendition)
        if channel not in self._crowds:
            ring = await hub().watch(channel)
            if channel in self._crowds:
                hub().leave(channel)
            else:
                crowd = self._crowds[channel] = Crowd(ring, self._tallies.of(channel), self._stuck)
                crowd.start(self._watch(code, rendition, crowd))
        crowd = self._crowds[channel]
        try:
            yield crowd
        finally:
            if not crowd.viewers and self._crowds.get(channel) is crowd:
                del self._crowds[channel]
                crowd.close()
                hub().leave(channel)

    async def _listen(self, viewer: Viewer, crowd: Crowd, receive: Receive) -> None:
        """What the page says. Ends when it leaves."""
        while (message := await receive())["type"] == "websocket.receive":
            try:
                said = json.loads(message.get("text") or "{}")
                kind = said.get("type")
            except (ValueError, AttributeError, RecursionError):
                continue
            if kind == "pong":
                now = time.monotonic()
                if now - viewer.measured >= MEASURED_SECONDS and crowd.tally.saw(said.get("delay")):
                    viewer.measured = now
                # Its clock's reading comes back beside ours: half the way there and back is the error at most.
                answer = text(type="time", sent=said.get("sent"), now=round(time.time() * 1000))
                try:
                    async with asyncio.timeout(self._stuck):
                        await viewer.send(answer)
                except TimeoutError:
                    raise Closed(STUCK) from None
            elif kind == "visible":
                viewer.visible = bool(said.get("visible"))
                viewer.seq = None  # comes back to the newest keyframe

    async def _watch(self, code: str, rendition: str, crowd: Crowd) -> None:
        """Look at the row again and again: revoked, switched off, closed, or the session over.

        The hub is faster than the row, but only a hint: where they differ twice in a row, the row is believed.
        """
        before: Status | None = None
        sure = time.monotonic()
        while True:
            with contextlib.suppress(DatabaseError):
                seen = await self._lookout.look(code)
                sure = time.monotonic()
                serial = seen.serial if seen and seen.watchable else None
                crowd.end([viewer for viewer in crowd.viewers if viewer.serial != serial], STOPPED)
                await self._lookout.want(code)
                if seen and rendition == renditions.MAIN:  # the row knows nothing of the others
                    row, hinted = seen.status, crowd.ring.status
                    # A hub that is away is our own finding: no row knows better.
                    differs = hinted.why != "relay" and (row.state, row.why) != (hinted.state, hinted.why)
                    crowd.tell(row if differs and row == before else None)
                    before = row
            if time.monotonic() - sure > UNSURE_SECONDS:
                crowd.end(crowd.viewers, LATER)
            now = time.time()
            crowd.end([viewer for viewer in crowd.viewers if now > viewer.ends], BAD_TICKET)
            await asyncio.sleep(self._recheck)


def session_end(offered: list[str], seen: Seen) -> float:
    """When the session ends that one of the offered tickets (or an older session) opens, Unix time."""
    now = time.time()
    opening = tickets.CHECKING if seen.private else tickets.OPENING
    for ticket in offered:
        with contextlib.suppress(tickets.BadTicket):
            tickets.read(ticket, opening, seen.code, seen.serial, now)
            return now + settings.SESSION_SECONDS
        with contextlib.suppress(tickets.BadTicket):
            return tickets.read(ticket, tickets.SESSION, seen.code, seen.serial, now).expires
    raise Closed(BAD_TICKET)


def rendition_for(seen: Seen, query: bytes) -> str:
    """What `?as=` asks for, where this camera has it; else the picture as the camera sends it."""
    asked = parse_qs(query.decode("latin-1")).get("as", [renditions.MAIN])[-1]
    if asked == renditions.SUB and not seen.has_sub:
        return renditions.MAIN
    return asked if asked in renditions.ALL else renditions.MAIN


@contextlib.contextmanager
def _ending() -> Iterator[Callable[[int], None]]:
    """Gives `gone(code)`, which ends this task's block with Closed(code), from wherever it is called."""
    task = asyncio.current_task()
    codes: list[int] = []
    assert task is not None

    def gone(code: int) -> None:
        if not codes:
            codes.append(code)
            task.cancel()

    try:
        yield gone
    except asyncio.CancelledError:
        if not codes or task.uncancel():
            raise
        raise Closed(codes[0]) from None
    finally:
        codes.append(0)  # too late from here on


def _tell(channels: Mapping[str, Mapping[str, object]]) -> bool:
    return hub().tally(channels)


app = LiveApp()
