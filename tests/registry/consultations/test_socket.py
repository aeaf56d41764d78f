"""An open talk: both sides hear each other at once, and all the same without a hint; who has no right there, nothing."""

import json
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.sessions import CookieMiddleware
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from sunkitchen import asgi
from sunkitchen.registry.consultations import actions as consultations
from sunkitchen.registry.consultations.consumer import FRAMES, TalkSocket
from sunkitchen.registry.models import Membership, Message

pytestmark = pytest.mark.django_db(transaction=True)

RARELY, OFTEN = 60.0, 0.05  # seconds between two looks
PATIENCE = 30
OURS = (b"origin", b"http://testserver")


class Socket(ApplicationCommunicator):
    """A browser's end."""

    async def connect(self):
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(PATIENCE))["type"] == "websocket.accept"

    async def hears(self):
        return json.loads((await self.receive_output(PATIENCE))["text"])

    async def hears_until(self, key):
        """What it says first with that key."""
        for _turn in range(20):
            if said := (await self.hears()).get(key):
                return said
        raise AssertionError(f"nothing with {key}")

    async def says(self, **said):
        await self.send_input({"type": "websocket.receive", "text": json.dumps(said)})

    async def code(self):
        """What it is closed with."""
        while (said := await self.receive_output(PATIENCE))["type"] != "websocket.close":
            pass
        return said["code"]

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(PATIENCE)


def cookies_of(person):
    client = Client()
    client.force_login(person)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


@pytest.fixture
def opens(question, wang, li):
    """`await opens(wang)`: that person's page of the talk."""
    cookies = {person.pk: cookies_of(person) for person in (wang, li)}

    async def opened(person, *, after=None, every=RARELY, origin=OURS, of=None):
        headers = [(b"host", b"testserver"), *([origin] if origin else [])]
        if person:
            headers.append((b"cookie", cookies.get(person.pk, "").encode()))
        after = question.messages.get().pk if after is None else after
        app = asgi.application if every is None else CookieMiddleware(TalkSocket.as_asgi(every=every))
        path, query = f"/ws/talk/{question.code}/", f"language=en&after={after}".encode()
        query += f"&person={of.pk}".encode() if of else b""
        talk = Socket(app, {"type": "websocket", "path": path, "query_string": query, "headers": headers})
        assert await talk.connect(), "accepted first, so that the page learns why"
        return talk

    async def ready(person, **options):
        talk = await opened(person, **options)
        await talk.hears()  # the state
        return talk

    ready.raw = opened
    return ready


@pytest.fixture
async def first(question):
    return await database_sync_to_async(lambda: question.messages.get().pk)()


async def test_both_sides_hear_each_other_at_once(opens, wang, li, first):
    owner, clerk = await opens(wang, after=first), await opens(li, after=first)
    form = str(uuid4())
    await owner.says(say="在吗？", form=form)
    assert await owner.hears_until("taken") == form
    (row,) = await clerk.hears_until("rows")
    assert "在吗？" in row["html"] and row["form"] == form
    await clerk.says(say="在。", form=str(uuid4()))
    while "在。" not in (await owner.hears_until("rows"))[-1]["html"]:
        pass
    for one in (owner, clerk):
        await one.disconnect()


async def test_what_another_process_wrote_arrives_without_a_hint(opens, question, wang, li, first):
    owner = await opens(wang, after=first, every=OFTEN)
    row = Message(consultation=question, side="bureau", author=li, text="别处写的", at=timezone.now())
    await database_sync_to_async(row.save)()
    assert "别处写的" in (await owner.hears_until("rows"))[0]["html"]
    await owner.disconnect()


async def test_after_a_lost_connection_only_what_is_new_arrives(opens, question, wang, li, first):
    said = await database_sync_to_async(consultations.answer)(question, by=li, text="一")
    await database_sync_to_async(consultations.answer)(question, by=li, text="二")
    owner = await opens.raw(wang, after=said.pk)
    rows = await owner.hears_until("rows")
    assert len(rows) == 1 and "二" in rows[0]["html"]
    await owner.disconnect()


async def test_a_message_sent_again_after_a_lost_connection_is_written_once(opens, question, wang, first):
    form = str(uuid4())
    for _time in range(2):
        owner = await opens(wang, after=first)
        await owner.says(say="只写一次", form=form)
        assert await owner.hears_until("taken") == form
        await owner.disconnect()
    assert await database_sync_to_async(Message.objects.filter(text="只写一次").count)() == 1


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 2001, "", 7, ["x"], None])
async def test_what_is_no_message_is_refused_in_words(text, opens, question, wang, first):
    owner = await opens(wang, after=first)
    form = str(uuid4())
    await owner.says(say=text, form=form)
    said = await owner.hears()
    assert said["refused"] == form and said["why"] and not said["again"]
    assert await database_sync_to_async(question.messages.count)() == 1
    await owner.disconnect()


@pytest.mark.parametrize(
    "frame", ["[" * 19_000, "x", "[]", "3", '{"say": "x"}', '{"say": "x", "form": 5}', "x" * 30_000]
)
async def test_what_is_no_frame_is_refused_and_harms_nobody(frame, opens, wang, first):
    owner = await opens(wang, after=first)
    await owner.send_input({"type": "websocket.receive", "text": frame})
    assert (await owner.hears())["why"]
    await owner.says(say="还在", form=str(uuid4()))
    assert await owner.hears_until("taken")
    await owner.disconnect()


@pytest.mark.parametrize("said", [{"read": 2**70}, {"read": -1}, {"read": "x"}, {"read": True}, {"typing": []}, {}])
async def test_odd_marks_are_nothing(said, opens, wang, first):
    owner = await opens(wang, after=first)
    await owner.says(**said)
    await owner.says(say="x", form=str(uuid4()))
    assert await owner.hears_until("taken")
    await owner.disconnect()


async def test_who_floods_loses_the_socket(opens, wang, first):
    owner = await opens(wang, after=first)
    for _turn in range(2 * FRAMES):
        await owner.says(read=1)
    assert await owner.code() == 4429


async def test_that_somebody_writes_is_told_to_the_other_side_alone(opens, wang, li, first):
    owner, clerk = await opens(wang, after=first), await opens(li, after=first, every=OFTEN)
    for _turn in range(50):  # until the other end listens
        owner_typed = {"typing": True}
        await owner.says(**owner_typed)
        if not await clerk.receive_nothing(0.2):
            break
    assert (await clerk.hears()) == {"typing": True}
    assert await owner.receive_nothing(0.2)
    for one in (owner, clerk):
        await one.disconnect()


async def test_strangers_are_told_that_there_is_nothing(opens, qian, first):
    talk = await opens.raw(None, after=first)
    assert await talk.code() == 4401
    cookies = await database_sync_to_async(cookies_of)(qian)
    path = "/ws/talk/6b1f0d5e-5a0e-4d54-9d0c-2f4f3c9b7a11/"
    headers = [(b"host", b"testserver"), OURS, (b"cookie", cookies.encode())]
    nothing = Socket(asgi.application, {"type": "websocket", "path": path, "query_string": b"", "headers": headers})
    await nothing.connect()
    assert await nothing.code() == 4404


async def test_another_person_with_an_account_is_a_stranger(question, opens, qian):
    cookies = await database_sync_to_async(cookies_of)(qian)
    headers = [(b"host", b"testserver"), OURS, (b"cookie", cookies.encode())]
    path = f"/ws/talk/{question.code}/"
    talk = Socket(asgi.application, {"type": "websocket", "path": path, "query_string": b"after=x", "headers": headers})
    await talk.connect()
    assert await talk.code() == 4404


@pytest.mark.parametrize("origin", [None, (b"origin", b"null"), (b"origin", b"http://evil.example")])
async def test_other_websites_do_not_open_a_talk(opens, wang, origin, first):
    talk = await opens.raw(wang, after=first, origin=origin)
    assert await talk.code() == 4403


@pytest.mark.parametrize("who", ["owner", "clerk"])
async def test_who_is_no_owner_or_officer_any_more_loses_the_socket(who, opens, wang, li, restaurant, first):
    talk = await opens(wang if who == "owner" else li, after=first, every=OFTEN)
    rows = Membership.objects.filter(user=wang) if who == "owner" else li.posts.all()
    await database_sync_to_async(rows.update)(ended_at=timezone.now())
    assert await talk.code() == 4404


async def test_an_ended_owner_writes_nothing_more_even_before_the_next_look(opens, question, wang, first):
    talk = await opens(wang, after=first)
    await database_sync_to_async(Membership.objects.filter(user=wang).update)(ended_at=timezone.now())
    await talk.says(say="还能写吗", form=str(uuid4()))
    assert await talk.code() == 4404
    assert await database_sync_to_async(question.messages.count)() == 1


async def test_the_socket_ends_with_the_account(opens, wang, first):
    talk = await opens(wang, after=first, every=OFTEN)
    wang.is_active = False
    await database_sync_to_async(wang.save)()
    assert await talk.code() == 4401


async def test_the_socket_ends_with_a_new_password(opens, wang, first):
    talk = await opens(wang, after=first, every=OFTEN)
    wang.set_password("ein-anderes-kennwort-4711")
    await database_sync_to_async(wang.save)()
    assert await talk.code() == 4401


async def test_the_socket_ends_with_signing_out(opens, wang, first):
    talk = await opens(wang, after=first, every=OFTEN)
    await database_sync_to_async(Session.objects.all().delete)()
    assert await talk.code() == 4401


async def test_a_page_of_somebody_else_is_not_carried_on_by_who_signed_in_since(opens, wang, li, first):
    assert await (await opens.raw(wang, of=li, after=first)).code() == 4401
    talk = await opens(wang, of=wang, after=first)
    await talk.says(say="在", form=str(uuid4()))
    assert await talk.hears_until("taken")


async def test_a_layer_that_is_down_costs_the_hint_and_nothing_else(opens, wang, li, question, settings, first):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},  # nobody listens there
        }
    }
    owner = await opens(wang, after=first, every=OFTEN)
    await database_sync_to_async(consultations.answer)(question, by=li, text="还是到了")
    assert "还是到了" in (await owner.hears_until("rows"))[0]["html"]
    await owner.disconnect()
