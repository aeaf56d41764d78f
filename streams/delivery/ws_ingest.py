"""Phones that film: WebM or MP4 from a browser's recorder, message by message, tunnelled to the relay.

A plain ASGI app. The phone proves itself by the session that its page carries (core/tickets.py), in a subprotocol.
Text messages tell it what arrived, so that a phone whose network died in silence notices; a code at the end says why.
"""

import asyncio
import contextlib
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async
from django.core.cache import cache
from django.db import Error as DatabaseError

from streams.models import Camera
from streams.relay.wire import HubDown, PushRefused, PushReplaced, Sink
from sunkitchen.core import tickets
from sunkitchen.core.origin import is_own_page

from .answers import Message, Receive, Send
from .link import Lookout, Seen, hub, read_row
from .sockets import BAD_ORIGIN, BAD_TICKET, LATER, NO_CAMERA, STOPPED, Closed, served

PATH = re.compile(r"/ws/ingest/(?P<camera>[0-9a-z]{1,16})/", re.ASCII)
PROTOCOL = "sunkitchen.film"
# static/js/phone-send.js knows these numbers too, and those of sockets.py.
SILENT, TAKEN_OVER, TOO_LARGE = 4408, 4409, 4413
OUT_OF_HOURS = 4423  # it may come back by itself: the session goes on
LARGEST = 1 << 20  # bytes of one message; pages send 32 KB, and the server in front of us may take no more than 64
TELL_SECONDS = 2.0  # between two words about what arrived


class WsIngestApp:
    """`silence`: seconds without a byte after which a phone is gone; `recheck`: seconds between looks at the row."""

    def __init__(self, silence: float = 30.0, recheck: float = 5.0) -> None:
        self._silence = silence
        self._recheck = recheck
        self._lookout = Lookout(every=recheck / 2)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await served(scope, receive, send, PROTOCOL, lambda offered: self._serve(scope, offered, receive, send))

    async def _serve(self, scope: Message, offered: list[str], receive: Receive, send: Send) -> None:
        if not is_own_page(scope):
            raise Closed(BAD_ORIGIN)
        found = PATH.fullmatch(scope["path"])
        seen = await self._lookout.look(found["camera"]) if found else None
        if seen is None or seen.source != Camera.Source.PHONE:
            raise Closed(NO_CAMERA)
        session = _session(offered, seen)
        _judge(seen, seen)
        if not await _is_newest(session):
            raise Closed(TAKEN_OVER)
        try:
            async with hub().push(seen.code) as sink:
                await _Phone(self, seen, session, sink, receive, send).run()
        except PushReplaced:
            raise Closed(TAKEN_OVER) from None
        except (PushRefused, HubDown):
            # The relay may have seen sooner than we that the kitchen switched the camera off.
            _judge(await read_row(seen.code), seen)
            raise Closed(LATER) from None

    async def look(self, seen: Seen) -> None:
        """The row again, a few seconds old at most. Closed when the kitchen stopped this phone."""
        _judge(await self._lookout.look(seen.code), seen)

    @property
    def silence(self) -> float:
        return self._silence

    @property
    def recheck(self) -> float:
        return self._recheck


def _judge(now: Seen | None, seen: Seen) -> None:
    """Closed unless the phone may (still) film."""
    if now is None or now.source != Camera.Source.PHONE or now.serial != seen.serial:
        raise Closed(STOPPED)
    if not now.open:
        raise Closed(OUT_OF_HOURS if now.status.why == Camera.Why.SCHEDULE else STOPPED)


def _session(offered: list[str], seen: Seen) -> tickets.Ticket:
    now = time.time()
    for text in offered:
        with contextlib.suppress(tickets.BadTicket):
            return tickets.read(text, tickets.FILMING, seen.code, seen.serial, now)
    raise Closed(BAD_TICKET)


@database_sync_to_async
def _is_newest(session: tickets.Ticket) -> bool:
    """Whether no newer session has filmed: a phone that was replaced while its network was away must not come back.

    Without a cache nobody remembers, and the last to come films.
    """
    key = f"filming:{session.subject}:{session.serial}"
    with contextlib.suppress(Exception):  # whatever a cache's client raises: it is no reason to refuse a picture
        if session.expires < (cache.get(key) or 0):
            return False
        cache.set(key, session.expires, tickets.FILMING_SECONDS)
    return True


@dataclass
class _Phone:
    app: WsIngestApp
    seen: Seen
    session: tickets.Ticket
    sink: Sink
    receive: Receive
    send: Send
    taken: int = 0  # bytes

    async def run(self) -> None:
        """Until the phone leaves. Closed, PushReplaced, HubDown."""
        await self._say(type="ready", ends=self.session.expires)
        tasks = [asyncio.create_task(job()) for job in (self._pour, self._watch, self._tell)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pour(self) -> None:
        """What the recorder gives, as fast as the relay takes it: the socket is not read meanwhile."""
        heard = time.monotonic()
        while True:
            try:
                async with asyncio.timeout(self.app.silence - (time.monotonic() - heard)):
                    message = await self.receive()
            except TimeoutError:
                raise Closed(SILENT) from None
            if message["type"] != "websocket.receive":
                return  # it left
            data = message.get("bytes") or b""
            if len(data) > LARGEST or len(message.get("text") or "") > 1000:
                raise Closed(TOO_LARGE)
            if data:
                await self.sink(data)
                self.taken += len(data)
                heard = time.monotonic()  # a relay that was slow is no silence of the phone's

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self.app.recheck)
            if time.time() > self.session.expires:
                raise Closed(BAD_TICKET)
            with contextlib.suppress(DatabaseError):  # asked again; no reason to end a picture
                await self.app.look(self.seen)
            if not await _is_newest(self.session):
                raise Closed(TAKEN_OVER)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            await self._say(type="got", bytes=self.taken)

    async def _say(self, **message: Any) -> None:
        await self.send({"type": "websocket.send", "text": json.dumps(message)})


app = WsIngestApp()
