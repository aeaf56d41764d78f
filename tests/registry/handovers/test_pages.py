"""A hand-over's pages: offered, opened with the code, taken over; and what the public reads before and after."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from ratings.editions import measured
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.handovers import actions as handovers
from sunkitchen.registry.handovers.models import of_present
from sunkitchen.registry.models import Delivery, HandOver
from tests import builders
from tests.registry.handovers.test_actions import TO, code_of, stored_page, taken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def offered(restaurant, wang):
    return handovers.offer(restaurant, by=wang, **TO)


def test_an_owner_offers_it_sees_the_offer_and_takes_it_back(at, wang, restaurant):
    page = f"/desk/kitchens/{restaurant.code}/hand-over/"
    assert page in at(wang).get(f"/desk/kitchens/{restaurant.code}/").content.decode()
    answer = at(wang).post(page, TO)
    row = HandOver.objects.get()
    assert answer.headers["Location"] == page
    text = at(wang).get(page).content.decode()
    assert TO["operator_name"] in text and "13700000009" in text and code_of(row) not in text
    at(wang).post(f"{page}{row.pk}/back/")
    row.refresh_from_db()
    assert row.state == "withdrawn" and 'name="operator_name"' in at(wang).get(page).content.decode()


@pytest.mark.parametrize("wrong", [{"contact": ""}, {"operator_name": "x" * 101}, {"uscc": "12"}, {"name": "\0"}])
def test_a_wrong_offer_is_asked_for_again(at, wang, restaurant, wrong):
    answer = at(wang).post(f"/desk/kitchens/{restaurant.code}/hand-over/", TO | wrong)
    assert answer.status_code == 422 and not HandOver.objects.exists()


def test_with_the_code_one_sees_first_and_decides_then(at, zheng, offered, restaurant):
    chen = builders.staff_member(restaurant, name="陈师傅")
    browser = at(zheng)
    see = f"/desk/take-over/{offered.pk}/"
    assert browser.get(see).status_code == 404
    assert browser.post("/desk/take-over/", {"kitchen": restaurant.code, "code": "AAAA"}).status_code == 422
    assert browser.get(see).status_code == 404
    answer = browser.post("/desk/take-over/", {"kitchen": restaurant.code, "code": code_of(offered)})
    assert answer.headers["Location"] == see
    page = browser.get(see).content.decode()
    assert TO["operator_name"] in page and restaurant.operator_name in page and "陈师傅" in page
    assert browser.post(see, {"staying": [chen.pk]}).status_code == 422, "it is to be read first"
    assert browser.post(see, {"staying": ["x"], "read": "on"}).status_code == 422
    answer = browser.post(see, {"staying": [chen.pk], "read": "on"})
    assert answer.headers["Location"] == f"/desk/kitchens/{restaurant.code}/"
    assert browser.get(answer.headers["Location"]).status_code == 200
    chen.refresh_from_db()
    assert chen.left_on is None and browser.get(see).status_code == 404


def test_who_is_offered_nothing_any_more_reads_no_names_of_its_staff(at, wang, zheng, offered, restaurant):
    builders.staff_member(restaurant, name="陈师傅")
    browser = at(zheng)
    browser.post("/desk/take-over/", {"kitchen": restaurant.code, "code": code_of(offered)})
    see = f"/desk/take-over/{offered.pk}/"
    assert "陈师傅" in browser.get(see).content.decode()
    handovers.take_back(offered, by=wang)
    answer = browser.get(see)
    assert answer.status_code == 302 and answer.headers["Location"] == "/desk/take-over/"
    assert browser.get(see).status_code == 404


def test_who_knows_no_code_sees_nothing_of_it(at, qian, zheng, offered, restaurant):
    browser = at(zheng)
    browser.post("/desk/take-over/", {"kitchen": restaurant.code, "code": code_of(offered)})
    assert at(qian).get(f"/desk/take-over/{offered.pk}/").status_code == 404
    assert at(qian).post(f"/desk/take-over/{offered.pk}/", {"read": "on"}).status_code == 404


def test_declining_tells_the_owner(at, zheng, offered, restaurant):
    browser = at(zheng)
    browser.post("/desk/take-over/", {"kitchen": restaurant.code, "code": code_of(offered)})
    browser.post(f"/desk/take-over/{offered.pk}/", {"decline": "1"})
    offered.refresh_from_db()
    assert offered.state == "refused" and not restaurant.operatorships.exists()


def test_guessing_is_slowed_down_by_person(at, zheng, restaurant):
    browser = at(zheng)
    answers = [browser.post("/desk/take-over/", {"kitchen": "nowhere", "code": "x"}).content for _ in range(12)]
    assert answers[-1] != answers[0]


def test_the_public_reads_who_it_was_found_with_and_no_grade_is_handed_on(
    client,
    restaurant,
    wang,
    zheng,
    zhao,
    zhou,
    li,
    offered,
    hailan,
):
    now = timezone.now()
    builders.permit(restaurant, state="in_force")
    visit = builders.closed_inspection(
        restaurant, lead=zhao, second=zhou, authority=hailan, visited_at=now - timedelta(days=30)
    )
    before = client.get(f"/en/k/{restaurant.code}/").content.decode()
    assert "Changing hands" not in before and "new operator" not in before
    assert len(list(measured.visits(lambda path: in_it(path, restaurant), now))) == 1

    place = taken(offered, zheng)
    page = client.get(f"/en/k/{restaurant.code}/").content.decode()
    assert "Changing hands" in page and "海澜海上明月餐饮有限公司" in page and "new operator" in page
    assert "revoked" not in re.sub(r"<[^>]+>", " ", page).lower()
    history = client.get(f"/en/k/{restaurant.code}/history/").content.decode()
    assert "海澜海上明月餐饮有限公司" in history and f"{visit.visited_at:%Y-%m}" in history
    assert not list(measured.visits(lambda path: in_it(path, restaurant), now + timedelta(minutes=1)))

    permit = builders.permit(place, submitted_by=zheng, number="JY29999010000021")
    permit.pages.create(file=stored_page(), order=0)
    credentials.approve(permit, by=li)
    page = client.get(f"/en/k/{restaurant.code}/").content.decode()
    assert "Changing hands" not in page and "No grade" in page and "new operator" in page
    assert "JY29999010000021" in page and "JY29999010000013" not in page


def in_it(path, place):
    from django.db.models import Q

    return Q(**{path: place})


def test_the_office_sees_what_happened_in_the_trail(at, zheng, offered, wu, restaurant):
    taken(offered, zheng)
    page = at(wu).get("/en/office/audit/").content.decode()
    assert "took the kitchen over" in page


def test_what_came_on_the_very_day_of_the_hand_over_is_not_told_of_the_new_operator(restaurant):
    day = timezone.localdate()
    rows = [builders.delivery(restaurant, received_on=day + timedelta(days=days)) for days in (-1, 0, 1)]
    builders.operatorship(restaurant, until=timezone.now())
    assert list(Delivery.objects.filter(of_present(day="received_on"))) == [rows[2]]
