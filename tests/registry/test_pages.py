"""The pages of owners and clerks: what was typed stays, what is refused is said, what is another's is not there."""

import io

import pypdfium2
import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sunkitchen.core.models import StoredFile
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.models import Credential, Establishment, Sticker
from tests import builders
from tests.core import corpus

KITCHEN = {
    "signboard": "小海面馆",
    "operator_name": "海澜小海面馆",
    "place": "999901",
    "address": "海澜市楚门镇 1 号",
    "category": "small",
    "hours_0": "10:00-21:30",
    "same_hours": "on",
}
PAPER = {
    "number": "JY2 9999 0100 0001 0",
    "holder": "海澜小海面馆",
    "issuer": "海澜市市场监督管理局",
    "items": "热食类食品制售",
    "valid_from": "2024-05-13",
    "valid_through": "2029-05-12",
}


def test_an_owner_registers_a_kitchen_and_is_led_to_what_it_needs(hailan, qian, at):
    response = at(qian).post("/en/desk/kitchens/new/", KITCHEN, follow=True)
    place = Establishment.objects.get()
    assert response.request["PATH_INFO"] == f"/en/desk/kitchens/{place.code}/needed/"
    assert f"/en/desk/kitchens/{place.code}/papers/new/?kind=food_permit" in response.content.decode()
    assert place.hours == [["10:00", "21:30"]] * 7 and place.division == "999901"


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ({"signboard": ""}, "required"),
        ({"uscc": "91350100M000100Y"}, "18 digits"),
        ({"hours_3": "all day"}, "10:00-21:30"),
        ({"place": "other", "division": ""}, "division code"),
        ({"place": "other", "division": "999"}, "6 to 12 digits"),
        ({"address": "路" * 10_000}, "at most 200"),
    ],
)
def test_a_wrong_fact_is_said_and_what_was_typed_stays(hailan, qian, at, fact, words):
    response = at(qian).post("/en/desk/kitchens/new/", {**KITCHEN, **fact})
    page = response.content.decode()
    assert response.status_code == 422 and words in page
    assert 'value="海澜小海面馆"' in page and 'value="10:00-21:30"' in page
    assert not Establishment.objects.exists()


def test_an_owner_edits_an_open_kitchen_but_not_its_division(restaurant, wang, at):
    page = f"/en/desk/kitchens/{restaurant.code}/edit/"
    assert 'name="division"' not in at(wang).get(page).content.decode()
    facts = {**KITCHEN, "place": "other", "division": "111111", "signboard": "海上明月"}
    assert at(wang).post(page, facts).status_code == 302
    restaurant.refresh_from_db()
    assert (restaurant.signboard, restaurant.division) == ("海上明月", "999901")


def test_a_permit_is_handed_in_by_photo(newcomer, wang, at, photo):
    page = f"/en/desk/kitchens/{newcomer.code}/papers/new/"
    response = at(wang).post(page, {**PAPER, "files": [photo(), photo()]}, follow=True)
    assert response.status_code == 200 and "Handed in" in response.content.decode()
    row = Credential.objects.get()
    assert (row.state, row.number, row.pages.count()) == ("submitted", "JY29999010000010", 2)


def test_a_permit_is_handed_in_as_pdf(newcomer, wang, at):
    pdf = SimpleUploadedFile("permit.pdf", corpus.pdf(2, script=True), "application/pdf")
    at(wang).post(f"/en/desk/kitchens/{newcomer.code}/papers/new/", {**PAPER, "files": pdf})
    row = Credential.objects.get()
    second = at(wang).get(f"/papers/{row.pk}/pages/2/")
    assert second["Content-Type"] == "image/jpeg"
    assert at(wang).get(f"/papers/{row.pk}/pages/3/").status_code == 404


BAD_FILES = {
    "no file": (None, "required"),
    "0 bytes": (b"", "empty"),
    "not an image": (corpus.HTML, "neither a picture"),
    "179 megapixels": (corpus.png_179_megapixels(), "megapixels"),
}


@pytest.mark.parametrize("what", BAD_FILES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_bad_file_is_said_on_the_form_and_nothing_is_stored(newcomer, wang, at, what, language, settings):
    body, words = BAD_FILES[what]
    files = {"files": SimpleUploadedFile("permit.jpg", body, "image/jpeg")} if body is not None else {}
    prefix = "/en" if language == "en" else ""
    response = at(wang).post(f"{prefix}/desk/kitchens/{newcomer.code}/papers/new/", {**PAPER, **files})
    page = response.content.decode()
    assert response.status_code == 422 and "errorlist" in page and "热食类食品制售" in page
    if language == "en":
        assert words in page
    assert not Credential.objects.exists() and not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ({"number": "JY2999901000001A"}, "digits only"),
        ({"valid_through": "2024-05-12"}, "ends before it begins"),
        ({"valid_through": "never"}, "valid date"),
        ({"holder": "店" * 10_000}, "at most 100"),
    ],
)
def test_a_wrong_field_of_a_paper_is_said_beside_it(newcomer, wang, at, photo, fact, words):
    facts = {**PAPER, **fact, "files": photo()}
    response = at(wang).post(f"/en/desk/kitchens/{newcomer.code}/papers/new/", facts)
    assert response.status_code == 422 and words in response.content.decode()
    assert not Credential.objects.exists()


def test_a_full_disk_answers_507_and_reads_go_on(newcomer, wang, at, photo, settings, tmp_path, monkeypatch):
    import errno

    from sunkitchen.core import files

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_write", full)
    page = f"/en/desk/kitchens/{newcomer.code}/papers/new/"
    response = at(wang).post(page, {**PAPER, "files": photo()})
    assert response.status_code == 507 and "no room" in response.content.decode()
    assert at(wang).get(page).status_code == 200


@pytest.fixture
def waiting(newcomer, wang, photo, facts):
    return credentials.hand_in(newcomer, by=wang, uploads=[photo()], **facts)


def test_only_the_kitchen_and_its_authority_see_the_picture(waiting, wang, li, zhao, qian, at):
    url = f"/papers/{waiting.pk}/pages/1/"
    assert [at(person).get(url).status_code for person in (wang, li, zhao)] == [200, 200, 200]
    assert at(qian).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert at(wang).get(url)["Cache-Control"] == "private, no-store"


def test_a_clerk_sees_the_paper_beside_its_fields_and_approves(waiting, li, at):
    page = at(li).get(f"/en/office/papers/{waiting.pk}/").content.decode()
    assert waiting.number in page and "Check digit fits" in page and f"/papers/{waiting.pk}/pages/1/" in page
    waiting.refresh_from_db()
    seen = waiting.submitted_at.isoformat()
    response = at(li).post(f"/en/office/papers/{waiting.pk}/approve/", {"seen": seen}, follow=True)
    assert "is in force" in response.content.decode()
    waiting.establishment.refresh_from_db()
    assert waiting.establishment.state == "open"


def test_nothing_is_decided_unseen(waiting, li, at):
    for step, words in (("approve", {}), ("return", {"words": "Blurred."})):
        response = at(li).post(f"/en/office/papers/{waiting.pk}/{step}/", words)
        assert response.status_code == 422 and "look at it before you decide" in response.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


def test_what_changed_since_the_clerk_looked_is_not_approved(waiting, wang, li, at):
    seen = waiting.submitted_at.isoformat()
    credentials.withdraw(waiting, by=wang)
    credentials.submit(waiting, by=wang)
    response = at(li).post(f"/en/office/papers/{waiting.pk}/approve/", {"seen": seen})
    assert response.status_code == 409 and "already dealt with" in response.content.decode()


def test_a_clerk_returns_with_reasons_to_tick_and_the_owner_reads_them(waiting, wang, li, at):
    url = f"/en/office/papers/{waiting.pk}/return/"
    seen = waiting.submitted_at.isoformat()
    assert at(li).post(url, {"seen": seen}).status_code == 422
    at(li).post(url, {"seen": seen, "reasons": ["end_unreadable", "dates"], "words": "Thank you."})
    page = at(wang).get(f"/en/desk/kitchens/{waiting.establishment.code}/papers/{waiting.pk}/").content.decode()
    assert "有效期看不清" in page and "日期与证件不一致" in page and "Thank you." in page  # in 王's language
    assert "Returned" in page and li.name not in page


def test_a_returned_paper_is_corrected_and_handed_in_again(waiting, wang, li, at):
    credentials.send_back(waiting, by=li, reason="number")
    page = f"/en/desk/kitchens/{waiting.establishment.code}/papers/{waiting.pk}/edit/"
    assert waiting.number in at(wang).get(page).content.decode()
    assert at(wang).post(page, {**PAPER, "number": "JY29999010000028"}).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.number, waiting.pages.count()) == ("submitted", "JY29999010000028", 1)


def test_what_waits_cannot_be_edited_and_the_form_says_so(waiting, wang, at):
    page = f"/en/desk/kitchens/{waiting.establishment.code}/papers/{waiting.pk}/edit/"
    response = at(wang).post(page, PAPER)
    assert response.status_code == 409 and "already dealt with" in response.content.decode()


def test_an_owner_takes_a_paper_back(waiting, wang, at):
    at(wang).post(f"/en/desk/kitchens/{waiting.establishment.code}/papers/{waiting.pk}/withdraw/")
    waiting.refresh_from_db()
    assert waiting.state == "draft"


def test_an_inspector_reads_a_paper_and_decides_nothing(waiting, zhao, at):
    page = at(zhao).get(f"/en/office/papers/{waiting.pk}/").content.decode()
    assert "/approve/" not in page
    assert at(zhao).post(f"/en/office/papers/{waiting.pk}/approve/").status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == "submitted"
    assert "Being reviewed" not in page


def test_table_codes_are_made_printed_and_read_back(restaurant, wang, at, settings):
    settings.SITE_URL, settings.SITE_HOST = "https://sun.example.cn", "sun.example.cn"
    desk = f"/en/desk/kitchens/{restaurant.code}/stickers/"
    assert "3 table codes are ready" in at(wang).post(desk, {"tables": "1-3"}, follow=True).content.decode()
    response = at(wang).get(f"{desk}print.pdf")
    assert response["Content-Type"] == "application/pdf" and response["Cache-Control"] == "private, no-store"
    page = pypdfium2.PdfDocument(io.BytesIO(response.content))[0]
    read = {code.text for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())}
    assert read == {f"HTTPS://SUN.EXAMPLE.CN/Q/{row.token.upper()}" for row in Sticker.objects.all()}
    one = at(wang).get(f"{desk}print.pdf", {"table": Sticker.objects.first().pk})
    page = pypdfium2.PdfDocument(io.BytesIO(one.content))[0]
    assert len(zxingcpp.read_barcodes(page.render(scale=2).to_pil())) == 1


@pytest.mark.parametrize("typed", ["x" * 10_000, "桌" * 100_000, ""])
def test_a_monstrous_table_is_refused_and_stays_in_the_form(restaurant, wang, at, typed):
    response = at(wang).post(f"/en/desk/kitchens/{restaurant.code}/stickers/", {"tables": typed})
    assert response.status_code == 422 and "errorlist" in response.content.decode()
    assert typed in response.content.decode() and not Sticker.objects.exists()


def test_a_code_is_replaced_and_revoked_from_the_page(restaurant, wang, at):
    old = builders.sticker(restaurant)
    desk = f"/en/desk/kitchens/{restaurant.code}/stickers/"
    at(wang).post(f"{desk}{old.pk}/rotate/")
    new = Sticker.objects.valid().get()
    assert new.token != old.token
    response = at(wang).post(f"{desk}{new.pk}/revoke/", follow=True)
    assert "dead from now on" in response.content.decode() and not Sticker.objects.valid().exists()
    assert "dealt with" in at(wang).post(f"{desk}{new.pk}/revoke/", follow=True).content.decode()
    assert at(wang).get(f"{desk}print.pdf").status_code == 302
