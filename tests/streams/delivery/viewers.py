"""Viewers of a test: their socket, what it heard, how it was closed; and another process's hand in the rows."""

import asyncio
import json
from contextlib import asynccontextmanager

import websockets
from django.db import connection

from streams.relay import wire
from tests.real import servers


@asynccontextmanager
async def watching(site, ticket, code="cam1", origin=..., **options):
    origin = f"http://{site.host}" if origin is ... else origin
    async with websockets.connect(
        site.ws(code), subprotocols=["sunkitchen.live", ticket], origin=origin, compression=None, **options
    ) as ws:
        yield ws


class Heard:
    """All a viewer got: texts by type, and media messages as (header, bytes)."""

    def __init__(self):
        self.texts, self.media, self.init = [], [], b""

    def of(self, kind):
        return [text for text in self.texts if text["type"] == kind]

    async def until(self, ws, true, seconds=30):
        async with asyncio.timeout(seconds):
            while not true(self):
                self.take(await ws.recv())
        return self

    def take(self, message):
        if isinstance(message, str):
            self.texts.append(json.loads(message))
            return
        head = wire.HEADER.unpack(message[:16])
        if head[0] == wire.INIT:
            self.init = message[16:]
        else:
            self.media.append((head, message[16:]))


async def closed(ws, seconds=30):
    async with asyncio.timeout(seconds):
        await ws.wait_closed()
    return ws.close_code


def database():
    """Another process's hand in the same database."""
    return servers.hand(connection.settings_dict["NAME"])
