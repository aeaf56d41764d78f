"""Who acts for a kitchen: managers come and go, an owner stays, an officer never becomes one."""

import threading

import pytest
from django.db import connection

from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can, can
from sunkitchen.core.audit import trail
from sunkitchen.core.models import AuditEntry, Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.memberships import actions as memberships
from sunkitchen.registry.models import Membership
from tests import builders


def test_an_owner_adds_a_manager_who_is_told_and_signs_in_by_code(restaurant, wang):
    row = memberships.add_manager(restaurant, by=wang, name="小陈", mobile="+86 138 0000 0009")
    assert can(row.user, Can.KEEP_LEDGER, restaurant) and not can(row.user, Can.RUN_KITCHEN, restaurant)
    assert row.user.mobile == row.contact == "13800000009" and row.called == "小陈"
    told = Notice.objects.filter(recipient=row.user, kind="membership.added")
    assert {notice.channel for notice in told} == {"desk", "sms"} and "王海" in told[0].body
    assert [entry.verb for entry in trail(row)] == ["membership.added"]


def test_nobody_learns_whether_a_number_has_an_account(restaurant, wang, qian):
    known = memberships.add_manager(restaurant, by=wang, name="小张", email="QIAN@example.com")
    fresh = memberships.add_manager(restaurant, by=wang, name="小李", email="nobody@example.com")
    assert known.user == qian and fresh.user != qian
    # The page shows what the owner wrote, whatever the account says.
    assert (known.called, known.contact) == ("小张", "QIAN@example.com")
    assert (fresh.called, fresh.contact) == ("小李", "nobody@example.com")


def test_nobody_supervises_their_own_kitchen(restaurant, wang, li, zhao):
    for officer in (li, zhao):
        with pytest.raises(Refused, match="officer"):
            memberships.add_manager(restaurant, by=wang, name="某人", email=officer.email)
    province = builders.officer("省", builders.authority("省局", "99"), "auditor", email="province@example.com")
    with pytest.raises(Refused, match="officer"):
        memberships.add_manager(restaurant, by=wang, name="某人", email=province.email)
    elsewhere = builders.officer("外", builders.authority("外市局", "888801"), "clerk", email="far@example.com")
    memberships.add_manager(restaurant, by=wang, name="远亲", email=elsewhere.email)
    assert Membership.objects.filter(role="manager").count() == 1


def test_a_refused_officer_leaves_no_new_account_behind(restaurant, wang):
    before = User.objects.count()
    with pytest.raises(Refused):
        memberships.add_manager(restaurant, by=wang, name="某人", mobile="12")
    with pytest.raises(Refused, match="email"):
        memberships.add_manager(restaurant, by=wang, name="某人", email="no address")
    with pytest.raises(Refused, match="mobile number or an email"):
        memberships.add_manager(restaurant, by=wang, name="某人")
    with pytest.raises(Refused, match="name"):
        memberships.add_manager(restaurant, by=wang, name=" ", mobile="13800000009")
    assert User.objects.count() == before and not AuditEntry.objects.filter(verb="user.opened").exists()


def test_somebody_who_acts_for_it_is_not_added_twice(restaurant, wang):
    memberships.add_manager(restaurant, by=wang, name="小陈", mobile="13800000009")
    with pytest.raises(Refused, match="already"):
        memberships.add_manager(restaurant, by=wang, name="小陈", mobile="13800000009")


def test_ten_messages_a_day_are_enough(restaurant, wang):
    for number in range(memberships.MOST_A_DAY):
        memberships.end(
            memberships.add_manager(restaurant, by=wang, name="某人", mobile=f"1380000010{number}"), by=wang
        )
    with pytest.raises(Refused, match="tomorrow"):
        memberships.add_manager(restaurant, by=wang, name="某人", mobile="13800000200")


def test_a_manager_whose_membership_ended_acts_no_more_and_the_history_stays(restaurant, wang):
    row = builders.manager(restaurant)
    memberships.end(row, by=wang)
    assert not can(row.user, Can.SEE_KITCHEN, restaurant) and row.ended_at
    assert Notice.objects.filter(recipient=row.user, kind="membership.ended").exists()
    with pytest.raises(WrongState):
        memberships.end(row, by=wang)
    memberships.add_manager(restaurant, by=wang, name="回来了", email=row.user.email)
    assert restaurant.memberships.filter(user=row.user).count() == 2


def test_a_manager_leaves_by_themselves_and_the_owner_is_told(restaurant, wang):
    row = builders.manager(restaurant, name="小陈")
    memberships.end(row, by=row.user)
    assert "小陈" in Notice.objects.get(recipient=wang, kind="membership.left", channel="desk").body


def test_the_last_owner_stays(restaurant, wang):
    mine = restaurant.memberships.get()
    with pytest.raises(Refused, match="has an owner"):
        memberships.end(mine, by=wang)
    partner = Membership.objects.create(user=builders.user("合伙人"), establishment=restaurant, role="owner")
    memberships.end(mine, by=wang)
    with pytest.raises(Refused):
        memberships.end(partner, by=partner.user)


@pytest.mark.django_db(transaction=True)
def test_one_newcomer_is_added_to_two_kitchens_at_once():
    owners = [builders.user(f"店主{n}") for n in range(2)]
    places = [builders.establishment(owner=owner) for owner in owners]
    together, broken = threading.Barrier(2), []

    def add(place, owner):
        together.wait(10)
        try:
            memberships.add_manager(place, by=owner, name="新人", mobile="13900000077")
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=pair) for pair in zip(places, owners, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not broken
    assert Membership.objects.filter(role="manager", user__mobile="13900000077").count() == 2
