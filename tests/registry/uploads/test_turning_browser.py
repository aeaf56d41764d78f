"""A photo that lies on its side is turned upright on a phone, handed in, and stands upright on the clerk's desk."""

import io

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.models import Credential, Upload
from tests.registry.uploads.conftest import FIELDS
from tests.registry.uploads.test_browser import INPUT, meanwhile, said_by_the_page
from tests.registry.uploads.test_filling import TYPED

pytestmark = pytest.mark.real("chromium")


def cookie_of(person, url):
    client = Client()
    client.force_login(person)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


@pytest.fixture
def sideways(sheet):
    out = io.BytesIO()
    Image.open(io.BytesIO(sheet)).transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=90)
    return {"name": "permit.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def cookies(live_server, wang, li):
    """Made before the browser is there."""
    return {person.name: cookie_of(person, live_server.url) for person in (wang, li)}


@pytest.fixture
def draft(newcomer, wang, bring, sheet, as_read):
    brought = bring(sheet, place=newcomer, sort="food_permit")
    as_read(brought.file)
    return credentials.draft(newcomer, by=wang, held=[brought.key], kind="food_permit", **{**TYPED, "items": ""})


def lying(fields):
    """The boxes of the upright sheet, as they lie on the sideways photo."""
    return {
        name: {**read, "box": [[y, 1000 - x] for x, y in read["box"]]} if "box" in read else read
        for name, read in fields.items()
    }


def shape(picture):
    return picture.evaluate("(image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight])")


def middle(mark):
    """Of a marker, in per mille of its page."""
    return mark.evaluate("(m) => { const b = m.getBBox(); return [b.x + b.width / 2, b.y + b.height / 2]; }")


def test_a_sideways_photo_is_turned_handed_in_and_stands_on_the_clerks_desk(
    live_server, newcomer, wang, li, cookies, sideways, as_read, page
):
    page.context.add_cookies([cookies[wang.name]])
    page.goto(f"{live_server.url}/en/desk/kitchens/{newcomer.code}/papers/new/?kind=food_permit")
    page.set_input_files(INPUT, sideways)
    page.wait_for_selector(".previews img", timeout=60_000)
    stored = meanwhile(Upload.objects.select_related("file").get).file
    meanwhile(as_read, stored, lying(FIELDS))
    page.wait_for_selector("[data-read=number][data-level=sure]", timeout=30_000)
    assert shape(page.locator(".previews img")) == [1600, 1200]

    right = page.locator(".brought [aria-label='permit.jpg: Turn page 1 to the right']")
    room = right.bounding_box()
    assert room["width"] >= 44 and room["height"] >= 44
    right.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".previews img[src*='turned=90']", timeout=30_000)
    assert shape(page.locator(".previews img")) == [1200, 1600]
    assert right.evaluate("(node) => node === document.activeElement"), "it can be pressed again"
    x, y = middle(page.locator("polygon[data-mark=number]"))
    (left, top), _b, (end, bottom), _d = FIELDS["number"]["box"]
    assert abs(x - (left + end) / 2) < 2 and abs(y - (top + bottom) / 2) < 2
    assert page.locator(".brought .thumb img").get_attribute("src").endswith("turned=90")

    # Pressed fast, none is lost: once around, from beside the picture too.
    for _each in range(3):
        page.click(".previews [aria-label='Turn page 1 to the right']")
    page.click(".brought [aria-label='permit.jpg: Turn page 1 to the right']")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/turn/')).length === 5",
        timeout=30_000,
    )
    page.wait_for_selector(".previews img[src*='turned=90']", timeout=30_000)

    # It survives leaving: the form offers what was brought, as it was turned.
    page.goto(f"{live_server.url}/en/desk/kitchens/{newcomer.code}/papers/new/?kind=food_permit")
    assert page.locator(".waiting img").get_attribute("src").endswith("turned=90")
    page.click(".waiting a")
    page.wait_for_selector(".brought .thumb img[src*='turned=90']", timeout=30_000)
    page.wait_for_selector("[data-read=number][data-level=sure]", timeout=30_000)
    page.click("[data-hand-in]")
    page.wait_for_url("**/papers/*/")
    assert shape(page.locator("figure.paper img")) == [1200, 1600]
    assert said_by_the_page(page) == []
    paper = meanwhile(Credential.objects.get)

    page.context.clear_cookies()
    page.context.add_cookies([cookies[li.name]])
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/en/office/papers/{paper.pk}/")
    assert shape(page.locator(".stage img").first) == [1200, 1600]
    x, y = middle(page.locator(".stage polygon[data-box=number]"))
    assert abs(x - (left + end) / 2) < 2 and abs(y - (top + bottom) / 2) < 2


def test_a_drafts_page_is_turned_without_leaving_its_form(live_server, newcomer, wang, cookies, draft, page):
    page.context.add_cookies([cookies[wang.name]])
    page.goto(f"{live_server.url}/en/desk/kitchens/{newcomer.code}/papers/{draft.pk}/edit/")
    page.fill("[name=issuer]", "海澜市市场监管局")
    page.click(".previews [aria-label='Turn page 1 to the left']")
    page.wait_for_selector(".previews img[src*='turned=270']", timeout=30_000)
    assert shape(page.locator(".previews img")) == [1600, 1200]
    (left, top), _b, (end, bottom), _d = FIELDS["number"]["box"]
    x, y = middle(page.locator("polygon[data-mark=number]"))
    assert abs(x - (top + bottom) / 2) < 2 and abs(y - 1000 + (left + end) / 2) < 2
    assert page.input_value("[name=issuer]") == "海澜市市场监管局", "what was typed stays"
    assert said_by_the_page(page) == []
