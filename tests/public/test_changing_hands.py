"""The kitchen page between two operators: it says what is true, and holds nothing of the former against the new."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sunkitchen.registry.models import Establishment
from tests import builders


def at(kitchen):
    return f"/en/k/{kitchen.code}/"


def handed_over(place, **fields):
    now = timezone.now()
    builders.operatorship(place, operator_name="海澜市老灶餐饮店", until=now)
    place.credentials.filter(state="in_force").update(state="revoked", revoked_at=now, reason="转让")
    place.cameras.update(enabled=False)
    Establishment.objects.filter(pk=place.pk).update(
        **{"state": "closed", "closed_at": now, "operator_name": "海澜市新灶餐饮有限公司", **fields}
    )


@pytest.fixture
def kitchen(red_kitchen):
    handed_over(red_kitchen)
    return red_kitchen


def test_it_is_closed_until_the_new_operators_permit_and_never_said_to_have_closed(kitchen, read):
    page = read(at(kitchen))
    assert page.says(
        "Changing hands: closed until the new operator has a permit.",
        "Changing hands.",
        "has a new operator since",
        "What was on record until then stays below.",
        "former operator",
        "The new operator's papers are not in force yet.",
    )
    for untrue in (
        "This kitchen has closed",
        "needs attention",
        "No paper of this kitchen has been approved",
        "revoked",
    ):
        assert untrue not in page.text


def test_the_screen_in_the_dining_room_says_the_same(kitchen, read):
    page = read(f"/en/k/{kitchen.code}/kiosk/")
    assert page.says("Changing hands") and "has closed" not in page.text


def test_lists_and_the_badge_say_the_same(kitchen, read):
    found = read(f"/en/?q={kitchen.code}")
    assert found.says(kitchen.signboard, "Changing hands") and "Closed" not in found.text
    badge = read(f"/en/badge/{kitchen.code}.svg").text
    assert "Changing hands" in badge and "Closed" not in badge


def test_a_kitchen_that_closed_and_opened_and_closed_again_is_closed(red_kitchen, read):
    handed_over(red_kitchen, closed_at=timezone.now() + timedelta(days=1))
    assert read(f"/en/?q={red_kitchen.code}").says(red_kitchen.signboard, "Closed")


def test_a_kitchen_that_the_authority_closed_is_closed(red_kitchen, read):
    handed_over(red_kitchen, closed_by_authority=True)
    page = read(at(red_kitchen))
    assert page.says("This kitchen has closed.", "Closed since") and "Changing hands" not in page.text


def test_a_black_listing_stays_said_whoever_runs_it(black_kitchen, edition, read):
    handed_over(black_kitchen)
    assert read(at(black_kitchen)).says("Changing hands · black list", "on the black list")
