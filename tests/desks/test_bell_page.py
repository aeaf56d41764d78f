"""The bell in a real browser, on the product as its operator starts it: other processes' letters arrive by themselves."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.real("chromium")

PEOPLE = """
from sunkitchen.accounts.models import User
from django.test import Client
user = User.objects.create_user(name="王海", email="wang@example.com")
browser = Client()
browser.force_login(user)
print(browser.cookies["sessionid"].value)
"""
LETTER = """
from sunkitchen.accounts.models import User
from sunkitchen.core import notices
user = User.objects.get()
notices.tell(user, "x.y", "Subject", "Body", dedupe="{event}")
"""


def test_a_letter_written_by_another_process_rings_on_the_open_desk(site, page):
    session = site.shell(PEOPLE).splitlines()[-1]
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.url}/en/desk/")
    assert page.locator("[data-bell-count]").is_hidden() and page.title().startswith("My kitchens")
    site.shell(LETTER.format(event="one"))
    expect(page).to_have_title(re.compile(r"^\(1\) "), timeout=20_000)
    assert page.locator("[data-bell-count]").inner_text() == "1"
    assert page.locator("[data-bell-said]").inner_text() == "One unread notice"
    site.shell(LETTER.format(event="two"))
    expect(page).to_have_title(re.compile(r"^\(2\) "), timeout=20_000)
    page.click("[data-bell]")
    assert page.title().startswith("(2) Notices")
    page.click("text=Mark all as read")
    expect(page).to_have_title(re.compile(r"^Notices"), timeout=20_000)
    assert wrong == []
