"""Every step × state × person: taken or refused, as the tables say, and nothing else."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from ratings.models import Sample
from ratings.sampling import actions, custody
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders
from tests.ratings import supervised

pytestmark = pytest.mark.django_db

STATES = [state.value for state in Sample.State]
STEPS = {
    "hand_over": lambda row, by: custody.hand_over(
        row, by=by, giver=custody.holders(row)[0], taker="冷链员", seal_intact=True
    ),
    "receive": lambda row, by: custody.receive(
        row, by=by, laboratory="海澜市食品检验中心", giver=custody.holders(row)[0], taker="收样员", seal_intact=True
    ),
    "report_passed": lambda row, by: actions.report(
        row, by=by, number="1", issued_on=timezone.localdate(), conforms=True
    ),
    "report_failed": lambda row, by: actions.report(
        row, by=by, number="1", issued_on=timezone.localdate(), conforms=False, findings="超标"
    ),
    "serve": lambda row, by: actions.serve(
        row, by=by, method="direct", served_on=timezone.localdate(), note="店长签收"
    ),
    "contest": lambda row, by: actions.contest(row, by=by, why="采样容器不洁"),
    "retest_passed": lambda row, by: actions.retest(
        row, by=by, laboratory="浙东食品检测研究院", number="2", issued_on=timezone.localdate(), conforms=True
    ),
    "retest_failed": lambda row, by: actions.retest(
        row,
        by=by,
        laboratory="浙东食品检测研究院",
        number="2",
        issued_on=timezone.localdate(),
        conforms=False,
        findings="超标",
    ),
    "void": lambda row, by: actions.void(row, by=by, reason="封条与抽样单不符"),
}
# (step, from): to. Whatever is not here is refused.
WAYS = {
    ("hand_over", "taken"): "sent",
    ("hand_over", "sent"): "sent",
    ("receive", "taken"): "received",
    ("receive", "sent"): "received",
    ("report_passed", "received"): "passed",
    ("report_failed", "received"): "failed",
    ("serve", "failed"): "served",
    ("contest", "served"): "contested",
    ("retest_passed", "contested"): "cleared",
    ("retest_failed", "contested"): "confirmed",
    ("void", "taken"): "void",
    ("void", "sent"): "void",
    ("void", "received"): "void",
    ("void", "failed"): "void",
    ("void", "served"): "void",
    ("void", "contested"): "void",
}
# Of one bureau's inspectors all may, of everybody else nobody; but an owner contests for the kitchen that is theirs.
PEOPLE = {
    "owner": {"contest"},
    "manager": set(),
    "stranger_owner": set(),
    "clerk": set(),
    "inspector": set(STEPS),
    "taker": set(STEPS) - {"void after failing"},
    "second_bureau": set(),
    "publisher": set(),
    "auditor": set(),
    "admin": set(),
}
AFTER_FAILING = {"failed", "served", "contested"}


@pytest.fixture
def people(hailan, restaurant, wang, li, zhao, sun, wu, lin, he):
    rival = builders.user("郑邻")
    builders.establishment(owner=rival, signboard="邻家小馆")
    manager = builders.user("经理")
    builders.manager(restaurant, manager)
    return {
        "owner": wang,
        "manager": manager,
        "stranger_owner": rival,
        "clerk": li,
        "inspector": lin,
        "taker": zhao,
        "second_bureau": he,
        "publisher": sun,
        "auditor": wu,
        "admin": builders.user("管理员", is_superuser=True),
    }


def expected(step, state, role):
    """The state it ends in, or None where it is refused."""
    if role == "taker" and step == "void" and state in AFTER_FAILING:
        return None
    return WAYS.get((step, state)) if step in PEOPLE[role] else None


def tried(step, sample, person):
    """The state after trying; None when refused, and then nothing was written. Taken back either way."""
    with transaction.atomic():
        before = Sample.objects.values().get(pk=sample.pk)
        try:
            STEPS[step](sample, person)
        except Refused:
            found = None
            assert Sample.objects.values().get(pk=sample.pk) == before
        else:
            found = Sample.objects.get(pk=sample.pk).state
        transaction.set_rollback(True)
    sample.refresh_from_db()
    return found


@pytest.mark.parametrize("state", STATES)
def test_every_step_of_everybody_from(state, people, restaurant, hailan, zhao, zhou):
    sample = supervised.sample(restaurant, hailan, zhao, zhou, state=state)
    wrong = [
        f"{role} takes {step} from {state}: must be {must or 'refused'}, was {found or 'refused'}"
        for role, person in people.items()
        for step in STEPS
        if (found := tried(step, sample, person)) != (must := expected(step, state, role))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", sorted(set(STATES) - {"served"}))
def test_the_sweep_touches_nothing_but_what_is_served(state, restaurant, hailan, zhao, zhou):
    sample = supervised.sample(restaurant, hailan, zhao, zhou, state=state)
    assert actions.confirm_due(timezone.now() + timedelta(days=400)) == 0
    sample.refresh_from_db()
    assert sample.state == state


def test_whoever_comes_second_is_told_so(restaurant, hailan, zhao, zhou, lin):
    sample = supervised.sample(restaurant, hailan, zhao, zhou, state="failed")
    as_read = Sample.objects.get(pk=sample.pk)
    STEPS["serve"](sample, lin)
    with pytest.raises(WrongState):
        STEPS["serve"](as_read, zhao)
