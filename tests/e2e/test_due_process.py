"""Due process from the visit to the removal, each step by the person whose step it is, in their own browser."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.e2e.people import DESK, PHONE, Diner, Person
from tests.real.site import until

pytestmark = pytest.mark.real("chromium")
PASSWORD = "correct horse battery staple"
ROWS = """
from tests import builders
bureau = builders.authority()
for name, post, role, number in [
    ("赵查", "zhao", "inspector", "HL-0012"), ("周验", "zhou", "inspector", "HL-0015"),
    ("李审", "li", "clerk", ""), ("冯法", "feng", "clerk", ""),
    ("孙发", "sun", "publisher", ""), ("吴布", "wu", "publisher", ""),
]:
    builders.officer(name, bureau, role, email=f"{post}@example.com", enforcement_number=number, password="PASSWORD")
ma = builders.user("老马", email="ma@example.com", password="PASSWORD")
place = builders.establishment(owner=ma, signboard="老码头大排档", operator_name="海澜老码头餐饮店",
    address="海澜市坎门街道海都路 12 号")
builders.permit(place, submitted_by=ma, state="in_force", number="JY29999010000021")
print(place.code)
""".replace("PASSWORD", PASSWORD)
LISTED = "老码头大排档"


def test_from_a_visit_to_the_removal_after_it_was_mended(site, browser):
    kitchen = site.shell(ROWS).split()[-1]

    def signed_in(name, screen=DESK):
        person = Person(browser, site, screen)
        person.signs_in(f"{name}@example.com", PASSWORD)
        return person

    zhao, li, ma = signed_in("zhao"), signed_in("li"), signed_in("ma", PHONE)
    diner = Diner(browser, site, PHONE)

    the_chain_is_set_up(signed_in("sun"))
    first = a_visit(zhao, kitchen, failing=8)
    edition, listing = an_officer_picks(zhao, kitchen)
    the_notice_is_issued_and_served(zhao, li, listing)
    assert LISTED not in on_the_lists(diner), "nothing is out before it is published"
    the_owner_objects(ma, listing)
    somebody_else_decides(zhao, signed_in("sun"), listing)
    the_owner_waives_what_is_left_of_the_window(li, listing)
    the_chain_agrees(signed_in("feng"), edition)
    another_publisher_publishes(zhao, signed_in("wu"), edition)

    published = f"/lists/hailan/{timezone.localdate().year}-1/"
    until(lambda: LISTED in seen(diner, published))
    diner.sees(LISTED)
    diner.sees("过期食品已单独存放")  # what the operator says stands beside it
    diner.goes_to(f"/k/{kitchen}/")
    assert diner.page.locator(".seal.black").count()

    the_owner_says_it_is_mended(ma, listing)
    a_visit(zhao, kitchen, failing=0, follows=first)
    zhao.goes_to(listing)
    zhao.sends("form[action$='/mended/']")
    a_publisher_removes_it(signed_in("sun"), listing)

    other = Diner(browser, site, PHONE)  # whose browser keeps no older page
    assert until(lambda: LISTED not in seen(other, published), seconds=150), "the name has left the list"
    assert until(lambda: not kitchen_is_black(other, kitchen), seconds=150), "and the kitchen's page"
    diner.goes_to(f"/k/{kitchen}/history/")
    assert not [*ma.complaints, *diner.complaints, *zhao.complaints]


# ── chapters ────────────────────────────────────────────────────────────────────────────────────────────────
def the_chain_is_set_up(sun):
    sun.goes_to("/office/editions/")
    sun.page.locator("a[href*='/office/lists/chain/']").first.click()
    form = "form:has([name=title_0])"
    sun.page.wait_for_selector(form)
    sun.page.locator(f"{form} label:has([name=officers_0])").filter(has_text="冯法").locator("input").check()
    sun.sends(form, title_0="法制审核", title_en_0="Legal review")


def a_visit(zhao, kitchen, failing, follows=None):
    """Its address, once closed."""
    if follows:
        zhao.goes_to(follows)
        zhao.page.locator(f"a[href*='/office/inspections/new/{kitchen}/']").first.click()
    else:
        zhao.goes_to(f"/office/inspections/new/{kitchen}/")
    zhao.page.wait_for_selector("form.beginning[data-ready]")
    words = {"kind": "follow_up" if follows else "routine"}
    if follows:  # later than the listing that it is about: the time on a form has no seconds
        words["visited_at"] = f"{timezone.localtime() + timedelta(minutes=2):%Y-%m-%dT%H:%M}"
    zhao.sends("form.beginning", **words)
    zhao.page.wait_for_selector("form.checklist[data-ready]")
    for index, card in enumerate(zhao.page.locator("fieldset[data-item]:has([name^='answer-'])").all()):
        card.locator(f"label.is-{'fail' if index < failing else 'ok'}").click()
        if index < failing:
            card.locator("[name^='note-']").fill("现场可见，未整改")
    zhao.fills("form.checklist", heads_on_duty="5", heads_certified="5", signature="signed", signed_name="老马")
    with zhao.page.expect_navigation():
        zhao.page.locator("form.checklist button[value=close]").click()
    zhao.page.wait_for_selector("form.checklist", state="detached")
    return zhao.path


def an_officer_picks(zhao, kitchen):
    today = timezone.localdate()
    zhao.goes_to("/office/editions/new/")
    first = f"{today - timedelta(days=30):%Y-%m-%d}"
    zhao.sends("main form:has([name=period_from])", period_from=first, period_to=f"{today:%Y-%m-%d}")
    edition = zhao.path
    zhao.page.locator("main a[href$='/proposals/']").first.click()
    card = f"article.proposal:has(a[href*='/k/{kitchen}/'])"
    zhao.page.locator(f"{card} details:has([value=pick]) summary").click()
    words = {"reason": "监督检查多项不合格。", "document_number": "海澜市监检〔2026〕12 号"}
    zhao.sends(f"{card} form:has([value=pick])", **words)
    zhao.goes_to(edition)
    zhao.page.locator("main a[href*='/office/listings/']").first.click()
    zhao.page.wait_for_selector("form[action$='/notice/']")
    return edition, zhao.path


def the_notice_is_issued_and_served(zhao, li, listing):
    zhao.sends("form[action$='/notice/']")
    li.goes_to(listing)
    served = f"{timezone.localdate():%Y-%m-%d}"
    li.sends("form[action$='/serve/']", method="direct", served_on=served, note="店内当面送达，老马签收")


def the_owner_objects(ma, listing):
    ma.goes_to(listing.replace("/office/", "/desk/"))
    ma.sends("form[action$='/object/']", statement="过期食品已单独存放，等待退货。")


def somebody_else_decides(zhao, sun, listing):
    zhao.goes_to(listing)
    assert not zhao.page.locator("form[action$='/decide/']").count(), "not whoever inspected and picked"
    sun.goes_to(listing)
    sun.sends("form[action$='/decide/']", outcome="uphold", answer="复核照片显示与在用食品同柜存放。")


def the_owner_waives_what_is_left_of_the_window(li, listing):
    li.goes_to(listing)
    li.page.locator("details:has(form[action$='/waive/']) summary").click()
    waived = f"{timezone.localdate():%Y-%m-%d}"
    li.sends("form[action$='/waive/']", waived_on=waived, statement="本店不再陈述申辩。")


def the_chain_agrees(feng, edition):
    feng.goes_to(edition)
    feng.sends("form[action$='/opinion/']", outcome="agree", opinion="程序合法，证据充分，同意公布。")


def another_publisher_publishes(zhao, wu, edition):
    zhao.goes_to(edition)
    assert not zhao.page.locator("a[href$='/release/']").count(), "not by its drafter"
    wu.goes_to(edition)
    wu.page.locator("a[href$='/release/']").click()
    wu.page.wait_for_selector("form:has([name=at_hour])")
    with wu.page.expect_navigation():
        wu.page.locator("button[value=now]").click()
    assert not wu.page.locator(".errorlist").count()


def the_owner_says_it_is_mended(ma, listing):
    ma.goes_to(listing.replace("/office/", "/desk/"))
    ma.sends("form[action$='/mended/']", statement="过期食品已清退，砧板分色更换。")


def a_publisher_removes_it(sun, listing):
    sun.goes_to(listing)
    sun.page.locator("a[href$='/remove/']").click()
    words = {"document_number": "海澜市监复〔2026〕3 号", "reason": "复查符合，予以移出。"}
    sun.sends("form:has([name=document_number])", **words)


def on_the_lists(diner):
    return seen(diner, "/lists/")


def seen(diner, path):
    return diner.goes_to(path).page.locator("body").inner_text()


def kitchen_is_black(diner, kitchen):
    return diner.goes_to(f"/k/{kitchen}/").page.locator(".seal.black").count() > 0
