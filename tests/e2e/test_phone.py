"""A phone films: from the code on the owner's desk to the kitchen's page, through a lost connection, until it stops."""

import pytest

from tests.e2e.people import PHONE, Diner, Person
from tests.real.components import CHROMIUM, CHROMIUM_FLAGS

pytestmark = pytest.mark.real("ffmpeg", "chromium")
PATIENCE = 60_000  # ms: encoding, relay, decoding on two busy cores
# A browser whose recorder knows nothing else.
ONLY = "MediaRecorder.isTypeSupported = ((able) => (kind) => kind.startsWith('{}') && able(kind))(MediaRecorder.isTypeSupported)"
EYES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
ROWS = """
from sunkitchen.accounts.models import User
from tests import builders
owner = User.objects.create_user(name="王海", email="wang@example.com", password="correct horse 7")
owner.emailaddress_set.create(email=owner.email, verified=True, primary=True)
builders.authority()
print(builders.establishment(owner=owner, signboard="海上明月").code)
"""
INVITED = """
from django.urls import reverse
from django.utils import timezone
from streams.phone import actions as phones
from streams.models import Camera
from sunkitchen.accounts.models import User
from sunkitchen.registry.models import Establishment
from tests import builders
place = Establishment.objects.get(code="{kitchen}")
camera = builders.camera(place, zone="cold", source="phone")
Camera.objects.exclude(pk=camera.pk).update(enabled=False)
print(camera.code, reverse("film", args=[camera.code, phones.invite_phone(camera, by=User.objects.get(name='王海'), at=timezone.now())]))
"""
SENDING = ".filming[data-state=sending]"


@pytest.fixture(scope="module")
def kitchen(site):
    return site.shell(ROWS)


@pytest.fixture
def browser():
    """Chromium with a camera that films a moving test picture, and asks nobody."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS + EYES)
        yield chromium
        chromium.close()


@pytest.fixture
def owner(browser, site):
    person = Person(browser, site, {"viewport": {"width": 1440, "height": 900}})
    person.signs_in("wang@example.com", "correct horse 7")
    return person


def films(browser, site, address, script=""):
    """A phone that opened the code and pressed the button; it sends."""
    phone = Person(browser, site, PHONE)
    phone.page.add_init_script(script)
    phone.goes_to(address)
    phone.page.locator("button.start").click()
    phone.page.wait_for_selector(SENDING, timeout=PATIENCE)
    return phone


def test_a_phone_is_the_kitchens_camera(browser, site, kitchen, owner):
    # ── the owner adds it, and shows its code
    desk = f"/desk/kitchens/{kitchen}/cameras/"
    owner.goes_to(desk + "add/")
    owner.sends("form.sheet", zone="cooking", source="phone")
    camera = owner.path
    owner.sends(f"form[action*='{camera}film/']")
    address = owner.page.locator(".phone-code a.btn").get_attribute("href")
    assert owner.page.locator(".phone-code .code svg.qr").count() == 1

    # ── a phone scans it, and films
    phone = films(browser, site, address)
    diner = Diner(browser, site, PHONE)
    code = camera.rstrip("/").rpartition("/")[2]  # other tests' phones may be there before
    diner.goes_to(f"/k/{kitchen}/?camera={code}").sees_it_move(PATIENCE / 1000)

    # ── its network goes away, is noticed, and it comes back by itself, for those who watch too
    phone.context.set_offline(True)
    phone.page.evaluate("() => window.dispatchEvent(new Event('offline'))")
    phone.page.wait_for_selector(".filming[data-state=reconnecting]", timeout=PATIENCE)
    assert diner.is_told_it_is_not_live(PATIENCE / 1000)
    phone.context.set_offline(False)
    phone.page.wait_for_selector(SENDING, timeout=PATIENCE)
    diner.sees_it_move(PATIENCE / 1000)

    # ── another phone takes over, and the first is told
    owner.sends(f"form[action*='{camera}film/']")
    second = films(browser, site, owner.page.locator(".phone-code a.btn").get_attribute("href"))
    phone.page.wait_for_selector(".filming[data-state=elsewhere]", timeout=PATIENCE)
    assert phone.page.locator(".filming .told").inner_text()

    # ── the kitchen switches it off
    owner.goes_to(camera)
    owner.sends(f"form[action*='{camera}off/']", reason="打烊")
    second.page.wait_for_selector(".filming[data-state=kitchen]", timeout=PATIENCE)
    assert second.page.locator("button.start").is_visible()
    assert not phone.complaints and not second.complaints and not diner.complaints


@pytest.mark.parametrize("kind", ["video/mp4", "video/webm;codecs=vp8"], ids=["as Safari: MP4", "as Firefox: VP8"])
def test_a_phone_that_records_nothing_but_this_is_a_camera_too(kind, browser, site, kitchen):
    """MP4 comes in fragments of two seconds; VP8 is converted."""
    camera, address = site.shell(INVITED.format(kitchen=kitchen)).split()
    phone = films(browser, site, address, ONLY.format(kind))
    diner = Diner(browser, site, PHONE)
    diner.goes_to(f"/k/{kitchen}/?camera={camera}").sees_it_move(PATIENCE / 1000)
    assert phone.page.locator(SENDING).count() == 1 and not phone.complaints
