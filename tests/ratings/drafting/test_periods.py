"""Which days an edition is about."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.editions import periods
from ratings.months import months_later, months_reaching

RHYTHMS = ["weekly", "fortnightly", "monthly", "quarterly"]
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("rhythm", "day", "period"),
    [
        ("weekly", date(2026, 11, 2), (date(2026, 11, 2), date(2026, 11, 8))),
        ("weekly", date(2026, 11, 8), (date(2026, 11, 2), date(2026, 11, 8))),
        ("fortnightly", date(2026, 10, 20), (date(2026, 10, 7), date(2026, 10, 20))),
        ("fortnightly", date(2026, 10, 21), (date(2026, 10, 21), date(2026, 11, 3))),
        ("monthly", date(2028, 2, 29), (date(2028, 2, 1), date(2028, 2, 29))),
        ("quarterly", date(2026, 12, 31), (date(2026, 10, 1), date(2026, 12, 31))),
        ("quarterly", date(2026, 1, 1), (date(2026, 1, 1), date(2026, 3, 31))),
    ],
)
def test_a_day_lies_in_its_week_fortnight_month_or_quarter(rhythm, day, period):
    assert periods.holding(rhythm, date(2026, 10, 7), day) == period


@given(rhythm=st.sampled_from(RHYTHMS), begins_on=days, day=days)
def test_periods_follow_each_other_without_a_hole(rhythm, begins_on, day):
    first, last = periods.holding(rhythm, begins_on, day)
    assert first <= day <= last
    assert periods.following(rhythm, begins_on, (first, last))[0] == last + timedelta(days=1)
    assert periods.first(rhythm, begins_on)[0] >= begins_on


def test_a_period_is_due_on_the_day_after_its_last_and_not_before():
    assert periods.due("monthly", date(2026, 10, 1), date(2026, 10, 31)) is None
    october = (date(2026, 10, 1), date(2026, 10, 31))
    assert periods.due("monthly", date(2026, 10, 1), date(2026, 11, 1)) == october
    assert periods.due("monthly", date(2026, 9, 2), date(2026, 11, 1)) == october, "the first whole one"


def test_what_an_edition_reaches_is_not_due_again():
    october = date(2026, 10, 31)
    assert periods.due("monthly", date(2026, 1, 1), date(2026, 11, 30), october) is None
    assert periods.due("monthly", date(2026, 1, 1), date(2026, 12, 1), october) == (
        date(2026, 11, 1),
        date(2026, 11, 30),
    )
    assert periods.due("monthly", date(2026, 10, 1), date(2026, 12, 1), date(2026, 10, 20))[0] == date(2026, 10, 1)


@given(end=days, months=st.integers(1, 24))
def test_the_first_day_that_reaches_is_the_first_one(end, months):
    first = months_reaching(end, months)
    assert months_later(first, months) >= end > months_later(first - timedelta(days=1), months)
