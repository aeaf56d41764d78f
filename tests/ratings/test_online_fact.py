"""The online rate as a fact: measured over a period, told only when enough is known, judged only by rules that say so."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ratings.editions import actions as editions
from ratings.editions import facts, judge, path, ruleset
from sunkitchen.core.workflow import Refused
from tests import builders

from .conftest import MONDAY

OCTOBER = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def camera(good):
    return good.cameras.get()


def permille(kitchen, **fields):
    return facts.of(kitchen, MONDAY, **fields)["seen_permille"]


def test_it_is_proven_by_known_minutes_over_the_editions_period(good, camera):
    builders.camera_days(camera, *OCTOBER, proven=570, failed=30, unknown=100, excluded=50)
    builders.camera_days(camera, date(2026, 11, 1), date(2026, 11, 15), proven=0, failed=600)
    assert permille(good, period=OCTOBER) == 950
    assert permille(good) == 458  # the last thirty days, 18 October to 16 November


def test_nothing_is_told_while_less_than_ten_hours_are_known(good, camera):
    builders.camera_days(camera, OCTOBER[0], OCTOBER[0], proven=599, unknown=500)
    assert permille(good, period=OCTOBER) is None
    builders.camera_days(camera, OCTOBER[1], OCTOBER[1], proven=1)
    assert permille(good, period=OCTOBER) == 1000


def test_switching_off_the_camera_that_fails_does_not_hide_its_minutes(good, camera):
    other = builders.camera(good, zone="cutting", enabled=False)
    builders.camera_days(camera, *OCTOBER, proven=600)
    builders.camera_days(other, *OCTOBER, proven=0, failed=600)
    assert permille(good, period=OCTOBER) == 500
    assert facts.of(good, MONDAY)["cameras"] == 1


def test_a_kitchen_below_95_percent_is_no_red_one(good, camera, draft, zhao):
    builders.camera_days(camera, *OCTOBER, proven=569, failed=31)
    with pytest.raises(Refused):
        editions.pick(draft, good, by=zhao, colour="red", reason="很好", at=MONDAY)
    assert good not in [
        candidate.establishment for candidate in path.candidates(draft, MONDAY) if candidate.verdict.colour
    ]


def test_a_red_listing_is_silent_while_the_last_thirty_days_were_below(red, camera):
    assert not red.is_suspended(MONDAY)
    builders.camera_days(camera, date(2026, 11, 1), date(2026, 11, 15), proven=0, failed=600)
    assert red.is_suspended(MONDAY)
    assert not red.is_suspended(datetime(2027, 1, 15, tzinfo=UTC) + timedelta(days=1))


def test_what_was_published_by_version_2_is_not_judged_by_a_fact_it_did_not_measure(good, camera):
    builders.camera_days(camera, *OCTOBER, proven=0, failed=600)
    verdict = judge.judge(facts.of(good, MONDAY, period=OCTOBER), ruleset.load("2026-2"))
    assert verdict.colour == judge.RED
    assert "R4" in {finding.rule.code for finding in verdict.findings if finding.outcome == judge.NOT_JUDGED}


def test_the_facts_of_many_take_two_questions(good, camera, django_assert_num_queries):
    with django_assert_num_queries(2):
        facts.gather([good], MONDAY, period=OCTOBER)
