"""A video check: the clerk asks, the owner's phone films through the relay, pictures stay with the paper, nobody travels."""

import pytest

from tests.e2e.people import DESK, PHONE, Person
from tests.real.components import CHROMIUM, CHROMIUM_FLAGS

pytestmark = pytest.mark.real("ffmpeg", "chromium")
PATIENCE = 60_000  # ms: encoding, relay, decoding on two busy cores
EYES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
ROWS = """
from sunkitchen.accounts.models import User
from tests import builders
people = {}
for name, email in (("王海", "wang@example.com"), ("李审", "li@example.com")):
    people[name] = User.objects.create_user(name=name, email=email, password="correct horse 7")
    people[name].emailaddress_set.create(email=email, verified=True, primary=True)
from sunkitchen.accounts.models import Post
Post.objects.create(user=people["李审"], authority=builders.authority(), role="clerk")
place = builders.establishment(owner=people["王海"], signboard="海上明月", state="registered")
print(place.code, builders.permit(place, submitted_by=people["王海"]).pk)
"""
LIVE = ".live[data-state=live]"
STILLS = "[data-stills] .stills li"
LOOK = """
from pathlib import Path
from django.conf import settings
from streams.models import Camera, CameraEvent, Still
camera = Camera.every.get()
left = [p.name for root in (settings.POSTERS_ROOT, settings.RELAY_LIVE) for p in Path(root).glob("**/*") if camera.code in str(p)]
print(camera.enabled, CameraEvent.objects.count(), Camera.objects.count(), left, [s.file.size > 4000 for s in Still.objects.all()])
"""


@pytest.fixture
def browser():
    """Chromium with a camera that films a moving test picture, and asks nobody."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS + EYES)
        yield chromium
        chromium.close()


def test_an_original_is_seen_by_video_and_nobody_travels(browser, site):
    kitchen, paper = site.shell(ROWS).split()
    clerk, owner = (Person(browser, site, screen) for screen in (DESK, PHONE))
    clerk.signs_in("li@example.com", "correct horse 7")
    owner.signs_in("wang@example.com", "correct horse 7")

    # ── the clerk asks from the paper's review
    clerk.goes_to(f"/office/papers/{paper}/")
    clerk.page.locator("#video details summary").click()
    clerk.sends("#video form", about="original", please="请近拍印章")
    check = clerk.path
    assert clerk.page.locator(".note.wait").count() == 1

    # ── the owner reads it on the phone, and films with it
    owner.goes_to(f"/desk/kitchens/{kitchen}/papers/{paper}/")
    owner.page.locator("#video a.btn").click()
    owner.sees("请近拍印章")
    owner.sends("form[action*='/show/']")
    owner.page.locator(".hand a.btn").click()
    owner.page.locator("button.start").click()
    owner.page.wait_for_selector(".filming[data-state=sending]", timeout=PATIENCE)

    # ── the clerk's page finds it by itself, shows it live, and keeps two pictures without leaving it
    clerk.page.wait_for_selector(LIVE, timeout=PATIENCE)
    for number, note in enumerate(("全貌", "印章"), 1):
        clerk.fills(".keep-still", note=note)
        clerk.page.locator(".keep-still button").click()
        clerk.page.wait_for_function(
            f"() => document.querySelectorAll('{STILLS}').length === {number}", timeout=PATIENCE
        )
    assert clerk.page.locator(LIVE).count() == 1
    for still in clerk.page.locator(f"{STILLS} img").all():
        assert (
            still.evaluate(
                "async (image) => { image.loading = 'eager'; await image.decode(); return image.naturalWidth }"
            )
            >= 320
        )
    clerk.sends(f"form[action='{check}decide/']", outcome="agrees", note="与原件一致")

    # ── the phone is told that it is over, and both sides read it on the paper
    owner.page.wait_for_selector(".filming[data-state=kitchen]", timeout=PATIENCE)
    assert clerk.path == f"/office/papers/{paper}/"
    for person, page in ((clerk, clerk.path), (owner, f"/desk/kitchens/{kitchen}/papers/{paper}/")):
        person.goes_to(page)
        person.sees("与原件一致")
        assert person.page.locator("#video .stills img").count() == 2
    # Switched off, no event, no kitchen's camera, no picture of it on the disk; two pictures that are pictures.
    assert site.shell(LOOK).strip() == "False 0 0 [] [True, True]"
    assert not clerk.complaints and not owner.complaints
