"""The bell on the desk: told at once by a hint, told all the same without, and silent for strangers."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.sessions import CookieMiddleware
from django.test import Client

from sunkitchen import asgi
from sunkitchen.core import bell, notices
from sunkitchen.core.models import Notice
from sunkitchen.desks.notices.consumer import Bell

pytestmark = pytest.mark.django_db(transaction=True)

RARELY, OFTEN = 60.0, 0.05  # seconds between two looks
OURS = (b"origin", b"http://testserver")
UNREACHABLE = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},  # nobody listens there
    }
}


@pytest.fixture
def browser(wang):
    client = Client()
    client.force_login(wang)
    return client


class Socket(ApplicationCommunicator):
    """A browser's end. (channels.testing wants a server package that the product does not use.)"""

    async def connect(self):
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(5))["type"] == "websocket.accept"

    async def hears(self):
        return json.loads((await self.receive_output(5))["text"])

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)


def socket(client=None, origin=OURS, every=None):
    """A desk that opens the bell; `every` None is the product's own."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()) if client else ""
    headers = [(b"host", b"testserver"), (b"cookie", cookies.encode()), *([origin] if origin else [])]
    app = asgi.application if every is None else CookieMiddleware(Bell.as_asgi(every=every))
    return Socket(app, {"type": "websocket", "path": "/ws/bell/", "query_string": b"", "headers": headers})


@database_sync_to_async
def write(person, event):
    """A letter, from wherever actions run."""
    notices.tell(person, "x", "Subject", "Body", dedupe=event)


@database_sync_to_async
def sql(rows, **fields):
    return rows.update(**fields)


async def code_of(talk):
    """The code that the server closes with, after accepting."""
    assert await talk.connect(), "accepted first, so that the page learns why"
    return (await talk.receive_output(5))["code"]


async def test_a_desk_hears_at_once_what_is_new(browser, wang):
    await write(wang, "before")
    talk = socket(browser, every=RARELY)
    assert await talk.connect()
    assert await talk.hears() == {"unread": 1}
    await write(wang, "after")
    assert await talk.hears() == {"unread": 2}
    await database_sync_to_async(notices.read)(by=wang)
    assert await talk.hears() == {"unread": 0}
    await talk.disconnect()


async def test_what_another_process_wrote_arrives_without_a_hint(browser, wang):
    talk = socket(browser, every=OFTEN)
    await talk.connect()
    assert await talk.hears() == {"unread": 0}
    row = Notice(recipient=wang, channel="desk", kind="x", subject="s", body="b", dedupe="elsewhere")
    await database_sync_to_async(row.save)()
    assert await talk.hears() == {"unread": 1}
    await talk.disconnect()


async def test_a_redis_that_is_down_costs_the_hint_and_nothing_else(browser, wang, settings):
    settings.CHANNEL_LAYERS = UNREACHABLE
    talk = socket(browser, every=OFTEN)
    await talk.connect()
    assert await talk.hears() == {"unread": 0}
    await write(wang, "while it is down")
    assert await talk.hears() == {"unread": 1}
    await talk.disconnect()


async def test_nobody_hears_anothers_bell(browser, wang, qian):
    talk = socket(browser, every=OFTEN)
    await talk.connect()
    await talk.hears()
    await write(qian, "for Qian")
    assert await talk.receive_nothing(0.4)
    await talk.disconnect()


async def test_a_stranger_is_told_that_nobody_is_signed_in(db):
    assert await code_of(socket()) == 4401
    forged = Client()
    forged.cookies["sessionid"] = "not-a-session-of-ours"
    assert await code_of(socket(forged)) == 4401


@pytest.mark.parametrize("origin", [None, (b"origin", b"null"), (b"origin", b"http://evil.example")])
async def test_other_websites_do_not_open_the_bell(browser, origin):
    assert await code_of(socket(browser, origin=origin)) == 4403


async def test_the_bell_ends_with_the_session(browser, wang):
    talk = socket(browser, every=OFTEN)
    await talk.connect()
    await talk.hears()
    await database_sync_to_async(browser.post)("/sign-out/")
    assert (await talk.receive_output(5))["code"] == 4401


@pytest.mark.parametrize("change", ["closed account", "new password"])
async def test_the_bell_ends_with_the_account_and_with_its_password(browser, wang, change):
    talk = socket(browser, every=OFTEN)
    await talk.connect()
    await talk.hears()
    if change == "new password":
        wang.set_password("another-password-of-wang")
    wang.is_active = change == "new password"
    await database_sync_to_async(wang.save)()
    assert (await talk.receive_output(5))["code"] == 4401


@pytest.mark.parametrize("said", [{"text": "[" * 20_000}, {"bytes": b"\0" * 9}])
async def test_what_a_page_says_to_the_bell_is_nothing(browser, said):
    talk = socket(browser, every=OFTEN)
    await talk.connect()
    await talk.hears()
    await talk.send_input({"type": "websocket.receive", **said})
    assert await talk.receive_nothing(0.2)
    await talk.disconnect()


async def test_a_closed_desk_leaves_nobody_listening(browser, wang, settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    talk = socket(browser, every=RARELY)
    await talk.connect()
    await talk.hears()
    layer = get_channel_layer()
    while bell.group(wang.pk) not in layer.groups:
        await asyncio.sleep(0)
    await talk.disconnect()
    for _ in range(50):
        await asyncio.sleep(0)
    assert not layer.groups.get(bell.group(wang.pk))


async def test_the_hint_waits_for_the_transaction(browser, wang):
    from django.db import transaction

    @database_sync_to_async
    def undone():
        with transaction.atomic():
            notices.tell(wang, "x", "s", "b", dedupe="undone")
            transaction.set_rollback(True)

    talk = socket(browser, every=RARELY)
    await talk.connect()
    await talk.hears()
    await undone()
    assert await talk.receive_nothing(0.4)
    await talk.disconnect()
