"""Papers in one visit to none: photographed on a phone, read by the machine, checked by the owner, decided in seconds."""

import re

import pytest

from tests.e2e.papers import permit_photo
from tests.e2e.people import DESK, PHONE, Diner, Person

PASSWORD = "correct horse battery staple"
BEFORE = f"""
from sunkitchen.accounts import actions as accounts
from sunkitchen.accounts.models import Authority, User
bureau = Authority.objects.create(name="海澜市市场监督管理局", name_en="Hailan Bureau", slug="hailan", division="999901")
admin = User.objects.create_superuser("root@example.com", name="管理员")
clerk = User.objects.create_user(name="李审", email="li@example.com", password={PASSWORD!r})
accounts.appoint(clerk, bureau, "clerk", by=admin)
"""


@pytest.fixture(scope="module")
def site_env():
    return {}


@pytest.mark.real("ffmpeg", "chromium")
def test_nobody_carries_a_paper_and_hardly_anybody_types(site, browser, tmp_path):
    site.shell(BEFORE)
    wang, li, diner = Person(browser, site, PHONE), Person(browser, site, DESK), Diner(browser, site, PHONE)
    kitchen = an_owner_registers_and_reads_what_is_needed(wang)
    the_bureau_answers_a_question_first(wang, li)
    the_machine_reads_the_photo(wang, kitchen, permit_photo(tmp_path, number="JY29999010000010"))
    the_clerk_decides_by_one_key(li)
    wang.goes_to(f"/desk/kitchens/{kitchen}/")
    diner.goes_to(f"/k/{kitchen}/")
    diner.sees("2029-05-12")
    assert not [*wang.complaints, *li.complaints, *diner.complaints]


def an_owner_registers_and_reads_what_is_needed(wang):
    wang.signs_up_by_mobile("13800000001", "王海")
    wang.goes_to("/desk/kitchens/new/")
    wang.sends(
        "main form:has([name=signboard])",
        signboard="海上明月海鲜楼",
        operator_name="海澜海上明月餐饮有限公司",
        address="海澜市楚门镇南兴东路 88 号",
        category="medium",
        place="999901",
        hours_0="00:00-24:00",
        same_hours=True,
    )
    assert wang.path.endswith("/needed/"), "what is missing comes first"
    wang.sees("食品经营许可证")
    return re.search(r"/desk/kitchens/(\w+)/", wang.path)[1]


def the_bureau_answers_a_question_first(wang, li):
    wang.goes_to("/desk/talks/new/")
    wang.sends("main form:has([name=subject])", subject="许可证照片", text="许可证拍照可以吗？")
    talk = wang.path
    li.signs_in("li@example.com", PASSWORD)
    li.goes_to(talk.replace("/desk/", "/office/"))
    li.page.fill("form [name=text]", "可以，请拍清楚四角。")
    li.page.locator("form:has([name=text]) button[type=submit]").last.click()
    wang.page.get_by_text("可以，请拍清楚四角。").wait_for(timeout=30_000)  # by the socket, without a reload


def the_machine_reads_the_photo(wang, kitchen, photo):
    wang.goes_to(f"/desk/kitchens/{kitchen}/papers/new/?kind=food_permit")
    page = wang.page
    page.set_input_files("input[data-upload]", photo)
    page.wait_for_selector("[data-read=number][data-level=sure]", timeout=180_000)  # by the worker's own reader
    assert page.input_value("[name=number]") == "JY29999010000010"
    assert page.input_value("[name=valid_through]") == "2029-05-12"
    assert page.input_value("[name=holder]") == "海澜海上明月餐饮有限公司"
    page.fill("[name=valid_from]", "2024-05-13")  # this sheet does not say it
    page.fill("[name=issuer]", "海澜市市场监督管理局")
    page.click("[data-hand-in]")
    page.wait_for_url(re.compile(r"/papers/\d+/$"))


def the_clerk_decides_by_one_key(li):
    li.goes_to("/office/papers/")
    li.page.locator("a[href*='/office/papers/']", has_text="海上明月海鲜楼").first.click()
    li.page.wait_for_selector("[data-review][data-may-review][data-ready]")  # nothing is decided unseen
    li.page.wait_for_selector(".stage img")
    li.page.keyboard.press("a")
    if li.page.locator("[data-doubtful]").count():
        li.page.keyboard.press("a")
    li.page.wait_for_url(re.compile(r"/office/papers/(\?.*)?$"), timeout=30_000)
