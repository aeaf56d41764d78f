"""A paper is photographed, brought over a bad connection, read and checked: in a real browser on a phone."""

import io
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from PIL import Image

from sunkitchen.registry.models import Credential, Reading, Upload
from tests.registry.uploads.conftest import FIELDS

pytestmark = pytest.mark.real("chromium")
INPUT = "input[data-upload]"


def meanwhile(deed, *words):
    """In a thread of its own: the browser's event loop holds this one, and the database is asked without it."""

    def alone():
        try:
            return deed(*words)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        return worker.submit(alone).result()


def said_by_the_page(page):
    """Its complaints, without those of the connection that is cut on purpose and of the bell, which has no server here."""
    return [said for said in page.complaints if "ERR_CONNECTION" not in said and "WebSocket" not in said]


@pytest.fixture
def signed_in(live_server, newcomer, wang):
    """王 is signed in: the address of the form, and the cookie. Made before the browser is there."""
    client = Client()
    client.force_login(wang)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    return f"{live_server.url}/en/desk/kitchens/{newcomer.code}/papers/new/?kind=food_permit", cookies


@pytest.fixture
def form(signed_in, page):
    """The form of a food permit on a phone."""
    address, cookies = signed_in
    page.context.add_cookies(cookies)
    page.goto(address)
    return page


@pytest.fixture
def photo_file(sheet):
    """A photo of a few pieces: the paper, with noise of a real camera behind its end."""
    return {"name": "permit.jpg", "mimeType": "image/jpeg", "buffer": sheet + os.urandom(1_300_000)}


def states(page):
    return page.locator(".brought .state").all_inner_texts()


def test_a_photo_survives_a_lost_connection_is_read_and_handed_in(form, photo_file, as_read, newcomer):
    page, sent = form, []

    def shaky(route):
        if route.request.method == "PATCH":
            sent.append(int(route.request.headers["upload-offset"]))
            if 2 <= len(sent) <= 3:
                return route.abort("connectionreset")
        return route.continue_()

    page.route("**/uploads/**", shaky)
    page.set_input_files(INPUT, photo_file)
    page.wait_for_selector(".brought .warn", timeout=30_000)
    assert "No connection" in states(page)[0]
    page.evaluate("window.dispatchEvent(new Event('online'))")  # it need not wait for its back-off
    page.wait_for_selector(".brought .thumb img", timeout=60_000)
    assert sent[0] == 0 and sent[1] == sent[2] == sent[3] == 512 * 1024, "nothing that arrived was sent again"
    assert page.locator(".previews img").count() == 1

    page.fill("[name=issuer]", "海澜市市场监管局")  # typed before the reading is there
    upload = meanwhile(Upload.objects.select_related("file").get)
    meanwhile(as_read, upload.file)
    page.wait_for_selector("[data-read=number][data-level=sure]", timeout=30_000)
    assert page.input_value("[name=number]") == "JY29999010000010"
    assert page.input_value("[name=valid_through]") == "2031-05-12"
    assert page.input_value("[name=issuer]") == "海澜市市场监管局", "what a person typed stays"
    assert page.get_attribute("[data-read=valid_from]", "data-level") == "check"
    assert page.get_attribute("[data-read=items]", "data-level") == "missing"
    assert "海澜市市场监督管理局" in page.inner_text("[data-read=issuer]")

    page.focus("[name=valid_through]")
    assert page.locator("polygon.on").get_attribute("data-mark") == "valid_through"
    assert page.locator("[data-read=valid_through] svg.crop image").count() == 1
    page.click("[data-read=issuer] button")
    assert page.input_value("[name=issuer]") == "海澜市市场监督管理局"

    page.click("[data-hand-in]")
    page.wait_for_url("**/papers/*/")
    paper = meanwhile(Credential.objects.get)
    assert (paper.state, paper.number) == ("submitted", "JY29999010000010")
    assert meanwhile(lambda: paper.pages.get().file) == upload.file
    assert said_by_the_page(page) == []


def test_pictures_are_put_in_order_removed_and_found_again_after_a_reload(form, body, sheet):
    page = form
    page.set_input_files(
        INPUT,
        [
            {"name": "two.jpg", "mimeType": "image/jpeg", "buffer": body},
            {"name": "one.jpg", "mimeType": "image/jpeg", "buffer": sheet},
            {"name": "no.jpg", "mimeType": "image/jpeg", "buffer": b"<html>no picture</html>"},
        ],
    )
    page.locator(".brought .thumb img").nth(1).wait_for(timeout=60_000)
    page.wait_for_selector(".brought .bad", timeout=30_000)
    assert any("neither a picture" in state for state in states(page))
    page.click(".brought .bad [aria-label=Remove]")
    page.click(".brought li:nth-child(2) [aria-label='Move up']")
    assert page.locator(".brought .name").all_inner_texts() == ["one.jpg", "two.jpg"]
    kept = page.locator("[name=held]").evaluate_all("(nodes) => nodes.map((node) => node.value)")
    page.reload()
    page.locator(".brought .thumb img").nth(1).wait_for(timeout=60_000)
    assert page.locator("[name=held]").evaluate_all("(nodes) => nodes.map((node) => node.value)") == kept
    assert said_by_the_page(page) == []


def test_a_picture_with_nothing_on_it_is_to_be_taken_again(form, sheet, as_read):
    page = form
    page.set_input_files(INPUT, {"name": "dark.jpg", "mimeType": "image/jpeg", "buffer": sheet})
    page.wait_for_selector(".brought .thumb img", timeout=60_000)
    meanwhile(as_read, meanwhile(Upload.objects.select_related("file").get).file, {}, Reading.State.UNREADABLE)
    page.wait_for_selector(".brought .again:visible", timeout=30_000)
    assert "too blurred" in states(page)[0]


def test_handing_in_waits_for_what_is_on_its_way(form, photo_file):
    page = form
    for name, text in {"number": "JY29999010000010", "issuer": "海澜市市场监督管理局"}.items():
        page.fill(f"[name={name}]", text)
    page.fill("[name=valid_from]", "2026-05-13")
    page.fill("[name=valid_through]", "2031-05-12")
    waiting, open_again = [], []

    def closed(route):
        if route.request.method == "PATCH" and not open_again:
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/uploads/*/", closed)
    page.set_input_files(INPUT, photo_file)
    page.wait_for_selector(".brought progress")
    page.click("[data-hand-in]")
    assert "as soon as they have arrived" in page.inner_text(".held-back")
    while not waiting:
        page.wait_for_timeout(50)
    open_again.append(True)
    waiting[0].continue_()
    page.wait_for_url("**/papers/*/", timeout=60_000)
    assert meanwhile(Credential.objects.get).state == "submitted"


@pytest.fixture
def without_scripts(signed_in, browser):
    address, cookies = signed_in
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def test_without_scripts_the_next_page_shows_what_was_read(without_scripts, sheet, as_read):
    page = without_scripts
    page.set_input_files("[name=files]", {"name": "permit.jpg", "mimeType": "image/jpeg", "buffer": sheet})
    page.click("button[name=read]")
    assert "held=" in page.url and "being read" in page.inner_text("form.filling")
    meanwhile(as_read, meanwhile(Upload.objects.select_related("file").get).file)
    page.fill("[name=valid_from]", "2026-05-14")
    page.click("button[name=read]")
    assert page.input_value("[name=number]") == FIELDS["number"]["value"]
    assert page.input_value("[name=valid_from]") == "2026-05-14", "what a person typed stays"
    assert page.locator("polygon[data-mark=number]").count() == 1
    page.fill("[name=issuer]", "海澜市市场监督管理局")
    page.click("[data-hand-in]")
    page.wait_for_url("**/papers/*/")
    assert meanwhile(lambda: Credential.objects.get().pages.count()) == 1


def test_an_iphones_picture_is_shown_like_any_other(form):
    from tests.core import corpus

    page = form
    page.set_input_files(INPUT, {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": corpus.HEIC})
    page.wait_for_selector(".brought .thumb img", timeout=60_000)
    shown = page.locator(".previews img").first
    assert Image.open(io.BytesIO(page.request.get(shown.evaluate("(image) => image.src")).body())).size == (120, 160)
