"""An outbreak is confirmed by one officer and taken back by another."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from ratings.models import Outbreak
from ratings.outbreaks import actions
from sunkitchen.core import audit
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Membership
from tests import builders

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def confirmed(kitchen, by, **fields):
    given = {
        "occurred_on": date(2026, 11, 14),
        "people": 6,
        "document_number": "海市监食处〔2026〕3 号",
        "findings": "凉菜交叉污染，副溶血性弧菌检出。",
        "at": MONDAY,
    }
    return actions.confirm(kitchen, by=by, **{**given, **fields})


@pytest.fixture
def outbreak(restaurant, zhao):
    return confirmed(restaurant, zhao)


def test_the_owner_is_told_and_it_stands(outbreak, wang):
    assert Outbreak.objects.standing().get() == outbreak
    notice = Notice.objects.get(recipient=wang, channel="desk")
    assert notice.kind == "outbreak.confirmed" and "海市监食处〔2026〕3 号" in notice.body
    assert [entry.verb for entry in audit.trail(outbreak)] == ["outbreak.confirmed"]


@pytest.mark.parametrize(
    "fields", [{"document_number": " "}, {"findings": ""}, {"people": 0}, {"occurred_on": date(2026, 11, 17)}]
)
def test_it_has_number_findings_people_and_a_day_that_was(restaurant, zhao, fields):
    with pytest.raises(Refused):
        confirmed(restaurant, zhao, **fields)


def test_one_document_is_recorded_once(outbreak, restaurant, zhou):
    with pytest.raises(Refused):
        confirmed(restaurant, zhou)


def test_a_colleague_takes_it_back_with_a_reason_and_once(outbreak, zhao, zhou, wang):
    with pytest.raises(Refused):
        actions.revoke(outbreak, by=zhao, why="误认")
    with pytest.raises(Refused):
        actions.revoke(outbreak, by=zhou, why=" ")
    actions.revoke(outbreak, by=zhou, why="经复核系自备食品引起。", at=MONDAY)
    assert not Outbreak.objects.standing().exists()
    assert "自备食品" in Notice.objects.get(recipient=wang, kind="outbreak.revoked", channel="desk").body
    with pytest.raises(WrongState):
        actions.revoke(outbreak, by=zhou, why="再一次")
    for sql in ("UPDATE ratings_outbreak SET revoked_at = NULL", "DELETE FROM ratings_outbreak"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.parametrize("who", ["wang", "qian", "li", "sun", "wu", "zhou", "he", "root"])
def test_only_an_inspector_of_this_area_takes_these_steps(request, restaurant, outbreak, who):
    if who == "he":
        elsewhere = builders.authority("外市市场监督管理局", "888801")
        person = builders.officer("何远", elsewhere, "inspector", enforcement_number="WS-1")
    elif who == "root":
        person = builders.user("管理员", is_superuser=True)
    else:
        person = request.getfixturevalue(who)
    for step in (
        lambda: confirmed(restaurant, person, document_number="4 号"),
        lambda: actions.revoke(outbreak, by=person, why="误认"),
    ):
        if who == "zhou":
            step()
        else:
            with pytest.raises(Refused):
                step()


def test_nobody_confirms_one_in_a_kitchen_of_their_own(restaurant, zhou):
    Membership.objects.create(user=zhou, establishment=restaurant, role="manager")
    with pytest.raises(Refused):
        confirmed(restaurant, zhou)
