"""Before a grave deed the session proves itself once more: tried on a small view of its own."""

import pytest
import time_machine
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from sunkitchen.accounts import stepup
from tests import builders
from tests.conftest import prove

PASSWORD = "correct horse battery"
AGAIN = "/sign-in/again/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(hailan):
    return builders.officer("孙发", hailan, "publisher", email="sun@example.com", password=PASSWORD)


@stepup.required
def grave(request):
    return HttpResponse("done")


def asked(client, person, method="GET", **headers):
    """What the grave view answers to that browser."""
    request = getattr(RequestFactory(headers=headers), method.lower())("/office/grave/?page=2")
    request.session, request.user = client.session, person
    request._messages = FallbackStorage(request)
    with translation.override("zh-hans"):
        return grave(request)


def test_a_session_that_proved_nothing_is_sent_to_prove_itself(at, officer):
    answer = asked(at(officer), officer)
    assert answer.url == "/sign-in/again/?next=%2Foffice%2Fgrave%2F%3Fpage%3D2"


def test_with_the_password_the_deed_is_done(at, officer):
    client = at(officer)
    answer = client.post(AGAIN, {"password": PASSWORD, "next": "/office/grave/?page=2"})
    assert answer.url == "/office/grave/?page=2"
    assert asked(client, officer).content == b"done"


def test_a_wrong_password_proves_nothing(at, officer):
    client = at(officer)
    page = client.post(AGAIN, {"password": "something else"})
    assert "密码不对" in page.content.decode() or page.status_code == 200
    assert asked(client, officer).status_code == 302


def test_the_proof_ends_after_five_minutes(at, officer):
    client = at(officer)
    with time_machine.travel("2026-11-22 10:00:00+08:00", tick=False) as clock:
        prove(client)
        clock.shift(300)
        assert asked(client, officer).status_code == 200
        clock.shift(1)
        assert asked(client, officer).status_code == 302


def test_a_clock_that_was_set_back_ends_the_proof(at, officer):
    client = at(officer)
    with time_machine.travel("2026-11-22 10:00:00+08:00", tick=False) as clock:
        prove(client)
        clock.shift(-3600)
        assert asked(client, officer).status_code == 302


def test_having_just_signed_in_is_a_proof(client, officer):
    client.post("/sign-in/", {"login": "sun@example.com", "password": PASSWORD})
    assert asked(client, officer).status_code == 200


def test_anothers_proof_in_the_same_session_is_none(at, officer, li):
    client = at(officer)
    prove(client)
    assert asked(client, li).status_code == 302


def test_the_way_back_never_leads_to_another_site(at, officer):
    answer = at(officer).post(AGAIN, {"password": PASSWORD, "next": "https://evil.example/"})
    assert answer.url == "/office/"


def test_a_form_that_was_sent_comes_back_to_its_page(at, officer):
    client = at(officer)
    answer = asked(client, officer, "POST", referer="http://testserver/office/editions/3/")
    assert answer.url == "/sign-in/again/?next=%2Foffice%2Feditions%2F3%2F"
    answer = asked(client, officer, "POST", referer="https://evil.example/office/")
    assert answer.url == "/sign-in/again/?next=%2Foffice%2Fgrave%2F"


def test_nobody_guesses_passwords_there(at, officer):
    client = at(officer)
    answers = [client.post(AGAIN, {"password": f"guess {n}"}).status_code for n in range(9)]
    assert answers == [200] * 8 + [429]


def test_who_has_no_password_is_sent_a_code(at, phone, hailan):
    person = builders.officer("孙发", hailan, "publisher", mobile="13800000003")
    client = at(person)
    assert "138****0003" in client.get(AGAIN).content.decode()
    assert not phone.messages(), "looking at the page sends nothing"
    client.post(AGAIN, {"action": "send", "next": "/office/audit/"})
    code = phone.code("13800000003")
    assert client.post(AGAIN, {"code": f"{(int(code) + 1) % 1_000_000:06}"}).status_code == 200
    assert asked(client, person).status_code == 302
    assert client.post(AGAIN, {"code": code, "next": "/office/audit/"}).url == "/office/audit/"
    assert asked(client, person).status_code == 200


def test_a_code_is_no_longer_right_after_five_minutes(at, phone, hailan):
    person = builders.officer("孙发", hailan, "publisher", mobile="13800000003")
    client = at(person)
    with time_machine.travel("2026-11-22 10:00:00+08:00", tick=False) as clock:
        client.post(AGAIN, {"action": "send"})
        clock.shift(301)
        assert client.post(AGAIN, {"code": phone.code("13800000003")}).status_code == 200
    assert asked(client, person).status_code == 302


def test_a_stranger_signs_in_first(client):
    assert client.get(AGAIN).url == "/sign-in/?next=/sign-in/again/"


@pytest.mark.parametrize("body", [{"password": "\0"}, {"password": "x" * 5000}, {}, {"code": "1"}])
def test_odd_input_is_answered_in_words(at, officer, body):
    assert at(officer).post(AGAIN, body).status_code in (200, 400)
