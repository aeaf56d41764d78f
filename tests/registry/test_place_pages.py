"""The pages around a kitchen: its hub, its ledger on a phone, its photos and people, closing it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sunkitchen.core.models import StoredFile
from sunkitchen.registry.models import Delivery, Membership, Photo, Supplier
from tests import builders


@pytest.fixture
def desk(restaurant):
    return f"/en/desk/kitchens/{restaurant.code}/"


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def line(number, product="带鱼", **facts):
    given = {"goods": "seafood", "product": product, "quantity": "12.5", "unit": "kg", "proof": "quarantine", **facts}
    return {f"lines-{number}-{name}": value for name, value in given.items()}


def entry(*lines, **facts):
    """What a browser sends for a delivery of today with these lines."""
    given = {"new_supplier": "楚门水产批发", "received_on": timezone.localdate().isoformat(), **facts}
    management = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0, "lines-MAX_NUM_FORMS": 60}
    return {**given, **management, **{name: value for one in lines for name, value in one.items()}}


# ── the hub ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_hub_says_first_what_is_missing(restaurant, wang, at, desk):
    builders.delivery(restaurant)
    page = words(at(wang).get(desk))
    order = [
        page.index(said) for said in ("No food permit in force", "Guests see no kitchen yet", "Last delivery today")
    ]
    assert order == sorted(order)
    for room in ("staff", "ledger", "photos", "stickers", "people", "cameras"):
        assert f'href="{desk}{room}/"' in page


def test_an_officer_sees_the_hub_without_what_is_not_theirs(restaurant, zhao, li, at, desk):
    page = words(at(zhao).get(desk))
    assert f"{desk}ledger/" in page
    for room in ("people", "stickers", "edit", "close"):
        assert f"{desk}{room}/" not in page
    assert f"{desk}close/" in words(at(li).get(desk))


def test_an_owner_sets_cuisines_and_the_map_point_and_an_untouched_point_stays(restaurant, wang, at, desk):
    facts = {"signboard": "海上明月", "address": "路 1 号", "category": "medium", "cuisines": ["seafood", "hotpot"]}
    point = {"latitude": "28.136215", "longitude": "121.231474", "coordinates": "bd09"}
    assert at(wang).post(f"{desk}edit/", {**facts, **point}).status_code == 302
    restaurant.refresh_from_db()
    before = (restaurant.latitude, restaurant.longitude)
    assert restaurant.cuisines == ["seafood", "hotpot"] and restaurant.coordinates == "bd09"
    form = words(at(wang).get(f"{desk}edit/"))
    assert 'value="28.136215"' in form and 'value="121.231474"' in form
    at(wang).post(f"{desk}edit/", {**facts, **point})
    restaurant.refresh_from_db()
    assert (restaurant.latitude, restaurant.longitude) == before


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0576-8888 0000", "0576-8888 0000"),
        ("（０５７６）88880000", "(0576)88880000"),
        ("+86 576 88880000转8", None),
        ("", ""),
    ],
)
def test_a_public_phone_is_taken_as_people_write_it(restaurant, wang, at, desk, typed, kept):
    facts = {"signboard": "海上明月", "address": "路 1 号", "category": "medium", "phone": typed}
    assert at(wang).post(f"{desk}edit/", facts).status_code == 302
    restaurant.refresh_from_db()
    assert restaurant.phone == (typed if kept is None else kept)


@pytest.mark.parametrize("typed", ["abc", "110", "javascript:1", "0576-88880000 or ask"])
def test_a_public_phone_that_nobody_can_call_is_said_at_its_field(restaurant, wang, at, desk, typed):
    facts = {"signboard": "海上明月", "address": "路 1 号", "category": "medium", "phone": typed}
    answer = at(wang).post(f"{desk}edit/", facts)
    assert answer.status_code == 422 and "Please write a phone number in digits" in words(answer)


@pytest.mark.parametrize(
    ("typed", "other"), [("121.231474,28.136215", ""), ("28.136215， 121.231474", ""), ("１２１.231474°", "28.136215")]
)
def test_both_numbers_are_understood_as_map_tools_copy_them(restaurant, wang, at, desk, typed, other):
    facts = {"signboard": "海上明月", "address": "路 1 号", "category": "medium", "coordinates": "wgs84"}
    assert at(wang).post(f"{desk}edit/", {**facts, "latitude": typed, "longitude": other}).status_code == 302
    restaurant.refresh_from_db()
    assert (float(restaurant.latitude), float(restaurant.longitude)) == (28.136215, 121.231474)


@pytest.mark.parametrize(
    "point", [{"latitude": "28.1"}, {"longitude": "121.2"}, {"latitude": "north", "longitude": "1"}]
)
def test_half_a_point_is_said_in_the_form(restaurant, wang, at, desk, point):
    facts = {"signboard": "海上明月", "address": "路 1 号", "category": "medium"}
    response = at(wang).post(f"{desk}edit/", {**facts, **point})
    assert response.status_code == 422 and "errorlist" in words(response)


def test_closing_asks_first_and_says_what_happens(restaurant, wang, at, desk):
    page = words(at(wang).get(f"{desk}close/"))
    assert "public page stays" in page and "Table codes stop working" in page
    restaurant.refresh_from_db()
    assert restaurant.state == "open"
    assert "Closed since" in words(at(wang).post(f"{desk}close/", {}, follow=True))
    assert "Please hand it in first" in words(at(wang).post(f"{desk}reopen/", follow=True))
    builders.permit(restaurant, state="in_force")
    assert "is open again" in words(at(wang).post(f"{desk}reopen/", follow=True))


def test_a_clerk_closes_only_with_a_reason(restaurant, li, wang, at, desk):
    assert at(li).post(f"{desk}close/", {"reason": ""}).status_code == 422
    assert at(li).post(f"{desk}close/", {"reason": "现场核查：已搬离。"}).status_code == 302
    page = words(at(wang).get(desk))
    assert "已搬离" in page and "Only the authority can let it open again" in page and "/reopen/" not in page
    assert "/reopen/" in words(at(li).get(desk))


# ── the ledger ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_delivery_is_entered_with_a_new_supplier_and_a_photo(restaurant, wang, at, desk, photo):
    blank = {f"lines-2-{name}": "" for name in ("goods", "product", "quantity", "unit", "proof", "batch", "use_by")}
    sent = entry(line(0), line(1, "虾", batch="A-7"), blank, pictures=[photo(), photo()])
    response = at(wang).post(f"{desk}ledger/new/", sent, follow=True)
    assert "stands in the ledger" in words(response) and "A-7" in words(response)
    row = Delivery.objects.get()
    assert (row.lines.count(), row.proofs.count(), row.supplier.name) == (2, 2, "楚门水产批发")
    assert at(wang).get(f"{desk}ledger/{row.pk}/papers/2/")["Content-Type"] == "image/jpeg"
    assert at(wang).get(f"{desk}ledger/{row.pk}/papers/3/").status_code == 404


def test_a_double_tap_enters_it_once(restaurant, wang, at, desk):
    form = re.search(r'name="form" value="([0-9a-f-]{36})"', words(at(wang).get(f"{desk}ledger/new/")))[1]
    for said in ("The delivery stands in the ledger", "not entered twice"):
        assert said in words(at(wang).post(f"{desk}ledger/new/", entry(line(0), form=form), follow=True))
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (entry(line(0), new_supplier=""), "write a new one&#x27;s name"),
        (entry(line(0), received_on="2999-01-01"), "yet to come"),
        (entry(line(0), received_on="2020-01-01"), "Is the year right"),
        (entry(line(0), received_on="soon"), "valid date"),
        (entry(line(0, use_by="2020-01-01")), "send it back"),
        (entry(line(0, quantity="0")), "more than nothing"),
        (entry(line(0, quantity="5斤")), "number"),
        (entry(line(0, product="")), "required"),
        (entry(), "at least one product"),
        ({"new_supplier": "楚门水产批发"}, "at least one product"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(restaurant, wang, at, desk, sent, said):
    response = at(wang).post(f"{desk}ledger/new/", sent)
    assert response.status_code == 422 and said in words(response)
    assert sent["new_supplier"] in words(response)
    assert not Delivery.objects.exists() and not Supplier.objects.exists()


def test_a_delivery_of_long_ago_is_taken_once_confirmed(restaurant, wang, at, desk):
    ago = (timezone.localdate() - timedelta(days=61)).isoformat()
    response = at(wang).post(f"{desk}ledger/new/", entry(line(0), received_on=ago))
    assert 'name="late"' in words(response)
    assert at(wang).post(f"{desk}ledger/new/", entry(line(0), received_on=ago, late="on")).status_code == 302


def test_another_line_comes_without_javascript_and_keeps_what_was_typed(restaurant, wang, at, desk):
    page = words(at(wang).post(f"{desk}ledger/new/", entry(line(0, "鲳鱼", quantity="x"), more="1")))
    assert 'value="鲳鱼"' in page and 'name="lines-1-product"' in page and 'value="楚门水产批发"' in page
    assert "errorlist" not in page and not Delivery.objects.exists()


def test_a_delivery_is_filled_in_as_last_time(restaurant, wang, at, desk):
    source = builders.supplier(restaurant)
    builders.delivery(restaurant, source=source, products=("带鱼", "虾"))
    for page in (
        at(wang).get(f"{desk}ledger/new/", {"supplier": source.pk}),
        at(wang).post(f"{desk}ledger/new/", entry(new_supplier="", supplier=source.pk, again="1")),
    ):
        assert 'value="虾"' in words(page) and 'value="12"' in words(page)
    for odd in ("x", "9" * 40, builders.supplier(builders.establishment(), "别家").pk):
        assert at(wang).get(f"{desk}ledger/new/", {"supplier": odd}).status_code == 200


def test_the_ledger_shows_a_month_and_finds_by_product_batch_and_supplier(restaurant, wang, zhao, at, desk):
    today = timezone.localdate()
    builders.delivery(restaurant, products=("带鱼",))
    old = builders.delivery(restaurant, products=("冻虾仁",), received_on=today - timedelta(days=70))
    old.lines.update(batch="LOT-88")
    page = words(at(wang).get(f"{desk}ledger/"))
    assert "带鱼" in page and "冻虾仁" not in page and "Enter a delivery" in page
    month = (today - timedelta(days=70)).strftime("%Y-%m")
    assert "冻虾仁" in words(at(wang).get(f"{desk}ledger/", {"month": month}))
    for text in ("虾仁", "lot-88"):
        page = words(at(zhao).get(f"{desk}ledger/", {"q": text}))
        assert "冻虾仁" in page and "带鱼" not in page and "Enter a delivery" not in page
    assert "带鱼" in words(at(zhao).get(f"{desk}ledger/", {"q": "楚门"}))
    for odd in ("2026-13", "x" * 1000, "2999-01", "1999-01"):
        assert at(wang).get(f"{desk}ledger/", {"month": odd}).status_code == 200


def test_a_void_entry_shows_struck_through_with_its_reason(restaurant, wang, at, desk):
    row = builders.delivery(restaurant)
    url = f"{desk}ledger/{row.pk}/void/"
    assert at(wang).post(url, {"reason": ""}).status_code == 422
    page = words(at(wang).post(url, {"reason": "写错了数量"}, follow=True))
    assert "写错了数量" in page and "<del>带鱼</del>" in page and "/void/" not in page
    assert "<del>" in words(at(wang).get(f"{desk}ledger/"))
    assert at(wang).post(url, {"reason": "再次"}).status_code == 409


def test_the_table_opens_in_a_spreadsheet_and_runs_nothing_there(restaurant, wang, zhao, at, desk):
    source = builders.supplier(restaurant, "=HYPERLINK(1)")
    row = builders.delivery(restaurant, source=source, products=("+虾", "带鱼"))
    builders.delivery(restaurant, source=source, products=("鱿鱼",), received_on=row.received_on - timedelta(days=70))
    response = at(zhao).get(f"{desk}ledger/table.csv")
    assert response.content.startswith(b"\xef\xbb\xbf") and "attachment" in response["Content-Disposition"]
    heading, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert heading[:2] == ["Received on", "Supplier"] and len(rows) == 3
    assert rows[1][1] == "'=HYPERLINK(1)" and rows[1][4] == "'+虾" and rows[1][6:8] == ["12", "kg"]
    month = at(zhao).get(f"{desk}ledger/table.csv", {"month": f"{row.received_on:%Y-%m}"})
    assert month.content.count(b"\r\n") == 3


def test_suppliers_are_added_corrected_and_ended(restaurant, wang, at, desk):
    page = f"{desk}suppliers/"
    facts = {"name": "楚门水产批发", "uscc": "91350100M000100Y4 4", "permit": "", "phone": ""}
    assert "check character does not fit" in words(at(wang).post(page, facts, follow=True))
    row = Supplier.objects.get()
    assert at(wang).post(page, facts).status_code == 422
    at(wang).post(f"{page}{row.pk}/", {**facts, "uscc": "91350100M000100Y43"})
    assert "check character" not in words(at(wang).get(page))
    assert "no longer in your list" in words(at(wang).post(f"{page}{row.pk}/end/", follow=True))
    assert at(wang).get(f"{page}{row.pk}/").status_code == 404


def test_a_manager_keeps_the_ledger_and_an_inspector_reads_it(restaurant, zhao, at, desk):
    manager = builders.manager(restaurant).user
    assert at(manager).post(f"{desk}ledger/new/", entry(line(0))).status_code == 302
    assert at(zhao).post(f"{desk}ledger/new/", entry(line(0))).status_code == 403
    assert Delivery.objects.count() == 1


# ── photos ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_photos_are_added_ordered_and_removed(restaurant, wang, at, desk, photo):
    for subject in ("front", "dining"):
        at(wang).post(f"{desk}photos/", {"picture": photo(), "subject": subject})
    front, dining = restaurant.photos.shown()
    at(wang).post(f"{desk}photos/{dining.pk}/move/", {"forward": "1"})
    assert list(restaurant.photos.shown()) == [dining, front]
    at(wang).post(f"{desk}photos/{dining.pk}/move/", {"back": "1"})
    assert list(restaurant.photos.shown()) == [front, dining]
    assert at(wang).get(f"{desk}photos/{front.pk}.jpg")["Content-Type"] == "image/jpeg"
    assert at(wang).post(f"{desk}photos/{front.pk}/remove/").status_code == 302
    assert at(wang).get(f"{desk}photos/{front.pk}.jpg").status_code == 404
    assert StoredFile.objects.count() == 1


def test_a_bad_photo_is_said_in_the_form(restaurant, wang, at, desk):
    assert at(wang).post(f"{desk}photos/", {"subject": "front"}).status_code == 422
    fake = io.BytesIO(b"<html>")
    fake.name = "front.jpg"
    response = at(wang).post(f"{desk}photos/", {"picture": fake, "subject": "front"})
    assert response.status_code == 422 and "not a picture" in words(response) and not Photo.objects.exists()


def test_an_inspector_removes_a_photo_only_with_a_reason(restaurant, zhao, at, desk):
    row = builders.photo(restaurant)
    url = f"{desk}photos/{row.pk}/remove/"
    assert at(zhao).post(url).status_code == 422
    assert at(zhao).post(url, {"reason": "x" * 201}).status_code == 422
    assert at(zhao).post(url, {"reason": "有顾客的脸"}).status_code == 302
    assert not restaurant.photos.shown().exists()


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_says_the_same_of_a_known_and_of_an_unknown_number(restaurant, wang, at, desk):
    builders.user("钱路", mobile="13900000001")
    pages = []
    for contact in ("139 0000 0001", "13900000002"):
        page = words(at(wang).post(f"{desk}people/", {"name": "小陈", "contact": contact}, follow=True))
        pages.append(page.replace(contact.replace(" ", ""), "…"))
        membership = Membership.objects.filter(role="manager").get()
        assert "钱路" not in page
        Membership.objects.filter(pk=membership.pk).delete()
    strip = [re.sub(r'people/\d+/|name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]
    assert strip[0] == strip[1]


def test_a_wrong_contact_is_said(restaurant, wang, at, desk):
    for contact, said in (("12", "not a mobile number"), ("a@b", "valid email"), ("", "required")):
        response = at(wang).post(f"{desk}people/", {"name": "小陈", "contact": contact})
        assert response.status_code == 422 and said in words(response)


def test_a_manager_leaves_and_the_owner_ends_one(restaurant, wang, at, desk):
    one, other = builders.manager(restaurant), builders.manager(restaurant)
    assert "Leave this kitchen" in words(at(one.user).get(desk))
    assert at(one.user).post(f"{desk}people/leave/").status_code == 302
    assert at(one.user).get(desk).status_code == 404
    assert "no longer acts" in words(at(wang).post(f"{desk}people/{other.pk}/end/", follow=True))
    assert "has an owner" in words(at(wang).post(f"{desk}people/leave/", follow=True))
    assert "Leave this kitchen" not in words(at(wang).get(desk))
