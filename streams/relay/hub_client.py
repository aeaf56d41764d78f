"""The hub's end in a web process: rings kept in step with the relay's, and a way in for pushes.

A web process never loses its viewers when the relay restarts: they are told why, and go on with the next epoch.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from struct import error as StructError

from .ring import Frame, Ring, Status
from .wire import (
    BODY,
    CONTROL,
    DISCONTINUITY,
    HEADER,
    INIT,
    KEY,
    MEDIA,
    HubDown,
    PushRefused,
    PushReplaced,
    Sink,
    control,
    envelope,
    receive,
)


@dataclass(eq=False)
class _View:
    ring: Ring
    viewers: int = 0
    announced: tuple[int, str] = (0, "")  # epoch and type of the init segment that comes next
    leaving: asyncio.TimerHandle | None = None


class HubClient:
    """In a web process: rings kept in step with the relay's, over one connection that comes back by itself.

    `linger`: seconds that a camera stays watched after its last viewer left; `retry`: seconds between attempts.
    """

    def __init__(self, path: str | os.PathLike[str], linger: float = 10.0, retry: float = 0.5) -> None:
        self._path = str(path)
        self._linger = linger
        self._retry = retry
        self._views: dict[str, _View] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    async def watch(self, code: str) -> Ring:
        """The camera's ring, for one viewer more; give it back with `leave`."""
        view = self._views.get(code)
        if view is None:
            view = self._views[code] = _View(Ring())
            self._say(do="watch", camera=code)
        if view.leaving:
            view.leaving.cancel()
            view.leaving = None
        view.viewers += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_connected())
        return view.ring

    def leave(self, code: str) -> None:
        """One viewer less; the last one lets go of the camera after `linger` seconds."""
        view = self._views.get(code)
        if view is None:
            return  # closed meanwhile
        view.viewers -= 1
        if not view.viewers:
            view.leaving = asyncio.get_running_loop().call_later(self._linger, self._let_go, code)

    @asynccontextmanager
    async def viewing(self, code: str) -> AsyncIterator[Ring]:
        """`watch` and `leave` around a block."""
        ring = await self.watch(code)
        try:
            yield ring
        finally:
            self.leave(code)

    async def want(self, code: str, hls: bool = False) -> None:
        """Tell the relay that somebody is about to watch, without taking pictures. Silent when the relay is down."""
        if self._writer:
            self._say(do="want", camera=code, hls=hls)
            return
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_unix_connection(self._path)
            writer.write(control(do="want", camera=code, hls=hls))
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            writer.close()

    def tally(self, channels: Mapping[str, Mapping[str, object]]) -> bool:
        """Tell the relay what was delivered since the last time: {channel: {"viewers", "bytes", "skipped", "delays"}}.

        `delays`: counts per bucket of metrics.BUCKETS and one for what is longer; `viewers`: how many there are now.
        False, and nothing said, while the relay is away: keep the counts.
        """
        if self._writer is None or self._writer.is_closing():
            return False
        self._say(do="tally", channels=channels)
        return True

    @asynccontextmanager
    async def push(self, code: str) -> AsyncIterator[Sink]:
        """A connection of its own for one push: `await sink(bytes)` returns when the relay has room for more.

        HubDown when the relay is not there; PushRefused; PushReplaced from the sink once another push took over.
        """
        try:
            reader, writer = await asyncio.open_unix_connection(self._path)
        except OSError as error:
            raise HubDown(str(error)) from None
        try:
            writer.write(control(do="push", camera=code))
            _, payload = await receive(reader)
            answer = json.loads(payload)
            if answer["is"] != "taken":
                raise PushRefused(answer.get("why", ""))

            last_word = asyncio.create_task(receive(reader))

            async def sink(data: bytes) -> None:
                if not last_word.done():
                    with contextlib.suppress(ConnectionError):
                        writer.write(envelope(BODY, data))
                        await writer.drain()
                        return
                _, payload = await last_word  # HubDown, if it left without one
                if json.loads(payload)["is"] == "replaced":
                    raise PushReplaced
                raise HubDown

            try:
                yield sink
                with contextlib.suppress(ConnectionError):
                    writer.write(envelope(BODY, b""))
                    await writer.drain()
            finally:
                last_word.cancel()
                await asyncio.gather(last_word, return_exceptions=True)
        finally:
            writer.close()

    async def aclose(self) -> None:
        for view in self._views.values():
            if view.leaving:
                view.leaving.cancel()
        self._views.clear()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _let_go(self, code: str) -> None:
        self._views.pop(code, None)
        self._say(do="unwatch", camera=code)

    def _say(self, **message: object) -> None:
        if self._writer and not self._writer.is_closing():
            self._writer.write(control(**message))

    async def _keep_connected(self) -> None:
        """While anybody watches: connect, follow, and say so when the relay is away."""
        while self._views:
            with contextlib.suppress(OSError, HubDown, ValueError, LookupError, StructError):  # or talks nonsense
                reader, self._writer = await asyncio.open_unix_connection(self._path, limit=1 << 20)
                try:
                    for code in self._views:
                        self._say(do="watch", camera=code)
                    while True:
                        self._take(*await receive(reader))
                finally:
                    self._writer.close()
                    self._writer = None
            since = datetime.now(UTC).isoformat(timespec="seconds")
            for view in self._views.values():
                if view.ring.status.why != "relay":
                    view.ring.tell(Status("stalled", since, "relay"))
            await asyncio.sleep(self._retry)

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == CONTROL:
            message = json.loads(payload)
            view = self._views.get(message.get("camera", ""))
            if view and message["is"] == "state":
                view.ring.tell(Status(message["state"], message["since"], message["why"]))
                if message["state"] in ("off", "backoff"):
                    view.ring.clear()
            elif view and message["is"] == "init":
                view.announced = message["epoch"], message["mime"]
        elif kind == MEDIA:
            end = 1 + payload[0]
            view = self._views.get(payload[1:end].decode())
            if view:
                _fill(view, payload[end : end + HEADER.size], payload[end + HEADER.size :])


def _fill(view: _View, head: bytes, body: bytes) -> None:
    ring = view.ring
    kind, flags, epoch, seq, captured_ms = HEADER.unpack(head)
    if kind == INIT:
        ring.begin(*view.announced, body)
    elif epoch == ring.epoch & 0xFFFF and (ring.newest is None or seq > ring.newest.seq):
        ring.append(Frame(ring.epoch, seq, bool(flags & KEY), bool(flags & DISCONTINUITY), captured_ms, 0.0, body))
