from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.core import workdays

# 国务院办公厅关于2026年部分节假日安排的通知: weekends on which people work, and weekdays on which they don't.
MADE_UP = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
FREE = [
    *[(1, 1), (1, 2)],
    *[(2, day) for day in (16, 17, 18, 19, 20, 23)],
    *[(4, 6), (5, 1), (5, 4), (5, 5), (6, 19), (9, 25)],
    *[(10, day) for day in (1, 2, 5, 6, 7)],
]


def test_the_whole_year_2026_is_as_the_state_council_announced():
    day, odd = date(2026, 1, 1), {"work": [], "free": []}
    while day.year == 2026:
        works = workdays.is_workday(day) is not None
        if works != (day.weekday() < 5):
            odd["work" if works else "free"].append((day.month, day.day))
        day += timedelta(days=1)
    assert odd == {"work": MADE_UP, "free": FREE}


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),  # Monday to Monday: the day of service does not count
        (date(2026, 2, 12), 1, date(2026, 2, 13)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday that is worked
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # and then nine days of Spring Festival
        (date(2026, 2, 13), 7, date(2026, 3, 2)),  # 14, 24, 25, 26, 27, 28 (Saturday, worked), then Monday
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 8), 2, date(2026, 10, 10)),
        (date(2026, 4, 3), 1, date(2026, 4, 7)),
    ],
)
def test_terms_end_where_a_clerk_counts_them_to(start, days, end):
    assert workdays.add(start, days) == workdays.Workday(end, provisional=False)


def test_past_the_last_announced_year_a_term_is_provisional():
    assert workdays.add(date(2026, 12, 29), 2) == workdays.Workday(date(2026, 12, 31), provisional=False)
    assert workdays.add(date(2026, 12, 29), 3) == workdays.Workday(date(2027, 1, 4), provisional=True)
    assert workdays.add(date(2028, 4, 28), 1) == workdays.Workday(date(2028, 5, 3), provisional=True)


def test_a_provisional_year_still_knows_the_fixed_holidays():
    for month, day in [(1, 1), (10, 1)]:
        assert workdays.is_workday(date(2027, month, day)) is None
    assert workdays.is_workday(date(2027, 6, 9)) == workdays.Workday(date(2027, 6, 9), provisional=True)


@pytest.mark.parametrize("days", [0, -1])
def test_a_term_without_days_is_a_mistake(days):
    with pytest.raises(ValueError, match="at least one"):
        workdays.add(date(2026, 1, 5), days)


starts = st.dates(date(2005, 1, 1), date(2040, 12, 31))


@given(start=starts, days=st.integers(1, 60))
def test_a_term_ends_on_a_working_day_and_holds_as_many_as_it_says(start, days):
    end = workdays.add(start, days).day
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert workdays.is_workday(end)
    assert sum(workdays.is_workday(day) is not None for day in between) == days


@given(start=starts, one=st.integers(1, 20), more=st.integers(1, 20))
def test_a_term_may_be_counted_in_two_parts(start, one, more):
    assert workdays.add(workdays.add(start, one).day, more).day == workdays.add(start, one + more).day
