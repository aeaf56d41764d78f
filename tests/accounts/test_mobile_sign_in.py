import re

import pytest
import time_machine
from django.urls import reverse

from sunkitchen.accounts import mobile
from sunkitchen.accounts.models import User

WANG = "13800000001"
NOBODY = "13900000009"

pytestmark = pytest.mark.django_db


def ask(client, number, prefix="", **headers):
    return client.post(f"{prefix}/sign-in/mobile/", {"mobile": number}, **headers)


def answer(client, code, prefix="", **headers):
    return client.post(f"{prefix}/sign-in/code/", {"code": code}, **headers)


def signed_in(client):
    return "_auth_user_id" in client.session


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_an_owner_signs_in_with_a_code_sent_to_their_phone(client, wang, phone):
    response = ask(client, "+86 138-0000-0001")
    assert response.url == "/sign-in/code/"
    response = answer(client, phone.code(WANG))
    assert response.url == reverse("desk")
    assert client.session["_auth_user_id"] == str(wang.pk)
    wang.refresh_from_db()
    assert wang.mobile_verified


def test_an_officer_lands_in_the_office(client, li, phone):
    User.objects.filter(pk=li.pk).update(mobile="13800000002")
    ask(client, "13800000002")
    assert answer(client, phone.code("13800000002")).url == reverse("office")


def test_the_page_that_was_wanted_comes_after_the_code(client, wang, phone):
    response = client.post("/sign-in/mobile/", {"mobile": WANG, "next": "/desk/kitchens/abc/"})
    assert response.url == "/sign-in/code/?next=%2Fdesk%2Fkitchens%2Fabc%2F"
    response = client.post("/sign-in/code/", {"code": phone.code(WANG), "next": "/desk/kitchens/abc/"})
    assert response.url == "/desk/kitchens/abc/"


def test_nobody_is_sent_to_another_site_after_signing_in(client, wang, phone):
    assert "evil" not in client.post("/sign-in/mobile/", {"mobile": WANG, "next": "https://evil.example/"}).url
    response = client.post("/sign-in/code/", {"code": phone.code(WANG), "next": "https://evil.example/"})
    assert response.url == reverse("desk")


def test_a_new_number_says_its_name_and_has_an_account(client, phone):
    ask(client, NOBODY)
    assert answer(client, phone.code(NOBODY)).url == "/sign-up/"
    assert not User.objects.exists(), "no account before somebody has proved to hold the number and said a name"
    assert NOBODY not in client.get("/sign-up/").content.decode()
    response = client.post("/sign-up/", {"name": " 陈  新 "})
    assert response.url == reverse("desk")
    new = User.objects.get()
    assert (new.name, new.mobile, new.mobile_verified, new.language) == ("陈 新", NOBODY, True, "zh-hans")
    assert not new.has_usable_password()
    assert client.session["_auth_user_id"] == str(new.pk)


def test_who_signs_up_on_the_english_page_is_written_to_in_english(client, phone):
    ask(client, NOBODY, "/en")
    assert answer(client, phone.code(NOBODY), "/en").url == "/en/sign-up/"
    client.post("/en/sign-up/", {"name": "Chen"})
    assert User.objects.get().language == "en"


def test_signing_in_on_the_english_page_changes_the_language_of_notices(client, wang, phone):
    ask(client, WANG, "/en")
    answer(client, phone.code(WANG), "/en")
    wang.refresh_from_db()
    assert wang.language == "en"


def test_a_name_needs_letters(client, phone):
    ask(client, NOBODY)
    answer(client, phone.code(NOBODY))
    assert client.post("/sign-up/", {"name": " 123 "}).status_code == 200
    assert not User.objects.exists()


def test_nobody_signs_up_without_a_proven_number(client, phone):
    assert client.post("/sign-up/", {"name": "陈"}).url == "/sign-in/"
    ask(client, NOBODY)
    assert client.post("/sign-up/", {"name": "陈"}).url == "/sign-in/"
    assert not User.objects.exists()


def test_a_proven_number_waits_a_quarter_of_an_hour_for_its_name(client, phone):
    with time_machine.travel("2026-11-22 08:00Z", tick=False) as clock:
        ask(client, NOBODY)
        answer(client, phone.code(NOBODY))
        clock.shift(15 * 60 + 1)
        assert client.post("/sign-up/", {"name": "陈"}).url == "/sign-in/"
    assert not User.objects.exists()


def test_two_sign_ups_of_one_number_make_one_account(client, phone, django_user_model):
    ask(client, NOBODY)
    answer(client, phone.code(NOBODY))
    other = django_user_model.objects.create_user(name="先到", mobile=NOBODY)
    client.post("/sign-up/", {"name": "后到"})
    assert client.session["_auth_user_id"] == str(other.pk)
    other.refresh_from_db()
    assert other.name == "先到"


def without_secrets(response):
    text = response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r"1\d\d\*{4}\d{4}", "NUMBER", text)


def test_known_and_unknown_numbers_are_told_apart_by_nothing(client, wang, phone):
    stories = []
    for number in (WANG, NOBODY):
        client.cookies.clear()
        story = [ask(client, number), client.get("/sign-in/code/")]
        story += [answer(client, wrong(phone.code(number))), client.post("/sign-in/code/", {"action": "resend"})]
        story += [answer(client, wrong(phone.code(number))) for _ in range(4)]
        story.append(client.get("/sign-in/code/"))
        story.append(client.get("/sign-in/"))
        stories.append(
            [(r.status_code, r.headers.get("Location"), sorted(r.cookies), without_secrets(r)) for r in story]
        )
    assert stories[0] == stories[1]
    assert len(phone.messages(WANG)) == len(phone.messages(NOBODY)) == 1, "the second code comes after half a minute"


def test_a_code_is_good_once(client, wang, phone):
    ask(client, WANG)
    code = phone.code(WANG)
    answer(client, code)
    client.post("/sign-out/")
    assert answer(client, code).url == "/sign-in/"
    assert not signed_in(client)


def test_a_code_of_another_session_opens_nothing(client, wang, phone, client_of_qian):
    ask(client, WANG)
    assert answer(client_of_qian, phone.code(WANG)).url == "/sign-in/"
    assert not signed_in(client_of_qian)


@pytest.fixture
def client_of_qian():
    from django.test import Client

    return Client()


def test_a_code_ends_after_five_minutes(client, wang, phone):
    with time_machine.travel("2026-11-22 08:00Z", tick=False) as clock:
        ask(client, WANG)
        clock.shift(5 * 60 + 1)
        assert answer(client, phone.code(WANG)).url == "/sign-in/"
    assert not signed_in(client)


def test_the_fifth_wrong_code_ends_the_attempt(client, wang, phone):
    ask(client, WANG)
    code = phone.code(WANG)
    for _ in range(4):
        response = answer(client, wrong(code))
        assert response.status_code == 200
        assert not signed_in(client)
    assert answer(client, wrong(code)).url == "/sign-in/"
    assert answer(client, code).url == "/sign-in/"
    assert not signed_in(client)


def test_guesses_are_counted_even_if_the_session_forgets_them(client, wang, phone):
    """Parallel guesses read the session before either has written its count."""
    ask(client, WANG)
    code, session = phone.code(WANG), client.session
    before = dict(session.items())
    codes = []
    for _ in range(10):
        session = client.session
        session.update(before)
        session.save()
        codes.append(answer(client, wrong(code)).status_code)
    assert codes[-1] == 429
    assert codes.count(200) <= 8


def test_another_code_comes_after_half_a_minute_with_its_full_time(client, wang, phone):
    with time_machine.travel("2026-11-22 08:00Z", tick=False) as clock:
        ask(client, WANG)
        clock.shift(29)
        client.post("/sign-in/code/", {"action": "resend"})
        assert len(phone.messages(WANG)) == 1
        clock.shift(200)
        client.post("/sign-in/code/", {"action": "resend"})
        assert len(phone.messages(WANG)) == 2
        clock.shift(4 * 60)
        answer(client, phone.code(WANG))
    assert signed_in(client)


def test_only_the_newest_code_counts(client, wang, phone):
    with time_machine.travel("2026-11-22 08:00Z", tick=False) as clock:
        ask(client, WANG)
        first = phone.code(WANG)
        clock.shift(31)
        client.post("/sign-in/code/", {"action": "resend"})
        if first != phone.code(WANG):
            answer(client, first)
            assert not signed_in(client)


def test_a_phone_is_not_flooded_but_its_owner_still_gets_in_from_elsewhere(client, wang, phone):
    with time_machine.travel("2026-11-22 08:00Z", tick=False) as clock:
        for _ in range(20):
            ask(client, WANG, REMOTE_ADDR="203.0.113.5")
            clock.shift(31)
        assert len(phone.messages(WANG)) == 6
        ask(client, WANG, REMOTE_ADDR="198.51.100.7")
        assert len(phone.messages(WANG)) == 7


def test_many_addresses_together_do_not_flood_a_phone_either(client, wang, phone):
    for host in range(1, 41):
        ask(client, WANG, REMOTE_ADDR=f"203.0.113.{host}")
    assert len(phone.messages(WANG)) == 20


def test_a_failing_provider_is_said_in_words(client, wang, failing_provider):
    response = ask(client, WANG)
    assert response.status_code == 200
    assert "note error" in response.content.decode()


def test_a_closed_account_does_not_open(client, wang, phone):
    User.objects.filter(pk=wang.pk).update(is_active=False)
    ask(client, WANG)
    assert answer(client, phone.code(WANG)).url == "/sign-in/"
    assert not signed_in(client)


def test_the_sms_is_short_and_names_the_site(client, wang, phone):
    ask(client, WANG, "/en")
    [text] = phone.messages(WANG)
    assert text.startswith("[Sunkitchen] ")
    assert re.search(r"\b\d{6}\b", text)
    assert len(text) < 160


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800000001", "13800000001"),
        (" 138 0000 0001 ", "13800000001"),
        ("+86 138-0000-0001", "13800000001"),
        ("008613800000001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("１３８０００００００１", "13800000001"),
        ("+852 6123 4567", "+85261234567"),
        ("0085261234567", "+85261234567"),
        ("(+44) 7700 900123", "+447700900123"),
    ],
)
def test_numbers_are_understood_as_people_type_them(typed, stored):
    assert mobile.normal(typed) == stored


@pytest.mark.parametrize("typed", ["", "138", "abc", "12800000001", "+0123456789", "138000000011", "1" * 10_000, "²38"])
def test_what_is_no_mobile_number_is_refused(typed, client):
    with pytest.raises(ValueError, match="no mobile number"):
        mobile.normal(typed)
    assert ask(client, typed).status_code == 200
