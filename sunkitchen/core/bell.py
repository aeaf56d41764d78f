"""The bell: a hint through the channel layer that somebody's notices changed. A hint may be lost; the rows are there."""

import asyncio
import logging
from collections.abc import Iterable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

PATIENCE = 1.0  # seconds that an action waits for a channel layer at most
RUNG = "bell.rung"  # the type of the message

log = logging.getLogger(__name__)


def group(user: int) -> str:
    """The channel layer's group of everything that the person has open."""
    return f"bell.{user}"


def ring(users: Iterable[int]) -> None:
    """Once the transaction stands, hint to these people. Whatever happens to the hint, the action has succeeded."""
    people = sorted(set(users))
    if people:
        transaction.on_commit(lambda: _ring(people), robust=True)


def _ring(users: list[int]) -> None:
    try:
        async_to_sync(_send)(users)
    except Exception as error:  # Redis is down, or this thread runs a loop of its own: the re-read carries it
        log.info("The bell did not ring: %s", type(error).__name__)


async def _send(users: list[int]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    async with asyncio.timeout(PATIENCE):
        for user in users:
            await layer.group_send(group(user), {"type": RUNG})
