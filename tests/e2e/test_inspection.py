"""An inspection on a phone in a cellar: no network, a closed tab, an answer that gets lost; all of it arrives once."""

import json

import pytest

from tests.core import corpus
from tests.e2e.people import PHONE, Person
from tests.real.site import until

pytestmark = pytest.mark.real("chromium")
ROWS = """
from sunkitchen.accounts.models import User
from tests import builders
bureau = builders.authority()
zhao = builders.officer("赵查", bureau, "inspector", email="zhao@example.com", enforcement_number="HL-0012", password="correct horse 7")
zhao.emailaddress_set.create(email=zhao.email, verified=True, primary=True)
builders.officer("周验", bureau, "inspector", email="zhou@example.com", enforcement_number="HL-0015")
"""
KITCHEN = """
from tests import builders
print(builders.establishment(signboard="{}").code)
"""
KEPT = """
import json
from ratings.models import Inspection
visits = Inspection.objects.filter(establishment__code="{}")
print(json.dumps([
    [visit.state, visit.result, visit.photos.count(), sorted(visit.photos.values_list("item", flat=True)), bool(visit.signature_image_id),
     visit.answers.get("clean", {{}}).get("note", ""), visit.heads_on_duty]
    for visit in visits
]))
"""


@pytest.fixture(scope="module")
def officers(site):
    site.shell(ROWS)


@pytest.fixture
def officer(browser, site, officers):
    person = Person(browser, site, PHONE)
    person.signs_in("zhao@example.com", "correct horse 7")
    yield person
    assert not person.complaints
    person.context.close()


def begins(officer, kitchen):
    """The visit's page, with the phone's own keeping at work."""
    officer.goes_to(f"/office/inspections/new/{kitchen}/")
    officer.page.wait_for_selector("form.beginning[data-ready]")
    with officer.page.expect_navigation():
        officer.page.locator("form.beginning button[type=submit]").click()
    return ready(officer)


def ready(officer):
    officer.waits("form.checklist[data-ready]")
    return officer.page.url


def is_kept(officer, url):
    """The worker has this page, so that it opens without a network."""
    looks = """(url) => caches.match(url, { ignoreVary: true }).then((found) => !!found && !!navigator.serviceWorker.controller)"""
    assert until(lambda: officer.page.evaluate(looks, url), seconds=60)


def answers_all(officer, failed="clean"):
    page = officer.page
    for card in page.locator("fieldset[data-item]:has([name^='answer-'])").all():
        item = card.get_attribute("data-item")
        card.locator(f"label.is-{'fail' if item == failed else 'ok'}").click()
    page.locator(f"[name='note-{failed}']").fill("灶台油污")


def photographs(officer, item):
    picture = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": corpus.picture()}
    officer.page.locator(f"[name='photo-{item}']").set_input_files(picture)
    officer.waits(f"[data-camera='{item}'] .shots.mine li")


def signs(officer):
    page = officer.page
    page.locator("label.choice:has([name='signature'][value='signed'])").click()
    page.locator("[name='signed_name']").fill("王海")
    canvas = page.locator(".sign canvas")
    canvas.evaluate("(node) => node.scrollIntoView({ block: 'center' })")
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 60, steps=5)
    page.mouse.up()
    assert until(lambda: any(drafts(officer)))  # it is in the draft, which outlives the tab


def closes(officer):
    officer.page.locator("form.checklist button[value=close]").click()


def another_tab(officer, url):
    officer.page.close()
    officer.page = officer.context.new_page()
    officer.page.on("pageerror", lambda error: officer.complaints.append(str(error)))
    officer.page.goto(url)
    ready(officer)


def kept(site, kitchen):
    return json.loads(site.shell(KEPT.format(kitchen)))


def drafts(officer):
    """Whether each draft of this phone has a signature."""
    return officer.page.evaluate(
        """() => new Promise((done) => { const open = indexedDB.open('sunkitchen-inspections'); open.onsuccess = () => {
          const all = open.result.transaction('drafts').objectStore('drafts').getAll();
          all.onsuccess = () => done(all.result.map((draft) => !!draft.signature)); }; })"""
    )


CLOSED_ONCE = [["closed", "mostly", 2, ["", "clean"], True, "灶台油污", 6]]


def test_a_visit_outlives_a_dead_network_and_a_closed_tab_and_arrives_once(site, officer):
    kitchen = site.shell(KITCHEN.format("海上明月"))
    url = begins(officer, kitchen)
    is_kept(officer, url)

    # ── in the cellar
    officer.context.set_offline(True)
    answers_all(officer)
    photographs(officer, "clean")
    photographs(officer, "whole")
    officer.page.locator("[name='heads_on_duty']").fill("6")
    signs(officer)
    another_tab(officer, url)
    assert officer.page.locator("[name='note-clean']").input_value() == "灶台油污"
    assert officer.page.locator(".shots.mine li").count() == 2
    closes(officer)
    officer.waits("form.checklist[data-state=waiting]")
    assert kept(site, kitchen) == [["draft", "", 0, [], False, "", None]]

    # ── the tab is closed again; up the stairs, the page is opened and sends by itself
    another_tab(officer, url)
    officer.context.set_offline(False)
    officer.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    officer.waits(".due")
    assert kept(site, kitchen) == CLOSED_ONCE
    assert drafts(officer) == []


def test_a_lost_answer_is_no_second_visit_photo_or_closing(site, officer):
    kitchen = site.shell(KITCHEN.format("老码头"))
    begins(officer, kitchen)
    lost = []

    def loses_the_first_answer(route):
        """The server takes it all in; the answer never reaches the phone."""
        request = route.request
        if request.method != "POST" or request.url in lost:
            return route.continue_()
        lost.append(request.url)
        route.fetch()
        return route.abort()

    answers_all(officer)
    photographs(officer, "clean")
    photographs(officer, "whole")
    officer.page.locator("[name='heads_on_duty']").fill("6")
    signs(officer)
    officer.page.route("**/office/inspections/**", loses_the_first_answer)
    closes(officer)
    for _turn in range(2):  # a photo's answer, and the closing's
        officer.waits("form.checklist[data-state=waiting]")
        officer.page.evaluate("() => window.dispatchEvent(new Event('online'))")
        officer.waits("form.checklist:not([data-state=waiting]), .due")
    officer.waits(".due")
    assert len(lost) == 2
    assert kept(site, kitchen) == CLOSED_ONCE
    assert drafts(officer) == []


def test_a_session_that_ended_loses_nothing(site, officer):
    kitchen = site.shell(KITCHEN.format("渔家小馆"))
    url = begins(officer, kitchen)
    answers_all(officer)
    # Until the worker has all it was asked for: an answer on its way would bring a cookie back after they are cleared.
    is_kept(officer, f"{site.url}/office/inspections/")
    officer.context.clear_cookies()
    officer.page.locator("form.checklist button[value=save]").click()
    officer.waits("form.checklist[data-state=signin] .told a")
    officer.signs_in("zhao@example.com", "correct horse 7")
    officer.page.goto(url)
    officer.waits("form.checklist[data-state=sent]")
    assert kept(site, kitchen) == [["draft", "", 0, [], False, "灶台油污", None]]


def test_a_visit_begins_without_a_network_where_its_page_was_opened_before(site, officer):
    kitchen = site.shell(KITCHEN.format("望海楼"))
    officer.goes_to(f"/office/inspections/new/{kitchen}/")
    officer.page.wait_for_selector("form.beginning[data-ready]")
    url = officer.page.url
    is_kept(officer, url)
    officer.context.set_offline(True)
    officer.page.locator("form.beginning button[type=submit]").click()
    ready(officer)
    answers_all(officer)
    photographs(officer, "clean")
    photographs(officer, "whole")
    officer.page.locator("[name='heads_on_duty']").fill("6")
    signs(officer)
    another_tab(officer, url)
    closes(officer)
    officer.waits("form.checklist[data-state=waiting]")
    assert kept(site, kitchen) == []
    officer.context.set_offline(False)
    officer.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    officer.waits(".due")
    assert kept(site, kitchen) == CLOSED_ONCE


def test_signing_out_takes_the_kept_pages_along(site, officer):
    kitchen = site.shell(KITCHEN.format("小满食堂"))
    is_kept(officer, begins(officer, kitchen))
    with officer.page.expect_navigation():
        officer.page.locator(".bar form button").click()
    assert until(lambda: officer.page.evaluate("() => caches.keys()") == [], seconds=60)
