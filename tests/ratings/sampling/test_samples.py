"""A sample's way: two take it, no link is missing, what fails can be contested, and final is final."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from ratings.models import LabReport
from ratings.sampling import actions, custody, told
from sunkitchen.core import audit
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Membership
from tests import builders

from .conftest import HOUR, LAB, MONDAY, brought, reported, taken

pytestmark = pytest.mark.django_db


# ── taken ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_inspectors_take_a_sample_and_the_owner_is_told(sample, restaurant, hailan, wang):
    assert (sample.state, sample.establishment, sample.authority) == ("taken", restaurant, hailan)
    notice = Notice.objects.get(recipient=wang, channel="desk")
    assert notice.kind == "sample.taken"
    assert sample.code in notice.link
    assert [entry.verb for entry in audit.trail(sample)] == ["sample.taken"]


def test_nobody_takes_a_sample_alone(restaurant, zhao):
    with pytest.raises(Refused):
        taken(restaurant, zhao, zhao)


@pytest.mark.parametrize("who", ["li", "he", "qian"])
def test_both_are_inspectors_of_the_kitchens_own_bureau(request, restaurant, zhao, who):
    with pytest.raises(Refused):
        taken(restaurant, zhao, request.getfixturevalue(who))
    with pytest.raises(Refused):
        taken(restaurant, request.getfixturevalue(who), zhao)


def test_an_inspector_without_an_enforcement_number_takes_none(restaurant, hailan, zhao):
    novice = builders.officer("新人", hailan, "inspector")
    with pytest.raises(Refused):
        taken(restaurant, zhao, novice)


def test_nobody_takes_a_sample_from_a_kitchen_of_their_own(restaurant, zhao, zhou):
    Membership.objects.create(user=zhou, establishment=restaurant, role="manager")
    with pytest.raises(Refused):
        taken(restaurant, zhao, zhou)


@pytest.mark.parametrize("missing", ["product", "quantity", "seal"])
def test_a_sample_without_its_seal_or_product_is_none(restaurant, zhao, zhou, missing):
    with pytest.raises(Refused):
        taken(restaurant, zhao, zhou, **{missing: "  "})


def test_it_cannot_be_taken_in_the_future_nor_before_its_visit(restaurant, hailan, zhao, zhou):
    with pytest.raises(Refused):
        taken(restaurant, zhao, zhou, taken_at=MONDAY + timedelta(days=1), at=MONDAY)
    visit = builders_visit(restaurant, hailan, zhao, zhou, at=MONDAY)
    with pytest.raises(Refused):
        taken(restaurant, zhao, zhou, inspection=visit, taken_at=MONDAY - HOUR, at=MONDAY)
    assert taken(restaurant, zhao, zhou, inspection=visit, taken_at=MONDAY, at=MONDAY).inspection == visit


def test_visit_and_supplier_belong_to_the_same_kitchen(restaurant, hailan, zhao, zhou):
    other = builders.establishment(signboard="邻家小馆")
    with pytest.raises(Refused):
        taken(restaurant, zhao, zhou, inspection=builders_visit(other, hailan, zhao, zhou, at=MONDAY), at=MONDAY)
    with pytest.raises(Refused):
        taken(restaurant, zhao, zhou, supplier=builders.supplier(other))


def builders_visit(place, authority, lead, second, *, at):
    from ratings.models import Inspection

    return Inspection.objects.create(
        establishment=place,
        authority=authority,
        checklist="2026-1",
        lead=lead,
        second=second,
        lead_number="1",
        second_number="2",
        visited_at=at.replace(second=40),
    )


# ── the chain of custody ────────────────────────────────────────────────────────────────────────────────────


def handed(sample, by, giver, taker, *, seal_intact=True, at=MONDAY - 4 * HOUR):
    return custody.hand_over(sample, by=by, giver=giver, taker=taker, seal_intact=seal_intact, at=at)


def test_who_takes_it_over_is_who_hands_it_on(sample, zhao):
    handed(sample, zhao, "赵查", "冷链员小何")
    with pytest.raises(Refused):
        handed(sample, zhao, "赵查", "收样员小方")
    handed(sample, zhao, "冷链员小何", "分局周转员")
    brought(sample, zhao, giver="分局周转员")
    assert [(link.giver, link.taker) for link in sample.custody.order_by("pk")] == [
        ("赵查", "冷链员小何"),
        ("冷链员小何", "分局周转员"),
        ("分局周转员", "收样员小方"),
    ]
    assert (sample.state, sample.laboratory) == ("received", LAB)


def test_the_first_hand_is_one_of_the_two_officers(sample, zhao):
    with pytest.raises(Refused):
        handed(sample, zhao, "不相干的人", "冷链员小何")
    handed(sample, zhao, "周验", "冷链员小何")


def test_nobody_hands_it_to_themselves(sample, zhao):
    with pytest.raises(Refused):
        handed(sample, zhao, "赵查", " 赵 查 ")


def test_a_link_lies_neither_before_the_last_one_nor_in_the_future(sample, zhao):
    with pytest.raises(Refused):
        handed(sample, zhao, "赵查", "冷链员小何", at=MONDAY - 6 * HOUR)
    handed(sample, zhao, "赵查", "冷链员小何", at=MONDAY - 4 * HOUR)
    with pytest.raises(Refused):
        custody.hand_over(
            sample,
            by=zhao,
            giver="冷链员小何",
            taker="周转员",
            seal_intact=True,
            handed_at=MONDAY + HOUR,
            at=MONDAY,
        )


def test_after_a_broken_seal_there_is_nothing_but_to_void_it(sample, zhao, wang):
    handed(sample, zhao, "赵查", "冷链员小何", seal_intact=False)
    with pytest.raises(Refused):
        handed(sample, zhao, "冷链员小何", "周转员")
    with pytest.raises(Refused):
        brought(sample, zhao, giver="冷链员小何")
    with pytest.raises(Refused):
        actions.void(sample, by=zhao, reason=" ")
    actions.void(sample, by=zhao, reason="封条破损")
    assert (sample.state, sample.void_reason) == ("void", "封条破损")
    assert "封条破损" in Notice.objects.get(kind="sample.voided", recipient=wang, channel="desk").body


def test_the_laboratory_does_not_test_what_came_with_a_broken_seal(sample, zhao):
    brought(sample, zhao, seal_intact=False)
    for conforms in (True, False):
        with pytest.raises(Refused):
            reported(sample, zhao, conforms=conforms)
    assert not LabReport.objects.exists()


# ── the result ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_passes_is_final_and_public(sample, zhao, restaurant):
    brought(sample, zhao)
    reported(sample, zhao, conforms=True)
    assert (sample.state, sample.final_on) == ("passed", MONDAY.date())
    [line] = told.of(restaurant, MONDAY)
    with translation.override("en"):
        assert (line.product, line.day, str(line.words)) == ("蒜蓉粉丝蒸扇贝", MONDAY.date(), "Passed")


def test_a_failing_report_says_what_failed(sample, zhao):
    brought(sample, zhao)
    with pytest.raises(Refused):
        reported(sample, zhao, findings=" ")


@pytest.mark.parametrize("day", [date(2026, 11, 15), date(2026, 11, 17)])
def test_a_report_is_issued_between_arrival_and_today(sample, zhao, day):
    brought(sample, zhao)
    with pytest.raises(Refused):
        reported(sample, zhao, issued_on=day)


def test_nothing_that_failed_is_public_before_it_is_final(open_sample, restaurant, wang, zhao):
    assert told.of(restaurant, MONDAY) == []
    actions.contest(open_sample, by=wang, why="采样容器不洁", at=MONDAY)
    assert told.of(restaurant, MONDAY) == []
