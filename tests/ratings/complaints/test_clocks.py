"""The days of the law, in working days of the Chinese calendar, at their edges."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ratings.complaints import clocks, desk, told
from ratings.models import Complainant, Complaint
from tests import builders

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
BEFORE_HOLIDAY = datetime(2026, 9, 30, 2, 0, tzinfo=UTC)  # the week of the national day follows


def row(kind="lead", state="received", received_at=MONDAY, **fields):
    return Complaint(kind=kind, state=state, received_at=received_at, **fields)


def running(complaint):
    return [(clock.name, clock.by.day) for clock in clocks.running(complaint)]


def test_it_is_accepted_or_refused_within_seven_working_days():
    assert running(row("dispute")) == [("accept", date(2026, 11, 11))]


def test_a_dispute_is_mediated_within_forty_five_from_acceptance():
    assert running(row("dispute", "accepted", accepted_at=MONDAY)) == [("mediate", date(2027, 1, 5))]


def test_a_report_is_verified_within_fifteen_from_receipt_and_once_as_many_again():
    complaint = row(state="investigating", accepted_at=MONDAY)
    assert running(complaint) == [("verify", date(2026, 11, 23))]
    complaint.extended_at = MONDAY
    assert running(complaint) == [("verify", date(2026, 12, 14))]


def test_an_unread_report_has_both_its_clocks_the_earlier_first():
    assert [name for name, _day in running(row())] == ["accept", "verify"]
    assert clocks.due(row()) == date(2026, 11, 11)


def test_holidays_do_not_count_and_made_up_days_do():
    by = clocks.due(row("dispute", received_at=BEFORE_HOLIDAY))
    assert by == date(2026, 10, 15), "1 to 7 October are free, Saturday the 10th is worked"


def test_what_came_shortly_before_midnight_counts_from_that_day():
    late = datetime(2026, 11, 2, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert clocks.due(row(received_at=late)) == date(2026, 11, 11)
    assert clocks.due(row(received_at=late + timedelta(minutes=2))) == date(2026, 11, 12)


@pytest.mark.parametrize("state", ["refused", "resolved", "closed"])
@pytest.mark.parametrize("kind", ["lead", "dispute"])
def test_at_its_end_nothing_is_due(kind, state):
    assert clocks.due(row(kind, state, accepted_at=MONDAY)) is None


@pytest.mark.django_db
def test_a_named_reporter_is_told_within_five_of_the_case(restaurant):
    complaint = row(state="assigned", establishment=restaurant, category="dirt", case_opened_at=MONDAY)
    complaint.save()
    assert "tell" not in dict(running(complaint)), "nobody can be told"
    Complainant.objects.create(complaint=complaint, sealed_name="x", sealed_mobile="y")
    complaint = Complaint.objects.get()
    assert running(complaint)[0] == ("tell", date(2026, 11, 9)) and clocks.due(complaint) == date(2026, 11, 9)
    complaint.told_at = MONDAY
    assert "tell" not in dict(running(complaint))


def test_days_left_are_working_days():
    clock = clocks.running(row("dispute"))[0]
    assert [clock.days_left(date(2026, 11, day)) for day in (2, 6, 7, 9, 11, 12)] == [7, 3, 3, 2, 0, -1]
    assert clock.days_left(date(2026, 11, 14)) < 0


@pytest.mark.parametrize(
    "field", ["COMPLAINT_ACCEPT_WORKDAYS", "COMPLAINT_MEDIATION_WORKDAYS", "COMPLAINT_VERIFY_WORKDAYS"]
)
def test_each_term_is_a_setting(field, settings):
    setattr(settings, field, 1)
    rows = [row(), row("dispute"), row("dispute", "accepted", accepted_at=MONDAY)]
    assert any(day == date(2026, 11, 3) for complaint in rows for _name, day in running(complaint))


# ── what is told of them ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_public_reads_half_years_that_are_over(restaurant):
    def came(year, month, state="closed", upheld=False, **fields):
        at = datetime(year, month, 10, tzinfo=UTC)
        return Complaint.objects.create(
            establishment=restaurant,
            kind="lead",
            category="dirt",
            state=state,
            received_at=at,
            **fields,
            **({"upheld": upheld, "resolved_at": at} if state == "closed" else {}),
        )

    first = came(2026, 3, upheld=True)
    came(2026, 3, upheld=True, same_as=first)
    came(2026, 5)
    came(2026, 4, state="refused")
    came(2026, 8, upheld=True)
    came(2025, 9)
    came(2023, 9)
    halves = told.of(restaurant, datetime(2026, 11, 22, tzinfo=UTC))
    assert [(half.year, half.half, half.received, half.upheld) for half in halves] == [(2026, 1, 2, 1), (2025, 2, 1, 0)]


@pytest.mark.django_db
def test_the_business_reads_of_a_report_its_category_and_week_once_both_are_over(restaurant):
    def came(state, received, resolved=None):
        return Complaint.objects.create(
            establishment=restaurant,
            kind="lead",
            category="dirt",
            state=state,
            received_at=received,
            **({"upheld": True, "resolved_at": resolved} if resolved else {}),
        )

    came("investigating", MONDAY)
    came("resolved", MONDAY - timedelta(days=7), MONDAY)
    now = MONDAY + timedelta(days=3)
    assert desk.reports(restaurant, now) == [], "it was answered this week: who left yesterday would be known"
    [found] = desk.reports(restaurant, now + timedelta(days=7))
    assert (found.complaint, found.week, found.state, found.name) == (None, date(2026, 10, 26), "", "")
    assert desk.disputes(restaurant, named=True) == []
    assert not desk.reports(builders.establishment(signboard="邻家小馆"), now)
