"""Grades follow the field's thresholds, and every grade says why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings import grading
from ratings.grading import Answer, Score

VISIT = date(2026, 11, 16)
OLD_PERMIT = date(2024, 5, 13)


@pytest.mark.parametrize(
    ("tenths", "letter"), [(100, "A"), (90, "A"), (89, "B"), (75, "B"), (74, "C"), (60, "C"), (59, ""), (0, "")]
)
def test_the_grade_follows_the_score(tenths, letter):
    assert grading.grade(Score(tenths, 0, 0), on=VISIT, permit_from=OLD_PERMIT).letter == letter


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"score": Score(95, 2, 2)}, "two_key_items_failed"),
        ({"permit_from": None}, "no_permit_in_force"),
        ({"permit_from": date(2026, 8, 17)}, "permit_younger_than_3_months"),
        ({"last_incident": date(2026, 5, 17)}, "incident_within_6_months"),
    ],
)
def test_there_is_no_grade_and_the_reason_is_named(how, reason):
    fields = {"score": Score(95, 1, 0), "permit_from": OLD_PERMIT, **how}
    grade = grading.grade(fields.pop("score"), on=VISIT, **fields)
    assert grade.letter == "" and reason in grade.reasons and reason in grading.REASONS


def test_on_the_day_the_three_and_six_months_are_over_there_is_a_grade():
    fields = {"permit_from": date(2026, 8, 16), "last_incident": date(2026, 5, 16)}
    assert grading.grade(Score(95, 0, 0), on=VISIT, **fields).letter == "A"


@pytest.mark.parametrize(
    ("score", "result"),
    [
        (Score(100, 0, 0), "conforms"),
        (Score(96, 1, 0), "mostly"),
        (Score(60, 5, 1), "mostly"),
        (Score(59, 6, 0), "fails"),
        (Score(92, 2, 2), "fails"),
    ],
)
def test_the_result_of_a_visit(score, result):
    assert grading.result(score) == result


def test_what_does_not_apply_does_not_count():
    score = grading.score([Answer(5, False, "ok"), Answer(5, True, "na"), Answer(5, True, "fail")])
    assert score == Score(50, 1, 1)


def test_a_score_is_cut_off_and_never_rounded_up():
    assert grading.score([Answer(899, False, "ok"), Answer(101, False, "fail")]).tenths == 89


@pytest.mark.parametrize("answers", [[], [Answer(5, True, "na")], [Answer(5, True, "maybe")]])
def test_without_an_answer_there_is_no_score(answers):
    with pytest.raises(ValueError, match=r"."):
        grading.score(answers)


@given(st.lists(st.builds(Answer, st.integers(1, 10), st.booleans(), st.sampled_from(["ok", "fail"])), min_size=1))
def test_a_failure_never_raises_the_score(answers):
    worse = [Answer(answers[0].points, answers[0].key, "fail"), *answers[1:]]
    assert 0 <= grading.score(worse).tenths <= grading.score(answers).tenths <= 100
