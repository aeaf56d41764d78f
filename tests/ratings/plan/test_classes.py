"""Risk classes: the first by kind of kitchen, every other by an officer with a reason; none is ever altered."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404

from ratings.models import Risk
from ratings.plan import actions, classes
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Establishment, Membership
from tests import builders

pytestmark = pytest.mark.django_db


def test_the_first_class_comes_from_the_kind_of_kitchen(restaurant):
    assert classes.letter_of(restaurant) == "B"
    assert set(classes.FIRST) == set(Establishment.Category.values), "every kind has one"


def test_a_clerk_gives_another_with_a_reason(restaurant, li):
    actions.set_risk(restaurant, "D", " 供应生食海鲜 ", by=li)
    assert classes.letter_of(restaurant) == "D"
    assert classes.classed(Establishment.objects.all()).get().letter == "D"
    actions.set_risk(restaurant, "C", "已停售生食", by=li)
    assert classes.letter_of(restaurant) == "C"
    assert [row.letter for row in classes.history(restaurant)] == ["C", "D"]
    assert AuditEntry.objects.filter(verb="risk.set").count() == 2


def test_no_class_without_a_reason_a_change_or_a_letter(restaurant, li):
    for letter, because in (("D", "  "), ("B", "还是一样"), ("E", "没有")):
        with pytest.raises(Refused):
            actions.set_risk(restaurant, letter, because, by=li)
    assert not Risk.objects.exists()


def test_nobody_classes_a_kitchen_that_they_act_for(restaurant, li):
    Membership.objects.create(user=li, establishment=restaurant, role="manager")
    with pytest.raises(Refused):
        actions.set_risk(restaurant, "A", "我的店", by=li)


def test_inspectors_and_strangers_set_none(restaurant, zhao, qian):
    with pytest.raises(PermissionDenied):
        actions.set_risk(restaurant, "A", "理由", by=zhao)
    with pytest.raises(Http404):
        actions.set_risk(restaurant, "A", "理由", by=qian)


def test_a_class_that_was_given_is_never_altered(restaurant, li):
    risk = actions.set_risk(restaurant, "D", "理由", by=li)
    for change in (lambda: Risk.objects.filter(pk=risk.pk).update(letter="A"), risk.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert classes.letter_of(builders.establishment(category="school")) == "D"
