"""A diner, what they send, and complaints in every state."""

import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation

from ratings.complaints import actions, receiving
from ratings.complaints.receiving import Diner
from tests import builders

OURS = {"origin": "http://testserver"}
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; PJZ110) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 "
    "Mobile Safari/537.36 XWEB/1300333 MMWEBSDK/20241103 MicroMessenger/8.0.55.2780 WeChat/arm64 Weixin NetType/4G"
)
SECRET = Diner(name="何证人", mobile="13912345678", email="witness@example.com")
SAID = "后厨有老鼠，我在靠窗第二桌亲眼看见。"


@pytest.fixture(autouse=True)
def _own_rooms(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    settings.CLIPS_ROOT = tmp_path / "clips"
    settings.POSTERS_ROOT = tmp_path / "posters"
    settings.SMS_FILE_PATH = tmp_path / "sms"
    for folder in (settings.CLIPS_ROOT, settings.POSTERS_ROOT):
        folder.mkdir()
    cache.clear()
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def guest():
    """A browser without an account."""
    return Client()


@pytest.fixture
def camera(restaurant):
    now = timezone.now()
    return builders.camera(restaurant, state="live", since=now - timedelta(minutes=5), seen_at=now, epoch=1)


@pytest.fixture
def receive(restaurant):
    """Take one in: `receive(kind="dispute")`."""

    def receive(place=None, kind="lead", category="dirt", said=SAID, diner=SECRET, at=None, **fields):
        fields.setdefault("form", uuid.uuid4())
        return receiving.receive(
            place or restaurant, kind=kind, category=category, said=said, diner=diner, at=at, **fields
        )

    return receive


@pytest.fixture
def brought(receive, li, zhao):
    """One that was brought to that state: `brought("investigating", kind="dispute")`."""

    def brought(state, **fields):
        complaint = receive(**fields)
        for name, do in [
            ("refused", lambda: actions.refuse(complaint, by=li, reason="不属于本局职责。")),
            ("accepted", lambda: actions.accept(complaint, by=li)),
            ("assigned", lambda: actions.assign(complaint, by=li, to=zhao)),
            ("investigating", lambda: actions.investigate(complaint, by=zhao)),
            ("resolved", lambda: actions.resolve(complaint, by=zhao, upheld=True, serious=False, reply="已责令改正。")),
            ("closed", lambda: actions.close(complaint, by=li)),
        ]:
            if state == "received" or (name == "refused" and state != "refused"):
                continue
            do()
            if name == state:
                break
        return complaint

    return brought


def form(kind="lead", **fields):
    """What a diner's browser sends."""
    sent = {"form": str(uuid.uuid4()), "category": "dirt", "said": SAID}
    if kind == "dispute":
        sent |= {"name": "何证人", "contact": "13912345678"}
    return sent | fields


def new_url(place, kind="lead", language=""):
    return f"{language}/complaints/new/?k={place.code}&kind={kind}"
