"""Where cameras may be: the operator's exceptions, and how a camera's name becomes an address."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from .addresses import IP

Resolver = Callable[[str, int], Awaitable[list[IP]]]


@dataclass(frozen=True)
class Policy:
    """CAMERA_ALLOW and CAMERA_ALLOW_NETS."""

    allow: Collection[str] = ()
    nets: Iterable[str] = ()


async def system_resolver(host: str, port: int) -> list[IP]:
    """The addresses the system knows for `host`, in its order. OSError when it knows none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(entry[4][0]) for entry in found]
