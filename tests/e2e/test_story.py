"""The whole job once, by real people's means: browser, camera, printed code; nothing of ours is mocked."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone

from tests.e2e.papers import permit_photo
from tests.e2e.people import DESK, PHONE, Diner, Person
from tests.real.components import RtspCamera, some_free_port
from tests.real.site import until

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "correct horse battery staple"
CAST = [
    ("li@example.com", "李审", "clerk", ""),
    ("zhao@example.com", "赵查", "inspector", "HL-0012"),
    ("zhou@example.com", "周验", "inspector", "HL-0015"),
    ("sun@example.com", "孙发", "publisher", ""),
    ("qin@example.com", "秦法", "clerk", ""),
]
# The bureau and its officers exist before anybody signs in; a second kitchen, open for long, has trouble ahead.
BEFORE = """
from datetime import date
from django.core.files.uploadedfile import SimpleUploadedFile
from sunkitchen.accounts import actions as accounts
from sunkitchen.accounts.models import Authority, User
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.establishments import actions as establishments
bureau = Authority.objects.create(name="海澜市市场监督管理局", name_en="Hailan Bureau", slug="hailan", division="999901")
admin = User.objects.create_superuser("root@example.com", name="管理员")
for email, name, role, number in {cast!r}:
    person = User.objects.create_user(name=name, email=email, password={password!r})
    accounts.appoint(person, bureau, role, enforcement_number=number, by=admin)
owner = User.objects.create_user(name="老马", email="ma@example.com", password={password!r})
li = User.objects.get(email="li@example.com")
place = establishments.register(by=owner, signboard="老码头大排档", operator_name="海澜老码头餐饮店",
    address="海澜市坎门街道海都路 12 号", division="999901", category="snack")
with open({photo!r}, "rb") as file:
    paper = SimpleUploadedFile("permit.jpg", file.read())
permit = credentials.hand_in(place, by=owner, kind="food_permit", uploads=[paper], number="JY29999010000021",
    holder="海澜老码头餐饮店", valid_from=date(2024, 3, 1), valid_through=date(2029, 2, 28))
credentials.approve(permit, by=li)
print(place.code)
"""


@pytest.fixture(scope="module")
def camera(tmp_path_factory):
    """A camera behind digest authentication that can be frozen and pulled out."""
    folder = tmp_path_factory.mktemp("camera")
    words = [
        "--auth",
        "digest",
        "--user",
        "admin",
        "--password",
        "canary-7531",
        "--freeze-file",
        str(folder / "freeze"),
    ]
    camera = RtspCamera(some_free_port(), words).start()
    camera.freeze = folder / "freeze"
    yield camera
    camera.stop()


@pytest.fixture(scope="module")
def site_env(camera):
    return {"CAMERA_ALLOW": camera.address}


@pytest.mark.real("ffmpeg", "chromium", "rtsp")
def test_from_registering_to_verifying(site, camera, browser, tmp_path):
    photo = permit_photo(tmp_path)
    troubled = site.shell(BEFORE.format(cast=CAST, password=PASSWORD, photo=str(photo))).split()[-1]

    def officer(name):
        person = Person(browser, site, DESK)
        person.signs_in(f"{name}@example.com", PASSWORD)
        return person

    wang, diner = Person(browser, site, PHONE), Diner(browser, site, PHONE)
    kitchen = an_owner_registers_and_hands_in_a_permit(wang, photo)
    a_clerk_approves(officer("li"), kitchen)
    the_worker_tells_the_owner(site, wang)
    feed = the_owner_adds_a_camera(wang, kitchen, camera)
    a_diner_sees_it_live(diner, kitchen)
    and_over_hls(Diner(browser, site, PHONE), kitchen)
    the_camera_stops_and_comes_back(diner, camera)
    a_frozen_picture_is_not_called_live(diner, camera)
    a_printed_sticker_leads_to_the_page(wang, diner, kitchen)

    zhao = officer("zhao")
    two_officers_inspect(zhao, kitchen, failing=0)
    two_officers_inspect(zhao, troubled, failing=8)
    number = the_lists_go_their_way(zhao, officer("li"), officer("qin"), officer("sun"), kitchen, troubled)
    anybody_verifies(diner, number, tmp_path)
    diner.goes_to(f"/k/{kitchen}/")
    assert diner.page.locator(".seal.red").count() == 1

    assert not diner.context.cookies(), "a diner carries no cookie"
    assert not [*wang.complaints, *diner.complaints]
    the_password_is_nowhere(site, camera, feed)


# ── chapters ────────────────────────────────────────────────────────────────────────────────────────────────
def an_owner_registers_and_hands_in_a_permit(wang, photo):
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
    code = re.search(r"/desk/kitchens/(\w+)/", wang.path)[1]  # a new kitchen is led to the list of what it needs
    wang.goes_to(f"/desk/kitchens/{code}/papers/new/")
    wang.page.set_input_files("input[data-upload]", photo)
    wang.page.wait_for_selector(".brought .thumb img", timeout=60_000)  # it is there before anything is sent
    wang.fills(
        "form[data-paper]",
        number="JY29999010000013",
        holder="海澜海上明月餐饮有限公司",
        issuer="海澜市市场监督管理局",
        items="热食类食品制售",
        valid_from="2024-05-13",
        valid_through="2029-05-12",
    )
    wang.page.click("[data-hand-in]")
    wang.page.wait_for_url(re.compile(r"/papers/\d+/$"))
    assert wang.page.goto(f"{wang.site.url}/k/{code}/").status == 404, "nothing is public before the permit is checked"
    return code


def a_clerk_approves(li, kitchen):
    li.goes_to("/office/papers/")
    li.page.locator("a[href*='/office/papers/']").filter(has_text="海上明月").first.click()
    li.page.wait_for_selector(".paper img")
    assert li.page.locator(".paper img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 800
    li.sends("form[action$='/approve/']")
    li.goes_to(f"/k/{kitchen}/")
    li.sees("2029-05-12")


def the_worker_tells_the_owner(site, wang):
    """By Celery: the row that the approval wrote goes out as an SMS."""
    sent = site.var / "sms"
    assert until(lambda: [path for path in sent.glob("*13800000001*") if "食品经营许可证" in path.read_text()])
    assert wang.goes_to("/desk/").page.get_by_text("食品经营许可证").count()


def the_owner_adds_a_camera(wang, kitchen, camera):
    wang.goes_to(f"/desk/kitchens/{kitchen}/cameras/add/")
    wang.sends(
        "form:has([name=url])",
        zone="cooking",
        source="rtsp",
        url=f"rtsp://{camera.address}/live",
        user="admin",
        password="canary-7531",
    )
    wang.goes_to(f"/desk/kitchens/{kitchen}/cameras/")
    wang.page.locator(".tasks a").first.click()
    wang.page.wait_for_selector(".live")
    assert "canary-7531" not in wang.page.content()
    return wang.path.strip("/").split("/")[-1]


def a_diner_sees_it_live(diner, kitchen):
    diner.goes_to(f"/k/{kitchen}/")
    diner.sees_it_move()


def and_over_hls(other, kitchen):
    other.goes_to(f"/k/{kitchen}/?player=hls")
    other.sees_it_move()
    other.context.close()


def the_camera_stops_and_comes_back(diner, camera):
    opened = diner.page.evaluate("performance.timeOrigin")
    camera.stop()
    said = diner.is_told_it_is_not_live()
    assert f"{timezone.localtime():%H}:" in said or f"{timezone.localtime() - timedelta(minutes=1):%H}:" in said
    camera.start()
    diner.sees_it_move()
    assert diner.page.evaluate("performance.timeOrigin") == opened, "without a reload"


def a_frozen_picture_is_not_called_live(diner, camera):
    camera.freeze.touch()
    assert "可能已冻结" in diner.is_told_it_is_not_live()
    camera.freeze.unlink()
    diner.sees_it_move()


def a_printed_sticker_leads_to_the_page(wang, diner, kitchen):
    wang.goes_to(f"/desk/kitchens/{kitchen}/stickers/")
    wang.sends("form:has([name=tables])", tables="1-3")
    answer = wang.context.request.get(f"{wang.site.url}/desk/kitchens/{kitchen}/stickers/print.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    paper = pypdfium2.PdfDocument(answer.body())[0].render(scale=300 / 72).to_pil()
    found = {code.text for code in zxingcpp.read_barcodes(paper)}
    assert len(found) == 3
    for address in found:
        assert address.lower().startswith(f"{wang.site.url.lower()}/q/")
    diner.goes_to(sorted(found)[0])
    diner.sees("海上明月海鲜楼")
    diner.sees_it_move()
    assert diner.page.locator("header").get_by_text("号桌").count() == 1


def two_officers_inspect(zhao, kitchen, failing):
    zhao.goes_to(f"/office/inspections/new/{kitchen}/")
    zhao.sends("main form:has([name=second])", kind="routine")
    form = "form.checklist"
    names = zhao.page.locator(f"{form} [name^='answer-'][value=ok]").evaluate_all("(all) => all.map((one) => one.name)")
    for index, name in enumerate(names):
        answer = "fail" if index < failing else "ok"
        zhao.page.locator(f"{form} [name='{name}'][value='{answer}']").check(force=True)
        if answer == "fail":
            zhao.page.locator(f"{form} [name='{name.replace('answer', 'note')}']").fill("现场可见，未整改")
    zhao.sends(form, "button[value=close]", signature="signed", signed_name="王海")


def the_lists_go_their_way(zhao, li, qin, sun, good, bad):
    today = timezone.localdate()
    zhao.goes_to("/office/editions/new/")
    zhao.sends(
        "main form:has([name=period_from])",
        period_from=f"{today - timedelta(days=60):%Y-%m-%d}",
        period_to=f"{today:%Y-%m-%d}",
    )
    edition = zhao.path
    for colour, kitchen in (("red", good), ("black", bad)):
        zhao.goes_to(f"{edition}proposals/?show={colour}")
        article = f"article:has(a[href$='/k/{kitchen}/'])"
        zhao.page.locator(f"{article} details:has(input[value=pick])").evaluate("(node) => { node.open = true; }")
        words = {
            "reason": "检查结果见附件",
            **({"document_number": "海澜市监检〔2026〕12 号"} if colour == "black" else {}),
        }
        zhao.sends(f"{article} form:has(input[value=pick])", **words)
    zhao.goes_to(edition)
    zhao.page.locator(".entry:has(.seal.black) a").first.click()
    zhao.page.wait_for_selector("form[action$='/notice/']")
    listing = zhao.path
    zhao.sends("form[action$='/notice/']")
    li.goes_to(listing)
    li.sends("form[action$='/serve/']", method="direct", served_on=f"{today:%Y-%m-%d}", note="店内当面送达")

    sun.goes_to("/office/editions/")
    sun.page.locator("a[href*='/lists/chain/']").first.click()
    proves(sun)
    sun.page.locator("fieldset").first.locator("label", has_text="秦法").click()
    sun.sends("form:has([name=title_0])", title_0="法制审核", title_en_0="Legal review")
    assert sun.goes_to(edition).page.locator("a[href$='/release/']").count() == 0, "the window is open"
    assert qin.goes_to(edition).page.locator("form[action$='/opinion/']").count() == 0, "nor is it time to approve"
    li.page.locator("details:has(form[action$='/waive/']) summary").click()
    li.sends("form[action$='/waive/']", waived_on=f"{today:%Y-%m-%d}", statement="本店放弃陈述申辩")
    qin.goes_to(edition)
    qin.sends("form[action$='/opinion/']", outcome="agree", opinion="程序合法，同意公布")

    assert zhao.goes_to(edition).page.locator("a[href$='/release/']").count() == 0, "not by its drafter"
    sun.goes_to(edition).page.locator("a[href$='/release/']").click()
    proves(sun)
    sun.sends("form:has([name=at_hour])", "button[value=now]")
    return f"/lists/hailan/{today.year}-1/"


def proves(person):
    """Who they are, once more, if that was long ago."""
    person.page.wait_for_load_state()
    if "/sign-in/again/" in person.path:
        person.sends("form:has([name=password])", password=PASSWORD)


def anybody_verifies(diner, number, folder):
    diner.goes_to(number)
    diner.sees("海上明月海鲜楼")
    diner.sees("老码头大排档")
    document = diner.context.request.get(f"{diner.site.url}{number.rstrip('/')}.json")
    assert document.ok, document.status
    path = folder / "edition.json"
    path.write_bytes(document.body())
    verify = [sys.executable, "-m", "sunkitchen", "verify"]
    told = subprocess.run([*verify, path], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    path.write_text(path.read_text().replace("老码头大排档", "老码头小排档"))
    assert json.loads(path.read_text())
    assert subprocess.run([*verify, path], cwd=ROOT, capture_output=True).returncode == 1


def the_password_is_nowhere(site, camera, feed):
    """Neither in what the site printed, nor in any process's words, nor in a row in the clear."""
    assert "canary-7531" not in site.words
    assert not [command for command in site.processes.values() if "canary-7531" in command]
    for path in site.var.rglob("*"):
        if path.is_file() and path.stat().st_size < 50_000_000:
            assert b"canary-7531" not in path.read_bytes(), path
    assert feed
