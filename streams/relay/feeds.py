"""Three kinds of feeds: a camera that is fetched through the proxy, a box or a phone in the kitchen that sends, and a
channel of ours that is converted for viewers who cannot decode it. After ffmpeg they are the same: parts, told to a
listener, under one epoch.

Nothing is re-encoded unless it must be: masks are burned in, MJPEG and VP8 become H.264. That needs room in the node's
budget; without room there is no picture ("budget"), and never one without its masks.
"""

import asyncio
import logging
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from . import containers, ffmpeg
from .budget import Budget, GiveWay, NoRoom
from .camera_proxy import CameraProxy, Failure
from .child import PATIENCE, Child
from .fmp4 import BrokenStream, Init, Part, Splitter
from .masks import Polygon
from .ring import Ring
from .timeline import ClockJumps

log = logging.getLogger("sunkitchen.relay.feeds")

READ_BYTES = 1 << 16
CONVERTED = ("JPEG",)  # no browser plays it
CONVERSION_NICENESS = 5  # on a busy node the pictures that are copied go on
ROOM_SECONDS = PATIENCE + 1.0  # a feed with other masks begins while the one before it is still ending


class Listener(Protocol):
    """Who is told. Nothing is told after `stop()`."""

    def on_init(self, code: str, epoch: int, init: Init) -> None: ...

    def on_part(self, code: str, epoch: int, part: Part, captured_ms: int) -> None: ...

    def on_end(self, code: str, epoch: int, why: str, lines: list[str]) -> None: ...


class _Feed(ABC):
    """A task that runs from its making until it ends by itself or is stopped; its child never outlives it."""

    def __init__(
        self,
        code: str,
        epoch: int,
        listener: Listener,
        binary: str,
        budget: Budget | None = None,
        masks: Sequence[Polygon] = (),
    ) -> None:
        self.code, self.epoch = code, epoch
        self._listener = listener
        self._binary = binary
        self._budget = budget or Budget(0)
        self._masks = masks
        self._conversion: ffmpeg.Conversion | None = None
        self._child: Child | None = None
        self._flowed = False
        self._stopped = self._cancelled = False
        self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        self._stopped = True
        if not self._cancelled:  # a second time would break into the cleaning up
            self._cancelled = True
            self._task.cancel()

    def when_gone(self, told: Callable[[Any], object]) -> None:
        self._task.add_done_callback(lambda task: told(self))

    @property
    def pid(self) -> int | None:
        """Of its child, while there is one."""
        return self._child.pid if self._child and self._child.is_started else None

    async def gone(self) -> None:
        """Returns once the child is ended and waited for."""
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        lines: list[str] = []
        try:
            why = await self._play()
        except Exception as error:
            why = self._reason(error)
            if isinstance(error, Failure | BrokenStream | ClockJumps):
                lines.append(str(error))
            elif isinstance(error, OSError):
                lines.append(f"ffmpeg could not be started: {type(error).__name__}")
            error.__traceback__ = None  # the proxy or the splitter keeps it, and it would keep them and all of this
        finally:
            await asyncio.shield(asyncio.ensure_future(self._clean_up()))
        if self._child:
            lines = [*self._child.lines, *lines]
        self._tell_end(why, lines)

    def _reason(self, error: Exception) -> str:
        """A Camera.Why for what ended it; what is not the camera's doing goes into our log."""
        if isinstance(error, Failure):
            return error.why
        if isinstance(error, BrokenStream | ClockJumps):
            return "codec" if isinstance(error, BrokenStream) else "times"
        if isinstance(error, OSError):
            log.error("camera=%s ffmpeg could not be started: %s", self.code, error.strerror)
        else:  # a mistake of ours: a feed that dies unheard would be waited for
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("camera=%s %s in %s:%d", self.code, type(error).__name__, place.name, place.lineno or 0)
        return "no_picture"

    def _tell_end(self, why: str, lines: list[str]) -> None:
        if not self._stopped:
            self._stopped = True
            self._listener.on_end(self.code, self.epoch, why, lines)

    @abstractmethod
    async def _play(self) -> str:
        """Pass on parts until the source is over; why it is, a Camera.Why value. Failure, BrokenStream,
        ClockJumps."""

    @property
    def _give_way(self) -> GiveWay | None:
        """How to make room for a more important conversion; None: there is none."""
        return None

    async def _convert(self) -> ffmpeg.Conversion:
        """What ffmpeg is told to do to the picture, once there is room for it. Failure when there is none."""
        if not self._conversion:
            try:
                await self._budget.take(ROOM_SECONDS, self._give_way)
            except NoRoom:
                raise Failure("budget", "No room to convert this picture now.") from None
            self._conversion = ffmpeg.Conversion(self._masks)
        return self._conversion

    async def _clean_up(self) -> None:
        if self._child:
            await self._child.stop()
        if self._conversion:
            self._conversion = None
            self._budget.give_back(self._give_way)

    async def _read(self, child: Child) -> None:
        """Cut the child's output into parts, the moment it comes, until it ends. BrokenStream, ClockJumps."""
        splitter = Splitter()

        def taken(chunk: bytes) -> None:
            captured_ms = time.time_ns() // 1_000_000
            for piece in splitter.feed(chunk, time.monotonic()):
                if self._stopped:
                    return
                if isinstance(piece, Init):
                    self._listener.on_init(self.code, self.epoch, piece)
                else:
                    self._flowed = True
                    self._listener.on_part(self.code, self.epoch, piece, captured_ms)

        try:
            while chunk := await child.stdout.read(READ_BYTES):
                taken(chunk)
                if len(chunk) < READ_BYTES:
                    child.stdout.taker = taken
        finally:
            child.stdout.taker = None


def _niceness(convert: ffmpeg.Conversion | None) -> int:
    return CONVERSION_NICENESS if convert else 0


class PullFeed(_Feed):
    """Fetches a camera by RTSP: proxy first, ffmpeg only once the proxy has seen what the camera offers."""

    def __init__(
        self,
        code: str,
        epoch: int,
        listener: Listener,
        binary: str,
        proxy: CameraProxy,
        budget: Budget | None = None,
        masks: Sequence[Polygon] = (),
    ) -> None:
        self._proxy = proxy
        super().__init__(code, epoch, listener, binary, budget, masks)

    async def _play(self) -> str:
        convert = await self._convert() if self._masks else None
        await self._proxy.open()
        if self._proxy.codec in CONVERTED:
            convert = await self._convert()
        url = await self._proxy.listen()
        argv = ffmpeg.pull(self._binary, url, hevc=self._proxy.codec == "H265", convert=convert)
        self._child = Child(argv, secrets=self._proxy.secrets, niceness=_niceness(convert))
        await self._child.start()
        await self._read(self._child)
        if self._proxy.failure:
            raise self._proxy.failure
        return "ended" if self._flowed else "no_picture"

    async def _clean_up(self) -> None:
        await asyncio.gather(super()._clean_up(), self._proxy.close())


class PushFeed(_Feed):
    """Takes MPEG-TS or FLV from a box, WebM or fragmented MP4 from a phone, told apart by the first bytes; each has its
    own pinned demuxer, which may read nothing but its stdin. Anything else ends the push ("codec").

    `sink(bytes)` waits while ffmpeg is busy, `sink(b"")` ends the push.
    """

    def __init__(
        self,
        code: str,
        epoch: int,
        listener: Listener,
        binary: str,
        budget: Budget | None = None,
        masks: Sequence[Polygon] = (),
    ) -> None:
        self._first = bytearray()
        self._opening: asyncio.Future[containers.Opening] = asyncio.get_running_loop().create_future()
        self._ready = asyncio.Event()
        super().__init__(code, epoch, listener, binary, budget, masks)
        self.when_gone(lambda feed: self._ready.set())  # nobody may wait for what never began

    async def sink(self, data: bytes) -> None:
        """ConnectionError once the feed is over."""
        if not data:
            self._tell_end("no_push", list(self._child.lines) if self._child else [])
            return
        if not self._opening.done():
            self._first += data
            data = self._judge()
        if not data:
            return  # too little to tell what it is
        await self._ready.wait()
        if self._stopped or not self._child:
            raise ConnectionAbortedError("the feed is over")
        self._child.stdin.write(data)
        await self._child.stdin.drain()

    def _judge(self) -> bytes:
        """All that came so far, once it is known what it is. ConnectionAbortedError when it is nothing we take."""
        try:
            opening = containers.opening(bytes(self._first))
        except containers.UnknownContainer as error:
            self._tell_end("codec", [str(error)])
            raise ConnectionAbortedError("no container we take") from None
        if opening is None:
            return b""
        self._opening.set_result(opening)
        return bytes(self._first)

    async def _play(self) -> str:
        try:
            opening = await self._opening
            convert = await self._convert() if self._masks or opening.convert else None
            argv = ffmpeg.push(self._binary, opening.container, convert=convert)
            self._child = Child(argv, niceness=_niceness(convert))
            await self._child.start(stdin=True)
        finally:
            self._ready.set()
        await self._read(self._child)
        return "ended" if self._flowed else "codec"


class AgainFeed(_Feed):
    """Converts what `ring` holds to H.264: a reader of the ring like any viewer's, so it never holds up the others."""

    def __init__(self, code: str, epoch: int, listener: Listener, binary: str, ring: Ring, budget: Budget) -> None:
        self._ring = ring
        self._leaving = False
        self._ending: asyncio.Task[int] | None = None
        super().__init__(code, epoch, listener, binary, budget)

    @property
    def _give_way(self) -> GiveWay | None:
        return self._leave

    def _leave(self) -> None:
        self._leaving = True
        if self._child:
            self._ending = asyncio.create_task(self._child.stop())

    async def _play(self) -> str:
        convert = await self._convert()
        self._child = Child(ffmpeg.again(self._binary, convert), niceness=_niceness(convert))
        await self._child.start(stdin=True)
        if self._leaving:
            raise Failure("budget", "Another picture needs the room.")
        pouring = asyncio.create_task(self._pour(self._child))
        try:
            await self._read(self._child)
        finally:
            pouring.cancel()
            await asyncio.gather(pouring, return_exceptions=True)
        if self._leaving:
            raise Failure("budget", "Another picture needs the room.")
        return "ended" if self._flowed else "codec"

    async def _pour(self, child: Child) -> None:
        """From the newest keyframe on, until another encoding begins."""
        ring = self._ring
        epoch, seq, version = ring.epoch, None, -1
        child.stdin.write(ring.init)
        while ring.epoch == epoch:
            behind = seq is None or ring.lags(seq)
            for frame in ring.joining() if behind else ring.since(seq or 0):
                child.stdin.write(frame.data)
                seq = frame.seq
            await child.stdin.drain()
            version = await ring.changed(version)
        child.stdin.close()
