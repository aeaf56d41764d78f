"""An owner on a phone and a clerk at a desk talk to each other, on the product as its operator starts it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.people import DESK, PHONE, Person

pytestmark = pytest.mark.real("chromium")

PATIENCE = 40_000  # ms
ROWS = """
from uuid import uuid4
from django.test import Client
from tests import builders
from sunkitchen.registry.consultations import actions, arranging
bureau = builders.authority()
wang = builders.user("王海", email=f"{uuid4()}@example.com")
li = builders.officer("李审", bureau, "clerk", email=f"{uuid4()}@example.com")
place = builders.establishment(owner=wang)
arranging.write_answer(bureau, by=li, title="材料", text="带旧证即可。")
talk = actions.ask(by=wang, authority=bureau, establishment=place, subject="换证", text="换证要带什么？")
for person in (wang, li):
    browser = Client()
    browser.force_login(person)
    print(browser.cookies["sessionid"].value)
print(talk.code)
"""


@pytest.fixture
def two(site, browser):
    """(the owner's page, the clerk's page) of one talk."""
    owner_key, clerk_key, code = site.shell(ROWS).splitlines()[-3:]
    people = []
    for key, screen, path in [(owner_key, PHONE, "desk"), (clerk_key, DESK, "office")]:
        person = Person(browser, site, screen)
        person.context.add_cookies([{"name": "sessionid", "value": key, "url": site.url}])
        person.goes_to(f"/en/{path}/talks/{code}/")
        people.append(person)
    return people


def says(person, text):
    person.page.fill("#say [name=text]", text)
    person.page.click("#say button[type=submit]")


def hears(person, text):
    expect(person.page.locator(".msg:not(.pending) .said", has_text=text)).to_have_count(1, timeout=PATIENCE)


def test_an_owner_on_a_phone_and_a_clerk_at_a_desk_talk_to_each_other(two, browser):
    owner, clerk = two
    says(owner, "您好，在吗？")
    hears(clerk, "您好，在吗？")
    clerk.page.locator("h1").click()
    clerk.page.keyboard.press("1")
    expect(clerk.page.locator("#say [name=text]")).to_have_value("带旧证即可。")
    clerk.page.click("#say button[type=submit]")
    hears(owner, "带旧证即可。")
    hears(clerk, "带旧证即可。")
    expect(owner.page.locator("[data-state]")).to_have_text("Answered", timeout=PATIENCE)

    # The phone loses its network: what is sent meanwhile waits, and goes out once when it is back.
    owner.context.set_offline(True)
    owner.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    says(owner, "电梯里发的")
    expect(owner.page.locator(".msg.pending")).to_have_count(1)
    says(clerk, "还需要别的吗？")
    hears(clerk, "还需要别的吗？")
    owner.context.set_offline(False)
    owner.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    hears(owner, "还需要别的吗？")
    hears(owner, "电梯里发的")
    hears(clerk, "电梯里发的")
    expect(owner.page.locator(".msg.pending")).to_have_count(0)
    assert owner.complaints == clerk.complaints == []


def test_without_javascript_the_form_alone_carries_a_talk(two, site, browser):
    owner, clerk = two
    plain = browser.new_context(java_script_enabled=False)
    plain.set_default_timeout(PATIENCE)
    plain.add_cookies(owner.context.cookies())
    page = plain.new_page()
    page.goto(owner.page.url)
    page.fill("#say [name=text]", "没有脚本")
    with page.expect_navigation():
        page.click("#say button[type=submit]")
    assert "没有脚本" in page.locator(".msgs").inner_text()
    hears(clerk, "没有脚本")
    plain.close()
