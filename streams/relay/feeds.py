"""Two kinds of feeds: a camera that is fetched through the proxy, and a box in the kitchen that sends. After ffmpeg
they are the same: parts, told to a listener, under one epoch."""

import asyncio
import logging
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

from . import ffmpeg
from .camera_proxy import CameraProxy, Failure
from .child import Child
from .fmp4 import BrokenStream, Init, Part, Splitter

log = logging.getLogger("sunkitchen.relay.feeds")

READ_BYTES = 1 << 16
TS_SYNC = 0x47  # ISO/IEC 13818-1: every packet's first byte. ffmpeg would look for one in rubbish for ever


class Listener(Protocol):
    """Who is told. Nothing is told after `stop()`."""

    def on_init(self, code: str, epoch: int, init: Init) -> None: ...

    def on_part(self, code: str, epoch: int, part: Part, captured_ms: int) -> None: ...

    def on_end(self, code: str, epoch: int, why: str, lines: list[str]) -> None: ...


class _Feed(ABC):
    """A task that runs from its making until it ends by itself or is stopped; its child never outlives it."""

    def __init__(self, code: str, epoch: int, listener: Listener, binary: str) -> None:
        self.code, self.epoch = code, epoch
        self._listener = listener
        self._binary = binary
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

    async def gone(self) -> None:
        """Returns once the child is ended and waited for."""
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        lines: list[str] = []
        try:
            why = await self._play()
        except Failure as failure:
            why = failure.why
            lines.append(str(failure))
        except BrokenStream as broken:
            why = "codec"
            lines.append(str(broken))
        except OSError as error:
            why = "no_picture"
            lines.append(f"ffmpeg could not be started: {type(error).__name__}")
            log.error("camera=%s ffmpeg could not be started: %s", self.code, error.strerror)
        except Exception as error:  # a mistake of ours: a feed that dies unheard would be waited for
            why = "no_picture"
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("camera=%s %s in %s:%d", self.code, type(error).__name__, place.name, place.lineno or 0)
        finally:
            await asyncio.shield(asyncio.ensure_future(self._clean_up()))
        if self._child:
            lines = [*self._child.lines, *lines]
        self._tell_end(why, lines)

    def _tell_end(self, why: str, lines: list[str]) -> None:
        if not self._stopped:
            self._stopped = True
            self._listener.on_end(self.code, self.epoch, why, lines)

    @abstractmethod
    async def _play(self) -> str:
        """Pass on parts until the source is over; why it is, a Camera.Why value. Failure, BrokenStream."""

    async def _clean_up(self) -> None:
        if self._child:
            await self._child.stop()

    async def _read(self, child: Child) -> None:
        """Cut the child's output into parts until it ends. BrokenStream."""
        splitter = Splitter()
        while chunk := await child.stdout.read(READ_BYTES):
            captured_ms = time.time_ns() // 1_000_000
            for piece in splitter.feed(chunk):
                if self._stopped:
                    return
                if isinstance(piece, Init):
                    self._listener.on_init(self.code, self.epoch, piece)
                else:
                    self._flowed = True
                    self._listener.on_part(self.code, self.epoch, piece, captured_ms)


class PullFeed(_Feed):
    """Fetches a camera by RTSP: proxy first, ffmpeg only once the proxy has seen what the camera offers."""

    def __init__(self, code: str, epoch: int, listener: Listener, binary: str, proxy: CameraProxy) -> None:
        self._proxy = proxy
        super().__init__(code, epoch, listener, binary)

    async def _play(self) -> str:
        await self._proxy.open()
        url = await self._proxy.listen()
        argv = ffmpeg.pull(self._binary, url, hevc=self._proxy.codec == "H265")
        self._child = Child(argv, secrets=self._proxy.secrets)
        await self._child.start()
        await self._read(self._child)
        if self._proxy.failure:
            raise self._proxy.failure
        return "ended" if self._flowed else "no_picture"

    async def _clean_up(self) -> None:
        await asyncio.gather(super()._clean_up(), self._proxy.close())


class PushFeed(_Feed):
    """Takes MPEG-TS from a box: `sink(bytes)` waits while ffmpeg is busy, `sink(b"")` ends the push."""

    def __init__(self, code: str, epoch: int, listener: Listener, binary: str) -> None:
        self._ready = asyncio.Event()
        self._begun = False
        super().__init__(code, epoch, listener, binary)

    async def sink(self, data: bytes) -> None:
        """ConnectionError once the feed is over."""
        if not data:
            self._tell_end("no_push", list(self._child.lines) if self._child else [])
            return
        if not self._begun and data[0] != TS_SYNC:
            self._tell_end("codec", ["What was pushed is no MPEG-TS."])
        self._begun = True
        await self._ready.wait()
        if self._stopped or not self._child:
            raise ConnectionAbortedError("the feed is over")
        self._child.stdin.write(data)
        await self._child.stdin.drain()

    async def _play(self) -> str:
        try:
            self._child = Child(ffmpeg.push(self._binary))
            await self._child.start(stdin=True)
        finally:
            self._ready.set()
        await self._read(self._child)
        return "ended" if self._flowed else "codec"
