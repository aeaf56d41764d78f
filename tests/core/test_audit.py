import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import ProtectedError

from sunkitchen.core import audit
from sunkitchen.core.access import Can
from sunkitchen.core.models import AuditEntry
from tests import builders

pytestmark = pytest.mark.django_db


def test_the_trail_of_a_thing_is_told_in_order(li, restaurant):
    audit.record(li, "kitchen.opened", restaurant)
    audit.record(None, "kitchen.reminded", restaurant, days=30)
    audit.record(li, "kitchen.opened", builders.establishment())
    assert [(e.actor_name, e.verb, e.detail) for e in audit.trail(restaurant)] == [
        ("李审", "kitchen.opened", {}),
        ("system", "kitchen.reminded", {"days": 30}),
    ]


def test_the_name_at_the_time_stays_even_if_the_person_is_renamed(li, restaurant):
    entry = audit.record(li, "kitchen.opened", restaurant)
    type(li).objects.filter(pk=li.pk).update(name="改名")
    entry.refresh_from_db()
    assert (entry.actor_name, entry.subject_name) == ("李审", "海上明月海鲜楼")


def test_an_undone_action_leaves_no_entry(li, restaurant):
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record(li, "kitchen.opened", restaurant)
        raise RuntimeError
    assert not AuditEntry.objects.exists()


def test_who_did_something_cannot_be_deleted(li, restaurant):
    audit.record(li, "kitchen.opened", restaurant)
    with pytest.raises(ProtectedError):
        li.delete()


def test_an_anonymous_reader_is_nobody(restaurant):
    entry = audit.record(AnonymousUser(), "kitchen.looked_at", restaurant)
    assert entry.actor is None


def test_a_very_long_name_is_cut_rather_than_lost(restaurant):
    long = builders.user("", email="a" * 200 + "@example.com")
    entry = audit.record(long, "kitchen.opened", restaurant)
    assert len(entry.actor_name) == 100


def test_an_auditor_reads_what_happened_within_reach_and_nothing_else(wu, li, restaurant, hailan):
    audit.record(li, "kitchen.opened", restaurant)
    audit.record(li, "authority.renamed", hailan)
    audit.record(None, "kitchen.opened", builders.establishment(division="888801"))
    audit.record(None, "user.signed_up", li)
    within = AuditEntry.objects.within(wu, Can.SEE_AUDIT)
    assert set(within.values_list("verb", flat=True)) == {"kitchen.opened", "authority.renamed"}
    assert not AuditEntry.objects.within(li, Can.SEE_AUDIT).exists(), "a clerk is no auditor"
    assert AuditEntry.objects.within(builders.user(is_superuser=True), Can.SEE_AUDIT).count() == 4


def test_the_trail_stays_with_the_office_where_it_happened(wu, li, restaurant):
    audit.record(li, "kitchen.opened", restaurant)
    type(restaurant).objects.filter(pk=restaurant.pk).update(division="888801")
    assert AuditEntry.objects.within(wu, Can.SEE_AUDIT).exists()
