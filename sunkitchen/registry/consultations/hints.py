"""A hint through the channel layer that a consultation changed. It may be lost; the rows are there."""

import asyncio
import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from sunkitchen.core.bell import PATIENCE

CHANGED = "talk.changed"  # the types of the messages
TYPING = "talk.typing"

log = logging.getLogger(__name__)


def group(talk: int) -> str:
    """The channel layer's group of everybody who has it open."""
    return f"talk.{talk}"


def changed(talk: int) -> None:
    """Once the transaction stands, hint to who has it open. Whatever happens to the hint, the action has succeeded."""
    transaction.on_commit(lambda: _hint(talk), robust=True)


def _hint(talk: int) -> None:
    try:
        async_to_sync(send)(talk, {"type": CHANGED})
    except Exception as error:  # the layer is away, or this thread runs a loop of its own: the re-read carries it
        log.info("No hint of a consultation went out: %s", type(error).__name__)


async def send(talk: int, message: dict[str, str]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(group(talk), message)
