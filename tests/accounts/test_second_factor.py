"""The second factor: an app's six digits beside the password, recovery codes, and how it is removed."""

import json
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError

from sunkitchen.accounts import second_factor, stepup
from sunkitchen.core import secrets
from sunkitchen.core.models import AuditEntry, Notice
from tests import builders
from tests.accounts.test_stepup import asked
from tests.conftest import prove

PASSWORD = "correct horse battery"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B
PAGE = "/account/second-factor/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(hailan):
    return builders.officer("孙发", hailan, "publisher", email="sun@example.com", password=PASSWORD)


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-22 10:00:05+08:00", tick=False) as clock:
        yield clock


def digits(secret=SECRET, periods=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


@pytest.fixture
def codes(officer, clock):
    """The officer has one; its first code was used for that, so tests begin in the next period."""
    found = second_factor.set_up(officer, SECRET, digits())
    clock.shift(120)
    return found


def sign_in(client):
    return client.post("/sign-in/", {"login": "sun@example.com", "password": PASSWORD, "next": "/office/audit/"})


def test_it_is_set_up_with_the_code_that_the_app_shows(at, officer, clock):
    client = prove(at(officer))
    page = client.get(PAGE).content.decode()
    assert 'class="qr"' in page
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert client.post(PAGE, {"code": "000000"}).status_code == 422
    assert not second_factor.is_set_up(officer)
    answer = client.post(PAGE, {"code": digits(secret)})
    assert len(re.findall(r'<li class="num">\d{8}</li>', answer.content.decode())) == 10
    assert second_factor.is_set_up(officer)
    assert asked(client, officer).status_code == 200, "the code was a proof by itself"
    assert AuditEntry.objects.filter(verb="user.second_factor_set_up").count() == 1
    assert Notice.objects.filter(recipient=officer, kind="user.second_factor_set_up").exists()


def test_setting_it_up_asks_for_a_fresh_proof(at, officer):
    assert at(officer).get(PAGE).url == "/sign-in/again/?next=%2Faccount%2Fsecond-factor%2F"


def test_its_secrets_are_sealed_at_rest(officer, codes, at):
    rows = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in rows
    client = prove(at(builders.officer("李审", officer.posts.get().authority, "clerk")))
    page = client.get(PAGE).content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    kept = client.session[second_factor._PENDING]
    assert secret not in kept and secrets.unseal(kept) == secret


def test_signing_in_asks_for_it_and_goes_on_to_the_wanted_page(client, codes):
    assert sign_in(client).url == "/sign-in/second/"
    assert "_auth_user_id" not in client.session, "nobody is in before"
    assert client.get("/office/").url.startswith("/sign-in/?next=")
    assert client.post("/sign-in/second/", {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post("/sign-in/second/", {"code": digits()}).url == "/office/audit/"
    assert "_auth_user_id" in client.session


def test_signing_in_by_sms_asks_for_it_too(client, officer, codes, phone):
    officer.mobile = "13800000003"
    officer.save()
    client.post("/sign-in/mobile/", {"mobile": "13800000003"})
    assert client.post("/sign-in/code/", {"code": phone.code("13800000003")}).url == "/sign-in/second/"
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_opens_the_door_once(client, codes, officer):
    sign_in(client)
    assert client.post("/sign-in/second/", {"code": codes[0]}).url == "/office/audit/"
    assert second_factor.codes_left(officer) == 9
    client.post("/sign-out/")
    sign_in(client)
    assert client.post("/sign-in/second/", {"code": codes[0]}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_code_counts_once_for_as_long_as_it_would_be_right(officer, codes, clock):
    code = digits(periods=1)
    assert second_factor.matching(officer, code)
    for _second in range(3):
        clock.shift(25)
        assert second_factor.matching(officer, code) is None
    assert second_factor.matching(officer, digits()), "the next one is"


@pytest.mark.parametrize("periods, right", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_half_a_minute_off(officer, codes, periods, right):
    assert bool(second_factor.matching(officer, digits(periods=periods))) == right


def test_nobody_guesses_it_from_however_many_addresses(client, codes):
    sign_in(client)
    answers = [
        client.post("/sign-in/second/", {"code": "000000"}, REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(9)
    ]
    assert answers == [200] * 8 + [429]
    cache.clear()


def test_with_it_the_password_is_no_proof_any_more(at, officer, codes):
    client = prove(at(officer), "password")
    assert asked(client, officer).status_code == 302
    assert "password" not in client.get("/sign-in/again/").content.decode()
    client.post("/sign-in/again/", {"password": PASSWORD})
    assert asked(client, officer).status_code == 302
    assert client.post("/sign-in/again/", {"code": digits(), "next": "/office/"}).url == "/office/"
    assert asked(client, officer).status_code == 200


def test_removing_it_takes_the_second_factor_itself(at, officer, codes):
    client = prove(at(officer), "password")
    client.post(PAGE, {"action": "remove"})
    assert second_factor.is_set_up(officer)
    client = prove(at(officer), "mfa")
    client.post(PAGE, {"action": "remove"})
    assert not Authenticator.objects.exists()
    assert Notice.objects.filter(recipient=officer, kind="user.second_factor_removed").exists()


def test_new_recovery_codes_end_the_old_ones(at, officer, codes):
    client = prove(at(officer), "mfa")
    answer = client.post(PAGE, {"action": "codes"}).content.decode()
    fresh = re.findall(r'<li class="num">(\d{8})</li>', answer)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    assert second_factor.matching(officer, codes[1]) is None
    assert second_factor.matching(officer, fresh[1])


def test_an_installation_may_want_officers_to_have_one(at, officer, settings):
    settings.OFFICERS_NEED_SECOND_FACTOR = True
    client = prove(at(officer))
    assert asked(client, officer).url == "/account/second-factor/?next=%2Foffice%2Fgrave%2F%3Fpage%3D2"
    owner = builders.user("王海")
    assert not stepup.lacks_second_factor(owner), "owners are not asked"


def test_whoever_lost_phone_and_codes_stands_before_the_operator(officer, codes):
    call_command("second_factor_off", email="SUN@example.com", verbosity=0)
    assert not second_factor.is_set_up(officer)
    with pytest.raises(CommandError):
        call_command("second_factor_off", email="SUN@example.com")
    with pytest.raises(CommandError):
        call_command("second_factor_off", email="nobody@example.com")
