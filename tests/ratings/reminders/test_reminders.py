"""Orders to mend and what binds a kitchen: served with proof, ended with a reason, never twice."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction

from ratings.editions import facts
from ratings.models import Commitment, Reminder
from ratings.reminders import actions
from sunkitchen.core import audit
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Membership
from tests import builders
from tests.ratings import supervised

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def reminded(kitchen, by, **fields):
    given = {
        "about": "camera",
        "document_number": "海市监责改〔2026〕31 号",
        "says": "恢复烹饪区摄像头画面。",
        "served_on": MONDAY.date(),
        "method": "direct",
        "service_note": "店长签收",
        "mend_by": date(2026, 11, 23),
        "at": MONDAY,
    }
    return actions.remind(kitchen, by=by, **{**given, **fields})


def bound(kitchen, by, **fields):
    given = {"binding": "commitment", "document_number": "承诺书 12 号", "signed_on": MONDAY.date(), "at": MONDAY}
    return actions.bind(kitchen, by=by, **{**given, **fields})


@pytest.fixture
def reminder(restaurant, li):
    return reminded(restaurant, li)


@pytest.fixture
def commitment(restaurant, li):
    return bound(restaurant, li)


def test_the_owner_is_told_what_to_mend_and_until_when(reminder, wang):
    notice = Notice.objects.get(recipient=wang, channel="desk")
    assert "2026-11-23" in notice.subject and "恢复烹饪区摄像头画面" in notice.body
    assert notice.link.endswith(f"/desk/kitchens/{reminder.establishment.code}/supervision/")
    assert [entry.verb for entry in audit.trail(reminder)] == ["reminder.served"]


@pytest.mark.parametrize(
    "fields",
    [
        {"document_number": " "},
        {"says": ""},
        {"service_note": " "},
        {"about": "weather"},
        {"method": "pigeon"},
        {"served_on": date(2026, 11, 17)},
        {"mend_by": date(2026, 11, 15)},
    ],
)
def test_an_order_has_its_number_words_proof_and_a_time_to_mend(restaurant, li, fields):
    with pytest.raises(Refused):
        reminded(restaurant, li, **fields)
    assert not Reminder.objects.exists()


def test_it_names_a_visit_of_the_same_kitchen_that_came_before(restaurant, hailan, li, zhao, zhou):
    ours = {"lead": zhao, "second": zhou, "authority": hailan}
    early = builders.closed_inspection(restaurant, **ours, visited_at=MONDAY)
    assert reminded(restaurant, li, inspection=early).inspection == early
    late = builders.closed_inspection(restaurant, **ours, visited_at=MONDAY + timedelta(days=1))
    other = builders.closed_inspection(builders.establishment(), **ours, visited_at=MONDAY)
    for visit in (late, other):
        with pytest.raises(Refused):
            reminded(restaurant, li, document_number="32 号", inspection=visit)


def test_the_same_document_is_recorded_once(reminder, restaurant, li):
    with pytest.raises(Refused):
        reminded(restaurant, li)
    reminded(restaurant, li, about="certificates")
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize("outcome", ["mended", "taken_back"])
def test_it_ends_with_a_reason_and_once(reminder, zhao, li, wang, outcome):
    for words in ({"outcome": outcome, "why": " "}, {"outcome": "", "why": "已恢复"}):
        with pytest.raises(Refused):
            actions.end(reminder, by=zhao, **words)
    actions.end(reminder, by=zhao, outcome=outcome, why="画面已恢复，连续在线三天。", at=MONDAY)
    assert (reminder.outcome, reminder.ended_by) == (outcome, zhao)
    assert not Reminder.objects.standing().exists()
    assert Notice.objects.filter(recipient=wang, kind="reminder.ended", channel="desk").count() == 1
    with pytest.raises(WrongState):
        actions.end(reminder, by=li, outcome=outcome, why="再一次")


def test_what_binds_a_kitchen_binds_it_once_and_is_released_with_a_reason(commitment, restaurant, li, zhao, wang):
    with pytest.raises(Refused):
        bound(restaurant, li)
    with pytest.raises(Refused):
        actions.release(commitment, by=zhao, why=" ")
    actions.release(commitment, by=zhao, why="经营范围变更，不再适用。")
    with pytest.raises(WrongState):
        actions.release(commitment, by=zhao, why="再一次")
    bound(restaurant, li, document_number="承诺书 13 号")
    assert Commitment.objects.standing().get().document_number == "承诺书 13 号"
    kinds = Notice.objects.filter(recipient=wang, channel="desk").values_list("kind", flat=True)
    assert sorted(kinds) == ["reminder.bound", "reminder.bound", "reminder.released"]


@pytest.mark.parametrize(
    "fields",
    [{"binding": "handshake"}, {"about": "weather"}, {"document_number": ""}, {"signed_on": date(2026, 11, 17)}],
)
def test_a_binding_names_its_paper_and_day(restaurant, li, fields):
    with pytest.raises(Refused):
        bound(restaurant, li, **fields)


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────

MAY = {"li": True, "zhao": True}


@pytest.mark.parametrize("who", ["wang", "qian", "li", "zhao", "he", "sun", "wu", "root"])
def test_only_officers_who_serve_notices_here_take_these_steps(request, restaurant, hailan, zhao, zhou, wang, who):
    if who == "he":
        elsewhere = builders.authority("外市市场监督管理局", "888801")
        person = builders.officer("何远", elsewhere, "inspector", enforcement_number="WS-1")
    elif who == "root":
        person = builders.user("管理员", is_superuser=True)
    else:
        person = request.getfixturevalue(who)
    rows = supervised.furnished(restaurant, hailan, zhao, zhou, paper=builders.stored_file())
    steps = [
        lambda: reminded(restaurant, person),
        lambda: bound(restaurant, person, about="ledger"),
        lambda: actions.end(rows.reminder, by=person, outcome="mended", why="已恢复"),
        lambda: actions.release(rows.commitment, by=person, why="不再适用"),
    ]
    for step in steps:
        if MAY.get(who):
            step()
        else:
            with pytest.raises(Refused):
                step()


def test_nobody_takes_these_steps_for_a_kitchen_of_their_own(reminder, restaurant, li):
    Membership.objects.create(user=li, establishment=restaurant, role="manager")
    with pytest.raises(Refused):
        actions.end(reminder, by=li, outcome="taken_back", why="误发")
    with pytest.raises(Refused):
        bound(restaurant, li)


# ── for good ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_database_alters_nothing_that_ended(reminder, commitment, zhao):
    actions.end(reminder, by=zhao, outcome="mended", why="已恢复")
    actions.release(commitment, by=zhao, why="不再适用")
    for table in ("ratings_reminder", "ratings_commitment"):
        for sql in (f"UPDATE {table} SET ended_why = 'x', ended_at = NULL", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_record_one_paper_at_once_record_it_once(restaurant, li, zhao):
    together, found = threading.Barrier(2, timeout=30), []

    def record(officer):
        try:
            together.wait()
            reminded(restaurant, officer)
            bound(restaurant, officer)
            found.append("recorded")
        except Refused:
            found.append("refused")
        finally:
            close_old_connections()
            connection.close()

    both = [threading.Thread(target=record, args=[officer]) for officer in (li, zhao)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert sorted(found) == ["recorded", "refused"]
    assert Reminder.objects.count() == Commitment.objects.count() == 1


@pytest.mark.parametrize(("days", "counts"), [(-1, True), (0, False), (1, False)])
def test_what_a_former_operator_was_told_counts_not_against_the_present_one(restaurant, li, days, counts):
    """In doubt about the very day of the hand-over it was the former who was told."""
    reminder = reminded(restaurant, li, about="certificates")
    builders.staff_member(restaurant, added_by=li)
    later = MONDAY + timedelta(days=10)
    told = facts.of(restaurant, later)
    assert told["certificates_missing_since_reminder"] == 1
    builders.operatorship(restaurant, until=MONDAY + timedelta(days=days))
    assert Reminder.objects.of_operator().filter(pk=reminder.pk).exists() is counts
    found = facts.of(restaurant, later)
    assert found["certificates_missing_since_reminder"] == (1 if counts else None)
    assert found["certificates_missing"] == 1  # it is true all the same: nobody was told yet
