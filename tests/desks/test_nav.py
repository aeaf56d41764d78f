"""The rooms of the desk: grouped, only those that one may open, and one place where one is."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from tests.desks.test_homes import page


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def nav(person, path="/en/office/"):
    return page(person, path).split("</nav>")[0].split("<nav")[-1]


def groups(text):
    return re.findall(r"<h2>([^<]+)</h2>", text)


def test_an_officers_rooms_stand_in_groups_and_each_group_leads_to_its_first(zhao):
    text = nav(zhao)
    assert groups(text)[:3] == ["Office", "Supervision work", "Lists"]
    strip = text.split('<ul class="groups"')[1].split("</ul>")[0]
    assert re.findall(r'href="([^"]+)"', strip)[0] == "/en/office/" and strip.count("<li>") == len(groups(text))


@pytest.mark.parametrize(
    "name",
    [
        "office",
        "office_figures",
        "office_plan",
        "office_plan_calendar",
        "office_draws",
        "office_inspections",
        "office_samples",
        "office_complaints",
        "office_reminders",
        "office_outbreaks",
        "office_editions",
        "office_schedule",
        "office_rectifications",
        "office_kitchens",
        "office_incidents",
    ],
)
def test_every_room_is_found_in_the_navigation_and_is_where_one_is(zhao, name):
    text = nav(zhao, reverse(name))
    assert text.count('aria-current="page"') == 1 and text.count('aria-current="true"') == 1
    assert f'href="{reverse(name)}" aria-current="page"' in text
    assert text.count('class="shown"') == 1


def test_who_may_not_handle_complaints_is_not_led_to_them(wu, zhao):
    assert "/office/complaints/" not in nav(wu) and "/office/complaints/" in nav(zhao)
    assert "Audit trail" in nav(wu) and "Audit trail" not in nav(zhao)


def test_an_owner_has_one_group_and_needs_no_headings(restaurant, wang):
    text = nav(wang, "/en/desk/")
    assert not groups(text) and "groups" not in text and 'class="shown"' in text and "海上明月海鲜楼" in text
