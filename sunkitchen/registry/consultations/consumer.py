"""An open talk: what either side writes arrives on the other's screen, and what is sent here is kept before it is told.

As with the bell (desks/notices/consumer.py), a hint makes it fast and the rows, read again every few seconds, make it
true. The same look asks again who is signed in and whether the talk is still theirs: who is not an owner or an officer
any more loses the socket then.

A page sends {"say": text, "form": UUID, "held": [keys of its uploads], "canned": [ids]}, {"read": id}, {"typing": true}; it hears {"rows": [{id, form,
html}], "state", "closed"}, {"taken": form}, {"refused": form, "why": words, "again": whether to try later}, {"typing": true}.
"""

import asyncio
import contextlib
import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.accounts.sessions import whose
from sunkitchen.core import bell
from sunkitchen.core.origin import is_own_page
from sunkitchen.core.workflow import Refused

from ..uploads.tray import keys_of
from . import actions as consultations
from . import hints, words
from .gates import Side, side_of
from .models import Consultation, Message

NOBODY, BAD_ORIGIN, NOT_YOURS, TOO_MUCH = 4401, 4403, 4404, 4429
PAUSE = 0.2  # seconds between two looks, however often it is hinted
LONGEST = 20_000  # characters of a frame: a message of 2,000 with room for escapes
FRAMES, PER_SECOND = 40, 1.0  # a page may send so many at once, and earns new ones at that rate
TYPING_EVERY = 2.0  # seconds between two hints that somebody types

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    talk: int
    side: Side
    state: str
    is_closed: bool
    rows: list[dict[str, Any]]


def _reader(key: str, code: UUID) -> tuple[User, Consultation, Side] | int:
    person = whose(key)
    if person is None:
        return NOBODY
    rows = Consultation.objects.select_related("authority", "establishment", "asker", "clerk", "credential")
    talk = rows.filter(code=code).first()
    side = side_of(person, talk) if talk else None
    return (person, talk, side) if talk and side else NOT_YOURS


@database_sync_to_async
def _is_of(key: str, person: str) -> bool:
    """Whether the page is of who is signed in; a page that does not say so is anybody's."""
    found = whose(key) if person else None
    return not person or (found is not None and str(found.pk) == person)


@database_sync_to_async
def look(key: str, code: UUID, after: int, language: str) -> Seen | int:
    """What was written after that id, for who is signed in; or the code to close with."""
    found = _reader(key, code)
    if isinstance(found, int):
        return found
    person, talk, side = found
    with translation.override(language):
        rows = words.rows_of(talk, after=after)
        before = Message.objects.filter(consultation=talk, pk__lte=after).order_by("-pk").first() if rows else None
        drawn = [
            {"id": line.message.pk, "form": str(line.message.form), "html": words.drawn(line, talk)}
            for line in words.lines(rows, talk, person, side, before.at if before else None)
        ]
        return Seen(talk.pk, side, words.standing(talk, side), talk.state == Consultation.State.CLOSED, drawn)


@database_sync_to_async
def write(key: str, code: UUID, said: dict[str, Any], language: str) -> dict[str, Any] | int:
    """Keep a message; what to answer the page, or the code to close with."""
    found = _reader(key, code)
    if isinstance(found, int):
        return found
    person, talk, side = found
    with translation.override(language):
        try:
            form = UUID(said["form"])
        except (KeyError, ValueError, TypeError, AttributeError):
            return {"refused": None, "why": _("This message has no name of its own. Please load the page again.")}
        held = said.get("held")
        held = keys_of([key for key in held if isinstance(key, str)]) if isinstance(held, list) else []
        try:
            if side == Side.KITCHEN:
                consultations.say(talk, by=person, text=said.get("say", ""), form=form, held=held)
            else:
                canned = said.get("canned")
                canned = [one for one in canned if _is_id(one)] if isinstance(canned, list) else []
                consultations.answer(talk, by=person, text=said.get("say", ""), form=form, held=held, canned=canned)
        except Refused as error:
            return {"refused": str(form), "why": str(error), "again": False}
        except DatabaseError:
            return {"refused": str(form), "why": _("Not sent yet: it is tried again."), "again": True}
    return {"taken": str(form)}


@database_sync_to_async
def mark(key: str, code: UUID, upto: int) -> None:
    found = _reader(key, code)
    if not isinstance(found, int):
        with contextlib.suppress(DatabaseError):  # the next message marks it
            consultations.read(found[1], by=found[0], upto=upto)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


class TalkSocket(AsyncJsonWebsocketConsumer):
    """`every`: seconds between two looks at the rows."""

    # Not Channels' own ear: a layer that fails would end the socket, and the rows are there without it.
    channel_layer_alias = ""

    def __init__(self, every: float = 5.0) -> None:
        super().__init__()
        self._every = every
        self._hinted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._left = float(FRAMES)
        self._earned_at = self._typed_at = 0.0

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
        try:
            self._code = UUID(self.scope["path"].removeprefix("/ws/talk/").strip("/"))
        except ValueError:
            return await self.close(NOT_YOURS)
        asked = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        after, self._language = asked.get("after", ["0"])[0], asked.get("language", [""])[0]
        self._after = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0
        if self._language not in dict(settings.LANGUAGES):
            self._language = settings.LANGUAGE_CODE
        self._key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        self._told = ""
        if not await _is_of(self._key, asked.get("person", [""])[0]):
            return await self.close(NOBODY)  # somebody else signed in meanwhile: what waits on the page is not theirs
        seen = await self._look()
        if seen is not None:
            self._talk, self._side = seen.talk, seen.side
            self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._listen())]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if not self._tasks:
            return None  # closed already
        now = asyncio.get_running_loop().time()
        self._left = min(float(FRAMES), self._left + (now - (self._earned_at or now)) * PER_SECOND) - 1
        self._earned_at = now
        if self._left < 0:
            return await self.close(TOO_MUCH)
        try:
            said = json.loads(text_data) if text_data and len(text_data) <= LONGEST else None
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            with translation.override(self._language):
                return await self.send_json({"refused": None, "why": _("This is no message, or too long for one.")})
        if "say" in said:
            answer = await write(self._key, self._code, said, self._language)
            if isinstance(answer, int):
                return await self.close(answer)
            await self.send_json(answer)
            self._hinted.set()
        elif _is_id(said.get("read")):
            await mark(self._key, self._code, said["read"])
        elif "typing" in said and now - self._typed_at >= TYPING_EVERY:
            self._typed_at = now
            with contextlib.suppress(Exception):
                await hints.send(self._talk, {"type": hints.TYPING, "side": self._side.value})

    async def _look(self) -> Seen | None:
        """Tell the page what is new. None when it was closed."""
        while True:
            seen = await look(self._key, self._code, self._after, self._language)
            if isinstance(seen, int):
                await self.close(seen)
                return None
            if seen.rows or seen.state != self._told:
                await self.send_json({"rows": seen.rows, "state": seen.state, "closed": seen.is_closed})
                self._told = seen.state
            if seen.rows:
                self._after = seen.rows[-1]["id"]
            if len(seen.rows) < words.AT_ONCE:
                return seen

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(min(PAUSE, self._every))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._hinted.wait()
            self._hinted.clear()
            try:
                if await self._look() is None:
                    return
            except DatabaseError:
                continue  # away or locked: the next look may tell

    async def _listen(self) -> None:
        while True:
            try:
                layer = get_channel_layer()
                name = await layer.new_channel()
                await layer.group_add(hints.group(self._talk), name)
                try:
                    while True:
                        await self._heard(await layer.receive(name))
                finally:
                    with contextlib.suppress(Exception):
                        async with asyncio.timeout(bell.PATIENCE):
                            await layer.group_discard(hints.group(self._talk), name)
            except Exception as error:  # the layer is away: the rows are read all the same
                log.info("An open talk hears no hints: %s", type(error).__name__)
            await asyncio.sleep(self._every)

    async def _heard(self, message: dict[str, Any]) -> None:
        if message["type"] == hints.TYPING:
            if message.get("side") != self._side.value:
                await self.send_json({"typing": True})
        else:
            self._hinted.set()


app = CookieMiddleware(TalkSocket.as_asgi())
