import re

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.urls import reverse

from tests import builders

PASSWORD = "correct horse battery"
HOME, ATTACKER = "198.51.100.7", "203.0.113.5"

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(hailan):
    return builders.officer("李审", hailan, "clerk", email="clerk@example.com", password=PASSWORD)


def sign_in(client, email="clerk@example.com", password=PASSWORD, address=HOME):
    return client.post("/sign-in/", {"login": email, "password": password}, REMOTE_ADDR=address)


def test_an_officer_signs_in_with_email_and_password(client, officer):
    assert sign_in(client).url == reverse("office")
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_the_email_may_be_typed_in_capitals(client, officer):
    assert sign_in(client, " Clerk@Example.COM ").url == reverse("office")


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, officer):
    pages = []
    for email in ("clerk@example.com", "nobody@example.com"):
        response = sign_in(client, email, "wrong password")
        text = response.content.decode().replace(email, "ADDRESS")
        pages.append((response.status_code, re.sub(r'value="[^"]{64}"', "", text)))
    assert pages[0] == pages[1]
    assert "_auth_user_id" not in client.session


def test_five_wrong_passwords_lock_this_address_out_of_this_account(client, officer):
    codes = [sign_in(client, password=f"wrong {n}", address=ATTACKER).status_code for n in range(6)]
    assert codes == [200, 200, 200, 200, 429, 429]
    locked = sign_in(client, address=ATTACKER)
    assert locked.status_code == 429
    again = {"login": "clerk@example.com", "password": PASSWORD}
    assert "Too many tries" in client.post("/en/sign-in/", again, REMOTE_ADDR=ATTACKER).content.decode()
    assert "_auth_user_id" not in client.session


def test_an_attacker_cannot_lock_the_victim_out_elsewhere(client, officer):
    for n in range(25):
        sign_in(client, password=f"wrong {n}", address=ATTACKER)
    assert sign_in(client, address=HOME).url == reverse("office")


def test_capitals_do_not_get_around_the_lock_out(client, officer):
    for n in range(5):
        sign_in(client, "CLERK@example.com" if n % 2 else "clerk@EXAMPLE.com", f"wrong {n}", ATTACKER)
    assert sign_in(client, address=ATTACKER).status_code == 429


def test_one_address_trying_many_accounts_is_slowed_down(client):
    codes = [sign_in(client, f"user{n}@example.com", "guess", ATTACKER).status_code for n in range(40)]
    assert codes[-1] == 429


def test_failures_are_kept_without_the_password(client, officer):
    sign_in(client, password="my secret guess")
    attempt = AccessAttempt.objects.get()
    assert attempt.username == "clerk@example.com"
    assert "secret" not in attempt.post_data


def test_signing_out_is_a_deed_not_a_link(client, officer):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_password_is_set_with_a_code_from_the_email(client, officer):
    assert client.post("/sign-in/forgotten/", {"email": "clerk@example.com"}).url == "/sign-in/forgotten/code/"
    assert client.get("/sign-in/forgotten/code/").status_code == 200
    code = re.search(r"验证码[：:]\s*(\S+)|code:\s*(\S+)", mail.outbox[0].body)
    client.post("/sign-in/forgotten/code/", {"code": code[1] or code[2]})
    assert client.get("/sign-in/forgotten/new/").status_code == 200
    fresh = "another long password"
    response = client.post("/sign-in/forgotten/new/", {"password1": fresh, "password2": fresh})
    assert response.url == "/sign-in/"
    assert sign_in(client, password=fresh).url == reverse("office")


def test_a_short_password_is_refused(client, officer):
    client.post("/sign-in/forgotten/", {"email": "clerk@example.com"})
    code = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", mail.outbox[0].body)[0]
    client.post("/sign-in/forgotten/code/", {"code": code})
    assert client.post("/sign-in/forgotten/new/", {"password1": "short", "password2": "short"}).status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_asking_for_a_password_tells_nobody_who_has_an_account(client, officer):
    pages = []
    for email in ("clerk@example.com", "nobody@example.com"):
        client.cookies.clear()
        first = client.post("/sign-in/forgotten/", {"email": email})
        page = client.get("/sign-in/forgotten/code/").content.decode().replace(email, "ADDRESS")
        pages.append((first.status_code, first.url, re.sub(r'value="[^"]{64}"', "", page)))
    assert pages[0] == pages[1]
    assert [letter.to for letter in mail.outbox] == [["clerk@example.com"], ["nobody@example.com"]]
    assert all("http://testserver" in letter.body for letter in mail.outbox)
