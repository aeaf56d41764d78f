"""The start page, and what every public page promises."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests import builders


@pytest.fixture
def everywhere(edition, red_kitchen):
    """Every public page, by path without language."""
    sticker = builders.sticker(red_kitchen)
    code = red_kitchen.code
    pages = [
        "/",
        "/?q=海",
        "/?q=nothing",
        "/?all=1",
        "/wall/",
        "/wall/?screen=1",
        "/map/",
        "/privacy/",
        "/lists/",
        "/log/",
    ]
    kitchen = [f"/k/{code}/{page}" for page in ("", "history/", "ledger/", "kiosk/")]
    return [*pages, "/lists/hailan/2026-11/", *kitchen, f"/q/{sticker.token}", "/q/none", "/nowhere/"]


def test_no_public_page_sets_a_cookie_or_varies_by_one(everywhere, client, wang):
    """Not even for somebody who is signed in: the page is the same for everybody."""
    signed_in = Client()
    signed_in.force_login(wang)
    for reader in (client, signed_in):
        for path in everywhere:
            answer = reader.get(path)
            assert not answer.cookies, path
            assert "Cookie" not in answer.get("Vary", ""), path
            assert "Accept-Language" not in answer.get("Vary", ""), path
            if path.startswith("/q/"):
                assert "no-store" in answer["Cache-Control"], path


def test_no_public_page_has_an_inline_style_or_script(everywhere, read, client):
    for path in everywhere:
        html = client.get(path).content.decode()
        assert not re.search(r'\sstyle="', html), path
        assert "<style" not in html, path
        assert not re.search(r"\son\w+=", html), path
        scripts = re.findall(r"<script[^>]*>", html)
        assert all(" src=" in tag or re.search(r'type="application/(ld\+)?json"', tag) for tag in scripts), path


def test_the_english_page_is_english_but_for_names_and_quotes(everywhere, client, read):
    for path in everywhere:
        page = read(f"/en{path}", status=client.get(path).status_code)
        left = " ".join(page.english).replace("海上明月海鲜楼", "").replace("“海”", "")
        assert not re.search(r"[\u4e00-\u9fff]", left), f"{path}: {left}"


def test_each_page_names_its_language_and_the_same_page_in_the_other(client, red_kitchen):
    path = f"/k/{red_kitchen.code}/"
    for here, tag, there in ((path, "zh-Hans", f"/en{path}"), (f"/en{path}", "en", path)):
        html = client.get(here).content.decode()
        assert f'<html lang="{tag}"' in html
        assert f'href="{there}" lang=' in html
        assert f'hreflang="en" href="http://testserver/en{path}"' in html
        assert f'hreflang="zh-Hans" href="http://testserver{path}"' in html


def test_the_readers_browser_does_not_choose_the_language(client, db):
    chinese = client.get("/", headers={"accept-language": "zh-CN"}).content
    assert client.get("/", headers={"accept-language": "en"}).content == chinese


def test_large_type_works_without_script_or_cookie(client, db):
    assert 'class="large"' in client.get("/?large=1").content.decode()
    assert 'class="large"' not in client.get("/").content.decode()


@pytest.mark.parametrize("text", ["明月", "南兴东路", "JY29999010000013", "海 明月", "  明月 "])
def test_a_kitchen_is_found_by_signboard_address_or_permit_number(read, red_kitchen, black_kitchen, text):
    page = read(f"/en/?q={text}")
    assert page.says("1 kitchen found", "海上明月海鲜楼")
    assert "老码头大排档" not in page.text


def test_a_kitchen_is_found_by_its_code_typed_with_look_alikes(read, db):
    place = builders.establishment(code="0a1b2c3d", signboard="某店")
    assert read("/en/?q=OALB2C3D").says("1 kitchen found", place.signboard)


def test_a_kitchen_that_is_not_open_yet_is_not_found(read, db):
    builders.establishment(state="registered", signboard="未开的店")
    assert read("/en/?q=未开").says("0 kitchens found")


def test_a_text_of_ten_thousand_characters_is_cut_and_answered(read, db):
    assert read("/en/?q=" + "明" * 10_000).says("0 kitchens found")


def test_the_start_page_shows_kitchens_with_state_and_seal_and_the_latest_edition(read, edition):
    page = read("/en/")
    assert page.says("海上明月海鲜楼", "Red and black lists", "Edition 11 of 2026")
    assert page.says("No picture since")
    assert page.says("Black list")


def test_a_switched_off_camera_is_called_so_and_not_missing(read, db):
    builders.camera(builders.establishment(), enabled=False)
    page = read("/en/")
    assert page.says("Camera switched off", "海上明月海鲜楼")
    assert "No camera" not in page.text


def test_the_start_page_costs_the_same_for_many_kitchens(client, edition, django_assert_max_num_queries):
    for number in range(8):
        builders.camera(builders.establishment(signboard=f"店 {number}"))
    with django_assert_max_num_queries(12):
        client.get("/")


def test_what_is_invented_is_marked_on_every_page_it_stands_on(everywhere, read, red_kitchen, client):
    assert not read(f"/en/k/{red_kitchen.code}/").text.count("Demo")
    type(red_kitchen).objects.update(is_demo=True)
    for path in everywhere:
        shows_kitchen = "海上明月" in client.get(path).content.decode() or path == "/lists/"
        assert not shows_kitchen or read(f"/en{path}", client.get(path).status_code).says("Demo", "invented"), path


def test_the_footer_names_host_contact_and_filing_numbers_where_set(read, db, settings):
    settings.SITE_HOSTED_BY, settings.SITE_CONTACT = "Hailan bureau", "0570-0000000"
    settings.SITE_ICP, settings.SITE_POLICE = "ICP 1", "PSB 2"
    assert read("/en/").says("Hosted by: Hailan bureau", "Privacy", "Contact: 0570-0000000", "ICP 1 · PSB 2")


def test_errors_are_calm_and_speak_both_languages(read, client, db):
    assert read("/en/nowhere/", status=404).says("There is nothing at this address")
    assert "There is nothing at this address" in client.get("/nowhere/").content.decode()
    for name in ("403", "403_csrf", "429"):
        assert 'lang="en"' in render_to_string(f"{name}.html")
    assert "Something went wrong on our side." in render_to_string("500.html")


def test_a_form_without_its_token_is_refused_in_words(db):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/en/sign-in/", {"email": "a@example.com"})
    assert answer.status_code == 403
    assert "The form was not sent" in answer.content.decode()
