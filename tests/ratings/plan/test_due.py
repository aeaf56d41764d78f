"""When a visit is due: the rule for one kitchen, and the same rule as a question to the database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ratings.models import Inspection, Risk
from ratings.plan import due, schedule
from sunkitchen.registry.models import Establishment
from tests import builders

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("letter, days", [("A", 365), ("B", 365), ("C", 182), ("D", 121)])
def test_a_visit_is_due_by_the_risk_class(letter, days):
    last = date(2026, 1, 10)
    found = due.next_visit(letter, last, date(2020, 1, 1), TODAY)
    assert (found.on, found.why) == (last + timedelta(days=days), due.BY_CLASS)


def test_a_new_kitchen_is_seen_within_three_months():
    found = due.next_visit("A", None, date(2026, 9, 1), TODAY)
    assert (found.on, found.why) == (date(2026, 11, 30), due.FIRST_VISIT)
    assert found.overdue(TODAY) == 0
    assert found.overdue(date(2026, 12, 3)) == 3


def test_a_visit_in_the_future_is_no_last_visit():
    with pytest.raises(ValueError):
        due.next_visit("A", TODAY + timedelta(days=1), date(2020, 1, 1), TODAY)


@given(st.sampled_from("ABCD"), st.dates(date(2015, 1, 1), TODAY))
def test_nobody_is_left_alone_for_more_than_two_years_nor_troubled_more_often_than_the_class_says(letter, last):
    found = due.next_visit(letter, last, last, TODAY)
    assert last < found.since <= found.on <= last + timedelta(days=730)
    least, most = due.VISITS[letter]
    assert 365 // (found.on - last).days >= least
    assert most == 1 or 365 // (found.since - last).days <= most


@given(st.dates(date(2015, 1, 1), TODAY))
def test_a_higher_class_is_never_visited_later(last):
    days = [due.next_visit(letter, last, last, TODAY).on for letter in "ABCD"]
    assert days == sorted(days, reverse=True)


# ── the same as a question to the database ──────────────────────────────────────────────────────────────────


def visit(kitchen, hailan, zhao, zhou, day, kind="routine", state="closed"):
    closed = {"result": "conforms", "signature": "signed", "score_tenths": 95, "closed_at": NOW, "state": "closed"}
    return Inspection.objects.create(
        establishment=kitchen,
        authority=hailan,
        checklist="2026-1",
        kind=kind,
        lead=zhao,
        second=zhou,
        lead_number="HL-0012",
        second_number="HL-0015",
        visited_at=datetime.combine(day, datetime.min.time(), timezone.get_default_timezone()) + timedelta(hours=10),
        **(closed if state == "closed" else {}),
    )


@pytest.fixture
def town(hailan, zhao, zhou):
    """Kitchens of every class, visited long ago, lately, or never."""
    for serial, category in enumerate(["drinks", "snack", "large", "school"] * 6):
        kitchen = builders.establishment(signboard=f"店{serial}", category=category)
        opened = NOW - timedelta(days=30 * serial)
        Establishment.objects.filter(pk=kitchen.pk).update(opened_at=opened)
        if serial % 3:
            visit(kitchen, hailan, zhao, zhou, TODAY - timedelta(days=17 * serial))
            visit(kitchen, hailan, zhao, zhou, TODAY - timedelta(days=3 * serial), kind="follow_up")
        if serial % 5 == 0:
            Risk.objects.create(establishment=kitchen, letter="A", because="旧", set_at=NOW - timedelta(days=9))
            Risk.objects.create(establishment=kitchen, letter="D", because="新", set_at=NOW - timedelta(days=2))
    builders.establishment(signboard="关了", state="closed")
    return hailan


def expected(kitchen):
    risks = sorted(kitchen.risks.all(), key=lambda risk: risk.set_at)
    first = {"drinks": "A", "snack": "B", "large": "C", "school": "D"}[kitchen.category]
    letter = risks[-1].letter if risks else first
    days = [timezone.localdate(v.visited_at) for v in kitchen.inspections.all() if v.kind != "follow_up"]
    return letter, due.next_visit(letter, max(days, default=None), timezone.localdate(kitchen.opened_at), TODAY).on


@pytest.mark.django_db
def test_the_database_says_what_the_rule_says(town):
    rows = list(schedule.with_due(Establishment.objects.all()))
    assert len(rows) == 24
    for row in rows:
        assert (row.letter, timezone.localdate(row.due_at)) == expected(row), row


@pytest.mark.django_db
def test_overdue_are_those_whose_last_day_has_passed_the_longest_first(town):
    late = list(schedule.overdue(town, NOW))
    days = [expected(row)[1] for row in late]
    assert days == sorted(days) and days[-1] < TODAY
    assert {row.pk for row in late} == {
        row.pk for row in Establishment.objects.filter(state="open") if expected(row)[1] < TODAY
    }
    soon = list(schedule.soon(schedule.with_due(Establishment.objects.all()), NOW))
    assert {row.pk for row in soon} == {
        row.pk
        for row in Establishment.objects.filter(state="open")
        if TODAY <= expected(row)[1] <= TODAY + timedelta(days=30)
    }


@pytest.mark.django_db
def test_a_kitchen_due_today_is_not_late(hailan, zhao, zhou, restaurant):
    visit(restaurant, hailan, zhao, zhou, TODAY - timedelta(days=365))
    assert not schedule.overdue(hailan, NOW).exists()
    assert schedule.overdue(hailan, NOW + timedelta(days=1)).get() == restaurant


@pytest.mark.django_db
def test_a_visit_that_is_not_closed_counts_for_nothing(hailan, zhao, zhou, restaurant):
    Establishment.objects.filter(pk=restaurant.pk).update(opened_at=NOW - timedelta(days=200))
    visit(restaurant, hailan, zhao, zhou, TODAY, state="draft")
    assert schedule.overdue(hailan, NOW).get() == restaurant


@pytest.mark.django_db
def test_whatever_the_number_of_kitchens_it_is_one_question(town, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(schedule.overdue(town, NOW)[:20])
    with django_assert_num_queries(1):
        days = schedule.days_of(schedule.with_due(Establishment.objects.all()))
    assert sum(count for _day, count in days) == 24
