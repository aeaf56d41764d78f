"""The pages of a visit: without JavaScript, as a phone's draft asks, and as the kitchen's own people see it."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from ratings.models import Inspection
from tests.ratings.conftest import answers

from .conftest import picture

pytestmark = pytest.mark.django_db
PHONE = {"HTTP_X_DRAFT": "1"}


def filled_in(failed=()):
    return {f"{part}-{code}": given[part] for code, given in answers(failed).items() for part in ("answer", "note")}


def begin_with(zhou, **words):
    return {
        "second": zhou.pk,
        "kind": "routine",
        "visited_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        **words,
    }


SIGNED = {"do": "close", "signature": "signed", "signed_name": "王海"}


def test_without_javascript_photos_heads_and_place_come_with_the_form(at, visit, zhao):
    key = uuid4()
    sent = {
        **filled_in(["clean"]),
        **SIGNED,
        "heads_on_duty": "8",
        "heads_certified": "7",
        "mend_by": "2026-11-30",
        "remark": "已现场指导",
        "latitude": "28.1",
        "longitude": "121.2",
        "accuracy": "9.6",
        "photo-clean": picture(),
        "key-clean": str(key),
        "photo-whole": picture(),
    }
    answer = at(zhao).post(reverse("office_inspection", args=[visit.pk]), sent)
    assert answer.status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.heads_on_duty, visit.heads_certified, visit.remark) == ("closed", 8, 7, "已现场指导")
    assert (visit.accuracy, str(visit.findings.get().mend_by)) == (10, "2026-11-30")
    assert sorted(visit.photos.values_list("item", flat=True)) == ["", "clean"]
    assert visit.photos.get(item="clean").key == key


@pytest.mark.parametrize(
    "wrong",
    [
        {"heads_on_duty": "many"},
        {"heads_on_duty": "-1"},
        {"latitude": "nan", "longitude": "1", "accuracy": "1"},
        {"latitude": "500", "longitude": "1", "accuracy": "1"},
        {"mend_by": "0000-00-00"},
        {"remark": "x" * 1001},
        {"key-clean": "no key"},
        {"signature_image": "text"},
    ],
)
def test_a_hostile_form_closes_nothing(at, visit, zhao, wrong):
    answer = at(zhao).post(reverse("office_inspection", args=[visit.pk]), {**filled_in(), **SIGNED, **wrong})
    visit.refresh_from_db()
    if "signature_image" in wrong:  # text where a file belongs is no file
        assert answer.status_code == 302
    else:
        assert answer.status_code == 422 and visit.state == "draft"


def test_a_phone_is_answered_as_data_and_may_send_all_of_it_again(at, restaurant, permit, zhao, zhou):
    page, begin = at(zhao), reverse("office_inspection_begin", args=[restaurant.code])
    words = begin_with(zhou, form=str(uuid4()))
    first, again = (page.post(begin, words, **PHONE).json() for _turn in range(2))
    visit = Inspection.objects.get()
    assert first == again == {"state": "draft", "url": reverse("office_inspection", args=[visit.pk])}
    photo = {"key": str(uuid4()), "item": "clean", "taken_at": timezone.now().isoformat()}
    sent = [page.post(first["url"] + "photos/", {**photo, "photo": picture()}).json() for _turn in range(2)]
    assert sent[0] == sent[1] == {"photo": visit.photos.get().pk}
    closing = {**filled_in(["clean"]), **SIGNED}
    closed = [page.post(first["url"], closing, **PHONE).json() for _turn in range(2)]
    assert closed[0] == closed[1] == {"state": "closed", "url": first["url"]}


def test_what_a_phone_sends_after_others_closed_the_visit_is_not_taken(at, closed, zhou):
    url = reverse("office_inspection", args=[closed.pk])
    answer = at(zhou).post(url, {**filled_in(), **SIGNED}, **PHONE)
    assert answer.status_code == 409 and answer.json()["errors"][""]
    closed.refresh_from_db()
    assert closed.answers["hands"]["answer"] == "fail"


def test_a_phone_is_told_what_is_wrong_by_field(at, visit, zhao):
    url = reverse("office_inspection", args=[visit.pk])
    answer = at(zhao).post(url, {"note-clean": "油", "do": "save"}, **PHONE)
    assert answer.status_code == 422 and list(answer.json()["errors"]) == ["answer-clean"]
    assert at(zhao).post(url, {**filled_in(), "do": "close"}, **PHONE).json()["errors"][""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "x"},
        {"item": "dragons"},
        {"item": "a\0b"},
        {"taken_at": "0001-01-01T00:00:00+14:00"},
        {"taken_at": "9999-12-31T23:59:59Z"},
        {"photo": "text"},
    ],
)
def test_a_hostile_photo_is_refused_in_words(at, visit, zhao, wrong):
    sent = {"key": str(uuid4()), "item": "clean", "photo": picture(), **wrong}
    answer = at(zhao).post(reverse("office_inspection_photos", args=[visit.pk]), sent)
    assert answer.status_code in (400, 422) and not visit.photos.exists()


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1999-01-01T00:00"])
def test_a_visit_of_another_age_is_refused(at, restaurant, zhao, zhou, when):
    answer = at(zhao).post(
        reverse("office_inspection_begin", args=[restaurant.code]), begin_with(zhou, visited_at=when)
    )
    assert answer.status_code == 422 and not Inspection.objects.exists()


def test_the_token_names_who_is_signed_in_and_no_cache_keeps_it(at, zhao):
    answer = at(zhao).get(reverse("office_inspection_token"))
    assert answer.json()["user"] == str(zhao.pk) and len(answer.json()["token"]) > 20
    assert "no-store" in answer["Cache-Control"]


def test_the_worker_lies_below_its_pages_and_sets_no_cookie(client):
    for prefix in ("", "/en"):
        answer = client.get(prefix + "/office/inspections/worker.js")
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/javascript")
        assert "Service-Worker-Allowed" not in answer and not answer.cookies
        assert b"addEventListener('fetch'" in answer.content


def test_a_reinspection_begins_from_the_result_and_shows_what_was_found(at, closed, restaurant, zhao, zhou):
    page = at(zhao)
    result = page.get(reverse("office_inspection", args=[closed.pk])).content.decode()
    link = f"{reverse('office_inspection_begin', args=[restaurant.code])}?follows={closed.pk}"
    assert link in result
    begin = page.get(link).content.decode()
    assert f'name="follows" value="{closed.pk}"' in begin
    page.post(link, begin_with(zhou, follows=closed.pk))
    again = Inspection.objects.get(follows=closed)
    assert again.kind == "follow_up"
    form = page.get(reverse("office_inspection", args=[again.pk])).content.decode()
    photo = reverse("office_inspection_photo", args=[closed.pk, closed.photos.get().pk])
    assert photo in form and form.count("看到了") == 2


def test_the_sheet_has_all_that_the_law_wants_on_it(at, closed, zhao):
    sheet = at(zhao).get(reverse("office_inspection_sheet", args=[closed.pk])).content.decode()
    words = ["监督检查结果记录表", "海澜市市场监督管理局", "HL-0012", "HL-0015", "王海", "基本符合", "看到了", "<svg"]
    assert all(word in sheet for word in words)


def test_the_kitchens_people_see_the_result_with_its_pictures_once_it_is_closed(at, visit, closed, wang, qian):
    page = at(wang).get(reverse("inspection_desk", args=[closed.pk]))
    photo = reverse("inspection_desk_photo", args=[closed.pk, closed.photos.get().pk])
    assert photo in page.content.decode() and "看到了" in page.content.decode()
    picture_ = at(wang).get(photo)
    assert picture_.status_code == 200 and "no-store" in picture_["Cache-Control"]
    assert at(qian).get(photo).status_code == 404


def test_the_kitchens_people_see_nothing_of_a_visit_under_way(at, restaurant, visit, wang):
    assert at(wang).get(reverse("inspection_desk", args=[visit.pk])).status_code == 404


def test_a_photo_is_found_only_under_its_own_visit(at, closed, restaurant, zhao, zhou):
    other = Inspection.objects.create(
        establishment=restaurant,
        authority=closed.authority,
        checklist=closed.checklist,
        lead=zhao,
        second=zhou,
        visited_at=timezone.now(),
    )
    path = reverse("office_inspection_photo", args=[other.pk, closed.photos.get().pk])
    assert at(zhao).get(path).status_code == 404
