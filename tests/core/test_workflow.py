import pytest
from django.utils.translation import override

from sunkitchen.core.workflow import Refused, Step, WrongState, move
from sunkitchen.registry.models import Credential

State = Credential.State
APPROVE = Step("approve", {State.SUBMITTED}, State.IN_FORCE)

pytestmark = pytest.mark.django_db


def test_a_step_moves_the_row_and_sets_its_fields(permit, li):
    move(permit, APPROVE, reviewed_by=li)
    assert (permit.state, permit.reviewed_by) == (State.IN_FORCE, li)


def test_a_step_from_the_wrong_state_is_refused_and_writes_nothing(permit, li):
    Credential.objects.filter(pk=permit.pk).update(state=State.DRAFT)
    with pytest.raises(WrongState) as refusal:
        move(permit, APPROVE, reviewed_by=li)
    assert refusal.value.step == "approve"
    permit.refresh_from_db()
    assert (permit.state, permit.reviewed_by) == (State.DRAFT, None)


def test_of_two_who_take_the_same_step_one_is_told_that_a_colleague_was_faster(permit, li, zhao):
    seen_by_li, seen_by_zhao = (Credential.objects.get(pk=permit.pk) for _ in range(2))
    move(seen_by_li, APPROVE, reviewed_by=li)
    with override("en"), pytest.raises(Refused, match="colleague"):
        move(seen_by_zhao, APPROVE, reviewed_by=zhao)
    permit.refresh_from_db()
    assert permit.reviewed_by == li


def test_a_vanished_row_takes_no_step(permit):
    Credential.objects.filter(pk=permit.pk).delete()
    with pytest.raises(WrongState):
        move(permit, APPROVE)


def test_sources_may_be_given_as_any_collection():
    assert Step("a", ["x", "y"], "z").sources == frozenset({"x", "y"})
    assert Step("a").sources == frozenset()
