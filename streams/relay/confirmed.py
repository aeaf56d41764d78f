"""What each camera is meant to see, read when it is needed and remembered: a new confirmation is heard of within AGAIN."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import Error as DatabaseError

from .likeness import Confirmed, Polygons

log = logging.getLogger("sunkitchen.relay.truth")

AGAIN = 10.0  # seconds


@dataclass(frozen=True)
class Reading:
    """Of a camera's row: the picture's cells, what is masked, and when it was confirmed. `gray` is None if unchanged."""

    at: datetime
    gray: bytes | None
    masks: Polygons


# (code, the confirmation that is known already) → its reading, None where none was ever confirmed
Read = Callable[[str, datetime | None], Awaitable[Reading | None]]


class References:
    """`of(code)` is fit for `Sights(confirmed=…)`."""

    def __init__(self, read: Read, *, monotonic: Callable[[], float]) -> None:
        self._read = read
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, datetime | None, Confirmed | None]] = {}

    async def of(self, code: str) -> Confirmed | None:
        """None where nothing was confirmed. While the database does not answer, what was known stays."""
        asked_at, confirmed_at, known = self._known.get(code, (float("-inf"), None, None))
        now = self._monotonic()
        if now - asked_at < AGAIN:
            return known
        try:
            reading = await self._read(code, confirmed_at)
        except DatabaseError as error:
            log.warning("camera=%s its confirmed picture could not be read: %s", code, type(error).__name__)
            return known
        if reading is None:
            confirmed_at = known = None
        elif reading.gray is not None:
            confirmed_at, known = reading.at, Confirmed(reading.gray, reading.masks)
        self._known[code] = now, confirmed_at, known
        return known
