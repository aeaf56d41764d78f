"""Editions that only wait for their publisher, made by the actions alone: for processes that have no fixtures."""

from datetime import date, timedelta
from types import SimpleNamespace

from ratings.editions import approving, drafting
from tests import builders
from tests.ratings.conftest import MONDAY, inspected


def world():
    """A bureau with its people, a chain of one stage, and two kitchens that deserve the red list."""
    hailan = builders.authority()
    zhao = builders.officer("赵检", hailan, "inspector", enforcement_number="浙海01-001")
    zhou = builders.officer("周检", hailan, "inspector", enforcement_number="浙海01-002")
    sun = builders.officer("孙发", hailan, "publisher")
    li = builders.officer("李审", hailan, "clerk")
    approving.set_chain(hailan, by=sun, stages=[("分管局领导", "Deputy director", [li])], at=MONDAY)
    kitchens = []
    for serial, name in enumerate(("海上明月", "渔歌小馆"), 1):
        owner = builders.user(name)
        kitchen = builders.establishment(owner=owner, signboard=name, operator_name=f"海澜{name}餐饮有限公司")
        builders.permit(kitchen, submitted_by=owner, state="in_force", number=f"JY2999901000{serial:04}3")
        builders.camera(kitchen)
        inspected(kitchen, zhao, zhou)
        kitchens.append(kitchen)
    return SimpleNamespace(authority=hailan, drafter=zhao, approver=li, publisher=sun, kitchens=kitchens)


def edition(world, *, number):
    """The `number`-th edition of the world: both kitchens picked, every stage agreed."""
    at = MONDAY + timedelta(minutes=number)
    drafted = drafting.draft(
        world.authority, by=world.drafter, period_from=date(2026, 10, 1), period_to=date(2026, 10, 31), at=at
    )
    assert drafted.number == number
    for kitchen in world.kitchens:
        drafting.pick(drafted, kitchen, by=world.drafter, colour="red", reason="全部条款符合。", at=at)
    approving.approve(drafted, by=world.approver, opinion="同意。", at=at)
    return drafted
