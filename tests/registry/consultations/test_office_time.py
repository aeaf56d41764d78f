"""Office minutes: by a calendar that is handed in, lunch breaks and made-up days included."""

import contextlib
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.registry.consultations import office_time
from sunkitchen.registry.consultations.office_time import USUAL, BadTimes, OfficeTime, parse, usual_minutes, written

MONDAY = date(2026, 11, 16)


def weekdays(day):
    return day.weekday() < 5


def at(text, day=MONDAY):
    hour, minute = map(int, text.split(":"))
    return datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute)


TIME = OfficeTime(USUAL, weekdays)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("09:00", "09:00", 0),
        ("09:00", "09:45", 45),
        ("11:30", "14:30", 60),
        ("12:10", "13:50", 0),
        ("07:00", "20:00", 420),
        ("17:29", "23:00", 1),
    ],
)
def test_only_minutes_in_which_somebody_answers_count(start, end, minutes):
    assert TIME.minutes(at(start), at(end)) == minutes


def test_a_weekend_and_a_night_are_nobodys_wait():
    friday, monday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)
    assert TIME.minutes(at("17:00", friday), at("09:00", monday)) == 60


def test_an_answer_before_its_question_took_no_time():
    assert TIME.minutes(at("10:00"), at("09:00")) == 0


def test_on_a_holiday_nobody_waits_and_a_made_up_sunday_goes_by_mondays_times():
    sunday = MONDAY + timedelta(days=6)
    week = OfficeTime([[["09:00", "10:00"]], *[[["08:30", "12:00"]]] * 4, [], []], lambda day: day == sunday)
    assert week.minutes(at("00:00"), at("23:59", sunday)) == 60
    assert week.spans(sunday) == [(at("09:00", sunday), at("10:00", sunday))]


def test_a_weekday_off_stays_off_on_a_working_day():
    week = OfficeTime([[["09:00", "10:00"]], [], *USUAL[2:]], lambda day: True)
    assert week.spans(MONDAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("now", "is_open", "change"),
    [
        ("08:29", False, at("08:30")),
        ("08:30", True, at("12:00")),
        ("12:00", False, at("14:00")),
        ("17:30", False, at("08:30", MONDAY + timedelta(days=1))),
    ],
)
def test_it_is_told_whether_somebody_answers_and_until_when(now, is_open, change):
    assert (TIME.is_open(at(now)), TIME.next_change(at(now))) == (is_open, change)


def test_who_never_opens_never_changes():
    assert OfficeTime([[]] * 7, weekdays).next_change(at("09:00")) is None
    assert OfficeTime(USUAL, lambda day: False).next_change(at("09:00")) is None


moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 3, 1))
times = st.integers(min_value=0, max_value=24 * 60)


@st.composite
def weeks(draw):
    week = []
    for _day in range(7):
        ends = sorted(set(draw(st.lists(times, max_size=6))))
        ends = ends[: len(ends) // 2 * 2]
        clock = [f"{end // 60:02}:{end % 60:02}" for end in ends]
        week.append([list(pair) for pair in zip(clock[::2], clock[1::2], strict=True)])
    return week


@st.composite
def calendars(draw):
    """Any week, and any days on which people work."""
    free = draw(st.sets(st.integers(min_value=0, max_value=60)))
    return OfficeTime(draw(weeks()), lambda day: (day - date(2026, 1, 1)).days not in free)


@given(calendars(), moments, moments, moments)
def test_a_wait_is_the_sum_of_its_parts(calendar, one, two, three):
    a, b, c = sorted([one, two, three])
    assert calendar.waited(a, b) + calendar.waited(b, c) == calendar.waited(a, c)


@given(calendars(), moments, moments)
def test_a_wait_is_never_longer_than_the_clock_says(calendar, one, two):
    a, b = sorted([one, two])
    assert timedelta() <= calendar.waited(a, b) <= b - a


@given(calendars(), moments)
def test_until_it_changes_it_stays_as_it_is(calendar, now):
    change = calendar.next_change(now)
    if change is None:
        assert not calendar.is_open(now)
        return
    waited = calendar.waited(now, change)
    assert waited == (change - now if calendar.is_open(now) else timedelta())
    assert calendar.is_open(now) or calendar.is_open(change)


@given(weeks())
def test_what_is_written_is_read_back(week):
    for day in week:
        assert parse(written(day)) == day


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("8:30-12:00，14：00—17:30", [["08:30", "12:00"], ["14:00", "17:30"]]),
        ("09:00至18:00", [["09:00", "18:00"]]),
        (" 00:00-24:00 ", [["00:00", "24:00"]]),
    ],
)
def test_people_write_hours_in_their_own_way(text, spans):
    assert parse(text) == spans


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("morning", "form"),
        ("09:00", "form"),
        ("9-12", "form"),
        ("09:00-25:00", "time"),
        ("09:61-10:00", "time"),
        ("12:00-09:00", "order"),
        ("09:00-12:00, 11:00-13:00", "overlap"),
        ("1:00-2:00,3:00-4:00,5:00-6:00,7:00-8:00,9:00-10:00", "many"),
    ],
)
def test_hours_that_are_none_are_refused_by_name(text, word):
    with pytest.raises(BadTimes, match=word):
        parse(text)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused(text):
    with contextlib.suppress(BadTimes):
        assert len(parse(text)) <= office_time.MOST_SPANS


def test_the_usual_time_is_the_middle_one_and_four_answers_tell_none():
    assert usual_minutes([5, 5, 5, 5]) is None
    assert usual_minutes([1, 2, 30, 4, 500]) == 4
    assert usual_minutes([0] * 5) == 1
