"""The line under the picture, and how long a record is clean."""

from datetime import date

import pytest
from django.utils import translation

from sunkitchen.public.kitchen import verdict, words
from sunkitchen.public.kitchen.verdict import Visit

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


def test_a_record_is_clean_since_its_first_visit_or_its_last_failure():
    first, second, third = date(2024, 8, 1), date(2025, 2, 1), date(2026, 10, 17)
    good = [Visit(first, "conforms"), Visit(second, "mostly"), Visit(third, "conforms")]
    assert verdict.clean_since(good, []) == first
    assert verdict.clean_since([*good[:1], Visit(second, "fails"), good[2]], []) == second
    assert verdict.clean_since(good, [date(2026, 1, 5)]) == date(2026, 1, 5)


def test_a_record_is_not_clean_before_a_visit_nor_after_a_failed_one():
    assert verdict.clean_since([], []) is None
    assert verdict.clean_since([Visit(date(2026, 1, 1), "conforms"), Visit(date(2026, 2, 1), "fails")], []) is None


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
