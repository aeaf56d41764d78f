"""The pages: what is missing with its ways, signed and asked on paper-less forms; the office's lists."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sunkitchen.registry.models import Credential, OwnCheck, SharedRegister, Undertaking
from sunkitchen.registry.requirements import told
from tests import builders

CODE = "91350100M000100Y43"


def desk(place, rest=""):
    return f"/en/desk/kitchens/{place.code}/needed/{rest}"


def test_the_list_says_what_is_missing_with_its_ways(restaurant, wang, at):
    page = at(wang).get(desk(restaurant)).content.decode()
    for words in (
        "Food business permit",
        "Missing",
        "Sign an undertaking",
        "Ask the bureau to look it up",
        "article 45",
    ):
        assert words in page
    assert "Take it from a register" not in page  # there is none


def test_an_officer_reads_the_list_without_its_buttons(restaurant, li, at):
    page = at(li).get(desk(restaurant)).content.decode()
    assert "Business licence" in page
    assert "Sign an undertaking" not in page


def test_an_undertaking_is_signed_on_its_page(restaurant, wang, at):
    url = desk(restaurant, "licence/undertaking/")
    assert "I undertake" in at(wang).get(url).content.decode()
    wrong = at(wang).post(url, {"agreed": "on", "kitchen": "别家", "name": "王海"})
    assert wrong.status_code == 422
    assert "That is not the kitchen" in wrong.content.decode()
    assert at(wang).post(url, {"agreed": "on", "kitchen": restaurant.signboard, "name": "王海"}).status_code == 302
    assert Undertaking.objects.get().signed_by == wang
    assert [one.kinds for one in told.of(restaurant, timezone.localdate())] == [("business_licence",)]
    assert at(wang).get(url).status_code == 302  # back to the list, which says why


@pytest.mark.parametrize("rest", ["nothing/undertaking/", "permit/undertaking/", "nothing/check/", "licence/register/"])
def test_a_way_that_is_not_open_leads_back_to_the_list(restaurant, wang, at, rest):
    response = at(wang).get(desk(restaurant, rest), follow=True)
    assert response.request["PATH_INFO"] == desk(restaurant)
    assert "note" in response.content.decode()


@pytest.mark.parametrize("body", [{}, {"kitchen": "x" * 999, "name": "\0", "agreed": "on"}, {"name": ["a", "b"]}])
def test_a_hostile_form_is_answered_in_words(restaurant, wang, at, body):
    assert 400 <= at(wang).post(desk(restaurant, "licence/undertaking/"), body).status_code < 500
    assert not Undertaking.objects.exists()


def test_a_question_is_asked_listed_and_answered(restaurant, wang, li, at):
    assert at(wang).post(desk(restaurant, "licence/check/"), {"hint": "旧名"}).status_code == 302
    row = OwnCheck.objects.get()
    assert restaurant.signboard in at(li).get("/en/office/checks/").content.decode()
    url = f"/en/office/checks/{row.pk}/"
    assert "旧名" in at(li).get(url).content.decode()
    assert at(li).post(url, {"found": "1", "number": "x"}).status_code == 422
    facts = {
        "number": CODE,
        "holder": "海澜海上明月餐饮有限公司",
        "valid_from": "2020-01-01",
        "endless": "on",
        "said": "有",
    }
    assert at(li).post(url, {"found": "1", **facts}).status_code == 302
    assert Credential.objects.get().state == "in_force"
    assert "Confirmed by the bureau" in at(li).get(url).content.decode()
    assert at(li).post(url, {"not_found": "1", "said": "没有"}).status_code == 302  # somebody was faster: said there


def test_a_register_is_added_loaded_tried_and_taken_from(restaurant, wang, li, at):
    restaurant.uscc = CODE
    restaurant.save()
    office = at(li)
    added = office.post("/en/office/shared/", {"kind": "business_licence", "title": "登记库", "source": "table"})
    row = SharedRegister.objects.get()
    assert added.status_code == 302
    body = f"信用代码,名称,成立日期,营业期限至\n{CODE},旧名餐饮,2020-01-01,长期\n坏,,,".encode()
    url = f"/en/office/shared/{row.pk}/"
    loaded = office.post(f"{url}load/", {"file": SimpleUploadedFile("a.csv", body)}, follow=True)
    assert "the number has another form" in loaded.content.decode()
    assert "旧名餐饮" in office.post(f"{url}try/", {"number": CODE}).content.decode()
    page = at(wang).get(desk(restaurant, "licence/register/")).content.decode()
    assert "Another name than" in page
    taken = at(wang).post(desk(restaurant, "licence/register/"), {"register": row.pk, "number": CODE}, follow=True)
    assert "登记库" in taken.content.decode()
    paper = Credential.objects.get()
    assert "Another name than" in office.get(f"/en/office/papers/{paper.pk}/").content.decode()
    assert "key" not in office.get(url).content.decode().partition("<main")[2].lower().replace("key press", "")


def test_only_whoever_arranges_the_review_trusts_a_register(hailan, li, sun, at):
    row = builders.shared_register(hailan)
    url = f"/en/office/shared/{row.pk}/trust/"
    assert at(li).post(url, {"at_once": "1"}).status_code == 403
    assert at(sun).post(url, {"at_once": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.at_once
