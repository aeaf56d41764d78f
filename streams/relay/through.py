"""A stream reader that can hand over what comes the moment it comes: no task is woken, no loop goes round for it.

For what flows for hours, a frame at a time: twenty cameras' pictures, which cost the relay more in waking up than in
looking at them.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

Taker = Callable[[bytes], object]


class Through(asyncio.StreamReader):
    """Where `taker` is set, bytes go there and the reader gets none. What it raises, the reader raises, and so no
    more goes to it. Set it only after a read that gave less than it was asked for: older bytes would be overtaken."""

    taker: Taker | None = None

    def feed_data(self, data: Any) -> None:
        if self.taker is None:
            super().feed_data(data)
            return
        try:
            self.taker(data)
        except Exception as error:
            self.taker = None
            self.set_exception(error)


async def connected(host: str, port: int, *, limit: int, **options: Any) -> tuple[Through, asyncio.StreamWriter]:
    """`asyncio.open_connection` with such a reader."""
    loop = asyncio.get_running_loop()
    reader = Through(limit=limit, loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.create_connection(lambda: protocol, host, port, **options)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def received(end: socket.socket, *, limit: int) -> tuple[Through, asyncio.StreamWriter]:
    """The same of one end of a socket pair, which is then the writer's to close."""
    loop = asyncio.get_running_loop()
    reader = Through(limit=limit, loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.create_unix_connection(lambda: protocol, sock=end)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
