"""The door of our WebSocket apps: accepted first, served, and closed with a code that tells the page why."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from django.db import Error as DatabaseError

from .answers import Message, Receive, Send

BAD_TICKET, BAD_ORIGIN, NO_CAMERA, STOPPED = 4401, 4403, 4404, 4410
LATER = 1013  # RFC 6455's registry: try again later


class Closed(Exception):
    """The connection ends with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def served(
    scope: Message, receive: Receive, send: Send, protocol: str, serve: Callable[[list[str]], Awaitable[None]]
) -> None:
    """Accept, await `serve(offered subprotocols)` until it returns or raises Closed, and close with that code."""
    await receive()  # websocket.connect
    offered: list[str] = scope.get("subprotocols", [])
    try:
        # Accepted first, whatever comes: a refused handshake would not tell the page why.
        await send({"type": "websocket.accept", "subprotocol": protocol if protocol in offered else None})
        try:
            await serve(offered)
        except DatabaseError:
            raise Closed(LATER) from None
    except Closed as end:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(2):
                await send({"type": "websocket.close", "code": end.code})
