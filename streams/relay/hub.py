"""The hub: one Unix socket between the relay and the web processes. Frames out to rings there, pushes in to sinks here.

What goes over it is in wire.py. The relay never waits for a web process; a web process never loses its viewers when
the relay restarts.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .fmp4 import Init, Part
from .ring import Frame, Ring, Status
from .wire import (
    BODY,
    CONTROL,
    DISCONTINUITY,
    FRAGMENT,
    HEADER,
    INIT,
    KEY,
    MEDIA,
    HubDown,
    control,
    envelope,
    flags_of,
    header,
    media,
    receive,
)

# A web process that reads slower than this much behind gets no more pictures until the next keyframe after it
# caught up; the relay and the other processes never wait for it.
SLOW_BYTES = 4 << 20
STUCK_BYTES = 6 << 20

__all__ = ["HubClient", "HubDown", "HubServer", "PushRefused", "PushReplaced", "Sink"]

Sink = Callable[[bytes], Awaitable[None]]


class PushRefused(Exception):
    """The relay takes no push for this camera now; the text is a Camera.Why or a word for the log."""


class PushReplaced(ConnectionError):
    """Another push for the same camera came: the box reconnected."""


@dataclass(eq=False)
class _Watcher:
    """A web process on the socket: what it watches, and for which cameras it waits for a keyframe."""

    writer: asyncio.StreamWriter
    watching: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)

    @property
    def unsent(self) -> int:
        return self.writer.transport.get_write_buffer_size()

    def send(self, message: bytes) -> None:
        if self.unsent > STUCK_BYTES:
            self.writer.transport.abort()  # it comes back when it can, and starts from the cached GOP
        elif not self.writer.is_closing():
            self.writer.write(message)


class HubServer:
    """In the relay: publishes rings to whoever watches, and gives pushes to the supervisor.

    `on_wanted(code)` is called for each watch or want, a hint beside the row's `wanted_until`. `await on_push(code)`
    gives the sink for a push's bytes, called with b"" when the push ends; it may raise PushRefused.
    """

    def __init__(
        self,
        on_wanted: Callable[[str], None] = lambda code: None,
        on_push: Callable[[str], Awaitable[Sink]] | None = None,
    ) -> None:
        self._on_wanted = on_wanted
        self._on_push = on_push
        self._rings: dict[str, Ring] = {}
        self._seqs: dict[str, int] = {}
        self._watchers: set[_Watcher] = set()
        self._pushes: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, path: str | os.PathLike[str]) -> None:
        """Listen at `path`, mode 0600. A socket that a dead relay left behind is replaced."""
        where = Path(path)
        where.parent.mkdir(parents=True, exist_ok=True)
        where.unlink(missing_ok=True)
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._accept, str(where))
        finally:
            os.umask(mask)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server:
            await self._server.wait_closed()

    def ring(self, code: str) -> Ring:
        """The camera's ring, empty at first."""
        return self._rings.setdefault(code, Ring())

    def watched(self) -> set[str]:
        """Cameras that some web process watches now."""
        return {code for watcher in self._watchers for code in watcher.watching}

    def publish_state(self, code: str, state: str, since: datetime | None, why: str = "") -> None:
        """What the relay knows of the camera now. `off` and `backoff` also forget its pictures."""
        ring = self.ring(code)
        ring.tell(Status(state, since.isoformat() if since else None, why))
        if state in ("off", "backoff"):
            ring.clear()
        self._send(code, self._state_message(code))

    def publish_init(self, code: str, epoch: int, init: Init) -> None:
        """A new encoding starts; what was cached of the one before is forgotten."""
        self.ring(code).begin(epoch, init.mime, init.data)
        for watcher in self._watchers_of(code):
            watcher.waiting.add(code)
            watcher.send(self._init_message(code))

    def publish_part(self, code: str, part: Part, captured_ms: int, discontinuity: bool = False) -> Frame:
        """Number the part, cache it, send it to whoever watches. `captured_ms`: Unix time of its arrival."""
        ring = self.ring(code)
        seq = self._seqs[code] = self._seqs.get(code, 0) + 1
        frame = Frame(ring.epoch, seq, part.key, discontinuity, captured_ms, part.duration, part.data)
        ring.append(frame)
        watchers = self._watchers_of(code)
        message = _frame_message(code, frame) if watchers else b""
        for watcher in watchers:
            if watcher.unsent > SLOW_BYTES:
                watcher.waiting.add(code)
            elif code not in watcher.waiting or frame.key:
                watcher.waiting.discard(code)
                watcher.send(message)
        return frame

    def _watchers_of(self, code: str) -> list[_Watcher]:
        return [watcher for watcher in self._watchers if code in watcher.watching]

    def _send(self, code: str, message: bytes) -> None:
        for watcher in self._watchers_of(code):
            watcher.send(message)

    def _state_message(self, code: str) -> bytes:
        status = self.ring(code).status
        message = {"is": "state", "camera": code, "state": status.state, "since": status.since, "why": status.why}
        return control(**message)

    def _init_message(self, code: str) -> bytes:
        ring = self.ring(code)
        said = control(**{"is": "init", "camera": code, "epoch": ring.epoch, "mime": ring.mime})
        return said + media(code, header(INIT, 0, ring.epoch, 0, 0), ring.init)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        watcher = _Watcher(writer)
        self._watchers.add(watcher)
        try:
            await self._serve(watcher, reader)
        except (ConnectionError, ValueError, asyncio.CancelledError):
            pass  # the other side left or talks nonsense, or we close
        finally:
            self._watchers.discard(watcher)
            self._tasks.discard(task)
            writer.transport.abort() if watcher.unsent else writer.close()

    async def _serve(self, watcher: _Watcher, reader: asyncio.StreamReader) -> None:
        while True:
            kind, payload = await receive(reader)
            if kind != CONTROL:
                raise HubDown("bytes without a push")
            message = json.loads(payload)
            code = str(message.get("camera", ""))
            match message.get("do"):
                case "watch":
                    self._watch(watcher, code)
                case "unwatch":
                    watcher.watching.discard(code)
                case "want":
                    self._on_wanted(code)
                case "push":
                    await self._take_push(code, reader, watcher.writer)
                    return

    def _watch(self, watcher: _Watcher, code: str) -> None:
        ring = self.ring(code)
        watcher.watching.add(code)
        watcher.send(self._state_message(code))
        if ring.init:
            watcher.send(self._init_message(code))
        held = ring.joining()
        for frame in held:
            watcher.send(_frame_message(code, frame))
        (watcher.waiting.discard if held else watcher.waiting.add)(code)
        self._on_wanted(code)

    async def _take_push(self, code: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (before := self._pushes.get(code)) and not before.done():
            before.cancel()
            await asyncio.gather(before, return_exceptions=True)
        task = asyncio.ensure_future(self._pour(code, reader, writer))
        self._pushes[code] = task
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        finally:
            if self._pushes.get(code) is task:
                del self._pushes[code]

    async def _pour(self, code: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._on_push is None:
                raise PushRefused("no_push")
            sink = await self._on_push(code)
        except PushRefused as refusal:
            writer.write(control(**{"is": "refused", "why": str(refusal)}))
            return
        writer.write(control(**{"is": "taken"}))
        try:
            while True:
                kind, payload = await receive(reader)
                if kind != BODY:
                    raise HubDown("no body")
                if not payload:
                    break
                await sink(payload)
        except asyncio.CancelledError:
            writer.write(control(**{"is": "replaced"}))
            raise
        finally:
            with contextlib.suppress(Exception):  # the child may be gone already: the push is over all the same
                await sink(b"")


def _frame_message(code: str, frame: Frame) -> bytes:
    head = header(FRAGMENT, flags_of(frame), frame.epoch, frame.seq, frame.captured_ms)
    return media(code, head, frame.data)


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

    async def want(self, code: str) -> None:
        """Tell the relay that somebody is about to watch, without taking pictures. Silent when the relay is down."""
        if self._writer:
            self._say(do="want", camera=code)
            return
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_unix_connection(self._path)
            writer.write(control(do="want", camera=code))
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            writer.close()

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

    def _say(self, **message: str) -> None:
        if self._writer and not self._writer.is_closing():
            self._writer.write(control(**message))

    async def _keep_connected(self) -> None:
        """While anybody watches: connect, follow, and say so when the relay is away."""
        while self._views:
            with contextlib.suppress(OSError, HubDown):
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
