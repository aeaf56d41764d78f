"""The clerk's keys in a real Chromium: from the queue to a paper, what was read shown on it, and on to the next."""

import pytest

from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.models import Credential, Reading
from tests import builders
from tests.real.components import CHROMIUM, CHROMIUM_FLAGS

PATIENCE = 60_000  # ms: a busy machine
READY = "[data-review][data-ready]"


@pytest.fixture
def papers(transactional_db, live_server, settings, hailan, wang, photo, facts):
    """Three kitchens' permits that wait; on the first a machine read another last day."""
    settings.SITE_URL = live_server.url
    rows = [handed_in(1, wang, photo, facts)]
    rows += [
        handed_in(index, wang, photo, {**facts, "kind": "small_eatery", "number": f"XCY{index}"}) for index in (2, 3)
    ]
    value = {
        "text": "2027年5月12日",
        "confidence": 0.97,
        "page": 1,
        "box": [[300, 500], [700, 500], [700, 560], [300, 560]],
    }
    Reading.objects.update_or_create(
        file=rows[0].pages.get().file,
        defaults={
            "sort": "food_permit",
            "state": "read",
            "fields": {"valid_through": {**value, "value": "2027-05-12"}},
        },
    )
    return rows


def handed_in(index, wang, photo, facts):
    place = builders.establishment(owner=wang, signboard=f"第{index}家", operator_name=facts["holder"])
    return credentials.hand_in(place, by=wang, uploads=[photo()], **facts)


@pytest.fixture
def page(monkeypatch, papers, live_server, li, at):
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
    cookie = at(li).cookies["sessionid"].value
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        yield page
        browser.close()
        assert page.wrong == []


def state(row):
    return Credential.objects.values_list("state", flat=True).get(pk=row.pk)


@pytest.mark.real("chromium")
def test_a_clerk_decides_by_keys_alone(page, papers, live_server, li):
    first, second, third = papers
    page.goto(f"{live_server.url}/en/office/papers/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(READY)
    assert page.url.endswith(f"/papers/{first.pk}/")
    # What was read and where: the field that differs is marked, and its place on the picture shows.
    line = page.locator("[data-field=valid_through]")
    assert "2027年5月12日" in line.inner_text()
    line.focus()
    assert page.locator("polygon.here").get_attribute("data-box") == "valid_through"
    # The picture by keys.
    before = page.locator(".turn").first.get_attribute("style")
    page.keyboard.press("+")
    page.keyboard.press("t")
    assert page.locator(".turn").first.get_attribute("style") != before
    page.keyboard.press("?")
    assert page.locator("[data-keys]").get_attribute("open") is not None
    # Doubtful: the first press only goes to the button.
    page.keyboard.press("a")
    assert page.locator("form[data-deed=a] button").evaluate("(one) => one === document.activeElement")
    assert state(first) == "submitted"
    page.keyboard.press("a")
    page.wait_for_url(f"**/papers/{second.pk}/")
    page.wait_for_selector(READY)
    assert state(first) == "in_force"
    assert "in force" in page.locator("[data-said]").inner_text()
    # Returned with the first template.
    page.keyboard.press("r")
    page.keyboard.press("1")
    assert page.locator("details.back input:checked").get_attribute("value") == "blurred"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/papers/{third.pk}/")
    page.wait_for_selector(READY)
    assert state(second) == "returned"
    assert Credential.objects.get(pk=second.pk).reason.startswith("照片模糊")
    # Skipped: it waits on, and the queue is next.
    page.keyboard.press("s")
    page.wait_for_url("**/office/papers/")
    assert state(third) == "submitted"


@pytest.mark.real("chromium")
def test_a_refusal_is_said_on_the_page(page, papers, live_server, li, lu):
    page.goto(f"{live_server.url}/en/office/papers/{papers[1].pk}/")
    page.wait_for_selector(READY)
    credentials.send_back(papers[1], by=lu, reason="请重拍")  # a colleague was faster
    page.keyboard.press("r")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status], [role=alert]")
    page.wait_for_function("() => !document.querySelector('form[data-deed=r]')")
    assert state(papers[1]) == "returned"
