"""A kitchen goes to a new operator: offered, taken over with the code from the message, and what guests read of it."""

import re

import pytest

from tests.e2e.people import DESK, PHONE, Diner, Person
from tests.real.site import PATIENCE, until

pytestmark = pytest.mark.real("ffmpeg", "chromium")
ROWS = """
from datetime import timedelta
from django.utils import timezone
from sunkitchen.accounts.models import User
from tests import builders
owner = User.objects.create_user(name="王海", email="wang@example.com", password="correct horse 7")
owner.emailaddress_set.create(email=owner.email, verified=True, primary=True)
hailan = builders.authority()
place = builders.establishment(owner=owner, signboard="海上明月")
builders.permit(place, submitted_by=owner, state="in_force")
builders.staff_member(place, name="陈师傅", added_by=owner)
builders.camera(place)
officers = [builders.officer(name, hailan, "inspector", enforcement_number=number) for name, number in (("赵查", "HL-1"), ("周验", "HL-2"))]
builders.closed_inspection(place, lead=officers[0], second=officers[1], authority=hailan, visited_at=timezone.now() - timedelta(days=40))
print(place.code)
"""
MOBILE = "13700000009"


def code_sent_to(site, mobile):
    """From the message, as it lands in the embedded installation: the worker sends it."""
    found = []

    def has_come():
        for path in (site.var / "sms").glob(f"*{mobile[-8:]}.txt"):
            found.extend(re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", path.read_text()))
        return bool(found)

    assert until(has_come, PATIENCE), f"no message with a code came:\n{site.words}"
    return found[0]


def test_a_kitchen_goes_to_its_new_operator(browser, site):
    kitchen = site.shell(ROWS).strip()
    owner, new, guest = (Person(browser, site, screen) for screen in (DESK, PHONE, PHONE))

    # ── the owner offers it
    owner.signs_in("wang@example.com", "correct horse 7")
    owner.goes_to(f"/desk/kitchens/{kitchen}/hand-over/")
    owner.sends(
        "form:has([name=operator_name])",
        operator_name="海澜新月餐饮有限公司",
        uscc="91350100M000100Y43",
        name="郑新",
        contact=MOBILE,
    )
    owner.sees("海澜新月餐饮有限公司")
    code = code_sent_to(site, MOBILE)

    # ── the new one opens an account, enters the code, reads, and takes it over with the cook
    new.signs_up_by_mobile(MOBILE, "郑新")
    new.goes_to(f"/desk/take-over/?k={kitchen}")
    new.sends("form:has([name=code])", code=code)
    new.sees("陈师傅")
    new.page.locator("[name=staying]").check()
    new.sends("form:has([name=read])", button="button.primary", read=True)
    assert new.path == f"/desk/kitchens/{kitchen}/"
    new.sees("海澜新月餐饮有限公司")

    # ── the former owner is a stranger now; guests read that it changes hands, and with whom the visit was
    assert owner.page.goto(f"{site.url}/desk/kitchens/{kitchen}/").status == 404
    guest.goes_to(f"/k/{kitchen}/")
    guest.sees("海澜海上明月餐饮有限公司")
    assert guest.page.locator(Diner.LIVE).count() == 0
    guest.goes_to(f"/k/{kitchen}/history/")
    guest.sees("海澜海上明月餐饮有限公司")
    assert not any(person.complaints for person in (owner, new, guest))
