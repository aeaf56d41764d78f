"""The line under the picture, and how long a record is clean."""

from datetime import date

import pytest
from django.utils import translation

from sunkitchen.public.kitchen import verdict, words

GOOD = [("Permit", "in_force")]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_what_holds_is_said_in_one_line():
    said = verdict.judge("conforms", GOOD, "red")
    assert (said.tone, said.line) == ("ok", "Inspection passed · Papers in force · Red list")


def test_before_the_first_inspection_none_is_claimed():
    assert verdict.judge("", GOOD, "").line == "Papers in force"


def test_a_paper_about_to_expire_still_counts():
    assert verdict.judge("mostly", [("Permit", "expiring")], "").tone == "ok"


@pytest.mark.parametrize(
    ("result", "papers", "colour", "line"),
    [
        ("conforms", [("Permit", "expired")], "", "1 point needs attention: Permit expired"),
        ("conforms", [("Permit", "revoked")], "", "1 point needs attention: Permit revoked"),
        ("conforms", [("Permit", "not_yet")], "", "1 point needs attention: Permit not in force yet"),
        ("conforms", [], "", "1 point needs attention: no paper on record"),
        ("fails", GOOD, "black", "2 points need attention: black list, inspection not passed"),
    ],
)
def test_what_needs_attention_outweighs_what_holds(result, papers, colour, line):
    said = verdict.judge(result, papers, colour)
    assert (said.tone, said.line) == ("warn", line)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (date(2024, 8, 22), "2 years 3 months"),
        (date(2025, 11, 22), "1 year"),
        (date(2026, 10, 23), "30 days"),
        (date(2026, 10, 22), "1 month"),
        (date(2026, 11, 21), "1 day"),
    ],
)
def test_a_span_is_told_in_years_and_months(start, said):
    assert words.span(start, date(2026, 11, 22)) == said


def test_the_age_of_a_visit_is_told_in_days():
    today = date(2026, 11, 22)
    assert words.age(date(2026, 10, 17), today) == "36 days ago"
    assert words.age(today, today) == "today"
