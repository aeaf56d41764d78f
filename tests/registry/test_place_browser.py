"""What the pages' own scripts do, in a real browser on a phone."""

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.real("chromium")


@pytest.fixture
def desk(live_server, restaurant, wang):
    """王 is signed in: the address of the desk, and the cookie."""
    browser = Client()
    browser.force_login(wang)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    return f"{live_server.url}/en/desk/kitchens/{restaurant.code}/", cookies


def test_a_delivery_of_two_products_is_entered_on_a_phone(desk, page):
    address, cookies = desk
    page.context.add_cookies(cookies)
    page.goto(f"{address}ledger/new/")
    page.fill("[name=new_supplier]", "楚门水产批发")
    page.select_option("[name=lines-0-goods]", "seafood")
    page.select_option("[name=lines-0-proof]", "quarantine")
    for name, typed in {"product": "带鱼", "quantity": "12.5", "unit": "kg"}.items():
        page.fill(f"[name=lines-0-{name}]", typed)
    page.click("[data-more]")
    assert page.evaluate("document.activeElement.name") == "lines-1-product"
    assert page.input_value("[name=lines-1-goods]") == "seafood" and page.input_value("[name=lines-1-unit]") == "kg"
    page.keyboard.type("虾")
    page.fill("[name=lines-1-quantity]", "8")
    page.click("[data-more]")  # a line too many is no line
    page.click("button.primary")
    page.wait_for_url("**/ledger/*/")
    assert page.locator("tbody tr").count() == 2 and "虾" in page.content()


def test_the_phones_position_becomes_the_map_point(desk, page):
    address, cookies = desk
    page.context.add_cookies(cookies)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 28.136215, "longitude": 121.231474, "accuracy": 12})
    page.goto(f"{address}edit/")
    page.click("[data-position]")
    page.wait_for_function("document.querySelector('[name=latitude]').value !== ''")
    values = [page.input_value(f"[name={name}]") for name in ("latitude", "longitude", "coordinates")]
    assert values == ["28.136215", "121.231474", "wgs84"]
    assert "12 m" in page.inner_text("[data-position-said]")
