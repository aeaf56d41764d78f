"""A kitchen is registered, edited, opened."""

import pytest

from sunkitchen.core.access import Can, can
from sunkitchen.core.audit import trail
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.establishments import actions as establishments
from sunkitchen.registry.establishments import hours
from sunkitchen.registry.models import Establishment
from tests import builders

FACTS = {
    "signboard": "小海面馆",
    "operator_name": "海澜小海面馆",
    "address": "海澜市楚门镇 1 号",
    "division": "999901",
    "category": "small",
}


def test_whoever_registers_a_kitchen_owns_it_and_it_is_not_public_yet(qian):
    place = establishments.register(by=qian, uscc="91350100m000100y43", **FACTS)
    assert can(qian, Can.HAND_IN_PAPERS, place) and place.uscc == "91350100M000100Y43"
    assert not Establishment.objects.public().exists()
    assert [entry.verb for entry in trail(place)] == ["establishment.registered"]


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ({"division": "海澜"}, "division code"),
        ({"division": ""}, "division code"),
        ({"uscc": "123"}, "18 digits"),
        ({"signboard": "  "}, "[Ss]ignboard"),
        ({"signboard": "面" * 10_000}, "60 characters"),
        ({"category": "palace"}, "category"),
        ({"hours": [None] * 6}, "seven days"),
    ],
)
def test_a_fact_that_breaks_a_rule_is_refused_and_nothing_is_stored(qian, fact, words):
    with pytest.raises(Refused, match=words):
        establishments.register(by=qian, **{**FACTS, **fact})
    assert not Establishment.objects.exists()


def test_nobody_fills_the_registry_with_kitchens_that_never_open(qian):
    for _ in range(establishments.UNOPENED_AT_ONCE):
        establishments.register(by=qian, **FACTS)
    with pytest.raises(Refused):
        establishments.register(by=qian, **FACTS)


def test_an_edit_is_recorded_with_what_was_there_before(restaurant, wang):
    establishments.edit(restaurant, by=wang, signboard="海上明月", address=restaurant.address)
    assert restaurant.signboard == "海上明月"
    assert trail(restaurant).get().detail == {"changes": {"signboard": ["海上明月海鲜楼", "海上明月"]}}
    establishments.edit(restaurant, by=wang, signboard="海上明月")
    assert trail(restaurant).count() == 1


def test_an_open_kitchen_stays_in_its_division(restaurant, newcomer, wang):
    with pytest.raises(Refused):
        establishments.edit(restaurant, by=wang, division="999902")
    establishments.edit(newcomer, by=wang, division="999902")


def test_an_open_kitchen_keeps_the_operator_whose_papers_were_checked(restaurant, wang):
    establishments.edit(restaurant, by=wang, uscc="91350100M000100Y43")  # it may be added later
    for fact in ({"operator_name": "别家公司"}, {"uscc": "91512081MA62K0260E"}):
        with pytest.raises(Refused):
            establishments.edit(restaurant, by=wang, **fact)
    restaurant.refresh_from_db()
    assert (restaurant.operator_name, restaurant.uscc) == ("海澜海上明月餐饮有限公司", "91350100M000100Y43")


def test_what_a_clerk_compares_does_not_change_under_their_eyes(newcomer, wang):
    paper = builders.permit(newcomer, submitted_by=wang)
    with pytest.raises(Refused):
        establishments.edit(newcomer, by=wang, operator_name="别家公司")
    type(paper).objects.update(state="draft")
    establishments.edit(newcomer, by=wang, operator_name="海澜小海面馆有限公司")


def test_a_kitchen_opens_once(newcomer, li):
    establishments.open(newcomer, by=li)
    assert newcomer.state == "open" and newcomer.opened_at
    with pytest.raises(WrongState):
        establishments.open(newcomer, by=li)


@pytest.mark.parametrize(
    ("typed", "span", "written"),
    [
        ("10:00-21:30", ["10:00", "21:30"], "10:00-21:30"),
        ("9：00 – 14：00", ["09:00", "14:00"], "09:00-14:00"),
        ("18:00至02:00", ["18:00", "26:00"], "18:00-02:00"),
        ("00:00-24:00", ["00:00", "24:00"], "00:00-24:00"),
        ("", None, ""),
    ],
)
def test_opening_hours_are_read_as_people_write_them(typed, span, written):
    assert hours.parse(typed) == span and hours.written(span) == written


@pytest.mark.parametrize("typed", ["always", "10-21", "25:00-26:00", "10:70-11:00", "1" * 10_000])
def test_other_hours_are_refused_with_an_example(typed):
    with pytest.raises(hours.BadHours, match="10:00-21:30"):
        hours.parse(typed)
