"""A draw from the commitment to the visits: what is fixed when, and who may not."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404

from ratings.draws import actions, document, redraw
from ratings.models import Assignment, Draw
from sunkitchen.accounts.models import Post
from sunkitchen.core import translog
from sunkitchen.core.models import AuditEntry, LogEntry, Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Establishment, Membership
from tests import builders

from .conftest import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def draw(hailan, town, li):
    return builders.draw(hailan, by=li, kitchens=4, at=MONDAY)


def leaf(entry):
    return json.loads(bytes(entry.leaf))


def test_the_pool_and_the_hash_of_the_seed_are_in_the_log_before_anybody_knows_the_seed(draw, town):
    written = leaf(draw.committed_entry)
    assert (written["kind"], written["draw"], written["kitchens"]) == ("draw.committed", "hailan/2026-1", 4)
    assert written["pool_sha256"] == hashlib.sha256(translog.canonical(draw.pool)).hexdigest()
    assert (draw.seed, draw.state) == ("", "committed")
    assert not draw.sealed_seed.isalnum() or len(draw.sealed_seed) != 64, "sealed, not written"
    assert {kitchen["code"] for kitchen in draw.pool["kitchens"]} == {kitchen.code for kitchen in town}
    assert Counter_of(draw) == {1: 3, 2: 3, 3: 3, 4: 3}, "weights by risk class"
    assert draw.pool["inspectors"] == ["HL-0012", "HL-0015", "HL-0021", "HL-0024"]


def Counter_of(draw):
    from collections import Counter

    return Counter(kitchen["weight"] for kitchen in draw.pool["kitchens"])


def test_held_it_draws_what_the_seed_says_and_tells_the_inspectors(draw, li):
    actions.hold(draw, by=li, at=MONDAY + timedelta(hours=1))
    assert hashlib.sha256(bytes.fromhex(draw.seed)).hexdigest() == draw.commitment
    visits = list(draw.assignments.order_by("position").select_related("establishment", "lead", "second"))
    numbers = {post.user_id: post.enforcement_number for post in Post.objects.exclude(enforcement_number="")}
    found = [[v.establishment.code, numbers[v.lead_id], numbers[v.second_id]] for v in visits]
    assert found == redraw.draw(draw.pool, 4, draw.seed)
    assert {visit.due_on for visit in visits} == {date(2026, 12, 14)}, "twenty working days"
    written = leaf(draw.drawn_entry)
    assert (written["kind"], written["committed"]) == ("draw.drawn", draw.committed_entry.seq)
    told = Notice.objects.filter(kind="draw.drawn", channel="desk")
    assert {notice.recipient_id for notice in told} == {v.lead_id for v in visits} | {v.second_id for v in visits}
    assert not any(visit.establishment.signboard in notice.body for visit in visits for notice in told)


def test_what_came_out_is_kept_back_until_the_visits_are_over(draw, li):
    actions.hold(draw, by=li, at=MONDAY)
    seed, codes = draw.seed, [visit.establishment.code for visit in draw.assignments.all()]
    logged = b"".join(bytes(entry.leaf) for entry in LogEntry.objects.all()).decode()
    assert seed not in logged and not any(code in logged for code in codes)
    early = document.document(draw, MONDAY)
    assert "outcome" not in early and seed not in json.dumps(early)
    last_day = MONDAY.replace(month=12, day=14)
    assert not document.is_shown(draw, last_day), "the last day for the visit is a day for the visit"
    assert document.is_shown(draw, last_day + timedelta(days=1))
    assert document.document(draw, last_day + timedelta(days=1))["outcome"]["seed"] == seed


def test_it_is_held_once(draw, li):
    actions.hold(draw, by=li)
    with pytest.raises(WrongState):
        actions.hold(draw, by=li)
    assert draw.assignments.count() == 4


def test_what_was_drawn_is_never_altered(draw, li):
    actions.hold(draw, by=li)
    for fields in ({"seed": "00" * 32}, {"pool": {}}, {"state": "committed"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).update(**fields)


def test_a_pool_that_was_altered_is_not_drawn_from(draw, li):
    Draw.objects.filter(pk=draw.pk).update(pool={**draw.pool, "kitchens": draw.pool["kitchens"][:5]})
    draw.refresh_from_db()
    with pytest.raises(Refused):
        actions.hold(draw, by=li)
    assert not Assignment.objects.exists()


def test_a_public_number_that_was_named_is_needed_and_one_that_was_not_is_refused(hailan, town, li, draw):
    named = builders.draw(hailan, by=li, kitchens=2, beacon="周二双色球")
    for value in ("", "  "):
        with pytest.raises(Refused):
            actions.hold(named, by=li, beacon_value=value)
    with pytest.raises(Refused):
        actions.hold(draw, by=li, beacon_value="07 11 12")
    actions.hold(named, by=li, beacon_value=" 07 11  12 ")
    assert named.beacon_value == "07 11 12"


def test_draws_are_numbered_by_year(hailan, town, li, draw):
    assert builders.draw(hailan, by=li).code == "hailan/2026-2"


@pytest.mark.parametrize("count", [0, -1, 13, 5000])
def test_no_more_are_drawn_than_stand_in_the_pool(hailan, town, li, count):
    with pytest.raises(Refused):
        builders.draw(hailan, by=li, kitchens=count)
    assert not Draw.objects.exists() and not LogEntry.objects.exists()


def test_nothing_is_drawn_from_an_empty_town(hailan, li, zhao, zhou, log_root):
    with pytest.raises(Refused):
        builders.draw(hailan, by=li)


def test_nothing_is_drawn_without_two_inspectors(hailan, li, restaurant, zhao, log_root):
    with pytest.raises(Refused):
        builders.draw(hailan, by=li)


def test_whoever_may_be_drawn_takes_no_part_in_drawing(hailan, town, li, draw):
    Post.objects.create(user=li, authority=hailan, role="inspector", enforcement_number="HL-0099")
    with pytest.raises(Refused):
        builders.draw(hailan, by=li)
    actions.hold(draw, by=li)  # of that pool they are not


def test_an_inspector_may_not_and_a_stranger_learns_nothing(hailan, town, draw, zhao, qian):
    with pytest.raises(PermissionDenied):
        builders.draw(hailan, by=zhao)
    with pytest.raises(PermissionDenied):
        actions.hold(draw, by=zhao)
    with pytest.raises(Http404):
        actions.hold(draw, by=qian)


def test_who_acts_for_a_kitchen_never_inspects_it(hailan, town, li, zhao):
    Membership.objects.create(user=zhao, establishment=town[0], role="manager")
    draw = builders.draw(hailan, by=li, kitchens=12, declared=[("HL-0021", town[1].code)])
    assert draw.pool["conflicts"] == [["HL-0012", town[0].code], ["HL-0021", town[1].code]]
    actions.hold(draw, by=li)
    visit = draw.assignments.get(establishment=town[0])
    assert zhao.pk not in (visit.lead_id, visit.second_id)


def test_a_kitchen_without_two_unbiased_inspectors_is_left_out(hailan, town, li):
    declared = [(number, town[0].code) for number in ("HL-0012", "HL-0015", "HL-0021")]
    draw = builders.draw(hailan, by=li, declared=declared)
    assert town[0].code not in {kitchen["code"] for kitchen in draw.pool["kitchens"]}
    assert AuditEntry.objects.get(verb="draw.committed").detail["left_out"] == [town[0].code]


def test_a_conflict_that_names_nobody_is_a_mistake(hailan, town, li):
    with pytest.raises(Refused):
        builders.draw(hailan, by=li, declared=[("HL-9999", town[0].code)])


def test_two_inspectors_with_one_number_are_a_mistake(hailan, town, li):
    builders.officer("同号", hailan, "inspector", enforcement_number=" HL-0012")
    with pytest.raises(Refused):
        builders.draw(hailan, by=li)


def test_an_inspector_who_left_ends_the_draw(draw, li, zhao):
    zhao.posts.update(ended_at=MONDAY)
    with pytest.raises(Refused, match="HL-0012"):
        actions.hold(draw, by=li)


def test_only_open_kitchens_of_the_area_and_of_the_kinds_that_were_asked_for(hailan, town, li):
    builders.establishment(state="closed")
    builders.establishment(state="registered")
    builders.establishment(division="888801")
    draw = builders.draw(hailan, by=li, categories=["school"])
    assert len(draw.pool["kitchens"]) == 3


def test_the_two_who_were_drawn_begin_the_visit(draw, li):
    actions.hold(draw, by=li)
    visit = draw.assignments.select_related("lead", "second").first()
    others = Post.objects.filter(role="inspector").exclude(user__in=[visit.lead, visit.second])
    with pytest.raises(Refused):
        actions.begin_visit(visit, by=others.first().user)
    begun = actions.begin_visit(visit, by=visit.second)
    assert (begun.kind, begun.lead, begun.second) == ("random", visit.second, visit.lead)
    assert actions.begin_visit(visit, by=visit.lead) == begun, "begun twice it is the same"
    visit.refresh_from_db()
    assert visit.inspection == begun


def test_another_kitchens_visit_is_not_the_one_that_was_drawn(draw, li):
    actions.hold(draw, by=li)
    one, other = draw.assignments.select_related("lead", "second")[:2]
    begun = actions.begin_visit(one, by=one.lead)
    with pytest.raises(Refused):
        actions.visited(other, begun, by=one.lead)


def test_when_all_are_visited_it_is_shown_at_once(hailan, town, li):
    draw = builders.draw(hailan, by=li, kitchens=1, at=MONDAY)
    actions.hold(draw, by=li, at=MONDAY)
    visit = draw.assignments.select_related("lead").get()
    begun = actions.begin_visit(visit, by=visit.lead, at=MONDAY)
    assert not document.is_shown(draw, MONDAY)
    fields = {"result": "conforms", "signature": "signed", "score_tenths": 95, "closed_at": MONDAY}
    type(begun).objects.filter(pk=begun.pk).update(state="closed", **fields)
    assert document.is_shown(draw, MONDAY)


def test_a_closed_kitchen_that_was_drawn_stays_drawn(draw, li):
    Establishment.objects.update(state="closed")
    actions.hold(draw, by=li)
    assert draw.assignments.count() == 4
