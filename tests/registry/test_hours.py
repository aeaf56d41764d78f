"""Open now, and until when: also past midnight, on days off, and around the clock."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.registry.establishments.hours import is_open, next_change

MONDAY = datetime(2026, 11, 23)
DAILY = [["10:00", "21:30"]] * 7
LATE = [None, None, None, None, ["18:00", "26:00"], ["18:00", "26:00"], None]  # Friday and Saturday until 2
ALWAYS = [["00:00", "24:00"]] * 7


def at(day, clock):
    """That weekday (0 is Monday) at that time."""
    hour, minute = map(int, clock.split(":"))
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("hours", "now", "opened", "change"),
    [
        (DAILY, at(0, "09:59"), False, at(0, "10:00")),
        (DAILY, at(0, "10:00"), True, at(0, "21:30")),
        (DAILY, at(0, "21:30"), False, at(1, "10:00")),
        (LATE, at(5, "01:59"), True, at(5, "02:00")),  # Friday's guests, after midnight
        (LATE, at(5, "02:00"), False, at(5, "18:00")),
        (LATE, at(6, "00:30"), True, at(6, "02:00")),
        (LATE, at(6, "03:00"), False, at(11, "18:00")),
        (LATE, at(0, "01:00"), False, at(4, "18:00")),
        ([["18:00", "26:00"]] + [None] * 6, at(0, "17:00"), False, at(0, "18:00")),
        ([["18:00", "26:00"]] + [None] * 6, at(1, "03:00"), False, at(7, "18:00")),
        (ALWAYS, at(2, "00:00"), True, None),
        ([["00:00", "24:00"]] * 6 + [None], at(2, "12:00"), True, at(6, "00:00")),
        ([["06:00", "30:00"]] * 7, at(3, "05:00"), True, None),
        ([], at(0, "12:00"), False, None),
        ([None] * 7, at(0, "12:00"), False, None),
    ],
)
def test_a_place_is_open_within_its_hours_and_says_when_that_changes(hours, now, opened, change):
    assert is_open(hours, now) is opened and next_change(hours, now) == change


day = st.none() | st.tuples(st.integers(0, 23), st.integers(1, 24)).map(
    lambda pair: [f"{pair[0]:02}:00", f"{pair[0] + min(pair[1], 30 - pair[0]):02}:00"]
)


@given(st.lists(day, min_size=7, max_size=7), st.integers(0, 7 * 48 - 1))
def test_what_it_says_changes_is_what_changes(hours, half_hours):
    now = MONDAY + timedelta(minutes=30 * half_hours)
    change = next_change(hours, now)
    if change is None:
        assert len({is_open(hours, now + timedelta(hours=hour)) for hour in range(24 * 8)}) == 1
    else:
        assert is_open(hours, change) is not is_open(hours, now)
        assert is_open(hours, change - timedelta(minutes=1)) is is_open(hours, now)
