"""The track record never claims more than is on record, and a bad day always ends a clean period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings import grading
from ratings.grading import track
from ratings.grading.track import Visit

TODAY = date(2026, 11, 22)
FIRST, SECOND, THIRD = date(2024, 8, 22), date(2025, 2, 1), date(2026, 10, 17)
GOOD = [Visit(FIRST, tenths=96, letter="A"), Visit(SECOND, "mostly", 88, "B"), Visit(THIRD, tenths=94, letter="A")]


def record(visits=GOOD, outbreaks=(), samples=(), today=TODAY, **more):
    return track.of(visits, outbreaks, samples, today, **more)


def test_scores_stand_in_the_order_of_their_days_with_the_age_of_the_last():
    found = record(reversed(GOOD))
    assert [(point.day, point.tenths, point.letter) for point in found.scores] == [
        (FIRST, 96, "A"),
        (SECOND, 88, "B"),
        (THIRD, 94, "A"),
    ]
    assert (found.last_visit, found.last_visit_days, found.visits_in_year) == (THIRD, 36, 1)


def test_a_record_is_clean_since_its_first_visit():
    assert record().clean_since == FIRST


def test_before_the_first_visit_nothing_is_claimed():
    assert record([]) == track.Track((), None, None, None, 0)
    assert record([], outbreaks=[FIRST]).clean_since is None


@pytest.mark.parametrize(
    "bad",
    [
        {"visits": [*GOOD[:1], Visit(SECOND, "fails", 52), GOOD[2]]},
        {"visits": [*GOOD[:1], Visit(SECOND, "mostly", 82, "B", key_failed=1), GOOD[2]]},
        {"outbreaks": [SECOND]},
        {"samples": [SECOND]},
        {"listed": [SECOND]},
    ],
)
def test_after_a_bad_day_it_is_clean_since_a_visit_found_it_so_again(bad):
    assert record(**bad).clean_since == THIRD


@pytest.mark.parametrize("bad", ["outbreaks", "samples", "listed"])
def test_what_nobody_looked_at_again_is_not_clean(bad):
    assert record(**{bad: [THIRD]}).clean_since is None
    assert record(**{bad: [TODAY]}).clean_since is None
    assert record([*GOOD, Visit(TODAY, "fails", 40)]).clean_since is None


def test_what_has_not_happened_yet_is_not_on_record():
    tomorrow = TODAY + timedelta(days=1)
    later = record([*GOOD, Visit(tomorrow, "fails", 40)], outbreaks=[tomorrow], samples=[tomorrow])
    assert later == record()


days = st.dates(date(2020, 1, 1), TODAY)
visits = st.lists(
    st.builds(
        Visit,
        days,
        st.sampled_from(["conforms", "mostly", "fails"]),
        st.integers(0, 100),
        st.sampled_from(["A", "B", "C", ""]),
        st.integers(0, 2),
    ),
    max_size=8,
)
worlds = st.fixed_dictionaries(
    {"visits": visits, "outbreaks": st.lists(days, max_size=2), "samples": st.lists(days, max_size=2)}
)


@given(worlds)
def test_no_clean_period_is_longer_than_the_record(world):
    found = record(**world)
    if found.clean_since:
        assert min(visit.day for visit in world["visits"]) <= found.clean_since <= found.last_visit
        assert found.clean_since in {visit.day for visit in world["visits"] if visit.is_clean}


@given(worlds, days, st.sampled_from(["visits", "outbreaks", "samples"]))
def test_a_failure_always_ends_the_clean_period(world, day, what):
    bad = Visit(day, "fails", 40) if what == "visits" else day
    since = record(**{**world, what: [*world[what], bad]}).clean_since
    assert since is None or since > day


@given(worlds, st.integers(0, 4000))
def test_while_nothing_happens_the_record_only_grows_older(world, ahead):
    now, later = record(**world), record(**world, today=TODAY + timedelta(days=ahead))
    assert (later.clean_since, later.scores, later.last_visit) == (now.clean_since, now.scores, now.last_visit)
    assert later.visits_in_year <= now.visits_in_year
    if now.last_visit:
        assert later.last_visit_days == now.last_visit_days + ahead


@given(worlds, days, days)
def test_what_was_not_yet_known_changes_nothing_that_was(world, one, other):
    earlier, later = sorted([one, other])
    before = record(**world, today=earlier)
    assert set(before.scores) <= set(record(**world, today=later).scores)
    known = {
        name: [row for row in rows if (row.day if isinstance(row, Visit) else row) <= earlier]
        for name, rows in world.items()
    }
    assert before == record(**known, today=earlier)


# ── the grade that may be shown now ─────────────────────────────────────────────────────────────────────────
A = Visit(THIRD, tenths=94, letter="A", reasons=("score_from_9",))
NONE_GIVEN = Visit(THIRD, "fails", 52, "", reasons=("score_below_6",))


def shown(latest=A, *, has_permit=True, outbreaks=(), today=TODAY):
    return track.current_grade(latest, has_permit=has_permit, outbreaks=outbreaks, today=today)


def test_the_latest_visits_grade_is_shown_with_its_reasons():
    assert (shown().letter, shown().reasons) == ("A", ("score_from_9",))


@pytest.mark.parametrize(
    ("how", "reasons"),
    [
        ({"latest": None}, ("not_visited",)),
        ({"latest": NONE_GIVEN}, ("score_below_6",)),
        ({"has_permit": False}, ("no_permit_in_force",)),
        ({"outbreaks": [TODAY]}, ("incident_within_6_months",)),
        ({"outbreaks": [date(2026, 5, 23)]}, ("incident_within_6_months",)),
        ({"outbreaks": [date(2026, 10, 18)], "today": date(2027, 6, 1)}, ("incident_since_the_visit",)),
        ({"latest": NONE_GIVEN, "has_permit": False}, ("score_below_6", "no_permit_in_force")),
    ],
)
def test_the_grade_goes_the_hour_a_fact_fails_and_says_why(how, reasons):
    grade = shown(**how)
    assert (grade.letter, grade.reasons) == ("", reasons)
    assert set(reasons) <= set(grading.REASONS)


def test_six_months_after_an_incident_a_later_visits_grade_is_shown():
    assert shown(outbreaks=[date(2026, 5, 22)]).letter == "A"


@given(st.lists(days, max_size=3), st.booleans(), days)
def test_waiting_and_facts_never_raise_a_grade(outbreaks, has_permit, today):
    assert shown(NONE_GIVEN, has_permit=has_permit, outbreaks=outbreaks, today=today).letter == ""
    assert shown(A, has_permit=has_permit, outbreaks=outbreaks, today=today).letter in ("A", "")
    assert shown(A, has_permit=has_permit, outbreaks=outbreaks, today=today).reasons
