"""The bell of an open desk: how many notices its person has not read yet, as soon as that changes.

A hint through the channel layer makes it fast; the rows, read again every few seconds, make it true. So a lost hint, a
Redis that is down, or a layer that other processes never reach costs seconds and nothing else.
"""

import asyncio
import contextlib
import logging
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.db import Error as DatabaseError

from sunkitchen.accounts.sessions import whose
from sunkitchen.core import bell
from sunkitchen.core.models import Notice
from sunkitchen.core.origin import is_own_page

NOBODY, BAD_ORIGIN = 4401, 4403
PAUSE = 0.2  # seconds between two looks, however often the bell rings

log = logging.getLogger(__name__)


@database_sync_to_async
def look(session_key: str) -> tuple[int, int] | None:
    """(the person's id, how many notices are unread), or None for nobody."""
    person = whose(session_key)
    return (person.pk, Notice.objects.on_desk(person).unread().count()) if person else None


class Bell(AsyncJsonWebsocketConsumer):
    """`every`: seconds between two looks at the rows."""

    # Not Channels' own ear: a layer that fails would end the socket, and the rows are there without it.
    channel_layer_alias = ""

    def __init__(self, every: float = 5.0) -> None:
        super().__init__()
        self._every = every
        self._rung = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # `disconnect` may not run
            for task in self._tasks:
                task.cancel()

    async def connect(self) -> None:
        await self.accept()  # first, whatever comes: a refused handshake would not tell the page why
        if not is_own_page(self.scope):
            return await self.close(BAD_ORIGIN)
        self._key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        seen = await look(self._key)
        if seen is None:
            return await self.close(NOBODY)
        person, unread = seen
        await self.send_json({"unread": unread})
        self._tasks = [asyncio.create_task(self._watch(unread)), asyncio.create_task(self._listen(person))]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """A page has nothing to say here."""

    async def _watch(self, told: int) -> None:
        while True:
            await asyncio.sleep(min(PAUSE, self._every))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._rung.wait()
            self._rung.clear()
            try:
                seen = await look(self._key)
            except DatabaseError:
                continue  # away or locked: the next look may tell
            if seen is None:
                return await self.close(NOBODY)
            if seen[1] != told:
                told = seen[1]
                await self.send_json({"unread": told})

    async def _listen(self, person: int) -> None:
        while True:
            try:
                layer = get_channel_layer()
                name = await layer.new_channel()
                await layer.group_add(bell.group(person), name)
                try:
                    while True:
                        await layer.receive(name)
                        self._rung.set()
                finally:
                    with contextlib.suppress(Exception):
                        async with asyncio.timeout(bell.PATIENCE):
                            await layer.group_discard(bell.group(person), name)
            except Exception as error:  # the layer is away: the rows are read all the same
                log.info("The bell hears nothing: %s", type(error).__name__)
            await asyncio.sleep(self._every)


app = CookieMiddleware(Bell.as_asgi())
