"""What the ASGI apps of one web process share: its hub client, and what the rows say of cameras, read now and then."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone

from streams.cameras import actions
from streams.models import Camera
from streams.relay.hub_client import HubClient
from streams.relay.ring import Status

log = logging.getLogger("sunkitchen.delivery")

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, HubClient] = WeakKeyDictionary()


def hub() -> HubClient:
    """The hub client of the running loop: one connection for all the cameras its viewers watch."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = HubClient(settings.RELAY_SOCKET)
    return _clients[loop]


@dataclass(frozen=True)
class Seen:
    """A camera's row as it was read: who may come in, and with which serial."""

    code: str
    serial: int
    open: bool  # enabled, within its hours, and its kitchen is not closed
    withheld: bool  # somebody who works before it has withdrawn consent
    source: str
    push_key_hash: str
    status: Status  # as far as the row vouches for it
    has_sub: bool = False  # a second, smaller stream that may be shown as it comes
    private: bool = False  # a check's: only its clerk's tickets open it

    @property
    def watchable(self) -> bool:
        return self.open and not self.withheld


@database_sync_to_async
def read_row(code: str) -> Seen | None:
    camera = Camera.every.select_related("establishment").filter(code=code).first()
    if camera is None:
        return None
    now = timezone.now()
    # A kitchen that is closed may be asked to show what it is to open with.
    may_show = camera.is_check or camera.establishment.state != "closed"
    is_open = camera.enabled and camera.shows_at(now) and may_show
    said = camera.status(now)
    since = said.since.isoformat() if said.since else None
    status = Status(str(said.state), since, str(said.why))
    withheld = camera.is_withheld(timezone.localdate())
    # A masked camera's second stream may be cut differently, so that the masks hide something else: never shown.
    has_sub = bool(camera.sealed_sub_url) and not camera.masks
    return Seen(
        camera.code,
        camera.serial,
        is_open,
        withheld,
        camera.source,
        camera.push_key_hash,
        status,
        has_sub,
        camera.is_check,
    )


def _write_want(code: str) -> None:
    if camera := Camera.every.filter(code=code).first():
        actions.want(camera, timezone.now())


# A thread of its own: a write may wait for a lock, and who reads rows must not wait behind it.
write_want = database_sync_to_async(
    _write_want, thread_sensitive=False, executor=ThreadPoolExecutor(1, thread_name_prefix="wants")
)


class Lookout:
    """Rows read at most once in `every` seconds a camera, however many viewers ask; asking at once shares one read."""

    KNOWN = 10_000  # cameras remembered; codes that do not exist are remembered too

    def __init__(self, every: float) -> None:
        self._every = every
        self._reads: dict[str, tuple[float, asyncio.Future[Seen | None]]] = {}
        self._wants: dict[str, float] = {}
        self._writes: dict[str, asyncio.Task[None]] = {}

    async def look(self, code: str, within: float | None = None) -> Seen | None:
        """The camera's row, at most `within` (else `every`) seconds old; None where there is none."""
        now = time.monotonic()
        at, read = self._reads.get(code, (0.0, None))
        if read is None or now - at >= (within or self._every) or read.get_loop() is not asyncio.get_running_loop():
            if len(self._reads) > self.KNOWN:
                self._reads.clear()
            read = asyncio.ensure_future(read_row(code))
            self._reads[code] = (now, read)
            read.add_done_callback(lambda done: self._forget_failed(code, done))
        return await asyncio.shield(read)

    async def want(self, code: str, hls: bool = False) -> None:
        """Keep the camera wanted: a hint, and a row when the database has time; at most once in ten seconds.

        `hls`: by somebody who needs parts on disk.
        """
        now = time.monotonic()
        if now - self._wants.get(code, -60.0) < actions.WANT_AGAIN.total_seconds() or code in self._writes:
            return
        if len(self._wants) > self.KNOWN:
            self._wants.clear()
        self._wants[code] = now
        write = self._writes[code] = asyncio.create_task(self._write(code))
        write.add_done_callback(lambda done: self._writes.pop(code, None))
        await hub().want(code, hls=hls)

    @staticmethod
    async def _write(code: str) -> None:
        try:
            await write_want(code)
        except DatabaseError as error:
            log.warning("camera=%s not written that it is wanted: %s", code, type(error).__name__)

    def _forget_failed(self, code: str, read: "asyncio.Future[Seen | None]") -> None:
        if (read.cancelled() or read.exception()) and self._reads.get(code, (0, None))[1] is read:
            del self._reads[code]
