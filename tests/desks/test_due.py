"""What is due in an office: every clock once, the first to end first, what the reader can do before the rest, and
nothing of another bureau."""

from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from ratings.editions import actions as editions
from ratings.editions import approving
from ratings.models import Assignment, Complaint, Draw, Edition, Finding, Rectification, Reminder, Sample
from sunkitchen.core import translog
from sunkitchen.desks.office import due, due_kitchens
from sunkitchen.registry.models import Establishment
from tests import builders
from tests.desks.test_homes import page
from tests.desks.test_office import visited
from tests.ratings.conftest import MONDAY


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _every_page(monkeypatch):
    """Rows lead to pages of other rooms: what is due does not depend on how they are called."""
    monkeypatch.setattr(due_kitchens, "link", lambda name, *words: f"/{name}/{'/'.join(map(str, words))}")


@pytest.fixture
def elsewhere(db):
    """An inspector of another bureau."""
    return builders.officer(
        "外", builders.authority("外市市场监督管理局", "888801"), "inspector", enforcement_number="W-1"
    )


def today():
    return timezone.localdate()


def day(ahead):
    return today() + timedelta(days=ahead)


def mine(user, at=None):
    return [(row.words, row.about) for row in due.of(user, at or timezone.now()).mine]


def words(user, at=None):
    return {row.words for row in due.of(user, at or timezone.now()).all}


# ── the lists ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_notice_waits_for_its_service_and_a_clerk_can_serve_it(noticed, li, wu, elsewhere):
    at = MONDAY + timedelta(days=1)
    (row,) = due.of(li, at).mine
    assert (row.words, row.about, row.day, row.left) == ("Serve the notice", "老码头大排档", None, "waits 1 day")
    assert row.link.endswith(f"/office/listings/{noticed.pk}/")
    assert not due.of(wu, at).mine and len(due.of(wu, at).others) == 1
    assert not due.of(elsewhere, at).all


def test_a_window_to_object_is_shown_with_its_last_day_and_is_nobodys_to_do(served, li):
    found = due.of(li, MONDAY + timedelta(days=4))
    (row,) = found.others
    assert (row.day, row.days_left, row.left) == (date(2026, 11, 23), 3, "3 days left") and not found.mine
    assert not due.of(li, MONDAY + timedelta(days=9)).all


def test_an_objection_is_decided_by_somebody_who_took_no_part(served, chen, sun, wu):
    editions.lodge(served, by=chen, statement="不服。", at=MONDAY)
    assert mine(sun, MONDAY) == [("Decide the objection", "老码头大排档")]
    assert not due.of(wu, MONDAY).mine and "Decide the objection" in words(wu, MONDAY)
    type(served).objects.filter(pk=served.pk).update(picked_by=sun)
    (row,) = [row for row in due.of(sun, MONDAY).all if row.words == "Decide the objection"]
    assert not row.is_mine and "took part" in row.note


def test_an_edition_set_free_for_an_hour_is_shown_with_it(draft, sun, li):
    at = timezone.make_aware(datetime(2026, 11, 25, 9, 0))
    Edition.objects.filter(pk=draft.pk).update(state="scheduled", released_by=sun, release_at=at)
    (row,) = due.of(li, MONDAY + timedelta(days=5)).all
    assert (row.words, row.day, row.note) == ("Published at its hour", date(2026, 11, 25), "09:00")


def test_what_an_operator_says_is_mended_is_looked_at_in_time(black, chen, zhao, li):
    Rectification.objects.create(listing=black, statement="已整改。", asked_by=chen, due_on=date(2026, 11, 20))
    at = MONDAY + timedelta(days=5)
    (row,) = [row for row in due.of(zhao, at).all if row.words == "Look whether it is mended"]
    assert row.is_mine and (row.days_left, row.left, row.tone) == (-1, "1 day over", "bad")
    assert not due.of(li, at).mine


def test_an_edition_waits_for_the_officer_whose_stage_it_is(hailan, draft, red, zhao, sun, zheng, wu):
    approving.set_chain(hailan, by=sun, stages=[("科室负责人", "", [zheng]), ("分管局领导", "", [sun])])
    at = MONDAY + timedelta(days=1)
    waits = [("Your opinion in the approval chain", "Edition 1 of 2026")]
    assert (mine(zheng, at), mine(sun, at), mine(wu, at)) == (waits, [], [])
    approving.approve(draft, by=zheng, opinion="同意。", at=at)
    assert (mine(zheng, at), mine(sun, at)) == ([], waits)
    approving.approve(draft, by=sun, opinion="同意。", at=at)
    assert not mine(sun, at)


# ── kitchens ────────────────────────────────────────────────────────────────────────────────────────────────
def complaint(place, *, days_ago, **fields):
    at = timezone.now() - timedelta(days=days_ago)
    return Complaint.objects.create(
        establishment=place, kind="lead", category="dirt", said="脏", received_at=at, **fields
    )


def test_a_complaint_is_due_by_the_clock_of_the_law_for_those_who_handle_it(restaurant, zhao, li, wu, elsewhere):
    told = complaint(restaurant, days_ago=8)
    complaint(restaurant, days_ago=2, state="refused")
    (row,) = due.of(li, timezone.now()).mine
    assert row.words == "Complaint: accept or refuse by" and row.link == f"/office_complaint/{told.pk}"
    assert "脏" not in page(li, "/en/office/")
    assert not due.of(wu, timezone.now()).all and not due.of(elsewhere, timezone.now()).all
    Complaint.objects.update(assigned_to=zhao, state="assigned", accepted_at=timezone.now())
    (row,) = due.of(li, timezone.now()).all
    assert (row.words, row.is_mine, row.note) == ("Complaint: verified by", False, "赵查")
    assert due.of(zhao, timezone.now()).mine


def test_nobody_is_asked_to_handle_what_concerns_their_own_kitchen(hailan, restaurant, wang):
    from sunkitchen.accounts.models import Post

    Post.objects.create(user=wang, authority=hailan, role="clerk")
    complaint(restaurant, days_ago=8)
    assert not due.of(wang, timezone.now()).all


def sample(place, lead, second, **fields):
    return Sample.objects.create(
        establishment=place,
        authority=lead.posts.get().authority,
        product="卤味",
        quantity="1 kg",
        seal="1",
        retained="中心",
        lead=lead,
        second=second,
        **fields,
    )


def test_a_failed_sample_is_served_and_its_window_runs_for_the_operator(restaurant, zhao, zhou, li, elsewhere):
    sample(restaurant, zhao, zhou, state="failed")
    sample(restaurant, zhao, zhou, state="served", served_on=today())
    sample(restaurant, zhao, zhou, state="passed", final_on=today())
    assert mine(zhao) == [("Serve the failed result", "海上明月海鲜楼 · 卤味")]
    (window,) = due.of(zhao, timezone.now()).others
    assert window.day > today() and "retest" in window.words
    assert not due.of(li, timezone.now()).mine and not due.of(elsewhere, timezone.now()).all


def reminder(place, by, mend_by, **fields):
    return Reminder.objects.create(
        establishment=place,
        about="camera",
        document_number="海市监责改〔2026〕3 号",
        says="修好摄像头。",
        served_on=mend_by - timedelta(days=10),
        method="direct",
        mend_by=mend_by,
        recorded_by=by,
        **fields,
    )


def test_a_reminder_past_its_day_calls_and_one_that_ended_does_not(restaurant, zhao, elsewhere):
    reminder(restaurant, zhao, day(-2))
    reminder(restaurant, zhao, day(40))
    reminder(restaurant, zhao, day(-5), ended_at=timezone.now(), ended_why="已修好")
    (row,) = due.of(zhao, timezone.now()).mine
    assert (row.left, row.note) == ("2 days over", "Kitchen camera")
    assert not due.of(elsewhere, timezone.now()).all


def test_findings_are_looked_at_again_one_row_a_visit(restaurant, zhao, zhou):
    visit = visited(restaurant, zhao, zhou, timedelta(days=10))
    for item in ("shelf_life", "masks"):
        Finding.objects.create(inspection=visit, item=item, note="…", found_on=day(-10), mend_by=day(1))
    (row,) = due.of(zhao, timezone.now()).mine
    assert (row.left, row.note, row.tone) == ("tomorrow", "2 findings", "warn")


def test_a_visit_under_way_is_its_inspectors_and_its_result_public_within_twenty_working_days(
    restaurant, zhao, zhou, li
):
    visited(restaurant, zhao, zhou, timedelta(days=60), state="draft")
    visited(restaurant, zhao, zhou, timedelta(days=1), state="draft")
    late, fresh = due.of(zhou, timezone.now()).mine
    assert late.days_left < 0 < fresh.days_left
    assert not due.of(li, timezone.now()).mine


def test_a_visit_drawn_by_lot_is_its_inspectors(hailan, restaurant, zhao, zhou, li, log_root):
    draw = Draw.objects.create(
        authority=hailan,
        year=2026,
        number=1,
        title="十一月",
        kitchens=1,
        committed_by=li,
        committed_entry=translog.append({"kind": "draw"}),
    )
    Assignment.objects.create(draw=draw, position=1, establishment=restaurant, lead=zhao, second=zhou, due_on=day(3))
    (row,) = due.of(zhou, timezone.now()).mine
    assert (row.words, row.about, row.link) == ("Visit drawn by lot", "海上明月海鲜楼", f"/office_draw/{draw.pk}")
    assert not due.of(li, timezone.now()).mine and "Visit drawn by lot" in words(li)


def test_visits_that_are_late_by_risk_class_are_one_row(restaurant, zhao, wu, elsewhere):
    Establishment.objects.update(opened_at=timezone.now() - timedelta(days=100))
    (row,) = due.of(zhao, timezone.now()).mine
    assert (row.words, row.about, row.days_left) == ("Visits late by risk class", "1 kitchen", -10)
    assert not due.of(wu, timezone.now()).mine and not due.of(elsewhere, timezone.now()).all


def test_open_incidents_are_one_row(restaurant, zhao, elsewhere):
    camera = builders.camera(restaurant)
    builders.incident(camera)
    builders.incident(camera, kind="still")
    assert mine(zhao) == [("Look at the cameras", "2 camera incidents open")]
    assert not due.of(elsewhere, timezone.now()).all


# ── the whole ───────────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_over_comes_first_and_what_only_waits_stands_with_today(restaurant, zhao, zhou):
    reminder(restaurant, zhao, day(4))
    reminder(builders.establishment(signboard="乙"), zhao, day(-3))
    reminder(builders.establishment(signboard="丙"), zhao, day(0))
    sample(restaurant, zhao, zhou, state="failed")
    found = due.of(zhao, timezone.now())
    assert [row.days_left if row.day else None for row in found.mine] == [-3, 0, None, 4]
    assert found.today == 2


def test_a_long_queue_names_the_most_pressing_and_counts_the_rest(zhao):
    for number in range(due.MOST + 3):
        reminder(builders.establishment(signboard=f"店{number}"), zhao, day(number - 5))
    rows = due.of(zhao, timezone.now()).mine
    assert len(rows) == due.MOST + 1 and rows[0].about == "店0"
    assert [row.about for row in rows if "more" in row.about] == ["3 more"]


def test_the_home_lists_what_is_due_and_says_when_nothing_is(restaurant, zhao, wu):
    reminder(restaurant, zhao, day(-2))
    text = page(zhao, "/en/office/")
    assert "What is due" in text and "2 days over" in text and "海上明月海鲜楼" in text
    assert "Nothing waits for you." in page(wu, "/en/office/")


def test_the_clocks_cost_no_query_more_per_kitchen(zhao, zhou, django_assert_num_queries):
    def kitchens(count):
        for _ in range(count):
            place = builders.establishment()
            reminder(place, zhao, day(1))
            sample(place, zhao, zhou, state="failed")
            complaint(place, days_ago=3)
            visited(place, zhao, zhou, timedelta(days=2), state="draft")
            builders.incident(builders.camera(place))

    kitchens(5)
    with CaptureQueriesContext(connection) as few:
        due.of(zhao, timezone.now())
    counts_too = 4  # a kind with more rows than are named is counted
    kitchens(45)
    cache.clear()
    with CaptureQueriesContext(connection) as many:
        due.of(zhao, timezone.now())
    assert len(many) <= len(few) + counts_too
    kitchens(10)
    cache.clear()
    with django_assert_num_queries(len(many)):
        due.of(zhao, timezone.now())
