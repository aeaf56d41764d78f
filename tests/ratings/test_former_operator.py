"""A list names whoever runs the kitchen now: what was found with a former operator speaks neither against nor for them."""

from datetime import date, timedelta

import pytest

from ratings.editions import drafting, facts
from ratings.models import Complaint, Outbreak, Sample
from streams.models import CameraDay
from tests import builders
from tests.ratings.conftest import MONDAY

pytestmark = pytest.mark.django_db
BEFORE = MONDAY - timedelta(days=20)


@pytest.fixture
def failures(good, hailan, zhao, zhou):
    """Of the kitchen's last month: a failed sample, an upheld serious report with a case, an outbreak, dark cameras."""
    Sample.objects.create(
        establishment=good, authority=hailan, product="带鱼", quantity="1", seal="1", retained="1", lead=zhao,
        second=zhou, state="confirmed", taken_at=BEFORE, served_on=BEFORE.date(), final_on=MONDAY.date() - timedelta(days=5),
    )  # fmt: skip
    for state, ended in (("resolved", MONDAY - timedelta(days=4)), ("investigating", None)):
        Complaint.objects.create(
            establishment=good, kind="lead", category="dirt", said="脏", state=state, serious=True, upheld=ended and True,
            received_at=BEFORE, case_opened_at=BEFORE, resolved_at=ended, assigned_to=zhou,
        )  # fmt: skip
    Outbreak.objects.create(
        establishment=good, occurred_on=BEFORE.date(), people=3, document_number="1", findings="x", confirmed_by=zhao,
        confirmed_at=MONDAY - timedelta(days=4),
    )  # fmt: skip
    CameraDay.objects.create(camera=builders.camera(good), day=BEFORE.date(), proven=0, failed=1400)
    return good


AGAINST = ("failed_samples", "upheld_complaints", "serious_complaints", "open_cases", "outbreaks")


def test_what_was_found_with_the_operator_of_today_counts(failures):
    known = facts.of(failures, MONDAY)
    assert [known[name] for name in AGAINST] == [1] * len(AGAINST)
    assert known["seen_permille"] is not None


def test_what_was_found_with_a_former_operator_does_not(failures):
    builders.operatorship(failures, until=MONDAY - timedelta(days=10))
    known = facts.of(failures, MONDAY)
    assert [known[name] for name in AGAINST] == [0] * len(AGAINST)
    assert known["seen_permille"] is None and not known["failed_samples_ids"]


def test_no_draft_names_the_new_operator_for_the_former_ones_food(failures, hailan, zhao):
    edition = drafting.draft(hailan, by=zhao, period_from=date(2026, 10, 1), period_to=date(2026, 10, 31), at=MONDAY)
    assert edition.proposals.filter(establishment=failures, colour="black").exists()
    builders.operatorship(failures, until=MONDAY - timedelta(days=10))
    drafting.compute_again(edition, by=zhao, at=MONDAY)
    assert not edition.proposals.filter(establishment=failures, colour="black").exists()


def test_a_case_that_began_after_the_hand_over_about_a_meal_before_it_is_the_formers(failures):
    builders.operatorship(failures, until=BEFORE - timedelta(days=1))
    assert facts.of(failures, MONDAY)["upheld_complaints"] == 1
    Complaint.objects.filter(establishment=failures).update(happened_at=BEFORE - timedelta(days=2))
    known = facts.of(failures, MONDAY)
    assert (known["upheld_complaints"], known["open_cases"]) == (0, 0)
