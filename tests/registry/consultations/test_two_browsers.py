"""An owner on a phone and a clerk at a desk talk to each other, on the product as its operator starts it."""

import io
import os

import pytest
from PIL import Image
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
colleague = builders.user("王小海", email=f"{uuid4()}@example.com")
place.memberships.create(user=colleague, role="manager")
for person in (wang, li, colleague):
    browser = Client()
    browser.force_login(person)
    print(browser.cookies["sessionid"].value)
print(talk.code)
"""


@pytest.fixture
def two(site, browser):
    """(the owner's page, the clerk's page) of one talk."""
    owner_key, clerk_key, colleague_key, code = site.shell(ROWS).splitlines()[-4:]
    people = []
    for key, screen, path in [(owner_key, PHONE, "desk"), (clerk_key, DESK, "office")]:
        person = Person(browser, site, screen)
        person.context.add_cookies([{"name": "sessionid", "value": key, "url": site.url}])
        person.goes_to(f"/en/{path}/talks/{code}/")
        people.append(person)
    people[0].colleague_key = colleague_key
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


def test_a_photo_comes_through_a_lost_connection_and_goes_out_with_its_words(two):
    owner, clerk = two
    page, cut = owner.page, []

    def shaky(route):
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0" and len(cut) < 2:
            cut.append(route.request.headers["upload-offset"])
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/uploads/**", shaky)
    picture = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(picture, "JPEG")
    photo = {"name": "后厨.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue() + os.urandom(1_100_000)}
    page.set_input_files("#say input[data-upload]", photo)
    says(owner, "请看照片")  # a hasty thumb: it waits for the photo
    page.wait_for_selector(".brought .warn", timeout=PATIENCE)
    page.evaluate("dispatchEvent(new Event('online'))")
    hears(clerk, "请看照片")
    expect(clerk.page.locator(".msg .file img")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".msg:not(.pending) .file img")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".brought li")).to_have_count(0)
    assert cut and len(set(cut)) == 1, "nothing that arrived was sent again"
    clerk.page.set_input_files("#say input[data-upload]", {**photo, "buffer": picture.getvalue()})
    clerk.page.wait_for_selector(".brought .thumb img", timeout=PATIENCE)
    says(clerk, "")  # a picture says enough
    expect(page.locator(".msg.theirs .file img")).to_have_count(1, timeout=PATIENCE)
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


def test_what_waits_to_be_sent_is_its_writers_and_goes_out_in_nobody_elses_name(two, site):
    owner, clerk = two
    owner.context.set_offline(True)
    owner.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    says(owner, "王海写的")
    expect(owner.page.locator(".msg.pending")).to_have_count(1, timeout=PATIENCE)
    page = owner.page.url
    owner.context.add_cookies([{"name": "sessionid", "value": owner.colleague_key, "url": site.url}])
    owner.context.set_offline(False)
    owner.page.goto(page)
    says(owner, "小海写的")
    hears(clerk, "小海写的")
    expect(clerk.page.locator(".msg .said", has_text="王海写的")).to_have_count(0)
