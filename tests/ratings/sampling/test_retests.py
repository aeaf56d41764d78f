"""What failed: served, contested within its window, tested again, final; and what nobody alters any more."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import translation

from ratings.models import Custody, LabReport, Sample
from ratings.sampling import actions, timeline, told
from sunkitchen.accounts.models import Post
from sunkitchen.core import audit
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Membership
from tests import builders

from .conftest import AFTER, FAILED, LAB, LAST_SECOND, MONDAY, OTHER_LAB, brought, reported, served, taken

# ── service and the window ──────────────────────────────────────────────────────────────────────────────────


def test_service_opens_seven_working_days(failed, zhao, wang):
    window = served(failed, zhao)
    assert (failed.state, window.day) == ("served", date(2026, 11, 25))
    assert "2026-11-25" in Notice.objects.get(kind="sample.served", recipient=wang, channel="desk").body


def test_made_up_days_count_and_holidays_do_not(failed, zhao):
    """Served on 30 September 2026: a week of holidays follows, and 10 October, a Saturday, is worked."""
    Sample.objects.filter(pk=failed.pk).update(state="served", served_on=date(2026, 9, 30))
    failed.refresh_from_db()
    assert failed.window.day == date(2026, 10, 15)


@pytest.mark.parametrize("day", [date(2026, 11, 13), date(2026, 11, 17)])
def test_it_is_served_between_the_report_and_today(failed, zhao, day):
    with pytest.raises(Refused):
        served(failed, zhao, served_on=day)


def test_service_needs_a_note_of_who_received_it(failed, zhao):
    with pytest.raises(Refused):
        served(failed, zhao, note=" ")


def test_a_service_recorded_after_its_own_window_is_none(failed, zhao):
    with pytest.raises(Refused):
        served(failed, zhao, at=AFTER)
    served(failed, zhao, at=LAST_SECOND)


def test_the_owner_contests_until_midnight_of_the_last_day(open_sample, wang):
    with pytest.raises(Refused):
        actions.contest(open_sample, by=wang, why="采样容器不洁", at=AFTER)
    actions.contest(open_sample, by=wang, why="采样容器不洁", at=LAST_SECOND)
    assert (open_sample.state, open_sample.contested_by) == ("contested", wang)


def test_an_officer_writes_down_what_the_operator_said(open_sample, zhao):
    actions.contest(open_sample, by=zhao, why="经营者当场口头申请复检", at=MONDAY)
    assert open_sample.state == "contested"


@pytest.mark.parametrize("why", [" ", "字" * 1001])
def test_a_contest_says_why_in_a_page_at_most(open_sample, wang, why):
    with pytest.raises(Refused):
        actions.contest(open_sample, by=wang, why=why, at=MONDAY)


def test_without_a_counter_sample_nothing_is_tested_again(restaurant, zhao, zhou, wang):
    sample = taken(restaurant, zhao, zhou, retained="")
    brought(sample, zhao)
    reported(sample, zhao)
    served(sample, zhao)
    with pytest.raises(Refused):
        actions.contest(sample, by=wang, why="采样容器不洁", at=MONDAY)


# ── the retest ──────────────────────────────────────────────────────────────────────────────────────────────


def again(sample, by, *, conforms, **fields):
    given = {
        "laboratory": OTHER_LAB,
        "number": "ZD-77",
        "issued_on": date(2026, 11, 20),
        "findings": "" if conforms else FAILED,
        "at": MONDAY + timedelta(days=4),
    }
    return actions.retest(sample, by=by, conforms=conforms, **{**given, **fields})


def test_a_retest_that_passes_clears_the_kitchen(contested, restaurant, zhao):
    again(contested, zhao, conforms=True)
    assert (contested.state, contested.final_on) == ("cleared", date(2026, 11, 20))
    [line] = told.of(restaurant, LAST_SECOND)
    assert (line.outcome, line.failed) == ("cleared", False)


def test_a_retest_that_fails_is_final(contested, restaurant, zhao):
    again(contested, zhao, conforms=False)
    assert contested.state == "confirmed"
    assert Sample.objects.failed().get() == contested
    assert told.of(restaurant, LAST_SECOND)[0].failed


@pytest.mark.parametrize("name", [LAB, " 海澜市食品 检验中心", ""])
def test_another_laboratory_tests_it_again(contested, zhao, name):
    with pytest.raises(Refused):
        again(contested, zhao, conforms=True, laboratory=name)


@pytest.mark.parametrize("day", [date(2026, 11, 15), date(2026, 11, 21)])
def test_a_retest_lies_between_the_contest_and_today(contested, zhao, day):
    with pytest.raises(Refused):
        again(contested, zhao, conforms=True, issued_on=day)


# ── final ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_nobody_contests_is_final_on_the_day_after_its_window(open_sample, restaurant, wang):
    assert actions.confirm_due(LAST_SECOND) == 0
    assert actions.confirm_due(AFTER) == 1
    open_sample.refresh_from_db()
    assert (open_sample.state, open_sample.final_on) == ("confirmed", date(2026, 11, 26))
    assert told.of(restaurant, AFTER)[0].failed
    assert Notice.objects.filter(kind="sample.confirmed", recipient=wang, channel="desk").count() == 1


def test_sweeping_twice_is_sweeping_once(open_sample):
    assert actions.confirm_due(AFTER) == 1
    assert actions.confirm_due(AFTER) == 0
    assert [entry.verb for entry in audit.trail(open_sample)].count("sample.confirmed") == 1


def test_a_sweep_that_read_it_before_it_was_contested_leaves_it(open_sample, wang, monkeypatch):
    asked = timeline.workdays.add

    def contested_meanwhile(*words):
        monkeypatch.undo()
        actions.contest(Sample.objects.get(), by=wang, why="采样容器不洁", at=LAST_SECOND)
        return asked(*words)

    monkeypatch.setattr("ratings.sampling.models.workdays.add", contested_meanwhile)
    assert actions.confirm_due(AFTER) == 0
    open_sample.refresh_from_db()
    assert open_sample.state == "contested"


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_confirm_it_once(open_sample):
    together, found = threading.Barrier(2, timeout=30), []

    def sweep():
        try:
            together.wait()
            found.append(actions.confirm_due(AFTER))
        finally:
            close_old_connections()
            connection.close()

    sweeps = [threading.Thread(target=sweep) for _turn in range(2)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join(60)
    assert sorted(found) == [0, 1]
    assert [entry.verb for entry in audit.trail(open_sample)].count("sample.confirmed") == 1


def test_after_two_years_the_public_is_told_no_more(open_sample, restaurant):
    actions.confirm_due(AFTER)
    assert told.of(restaurant, datetime(2028, 11, 25, 2, tzinfo=UTC))
    assert told.of(restaurant, datetime(2028, 11, 26, 2, tzinfo=UTC)) == []


@pytest.mark.parametrize("state", ["passed", "confirmed", "cleared", "void"])
@pytest.mark.parametrize(
    "sql", ["UPDATE ratings_sample SET product = 'x' WHERE id = %s", "DELETE FROM ratings_sample WHERE id = %s"]
)
def test_the_database_alters_no_sample_that_is_over(restaurant, hailan, zhao, zhou, state, sql):
    from tests.ratings import supervised

    sample = supervised.sample(restaurant, hailan, zhao, zhou, state=state)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [sample.pk])
    assert Sample.objects.get(pk=sample.pk).product == "蒜蓉粉丝蒸扇贝"


@pytest.mark.parametrize("table", ["ratings_custody", "ratings_labreport"])
def test_the_database_alters_no_link_and_no_report(failed, table):
    for sql in (f"UPDATE {table} SET recorded_at = recorded_at", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Custody.objects.count() == LabReport.objects.count() == 1


def test_who_took_it_does_not_void_it_once_it_failed(failed, zhao, zhou, lin):
    for taker in (zhao, zhou):
        with pytest.raises(Refused):
            actions.void(failed, by=taker, reason="记录有误")
    actions.void(failed, by=lin, reason="抽样单与样品不符")
    assert failed.state == "void"
    with pytest.raises(WrongState):
        actions.void(failed, by=lin, reason="再一次")


def test_an_officer_who_owns_the_kitchen_writes_nothing(sample, restaurant, lin):
    Membership.objects.create(user=lin, establishment=restaurant, role="manager")
    with pytest.raises(Refused):
        brought(sample, lin)


def test_a_superior_bureaus_inspector_does_not_write_in_anothers_sample(sample):
    city = builders.authority("上级市场监督管理局", "9999")
    boss = builders.officer("上级", city, "inspector", enforcement_number="P-1")
    with pytest.raises(Refused):
        brought(sample, boss)


def test_a_post_that_ended_takes_no_sample(restaurant, zhao, zhou):
    Post.objects.filter(user=zhou).update(ended_at=MONDAY)
    with pytest.raises(Refused):
        taken(restaurant, zhao, zhou)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (MONDAY, "A retest may be asked for until the end of 2026-11-25: 7 more working days"),
        (LAST_SECOND - timedelta(days=1), "A retest may be asked for until the end of 2026-11-25: 1 more working day"),
        (LAST_SECOND, "A retest may be asked for until the end of today"),
        (AFTER, "The window ended on 2026-11-25: it becomes final now"),
    ],
)
def test_the_page_says_how_long_a_retest_can_be_asked_for(open_sample, at, words):
    with translation.override("en"):
        assert timeline.due(open_sample, at) == words
