"""The hub's end in the relay: frames out to rings in the web processes, pushes in to sinks here, over one Unix socket.

What goes over it is in wire.py, the other end in hub_client.py. The relay never waits for a web process.
"""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .fmp4 import Init, Part
from .meters import Meters
from .ring import Frame, Ring, Status
from .wire import (
    BODY,
    CONTROL,
    FRAGMENT,
    INIT,
    HubDown,
    PushRefused,
    Sink,
    control,
    flags_of,
    header,
    media,
    receive,
)

# A web process that reads slower than this much behind gets no more pictures until the next keyframe after it
# caught up; the relay and the other processes never wait for it.
SLOW_BYTES = 4 << 20
STUCK_BYTES = 6 << 20


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

    `on_wanted(code)` is called for each watch or want, a hint beside the row's `wanted_until`; `on_hls(code)` for each
    want of somebody who reads HLS. `await on_push(code)`
    gives the sink for a push's bytes, called with b"" when the push ends; it may raise PushRefused.
    `await on_metrics()` is what is answered to who asks what is measured.
    `settle`: seconds for which a push cannot be replaced: two boxes with one key would throw each other out for ever.
    """

    def __init__(
        self,
        on_wanted: Callable[[str], None] = lambda code: None,
        on_push: Callable[[str], Awaitable[Sink]] | None = None,
        on_hls: Callable[[str], None] = lambda code: None,
        on_metrics: Callable[[], Awaitable[dict[str, object]]] | None = None,
        settle: float = 0.0,
    ) -> None:
        self.meters = Meters(time.monotonic)
        self._on_metrics = on_metrics
        self._on_wanted = on_wanted
        self._on_hls = on_hls
        self._settle = settle
        self._pushed_at: dict[str, float] = {}
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
        self.meters.part(code, len(part.data))
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
            self.meters.left(watcher)
            self._tasks.discard(task)
            writer.transport.abort() if watcher.unsent else writer.close()

    async def _serve(self, watcher: _Watcher, reader: asyncio.StreamReader) -> None:
        while True:
            kind, payload = await receive(reader)
            if kind != CONTROL:
                raise HubDown("bytes without a push")
            message = json.loads(payload)
            if not isinstance(message, dict):
                raise HubDown("no message")
            code = str(message.get("camera", ""))
            match message.get("do"):
                case "watch":
                    self._watch(watcher, code)
                case "unwatch":
                    watcher.watching.discard(code)
                case "want":
                    self._on_wanted(code)
                    if message.get("hls") is True:
                        self._on_hls(code)
                case "tally":
                    self.meters.tally(watcher, message.get("channels"))
                case "metrics" if self._on_metrics:
                    watcher.send(control(**{"is": "metrics", **await self._on_metrics()}))
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
            if time.monotonic() - self._pushed_at[code] < self._settle:
                writer.write(control(**{"is": "refused", "why": "another push has just begun"}))
                return
            before.cancel()
            await asyncio.gather(before, return_exceptions=True)
        task = asyncio.ensure_future(self._pour(code, reader, writer))
        self._pushes[code], self._pushed_at[code] = task, time.monotonic()
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        finally:
            if self._pushes.get(code) is task:
                del self._pushes[code], self._pushed_at[code]

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
