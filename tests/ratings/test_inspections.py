"""Inspections: two officers, a checklist, a signature, and a record that stays."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ratings.inspections import actions as inspections
from ratings.inspections import checklists
from ratings.models import Inspection
from sunkitchen.accounts.models import Post
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders

from .conftest import MONDAY, answers, inspected

pytestmark = pytest.mark.django_db


def test_the_latest_visit_speaks_for_the_kitchen(restaurant, permit, zhao, zhou):
    inspected(restaurant, zhao, zhou)
    newer = inspected(restaurant, zhao, zhou, failed=["clean"], at=MONDAY + timedelta(days=1))
    inspections.begin(restaurant, by=zhao, second=zhou, at=MONDAY + timedelta(days=2))
    assert Inspection.objects.latest(restaurant) == newer


def test_nobody_inspects_alone(restaurant, zhao, zhou):
    with pytest.raises(Refused):
        inspections.begin(restaurant, by=zhao, second=zhao, at=MONDAY)
    visit = inspections.begin(restaurant, by=zhao, second=zhou, at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.filter(pk=visit.pk).update(second=zhao)


def test_both_hold_inspectors_posts_with_numbers_at_one_authority_of_the_area(restaurant, zhao, zhou, li, hailan):
    no_number = builders.officer("无号", hailan, "inspector")
    elsewhere = builders.officer(
        "外", builders.authority("别市局", division="999902"), "inspector", enforcement_number="X-1"
    )
    for second in (li, no_number, elsewhere):
        with pytest.raises(Refused):
            inspections.begin(restaurant, by=zhao, second=second, at=MONDAY)
    zhou.posts.update(ended_at=MONDAY)
    with pytest.raises(Refused):
        inspections.begin(restaurant, by=zhao, second=zhou, at=MONDAY)


def test_a_visit_in_the_future_is_refused(restaurant, zhao, zhou):
    with pytest.raises(Refused):
        inspections.begin(restaurant, by=zhao, second=zhou, visited_at=MONDAY + timedelta(hours=1), at=MONDAY)


@pytest.fixture
def visit(restaurant, permit, zhao, zhou):
    return inspections.begin(restaurant, by=zhao, second=zhou, at=MONDAY)


def test_the_operator_signs_or_refuses_with_a_note(visit, zhao):
    inspections.fill_in(visit, answers(), by=zhao)
    for signing in (
        {"signature": ""},
        {"signature": "signed", "signed_name": " "},
        {"signature": "refused"},
        {"signature": "perhaps"},
    ):
        with pytest.raises(Refused):
            inspections.close(visit, by=zhao, **signing)
    inspections.close(visit, by=zhao, signature="refused", refusal_note="店长离开，周验在场。")
    assert visit.state == "closed" and visit.result == "conforms"


def test_an_item_without_answer_or_a_failure_without_note_keeps_it_open(visit, zhao):
    given = answers(["clean"])
    missing = {code: answer for code, answer in given.items() if code != "pests"}
    silent = {**given, "clean": {"answer": "fail", "note": " "}}
    nothing = {code: {"answer": "na", "note": ""} for code in given}
    for wrong in (missing, silent, nothing):
        inspections.fill_in(visit, wrong, by=zhao)
        with pytest.raises(Refused):
            inspections.close(visit, by=zhao, signature="signed", signed_name="王海")
    inspections.fill_in(visit, given, by=zhao)
    inspections.close(visit, by=zhao, signature="signed", signed_name="王海")


def test_answers_belong_to_the_checklist(visit, zhao):
    for wrong in ({"dragons": {"answer": "ok"}}, {"clean": {"answer": "maybe"}}):
        with pytest.raises(Refused):
            inspections.fill_in(visit, wrong, by=zhao)


def test_only_the_two_officers_write(visit, hailan, li):
    third = builders.officer("第三", hailan, "inspector", enforcement_number="HL-0099")
    for stranger in (third, li):
        with pytest.raises(Refused):
            inspections.fill_in(visit, answers(), by=stranger)


def test_two_key_items_failed_do_not_conform_and_bring_no_grade(visit, permit, zhao):
    type(permit).objects.filter(pk=permit.pk).update(state="in_force")
    inspections.fill_in(visit, answers(["shelf_life", "raw_cooked"]), by=zhao)
    inspections.close(visit, by=zhao, signature="signed", signed_name="王海")
    assert (visit.result, visit.grade, visit.reasons) == ("fails", "", ["two_key_items_failed"])


def test_a_closed_visit_is_closed_for_actions_and_for_sql(visit, zhao):
    inspections.fill_in(visit, answers(), by=zhao)
    inspections.close(visit, by=zhao, signature="signed", signed_name="王海")
    with pytest.raises(WrongState):
        inspections.fill_in(visit, answers(["clean"]), by=zhao)
    for statement in ("UPDATE ratings_inspection SET answers = '{}'", "DELETE FROM ratings_inspection"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_checklist_has_both_languages_and_its_key_items():
    items = checklists.current().items
    assert 12 <= len(items) <= 16 and sum(item.key for item in items) >= 2


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        'version = "1"',
        'version="1"\nzh="x"\nen="x"\n[[item]]\ncode="a"\npoints=0\nkey=true\nclause="1"\nzh="x"\nen="x"',
    ],
)
def test_an_incomplete_checklist_does_not_load(wrong):
    with pytest.raises(checklists.BadChecklist):
        checklists.parse(wrong)


def test_nobody_inspects_a_kitchen_that_they_act_for(restaurant, wang, zhao, zhou, hailan):
    Post.objects.create(user=wang, authority=hailan, role="inspector", enforcement_number="HL-0077")
    for lead, second in ((wang, zhao), (zhao, wang)):
        with pytest.raises(Refused):
            inspections.begin(restaurant, by=lead, second=second, at=MONDAY)
    inspections.begin(restaurant, by=zhao, second=zhou, at=MONDAY)


def test_two_officers_fill_in_different_parts_and_neither_loses_theirs(visit, zhao, zhou):
    first, second = Inspection.objects.get(pk=visit.pk), Inspection.objects.get(pk=visit.pk)
    inspections.fill_in(first, {"clean": {"answer": "ok"}}, by=zhao)
    inspections.fill_in(second, {"pests": {"answer": "fail", "note": "蟑螂"}}, by=zhou)
    visit.refresh_from_db()
    assert {code: given["answer"] for code, given in visit.answers.items()} == {"clean": "ok", "pests": "fail"}


def test_a_visit_is_closed_on_the_answers_that_are_kept_and_no_older_ones(visit, zhao, zhou):
    inspections.fill_in(visit, answers(), by=zhao)
    seen_before = Inspection.objects.get(pk=visit.pk)
    inspections.fill_in(visit, answers(["shelf_life", "raw_cooked"]), by=zhou)
    inspections.close(seen_before, by=zhao, signature="signed", signed_name="王海")
    assert (seen_before.result, seen_before.key_failed) == ("fails", 2)


def test_after_a_gap_of_papers_the_first_three_months_count_anew(restaurant, wang, zhao, zhou):
    builders.permit(
        restaurant,
        submitted_by=wang,
        state="replaced",
        valid_from=MONDAY.date() - timedelta(days=2000),
        valid_through=MONDAY.date() - timedelta(days=200),
    )
    current = builders.permit(
        restaurant, submitted_by=wang, state="in_force", valid_from=MONDAY.date() - timedelta(days=30)
    )
    assert inspected(restaurant, zhao, zhou).reasons == ["permit_younger_than_3_months"]
    type(current).objects.filter(state="replaced").update(valid_through=current.valid_from - timedelta(days=1))
    assert inspected(restaurant, zhao, zhou).grade == "A"
