"""The masks' editor in a real browser: by finger, by mouse, by keyboard."""

import json

import pytest
from django.conf import settings
from django.test import Client

from tests import builders

pytestmark = pytest.mark.real("chromium")


@pytest.fixture
def board(live_server, restaurant, wang):
    """王 is signed in: the address of the masks of a camera without a picture, and the cookie."""
    camera = builders.camera(restaurant)
    browser = Client()
    browser.force_login(wang, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    return f"{live_server.url}/en/desk/kitchens/{restaurant.code}/cameras/{camera.code}/masks/", cookies


@pytest.fixture
def editor(board, page):
    address, cookies = board
    page.context.add_cookies(cookies)
    page.goto(address)
    page.wait_for_selector("[data-tools]:not([hidden])")
    return page


def at(page, x, y):
    """Per mille of the picture, as a point on the screen."""
    box = page.locator(".board").bounding_box()
    return box["x"] + box["width"] * x / 1000, box["y"] + box["height"] * y / 1000


def tap(page, *points):
    for point in points:
        page.mouse.click(*at(page, *point))


def save(page):
    """What is on the board when it is opened again."""
    here = page.url
    page.click("text=Save the masks")
    page.wait_for_url(lambda url: not url.endswith("/masks/"))
    page.goto(here)
    return json.loads(page.get_attribute("[data-masks]", "data-masks"))


def near(mask, *points):
    return len(mask) == len(points) and all(
        abs(a - b) <= 6 for corner, point in zip(mask, points, strict=True) for a, b in zip(corner, point, strict=True)
    )


def test_a_mask_is_drawn_by_tapping_its_corners(editor):
    tap(editor, (200, 200), (600, 200), (600, 700), (200, 700), (205, 205))
    (mask,) = save(editor)
    assert near(mask, (200, 200), (600, 200), (600, 700), (200, 700))


def test_whoever_forgets_to_close_a_mask_meant_it(editor):
    tap(editor, (200, 200), (600, 200), (600, 700))
    (mask,) = save(editor)
    assert near(mask, (200, 200), (600, 200), (600, 700))


def test_a_corner_is_dragged(editor):
    tap(editor, (200, 200), (600, 200), (600, 700), (205, 205))
    editor.mouse.move(*at(editor, 600, 700))
    editor.mouse.down()
    editor.mouse.move(*at(editor, 700, 800), steps=4)
    editor.mouse.move(*at(editor, 850, 900), steps=4)
    editor.mouse.up()
    (mask,) = save(editor)
    assert near(mask, (200, 200), (600, 200), (850, 900))


def test_the_keyboard_alone_is_enough(editor):
    editor.focus("[data-do=box]")
    editor.keyboard.press("Enter")
    assert "mask 1" in editor.evaluate("document.activeElement.getAttribute('aria-label')")
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowUp"):
        editor.keyboard.press(key)
    editor.keyboard.press("Tab")
    editor.keyboard.press("Delete")
    (mask,) = save(editor)
    assert mask == [[330, 300], [650, 650], [350, 650]]


def test_undo_goes_back_step_by_step(editor):
    editor.click("[data-do=box]")
    editor.click("[data-do=remove]")
    assert editor.locator("polygon").count() == 0
    editor.click("[data-do=undo]")
    assert editor.locator("polygon").count() == 1
    editor.click("[data-do=undo]")
    assert editor.locator("polygon").count() == 0 and editor.is_disabled("[data-do=undo]")


def test_what_the_server_refuses_is_still_on_the_board(editor):
    tap(editor, (5, 5), (995, 5), (995, 995), (5, 995))
    editor.click("[data-do=close]")
    editor.click("text=Save the masks")
    editor.wait_for_selector(".errorlist")
    assert "nearly everything" in editor.inner_text(".errorlist")
    assert editor.locator("polygon").count() == 1
    editor.click("[data-do=remove]")
    assert save(editor) == []
