"""From the register to its operator: a letter with a code, a kitchen claimed once, by whoever holds the letter."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.utils import timezone
from pypdfium2 import PdfDocument

from sunkitchen.core import audit
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.claims import actions as claims
from sunkitchen.registry.claims import codes
from sunkitchen.registry.establishments import actions as establishments
from sunkitchen.registry.models import Invitation, Membership
from tests import builders

NUMBER = "JY29999010000010"
USCC = "92999901MA0000001L"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def unclaimed(number=NUMBER, **fields):
    place = builders.establishment(**{"uscc": USCC, **fields})
    builders.permit(place, state="in_force", number=number, source="register")
    return place


@pytest.fixture
def kitchen(db):
    """In the register, and nobody acts for it."""
    return unclaimed()


@pytest.fixture
def code(kitchen, li):
    return claims.invite(kitchen, by=li)


# ── letters ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_code_stands_on_the_letter_alone(kitchen, code):
    row = Invitation.objects.get()
    assert len(code) == 12 and code not in row.code_hash
    assert codes.written(code).replace("-", "").lower() == code
    assert [entry.verb for entry in audit.trail(kitchen)] == ["kitchen.invited"]
    assert code not in str(audit.trail(kitchen).values())


def test_only_a_clerk_of_its_authority_invites(kitchen, zhao, qian):
    elsewhere = builders.officer("外", builders.authority("外市", "888801"), "clerk")
    for person, error in ((zhao, PermissionDenied), (qian, Http404), (elsewhere, Http404)):
        with pytest.raises(error):
            claims.invite(kitchen, by=person)
    with pytest.raises(PermissionDenied):
        claims.invite_all([kitchen], by=elsewhere)


def test_a_kitchen_that_somebody_acts_for_or_that_is_closed_gets_no_letter(restaurant, kitchen, li):
    with pytest.raises(Refused):
        claims.invite(restaurant, by=li)
    kitchen.state = "closed"
    kitchen.save()
    with pytest.raises(Refused):
        claims.invite(kitchen, by=li)


def test_a_new_letter_makes_the_earlier_one_worthless(kitchen, code, li, wang):
    second = claims.invite(kitchen, by=li)
    with pytest.raises(Refused):
        claims.claim(by=wang, number=NUMBER, code=code)
    assert claims.claim(by=wang, number=NUMBER, code=second) == kitchen


def test_a_revoked_letter_opens_nothing(kitchen, code, li, wang):
    claims.revoke(Invitation.objects.get(), by=li)
    with pytest.raises(Refused):
        claims.claim(by=wang, number=NUMBER, code=code)
    with pytest.raises(WrongState):
        claims.revoke(Invitation.objects.get(), by=li)


def test_kitchens_registered_under_its_number_and_closed_again_hide_none(wang, qian, li, monkeypatch):
    """Anybody may register any number by hand; what never opened stands in nobody's way."""
    monkeypatch.setattr(claims, "MOST_PLACES", 2)
    for _ in range(2):
        establishments.close(builders.establishment(owner=qian, state="registered", uscc=USCC), by=qian)
    kitchen = unclaimed()
    code = claims.invite(kitchen, by=li)
    assert claims.claim(by=wang, number=USCC, code=code) == kitchen


# ── claiming ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", [NUMBER, USCC, " ｊｙ２ 9999-0100 00010 ", USCC.lower()])
def test_the_operator_claims_by_permit_number_or_credit_code_however_it_is_typed(kitchen, code, wang, li, number):
    typed = codes.written(code).replace("0", "O").replace("1", "l").replace("-", " - ")
    assert claims.claim(by=wang, number=number, code=typed) == kitchen
    assert Membership.objects.get(establishment=kitchen).role == "owner"
    assert Notice.objects.filter(kind="kitchen.claimed", recipient=wang, channel="desk").exists()
    assert Notice.objects.filter(kind="kitchen.taken_over", recipient=li, channel="desk").exists()
    assert audit.trail(kitchen).last().verb == "kitchen.claimed"


def test_whatever_is_wrong_the_answer_is_the_same(kitchen, code, wang):
    said = set()
    for number, typed in (
        (NUMBER, "0" * 12),
        ("JY29999019999999", code),
        ("", code),
        (NUMBER, ""),
        ("x" * 60, "😀" * 40),
    ):
        with pytest.raises(Refused) as error:
            claims.claim(by=wang, number=number, code=typed)
        said.add(str(error.value))
    assert len(said) == 1


def test_five_wrong_codes_and_the_invitation_is_void(kitchen, code, wang, li):
    for _try in range(5):
        with pytest.raises(Refused):
            claims.claim(by=wang, number=NUMBER, code="0" * 12)
    with pytest.raises(Refused):
        claims.claim(by=wang, number=NUMBER, code=code)
    assert Invitation.objects.get().standing(timezone.now()) == "void"
    assert claims.claim(by=wang, number=NUMBER, code=claims.invite(kitchen, by=li)) == kitchen


def test_the_fifth_try_still_counts_when_it_is_right(kitchen, code, wang):
    for _try in range(4):
        with pytest.raises(Refused):
            claims.claim(by=wang, number=NUMBER, code="0" * 12)
    assert claims.claim(by=wang, number=NUMBER, code=code) == kitchen


def test_an_invitation_ends_after_90_days(kitchen, code, wang):
    with pytest.raises(Refused):
        claims.claim(by=wang, number=NUMBER, code=code, at=timezone.now() + timedelta(days=91))
    assert claims.claim(by=wang, number=NUMBER, code=code, at=timezone.now() + timedelta(days=89)) == kitchen


def test_a_code_opens_its_own_kitchen_among_those_of_one_operator(db, li, wang):
    shops = [unclaimed(number=f"JY2999901000{serial:04d}", signboard=f"分店 {serial}") for serial in range(8)]
    letters = claims.invite_all(shops, by=li)
    for place, code in letters:
        assert claims.claim(by=wang, number=USCC, code=code) == place
    assert Membership.objects.filter(user=wang).count() == 8


def test_a_claimed_kitchen_says_to_ask_the_bureau(restaurant, qian):
    builders.permit(restaurant, state="in_force", number=NUMBER)
    with pytest.raises(Refused) as error:
        claims.claim(by=qian, number=NUMBER, code="0" * 12)
    assert "局" in str(error.value) or "bureau" in str(error.value)


def test_who_supervises_a_kitchen_cannot_claim_it(kitchen, code, zhao, wang):
    with pytest.raises(Refused):
        claims.claim(by=zhao, number=NUMBER, code=code)
    assert claims.claim(by=wang, number=NUMBER, code=code) == kitchen


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_letter_and_one_owner(hailan, li):
    place = unclaimed()
    code = claims.invite(place, by=li)
    people = [builders.user(f"人{n}") for n in range(2)]
    together, came = threading.Barrier(2), []

    def run(person):
        together.wait(10)
        try:
            came.append(claims.claim(by=person, number=NUMBER, code=code))
        except Refused:
            came.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(came, key=bool) == [None, place]
    assert Membership.objects.filter(establishment=place).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_is_written_anew_while_it_is_used_ends_in_one_of_both(hailan, li, wang):
    place = unclaimed()
    code = claims.invite(place, by=li)
    together, came = threading.Barrier(2), []

    def run(deed):
        together.wait(10)
        try:
            came.append(deed())
        except Refused:
            came.append(None)
        finally:
            connection.close()

    deeds = (lambda: claims.claim(by=wang, number=NUMBER, code=code), lambda: claims.invite(place, by=li))
    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(came) == 2 and came.count(None) == 1
    assert Membership.objects.exists() != Invitation.objects.filter(used_at=None, revoked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_count_each(hailan, li):
    place = unclaimed()
    claims.invite(place, by=li)
    person, together = builders.user("猜"), threading.Barrier(4)

    def run(guess):
        together.wait(10)
        try:
            for _again in range(3):
                with pytest.raises(Refused):
                    claims.claim(by=person, number=NUMBER, code=f"{guess}" * 12)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[guess]) for guess in range(2, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Invitation.objects.get().failures == 5


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_person_claims_on_the_desk(client, kitchen, code, wang):
    client.force_login(wang)
    assert client.get("/claim/").url == "/desk/claim/"
    wrong = client.post("/desk/claim/", {"number": NUMBER, "code": "x"})
    assert wrong.status_code == 422
    right = client.post("/desk/claim/", {"number": NUMBER, "code": codes.written(code)})
    assert right.url == f"/desk/kitchens/{kitchen.code}/"
    desk = client.get("/desk/").content.decode()
    assert kitchen.signboard in desk


def test_a_person_may_not_try_for_ever(client, kitchen, code, wang):
    client.force_login(wang)
    for _try in range(10):
        client.post("/desk/claim/", {"number": "JY29999019999999", "code": "x"})
    late = client.post("/desk/claim/", {"number": NUMBER, "code": code})
    assert late.status_code == 422
    assert not Membership.objects.filter(user=wang).exists()


def test_a_clerk_prints_letters_for_those_that_have_none(client, kitchen, li, wang):
    other = unclaimed(number="JY29999010000028", signboard="别家", is_demo=True)
    client.force_login(li)
    page = client.get("/office/claims/?unwritten=1").content.decode()
    assert kitchen.signboard in page and "别家" in page
    answer = client.post("/office/register/letters.pdf", {"unwritten": "1", "kitchen": [str(other.pk)]})
    assert answer.headers["Content-Type"] == "application/pdf"
    document = PdfDocument(answer.content)
    text = document[0].get_textpage().get_text_range()
    assert len(document) == 1 and "JY29999010000028" in text and "演示" in text and "/claim/" in text
    code = next(word for word in text.split() if len(word) == 14 and word.count("-") == 2)
    assert claims.claim(by=wang, number="JY29999010000028", code=code) == other
    assert "别家" not in client.get("/office/claims/").content.decode()


def test_the_letters_ask_a_constant_number_of_questions(client, li, db, django_assert_max_num_queries):
    for serial in range(40):
        unclaimed(number=f"JY2999901000{serial:04d}", signboard=f"店 {serial}")
    client.force_login(li)
    with django_assert_max_num_queries(40):
        client.get("/office/claims/")
    with django_assert_max_num_queries(30):
        assert len(PdfDocument(client.post("/office/register/letters.pdf").content)) == 40


def test_whoever_registers_by_hand_what_the_register_knows_is_pointed_to_claiming(client, kitchen, wang):
    client.force_login(wang)
    facts = {
        "signboard": "海上明月",
        "operator_name": kitchen.operator_name,
        "uscc": USCC,
        "category": "medium",
        "place": "other",
        "division": "999901",
        "address": kitchen.address,
    }
    hinted = client.post("/desk/kitchens/new/", facts)
    assert hinted.status_code == 422 and "/desk/claim/?n=" in hinted.content.decode()
    assert not Membership.objects.filter(user=wang).exists()
    assert client.post("/desk/kitchens/new/", {**facts, "another": "1"}).status_code == 302


def test_an_office_finds_a_kitchen_by_its_permit_number(client, kitchen, li):
    client.force_login(li)
    assert kitchen.signboard in client.get("/office/kitchens/", {"q": NUMBER}).content.decode()
    assert kitchen.signboard not in client.get("/office/kitchens/", {"q": NUMBER[:-1]}).content.decode()


# ── a kitchen that nobody claimed is supervised like any other ──────────────────────────────────────────────
def test_the_public_reads_that_nobody_acts_for_it_yet(client, kitchen):
    page = client.get(f"/k/{kitchen.code}/").content.decode()
    assert "/desk/claim/" in page


def test_a_review_shows_that_another_kitchen_holds_the_number(client, kitchen, qian, li):
    twin = builders.establishment(
        owner=qian, state="registered", signboard="冒名小馆", operator_name=kitchen.operator_name
    )
    paper = builders.permit(twin, submitted_by=qian, number=NUMBER)
    client.force_login(li)
    assert kitchen.signboard in client.get(f"/office/papers/{paper.pk}/").content.decode()
