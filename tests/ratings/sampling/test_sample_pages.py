"""The same steps through the pages, as a phone's browser without JavaScript takes them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from ratings.models import LabReport, Sample
from tests import builders
from tests.core import corpus
from tests.ratings import supervised

from .conftest import FAILED, LAB, OTHER_LAB

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def stamp():
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


def address(name, sample):
    return reverse(f"office_sample_{name}", args=[sample.code])


def photo():
    return SimpleUploadedFile("report.jpg", io.BytesIO(corpus.picture()).read(), "image/jpeg")


def test_a_sample_goes_its_whole_way_through_the_pages(at, restaurant, zhao, zhou, wang):
    officer, owner = at(zhao), at(wang)
    builders.supplier(restaurant, "楚门水产批发")
    assert restaurant.code in officer.get("/office/samples/new/?q=海上").content.decode()
    page = officer.get(f"/office/samples/new/{restaurant.code}/").content.decode()
    assert "楚门水产批发" in page
    made = officer.post(
        f"/office/samples/new/{restaurant.code}/",
        {
            "product": "蒜蓉粉丝蒸扇贝",
            "quantity": "3 × 250 g",
            "seal": "HL-F-1",
            "retained": "样品室",
            "second": zhou.pk,
            "supplier": "",
            "taken_at": stamp(),
        },
    )
    sample = Sample.objects.get()
    assert made.url == reverse("office_sample", args=[sample.code])
    link = {"giver": "赵查", "taker": "冷链员小何", "seal_intact": "yes", "handed_at": stamp()}
    assert officer.post(address("hand_over", sample), {**link, "seal_intact": ""}).status_code == 422
    assert officer.post(address("hand_over", sample), link).status_code == 302
    assert officer.post(address("receive", sample), {**link, "laboratory": LAB}).status_code == 422  # a hole
    arrived = {**link, "giver": "冷链员小何", "taker": "收样员小方", "laboratory": LAB}
    assert officer.post(address("receive", sample), arrived).status_code == 302
    today = timezone.localdate().isoformat()
    result = {"number": "HLSP-1", "issued_on": today, "conforms": "no", "findings": FAILED}
    assert officer.post(address("report", sample), {**result, "findings": ""}).status_code == 422
    assert officer.post(address("report", sample), {**result, "file": photo()}).status_code == 302
    assert officer.post(address("report", sample), result).status_code == 409
    picture = reverse("sample_report", args=[sample.code, "first", 1])
    assert owner.get(picture).status_code == officer.get(picture).status_code == 200
    assert owner.get(reverse("sample_report", args=[sample.code, "retest", 1])).status_code == 404
    service = {"method": "direct", "served_on": today, "note": "店长签收"}
    assert officer.post(address("serve", sample), service).status_code == 302
    desk = reverse("sample_desk", args=[sample.code])
    assert "contest" in owner.get(desk).content.decode()
    assert owner.post(f"{desk}contest/", {"why": ""}).status_code == 422
    assert owner.post(f"{desk}contest/", {"why": "采样容器不洁"}).status_code == 302
    assert owner.post(f"{desk}contest/", {"why": "再一次"}).status_code == 409
    again = {"laboratory": OTHER_LAB, "number": "ZD-7", "issued_on": today, "conforms": "yes"}
    assert officer.post(address("retest", sample), {**again, "laboratory": LAB}).status_code == 422
    assert officer.post(address("retest", sample), again).status_code == 302
    sample.refresh_from_db()
    assert sample.state == "cleared"
    assert "抽样单" in officer.get(address("print", sample)).content.decode()
    for show in ("due", "way", "window", "retest", "failed", "passed", "void", "all", "nonsense"):
        shown = officer.get(f"/office/samples/?show={show}&page=x").content.decode()
        assert (sample.code in shown) == (show in ("passed", "all"))


@pytest.mark.parametrize("state", [state.value for state in Sample.State])
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_state_has_its_pages(at, restaurant, hailan, zhao, zhou, lin, wang, state, language):
    sample = supervised.sample(restaurant, hailan, zhao, zhou, state=state)
    for person, path in (
        (lin, f"/office/samples/{sample.code}/"),
        (zhao, f"/office/samples/{sample.code}/"),
        (wang, f"/desk/samples/{sample.code}/"),
        (wang, f"/desk/kitchens/{restaurant.code}/supervision/"),
        (zhao, "/office/samples/?show=all"),
    ):
        shown = at(person).get(language + path)
        assert shown.status_code == 200 and sample.product in shown.content.decode()


def test_the_forms_are_those_of_who_may_and_of_the_state(at, restaurant, hailan, zhao, zhou, lin, li):
    sample = supervised.sample(restaurant, hailan, zhao, zhou, state="served")
    path = reverse("office_sample", args=[sample.code])

    def offered(person):
        page = at(person).get(path).content.decode()
        steps = ("hand_over", "receive", "report", "serve", "contest", "retest", "void")
        return {step for step in steps if f'action="{address(step, sample)}"' in page}

    assert offered(lin) == {"contest", "void"}
    assert offered(zhao) == {"contest"}  # who took it does not void it
    assert offered(li) == set()


@pytest.mark.parametrize(
    "junk",
    [
        {"why": "空\0字"},
        {"why": "字" * 100_000},
        {"why": ["一", "二"]},
        {"reason": {"a": 1}},
    ],
)
def test_junk_in_a_form_is_answered_in_words(at, restaurant, hailan, zhao, zhou, lin, wang, junk):
    sample = supervised.sample(restaurant, hailan, zhao, zhou, state="served")
    before = Sample.objects.values().get()
    answered = at(wang).post(f"/desk/samples/{sample.code}/contest/", {"why": "", **junk})
    assert answered.status_code in (302, 422)
    if answered.status_code == 422:
        assert Sample.objects.values().get() == before
    for step in ("hand_over", "receive", "report", "serve", "retest", "void"):
        fields = dict.fromkeys(("giver", "taker", "number", "issued_on", "method", "served_on", "reason"), "\0" * 9)
        assert at(lin).post(address(step, sample), fields).status_code == 422
    assert not LabReport.objects.filter(kind="retest").exists()


@pytest.mark.parametrize("visit", ["x", "9" * 40, "-1", "٣", "0"])
def test_a_visit_that_is_none_is_left_out(at, restaurant, zhao, zhou, visit):
    assert at(zhao).get(f"/office/samples/new/{restaurant.code}/?visit={visit}").status_code == 200


def test_the_print_has_the_enforcement_numbers_and_a_code_to_the_owners_page(at, restaurant, hailan, zhao, zhou):
    sample = supervised.sample(restaurant, hailan, zhao, zhou)
    page = at(zhao).get(address("print", sample)).content.decode()
    assert "HL-0012" in page and "HL-0015" in page and "<svg" in page
    assert f"/desk/samples/{sample.code}/" in page
