"""Requests a second that one uvicorn process answers: the kitchen's page, beside a plain page through the same middleware.

Sixteen connections kept alive from one process of this machine; client and server share its cores.
"""

import asyncio
import time
from collections.abc import Iterator

from bench import Measure
from bench._stage import stage

CONNECTIONS = 16
SECONDS = 6.0
PLAIN = "/privacy/"


def run() -> Iterator[Measure]:
    with stage() as on:
        port = on.site.port
        paths = {"page": f"/k/{on.kitchen}/", "plain": PLAIN}
        for path in paths.values():
            asyncio.run(load(port, path, 1.0))
        # In turns, so that both meet the same machine.
        rounds = [{name: asyncio.run(load(port, path, SECONDS / 3)) for name, path in paths.items()} for _ in range(3)]
    page, plain = (sorted(one[name] for one in rounds)[1] for name in ("page", "plain"))
    yield Measure(
        "pages.kitchen", round(page, 1), "requests/s", f"{PLAIN} through the same middleware", round(plain, 1)
    )


async def load(port: int, path: str, seconds: float) -> float:
    """Answered requests a second. AssertionError for any status but 200."""
    until = time.monotonic() + seconds
    counts = await asyncio.gather(*(one(port, path, until) for _ in range(CONNECTIONS)))
    return sum(counts) / seconds


async def one(port: int, path: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
    count = 0
    while time.monotonic() < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        count += 1
    writer.close()
    return count
