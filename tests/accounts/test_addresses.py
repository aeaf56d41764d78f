"""Somebody's own email and mobile number: a new one counts once it is proved, and the old one is told."""

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail

from sunkitchen.accounts import actions
from sunkitchen.accounts.models import User
from sunkitchen.core import audit, notices
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused
from tests import builders
from tests.conftest import prove

HERE, EMAIL, MOBILE, CODE = (f"/en/account/addresses/{page}" for page in ("", "email/", "mobile/", "code/"))
NEW, NUMBER = "li.new@example.com", "13911112222"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(at, li):
    User.objects.filter(pk=li.pk).update(email="li@example.com", mobile="13900000001")
    li.refresh_from_db()
    client = at(li)
    prove(client)
    return client


def lettered():
    """The code of the newest letter."""
    return re.search(r"\d{6}", mail.outbox[-1].body)[0]


def test_a_new_email_counts_once_its_code_came_back_and_the_old_one_is_told(browser, li):
    assert browser.post(EMAIL, {"address": f" {NEW.upper()} "}).url == CODE
    assert mail.outbox[-1].to == [NEW] and li.email not in mail.outbox[-1].body
    li.refresh_from_db()
    assert li.email == "li@example.com", "nothing changes before the code came back"
    page = browser.get(CODE).content.decode()
    assert NEW in page and lettered() not in page
    assert browser.post(CODE, {"code": lettered()}).url == HERE
    li.refresh_from_db()
    assert li.email == NEW
    told = Notice.objects.filter(recipient=li, kind="user.email_changed")
    assert set(told.values_list("channel", "address")) == {
        ("desk", ""),
        ("email", "li@example.com"),
        ("sms", "13900000001"),
    }
    entry = audit.trail(li).get(verb="user.email_changed")
    assert NEW not in str(entry.detail) and "li@example.com" not in str(entry.detail), "the trail is never erased"
    assert browser.get(CODE).url == HERE, "a code counts once"


def test_a_new_mobile_counts_once_its_code_came_back(browser, li, phone):
    assert browser.post(MOBILE, {"address": "+86 139-1111-2222"}).url == CODE
    assert browser.post(CODE, {"code": phone.code(NUMBER)}).url == HERE
    li.refresh_from_db()
    assert (li.mobile, li.mobile_verified) == (NUMBER, True)
    assert Notice.objects.filter(kind="user.mobile_changed", address="13900000001", channel="sms").exists()


def test_without_a_fresh_proof_of_who_sits_there_nothing_is_sent(at, li):
    client = at(li)
    for page in (EMAIL, MOBILE):
        assert client.get(page).url.startswith("/en/sign-in/again/")
        assert client.post(page, {"address": NEW}).url.startswith("/en/sign-in/again/")
    assert not mail.outbox


@pytest.mark.parametrize(
    "text", ["", "nobody", "a@b", f"{'a' * 300}@example.com", "li\0@example.com", "li@example.com"]
)
def test_what_is_no_new_email_is_told_in_words(browser, text):
    answer = browser.post(EMAIL, {"address": text})
    assert answer.status_code == 422 and 'class="errorlist' in answer.content.decode()
    assert not mail.outbox


@pytest.mark.parametrize("text", ["", "12", "1" * 5000, "139\0000001111", "13900000001"])
def test_what_is_no_new_number_is_told_in_words(browser, text, phone):
    answer = browser.post(MOBILE, {"address": text})
    assert answer.status_code == 422 and 'class="errorlist' in answer.content.decode()
    assert not phone.messages()


@pytest.mark.parametrize("code", ["", "1" * 500, "12\x0034", "000000x"])
def test_what_is_no_code_is_told_in_words(browser, li, code):
    browser.post(EMAIL, {"address": NEW})
    assert browser.post(CODE, {"code": code}).status_code == 422
    li.refresh_from_db()
    assert li.email == "li@example.com"


def test_five_wrong_codes_and_the_right_one_opens_nothing(browser, li):
    browser.post(EMAIL, {"address": NEW})
    right = lettered()
    wrong = "000000" if right != "000000" else "000001"
    answers = [browser.post(CODE, {"code": wrong}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 302]
    assert browser.post(CODE, {"code": right}).url == HERE
    li.refresh_from_db()
    assert li.email == "li@example.com"


def test_a_code_is_over_after_ten_minutes(browser, li):
    with time_machine.travel("2026-11-22 10:00:00+08:00", tick=False) as clock:
        prove(browser)
        browser.post(EMAIL, {"address": NEW})
        clock.shift(601)
        assert browser.post(CODE, {"code": lettered()}).url == HERE
    li.refresh_from_db()
    assert li.email == "li@example.com"


def test_another_code_goes_out_and_the_first_is_void(browser, li):
    with time_machine.travel("2026-11-22 10:00:00+08:00", tick=False) as clock:
        prove(browser)
        browser.post(EMAIL, {"address": NEW})
        first = lettered()
        clock.shift(40)
        browser.post(CODE, {"action": "resend"})
        assert len(mail.outbox) == 2
        if lettered() != first:
            assert browser.post(CODE, {"code": first}).status_code == 422
        assert browser.post(CODE, {"code": lettered()}).url == HERE
    li.refresh_from_db()
    assert li.email == NEW


def test_only_who_holds_an_address_learns_that_it_has_an_account(browser, li):
    builders.user("别人", email=NEW)
    assert browser.post(EMAIL, {"address": NEW}).url == CODE, "the same answer as for any"
    page = browser.post(CODE, {"code": lettered()}, follow=True).content.decode()
    assert "Another account has it already" in page
    li.refresh_from_db()
    assert li.email == "li@example.com"
    assert not Notice.objects.filter(kind="user.email_changed").exists()


def test_the_database_keeps_an_address_for_one(li):
    builders.user("别人", mobile=NUMBER)
    with pytest.raises(Refused):
        actions.move_to(li, "mobile", NUMBER)


def test_what_one_session_awaits_is_nothing_to_another(browser, at, wang):
    browser.post(EMAIL, {"address": NEW})
    assert at(wang).post(CODE, {"code": lettered()}).url == HERE
    wang.refresh_from_db()
    assert wang.email != NEW


def test_the_old_email_asks_for_no_new_password_any_more(browser, li):
    EmailAddress.objects.create(user=li, email="li@example.com", verified=True, primary=True)
    actions.move_to(li, "email", NEW)
    assert not EmailAddress.objects.filter(email="li@example.com").exists()


def test_nobody_sends_codes_to_the_whole_town(browser, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "change_address": "2/h/key"}
    answers = [browser.post(EMAIL, {"address": f"guest{n}@example.com"}).status_code for n in range(4)]
    assert answers == [302, 302, 422, 422] and len(mail.outbox) == 2


def test_a_provider_that_fails_is_told_in_words(browser, failing_provider):
    answer = browser.post(MOBILE, {"address": NUMBER})
    assert answer.status_code == 503 and "could not be sent" in answer.content.decode()


def test_what_came_back_is_shown_with_the_way_to_correct_it(browser, li):
    notices.tell(li, "user.x", "一", "二", dedupe="x")
    Notice.objects.filter(channel="email").update(sent_at="2026-11-20T00:00Z", bounced_at="2026-11-20T00:00Z")
    choices = browser.get("/en/desk/notices/choices/").content.decode()
    assert "li@example.com came back" in choices and HERE in choices
    page = browser.get(HERE)
    assert "What we sent there came back" in page.content.decode() and "no-store" in page.headers["Cache-Control"]
    actions.move_to(li, "email", NEW)
    assert "What we sent there" not in browser.get(HERE).content.decode()
