"""The owner's desk: where a kitchen stands against each rule of the next edition, and the clocks that run for it."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from ratings.editions import judge, ruleset
from ratings.models import Complaint, Finding, Reminder, Sample
from sunkitchen.desks.owner import outlook
from tests import builders
from tests.desks.test_homes import in_force, page
from tests.desks.test_office import visited
from tests.public import rows


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def line(place, code):
    found = outlook.of([place], timezone.now())[place.pk]
    return next(row for row in (*found.red, *found.black) if row.code == code)


def code_of(fact, colour="red"):
    return next(rule.code for rule in ruleset.current().of(colour) if rule.fact == fact)


def test_every_rule_of_the_next_edition_stands_there_once_in_words(restaurant):
    found = outlook.of([restaurant], timezone.now())[restaurant.pk]
    rules = ruleset.current()
    assert [row.code for row in found.red] == [rule.code for rule in rules.of(judge.RED)]
    assert [row.code for row in found.black] == [rule.code for rule in rules.of(judge.BLACK)]
    for row in (*found.red, *found.black):
        assert row.words and row.verdict and row.value and row.wanted


def test_a_rule_that_does_not_hold_says_how_it_stands_what_is_wanted_and_what_to_do(restaurant, wang):
    permit = line(restaurant, code_of("permit"))
    assert (permit.state, permit.value, permit.wanted) == ("unknown", "nothing on record", "wanted: in force")
    assert permit.do and permit.link == f"/en/desk/kitchens/{restaurant.code}/#papers"
    in_force(restaurant, wang)
    held = line(restaurant, code_of("permit"))
    assert (held.state, held.verdict, held.value, held.do) == ("well", "holds", "now: in force", "")
    cameras = line(restaurant, code_of("cameras"))
    assert (cameras.state, cameras.value, cameras.wanted) == ("ill", "now: none", "wanted: at least 1")


def test_an_online_rate_is_told_in_percent(restaurant):
    today = timezone.localdate()
    builders.camera_days(builders.camera(restaurant), today - timedelta(days=5), today, proven=558, failed=42)
    found = line(restaurant, code_of("seen_permille"))
    assert (found.state, found.value, found.wanted) == ("ill", "now: 93%", "wanted: at least 95%")
    assert found.link.endswith(f"/desk/kitchens/{restaurant.code}/cameras/")


def test_a_failed_visit_is_shown_with_its_result_and_the_black_rule_it_meets(restaurant):
    visit = rows.inspection(restaurant, result="fails", grade="", score_tenths=40, key_failed=2)
    found = line(restaurant, code_of("inspection", "black"))
    assert (found.state, found.verdict, found.value) == ("ill", "would apply", "now: Does not conform")
    assert found.link == f"/en/desk/inspections/{visit.pk}/"


def test_nobody_learns_here_that_a_case_is_under_way(restaurant, wang):
    before = page(wang, f"/en/desk/kitchens/{restaurant.code}/next-edition/").split("<main")[1]
    Complaint.objects.create(
        establishment=restaurant,
        kind="lead",
        category="dirt",
        said="脏",
        state="investigating",
        accepted_at=timezone.now(),
        case_opened_at=timezone.now(),
    )
    kept = line(restaurant, code_of("open_cases"))
    assert (kept.state, kept.verdict, kept.do) == ("kept", "not told here", "")
    assert page(wang, f"/en/desk/kitchens/{restaurant.code}/next-edition/").split("<main")[1] == before


def test_the_desk_sums_it_up_and_leads_there(restaurant, wang):
    in_force(restaurant, wang)
    rows.inspection(restaurant, result="fails", grade="", score_tenths=40, key_failed=2)
    text = page(wang, "/en/desk/")
    assert "rules of the red list hold" in text and "1 rule of the black list would apply today." in text
    assert f"/en/desk/kitchens/{restaurant.code}/next-edition/" in text
    whole = page(wang, f"/en/desk/kitchens/{restaurant.code}/next-edition/")
    assert "would apply today" in whole and "Where the kitchen stands for the next edition" in whole


def test_a_failed_sample_can_be_contested_until_its_day(restaurant, wang, zhao, zhou):
    sample = Sample.objects.create(
        establishment=restaurant,
        authority=zhao.posts.get().authority,
        product="卤味",
        quantity="1 kg",
        seal="1",
        retained="中心",
        lead=zhao,
        second=zhou,
        state="served",
        served_on=timezone.localdate(),
    )
    assert "A sample failed (卤味): you can ask for a retest until" in page(wang, "/en/desk/")
    Sample.objects.filter(pk=sample.pk).update(served_on=timezone.localdate() - timedelta(days=30))
    assert "A sample failed" not in page(wang, "/en/desk/")


def told_to_mend(restaurant, zhao, zhou):
    """An order whose day is over, and a finding of a visit; the visit."""
    today = timezone.localdate()
    Reminder.objects.create(
        establishment=restaurant,
        about="camera",
        document_number="海市监责改〔2026〕3 号",
        says="修好摄像头。",
        served_on=today - timedelta(days=9),
        method="direct",
        mend_by=today - timedelta(days=1),
        recorded_by=zhao,
    )
    visit = visited(restaurant, zhao, zhou, timedelta(days=2))
    Finding.objects.create(inspection=visit, item="masks", note="…", found_on=today, mend_by=today + timedelta(days=5))
    return visit


def test_orders_and_findings_to_mend_stand_there_with_their_day(restaurant, wang, zhao, zhou):
    visit = told_to_mend(restaurant, zhao, zhou)
    text = page(wang, "/en/desk/")
    assert "The time to mend is over since" in text and "1 thing that a visit found has to be mended by" in text
    assert f"/en/desk/inspections/{visit.pk}/" in text


def test_what_the_former_operator_was_told_to_mend_is_not_asked_of_the_new_one(restaurant, wang, zhao, zhou):
    told_to_mend(restaurant, zhao, zhou)
    builders.operatorship(restaurant, until=timezone.now() - timedelta(days=1))
    text = page(wang, "/en/desk/")
    assert "The time to mend" not in text and "to be mended" not in text


def test_a_closed_kitchen_is_told_nothing_of_the_next_edition(wang):
    builders.establishment(owner=wang, state="closed")
    assert "next-edition" not in page(wang, "/en/desk/")


def test_the_desk_shows_the_grade_that_guests_see(restaurant, wang):
    in_force(restaurant, wang)
    rows.inspection(restaurant, reasons=["score_from_9"])
    assert "A excellent" in page(wang, "/en/desk/")
    rows.outbreak(restaurant)
    text = page(wang, "/en/desk/")
    assert "A excellent" not in text and "No grade for 6 months after an incident" in text
