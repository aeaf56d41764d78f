"""The proof of a delivery over a bad connection, in a real browser on a phone; and without scripts."""

import io
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from PIL import Image

from sunkitchen.registry.models import Delivery

pytestmark = pytest.mark.real("chromium")
LINE = {"goods": "seafood", "product": "带鱼", "quantity": "12.5", "unit": "kg", "proof": "quarantine"}


def meanwhile(deed):
    """In a thread of its own: the browser's event loop holds this one."""

    def alone():
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        return worker.submit(alone).result()


@pytest.fixture
def picture():
    """A photo of a few pieces."""
    file = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(file, "JPEG")
    return {"name": "检疫证明.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue() + os.urandom(1_200_000)}


@pytest.fixture
def signed_in(live_server, newcomer, wang):
    """The address of the form, and 王's cookie. Made before the browser is there."""
    client = Client()
    client.force_login(wang)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    return f"{live_server.url}/en/desk/kitchens/{newcomer.code}/ledger/new/", cookies


def typed(page):
    page.fill("[name=new_supplier]", "楚门水产批发")
    for name, value in LINE.items():
        field = page.locator(f"[name=lines-0-{name}]")
        if name in ("goods", "proof"):
            field.select_option(value)
        else:
            field.fill(value)


def test_a_proof_survives_a_lost_connection_a_refusal_and_a_hasty_thumb(signed_in, page, picture):
    address, cookies = signed_in
    page.context.add_cookies(cookies)
    page.goto(address)
    sent, waiting, is_open = [], [], []

    def shaky(route):
        if route.request.method == "PATCH":
            sent.append(int(route.request.headers["upload-offset"]))
            if len(sent) == 2:
                return route.abort("connectionreset")
            if len(sent) > 3 and not is_open:
                return waiting.append(route)
        return route.continue_()

    page.route("**/uploads/**", shaky)
    page.set_input_files("input[data-upload]", picture)
    page.wait_for_selector(".brought .warn", timeout=30_000)
    page.evaluate("window.dispatchEvent(new Event('online'))")  # it need not wait for its back-off
    typed(page)
    page.fill("[name=lines-0-unit]", "")
    page.click(".submit button[type=submit]")  # before all of it has arrived
    page.wait_for_selector(".held-back:visible", timeout=30_000)
    while not waiting:
        page.wait_for_timeout(50)
    is_open.append(True)
    waiting[0].continue_()
    page.wait_for_selector(".errorlist", timeout=60_000)  # sent by itself, and the unit is missing
    assert sent[:3] == [0, 512 * 1024, 512 * 1024], "nothing that arrived was sent again"
    page.wait_for_selector(".brought .thumb img", timeout=30_000)
    page.fill("[name=lines-0-unit]", "kg")
    page.click(".submit button[type=submit]")
    page.wait_for_url("**/ledger/*/", timeout=60_000)
    assert meanwhile(lambda: Delivery.objects.get().proofs.get().file.name) == "检疫证明.jpg"
    cut = ("ERR_CONNECTION", "WebSocket", "422")  # on purpose; the bell has no server here; the refusal
    assert [said for said in page.complaints if not any(word in said for word in cut)] == []


def test_without_scripts_the_photo_waits_for_the_rest_of_the_form(signed_in, browser, picture):
    address, cookies = signed_in
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address)
    typed(page)
    page.fill("[name=lines-0-unit]", "")
    page.set_input_files("[name=pictures]", picture)
    page.click(".submit button[type=submit]")
    assert page.locator("[name=held]:checked").count() == 1
    page.fill("[name=lines-0-unit]", "kg")
    page.click(".submit button[type=submit]")
    page.wait_for_url("**/ledger/*/", timeout=60_000)
    assert meanwhile(lambda: Delivery.objects.get().proofs.count()) == 1
    context.close()
