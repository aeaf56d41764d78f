"""A kitchen is registered, edited, opened."""

import pytest

from sunkitchen.core.access import Can, can
from sunkitchen.core.audit import trail
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.establishments import actions as establishments
from sunkitchen.registry.establishments import coordinates, hours
from sunkitchen.registry.models import Establishment, Sticker
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


def test_closing_those_that_never_opened_makes_no_room(qian):
    for _ in range(establishments.UNOPENED_AT_ONCE):
        establishments.close(establishments.register(by=qian, **FACTS), by=qian)
    with pytest.raises(Refused):
        establishments.register(by=qian, **FACTS)


@pytest.mark.parametrize(("latitude", "longitude"), [("10", "-180"), ("-90", "0"), ("nan", "1"), ("1", "inf")])
def test_a_map_point_that_lies_beyond_the_globe_is_refused_in_words(qian, latitude, longitude):
    with pytest.raises(Refused, match="Latitude goes from"):
        establishments.register(by=qian, **FACTS, latitude=latitude, longitude=longitude, coordinates="bd09")


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


POINT = {"latitude": 28.136215, "longitude": 121.231474}


def test_a_map_point_is_stored_in_wgs84_with_the_system_it_was_given_in(qian):
    place = establishments.register(by=qian, coordinates="gcj02", **POINT, **FACTS)
    place.refresh_from_db()
    assert place.coordinates == "gcj02"
    back = coordinates.from_wgs84(float(place.latitude), float(place.longitude), "gcj02")
    assert back == pytest.approx((28.136215, 121.231474), abs=2e-6)
    assert abs(float(place.longitude) - 121.231474) > 0.003
    establishments.edit(place, by=qian, latitude=None, longitude=None, coordinates="")
    assert place.latitude is place.longitude is None and place.coordinates == ""


@pytest.mark.parametrize(
    "point",
    [
        {"latitude": 28.1},
        {**POINT, "coordinates": ""},
        {**POINT, "coordinates": "utm"},
        {"latitude": 121.2, "longitude": 28.1, "coordinates": "wgs84"},
        {"latitude": "nan", "longitude": 1, "coordinates": "wgs84"},
        {"latitude": "1e999", "longitude": 1, "coordinates": "gcj02"},
        {"latitude": "north", "longitude": 1, "coordinates": "bd09"},
        {"latitude": -90, "longitude": -180, "coordinates": "bd09"},
    ],
)
def test_half_a_point_or_none_on_the_globe_is_refused(qian, point):
    with pytest.raises(Refused):
        establishments.register(by=qian, **point, **FACTS)
    assert not Establishment.objects.exists()


def test_cuisines_are_several_and_known(restaurant, wang):
    establishments.edit(restaurant, by=wang, cuisines=["seafood", "home", "seafood"])
    assert restaurant.cuisines == ["seafood", "home"]
    with pytest.raises(Refused, match="no such cuisine"):
        establishments.edit(restaurant, by=wang, cuisines=["martian"])


def test_an_owner_closes_and_opens_again_with_a_permit_in_force(restaurant, wang):
    establishments.close(restaurant, by=wang)
    assert restaurant.state == "closed" and restaurant.closed_at and restaurant in Establishment.objects.public()
    with pytest.raises(WrongState):
        establishments.close(restaurant, by=wang)
    with pytest.raises(Refused, match="permit in force"):
        establishments.reopen(restaurant, by=wang)
    builders.permit(restaurant, state="in_force")
    establishments.reopen(restaurant, by=wang)
    assert (restaurant.state, restaurant.closed_at) == ("open", None)
    assert [entry.verb for entry in trail(restaurant)] == ["establishment.closed", "establishment.reopened"]


def test_a_closed_kitchens_table_codes_are_dead(restaurant, wang):
    sticker = builders.sticker(restaurant)
    establishments.close(restaurant, by=wang)
    assert sticker not in Sticker.objects.valid()


def test_a_kitchen_that_never_opened_waits_again_and_is_never_public(newcomer, wang):
    establishments.close(newcomer, by=wang)
    assert not Establishment.objects.public().exists()
    establishments.reopen(newcomer, by=wang)
    assert newcomer.state == "registered"


def test_a_clerk_closes_with_a_reason_that_the_owner_reads_and_only_the_authority_reopens(restaurant, wang, li):
    builders.permit(restaurant, state="in_force")
    with pytest.raises(Refused, match="why it is closed"):
        establishments.close(restaurant, by=li, reason=" ")
    establishments.close(restaurant, by=li, reason="现场核查：已搬离。")
    assert "已搬离" in Notice.objects.get(recipient=wang, channel="desk").body
    with pytest.raises(Refused, match="authority"):
        establishments.reopen(restaurant, by=wang)
    establishments.reopen(restaurant, by=li)
    assert restaurant.state == "open" and not restaurant.closed_by_authority
    assert Notice.objects.filter(recipient=wang, kind="establishment.reopened", channel="desk").exists()
