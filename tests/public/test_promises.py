"""What the kitchen page says of a paper that the operator promised by a signed undertaking 告知承诺."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sunkitchen.registry.models import Credential
from tests import builders
from tests.public import whole

TODAY = timezone.localdate()
DAY = timedelta(days=1)


def at(kitchen):
    return f"/en/k/{kitchen.code}/"


@pytest.fixture
def kitchen(db):
    """Everything on its page, and a word instead of the business licence."""
    place = whole.kitchen()
    place.credentials.filter(kind="business_licence").delete()
    return place


def word(place, **fields):
    return builders.undertaking(place, **{"requirement": "licence", "due_on": TODAY + 9 * DAY, **fields})


def test_what_is_promised_is_told_with_its_day(kitchen, read):
    row = word(kitchen)
    page = read(at(kitchen))
    assert page.says("Papers in force · Business licence promised", "Business licence", f"promised until {row.due_on}")
    assert page.says("The operator signed an undertaking to hand it in by then.")


def test_a_word_that_was_not_kept_is_told_as_that(kitchen, read):
    row = word(kitchen, due_on=TODAY - DAY, state="broken", ended_at=timezone.now())
    page = read(at(kitchen))
    assert page.says("1 point needs attention: Business licence promised, not handed in")
    assert page.says(f"promised until {row.due_on}", "not handed in", "did not keep it")


def test_until_it_is_decided_a_word_past_its_day_is_not_called_broken(kitchen, read):
    """Handed in by its day, it waits for the clerk."""
    row = word(kitchen, due_on=TODAY - DAY)
    page = read(at(kitchen))
    assert page.says(f"promised until {row.due_on}") and "not handed in" not in page.text


@pytest.mark.parametrize("state", ["kept", "released"])
def test_a_word_that_was_kept_or_released_is_not_told(kitchen, read, state):
    word(kitchen, state=state, ended_at=timezone.now())
    assert "promised" not in read(at(kitchen)).text


def test_where_the_paper_came_after_all_nothing_is_held_against_the_kitchen(kitchen, read):
    word(kitchen, due_on=TODAY - DAY, state="broken", ended_at=timezone.now())
    builders.permit(
        kitchen,
        kind=Credential.Kind.BUSINESS_LICENCE,
        number="91330000MA2BPN4F8K",
        state="in_force",
        valid_through=None,
    )
    page = read(at(kitchen))
    assert "promised" not in page.text and page.says("Papers in force")


def test_an_expired_paper_stands_beside_the_word_for_its_successor(kitchen, read):
    builders.permit(
        kitchen,
        kind=Credential.Kind.BUSINESS_LICENCE,
        number="91330000MA2BPN4F8K",
        state="in_force",
        valid_through=TODAY - DAY,
    )
    row = word(kitchen)
    assert read(at(kitchen)).says("expired", f"promised until {row.due_on}")


def test_a_former_operators_word_is_not_told(kitchen, read):
    word(kitchen, due_on=TODAY - DAY, state="broken", ended_at=timezone.now())
    builders.operatorship(kitchen)
    assert "promised" not in read(at(kitchen)).text


def test_what_is_no_paper_stays_with_the_kitchen(kitchen, read):
    word(kitchen, requirement="board")
    assert "promised" not in read(at(kitchen)).text


def test_the_screen_in_the_dining_room_and_a_table_tell_the_same(kitchen, read):
    row = word(kitchen)
    sticker = builders.sticker(kitchen)
    assert read(f"/en/q/{sticker.token}").says(f"{row.due_on}")


def test_a_word_costs_no_query_more(kitchen, client, django_assert_max_num_queries):
    for code, due in (("licence", 9), ("board", 3), ("safety_officer", 5)):
        word(kitchen, requirement=code, due_on=TODAY + due * DAY)
    with django_assert_max_num_queries(12):
        answer = client.get(at(kitchen))
    assert "promised until" in answer.content.decode()
    assert "seal red" in answer.content.decode()
