"""Score, result and grade of a visit, pure, with reasons.

Thresholds: domain.md, "Inspection and grade" (A ≥ 9.0, B ≥ 7.5, C ≥ 6.0; none below, nor with two key items failed,
nor in a licence's first 3 months, nor for 6 months after an incident).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ratings.months import months_later

OK, FAIL, NA = "ok", "fail", "na"
ANSWERS = (OK, FAIL, NA)
CONFORMS, MOSTLY, DOES_NOT = "conforms", "mostly", "fails"

A_FROM, B_FROM, C_FROM = 90, 75, 60  # tenths of a point out of 10
KEY_ITEMS_TOO_MANY = 2
MONTHS_BEFORE_FIRST_GRADE = 3
MONTHS_AFTER_INCIDENT = 6


@dataclass(frozen=True)
class Answer:
    points: int  # of the item
    key: bool
    answer: str  # OK, FAIL or NA


@dataclass(frozen=True)
class Score:
    tenths: int  # 0–100, cut off and never rounded up: 8.96 is no A
    failed: int
    key_failed: int


@dataclass(frozen=True)
class Grade:
    letter: str  # A, B, C or "" for none
    reasons: tuple[str, ...]  # keys of ratings.grading.REASONS, never empty


def score(answers: Iterable[Answer]) -> Score:
    """The share of the points that applied. ValueError when no item applied or an answer is unknown."""
    answers = list(answers)
    if any(answer.answer not in ANSWERS for answer in answers):
        raise ValueError("An answer is ok, fail or na.")
    total = sum(answer.points for answer in answers if answer.answer != NA)
    if not total:
        raise ValueError("At least one item applies.")
    failed = [answer for answer in answers if answer.answer == FAIL]
    got = total - sum(answer.points for answer in failed)
    return Score(got * 100 // total, len(failed), sum(answer.key for answer in failed))


def result(score: Score) -> str:
    """CONFORMS when nothing failed; DOES_NOT below 6.0 or with two key items failed; MOSTLY between."""
    if score.tenths < C_FROM or score.key_failed >= KEY_ITEMS_TOO_MANY:
        return DOES_NOT
    return MOSTLY if score.failed else CONFORMS


def grade(score: Score, *, on: date, permit_from: date | None, last_incident: date | None = None) -> Grade:
    """The grade of a visit on that day, with the reasons. `permit_from` is the day the permit in force began."""
    against = []
    if score.tenths < C_FROM:
        against.append("score_below_6")
    if score.key_failed >= KEY_ITEMS_TOO_MANY:
        against.append("two_key_items_failed")
    if permit_from is None:
        against.append("no_permit_in_force")
    elif on < months_later(permit_from, MONTHS_BEFORE_FIRST_GRADE):
        against.append("permit_younger_than_3_months")
    if last_incident is not None and on < months_later(last_incident, MONTHS_AFTER_INCIDENT):
        against.append("incident_within_6_months")
    if against:
        return Grade("", tuple(against))
    if score.tenths >= A_FROM:
        return Grade("A", ("score_from_9",))
    if score.tenths >= B_FROM:
        return Grade("B", ("score_from_7_5",))
    return Grade("C", ("score_from_6",))
