"""An edition of the invented city: 海上明月 deserves red, 老码头 deserves black; and the days between notice and publication."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest

from ratings.editions import actions as editions
from ratings.editions import approving
from ratings.inspections import actions as inspections
from ratings.inspections import checklists
from sunkitchen.core.workflow import Refused
from tests import builders

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a working week ahead
FRIDAY_LATE = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # 23:59 on the fifth working day after Monday the 16th
AFTER = FRIDAY_LATE + timedelta(minutes=2)


def answers(failed=(), not_applicable=()):
    return {
        item.code: {
            "answer": "fail" if item.code in failed else "na" if item.code in not_applicable else "ok",
            "note": "看到了" if item.code in failed else "",
        }
        for item in checklists.current().items
    }


def inspected(kitchen, lead, second, *, failed=(), at=MONDAY):
    visit = inspections.begin(kitchen, by=lead, second=second, at=at)
    inspections.fill_in(visit, answers(failed), by=lead)
    inspections.close(visit, by=lead, signature="signed", signed_name="王海", at=at)
    return visit


@pytest.fixture
def log_root(settings, tmp_path):
    """A log and a key of this test's own."""
    settings.LOG_ROOT = tmp_path / "log"
    settings.VAR = tmp_path
    return settings.LOG_ROOT


@pytest.fixture
def good(restaurant, wang, zhao, zhou):
    """海上明月: permit in force, grade A, a camera."""
    builders.permit(restaurant, submitted_by=wang, state="in_force")
    builders.camera(restaurant)
    inspected(restaurant, zhao, zhou)
    return restaurant


@pytest.fixture
def chen(db):
    """陈, owner of the other restaurant."""
    return builders.user("陈老大", mobile="13800000002", email="chen@example.com")


@pytest.fixture
def bad(chen, zhao, zhou):
    """老码头大排档, which does not conform."""
    kitchen = builders.establishment(
        owner=chen, signboard="老码头大排档", operator_name="海澜老码头餐饮店", address="海澜市坎门街道海都路 12 号"
    )
    builders.permit(kitchen, submitted_by=chen, state="in_force", number="JY29999010000021")
    inspected(kitchen, zhao, zhou, failed=["shelf_life", "raw_cooked"])
    return kitchen


@pytest.fixture
def zheng(hailan):
    """郑, a second publisher: decides objections."""
    return builders.officer("郑核", hailan, "publisher", email="zheng@example.com")


@pytest.fixture
def draft(hailan, zhao, log_root):
    return editions.draft(hailan, by=zhao, period_from=date(2026, 10, 1), period_to=date(2026, 10, 31), at=MONDAY)


@pytest.fixture
def red(draft, good, zhao):
    return editions.pick(draft, good, by=zhao, colour="red", reason="全部条款符合。", at=MONDAY)


@pytest.fixture
def black(draft, bad, zhao):
    return editions.pick(
        draft,
        bad,
        by=zhao,
        colour="black",
        rule="B1",
        reason="监督检查两项关键项不合格。",
        document_number="海市监检〔2026〕117 号",
        at=MONDAY,
    )


@pytest.fixture
def noticed(black, li):
    editions.notice(black, by=li, at=MONDAY)
    return black


@pytest.fixture
def served(noticed, li):
    editions.serve(noticed, by=li, method="direct", served_on=MONDAY.date(), note="店长签收", at=MONDAY)
    return noticed


def agree(edition, at):
    """The authority's chain, set up if it isn't, says yes as far as it may: two stages, 何 and 钟."""
    stages = approving.chain(edition.authority)
    if not stages:
        publisher = builders.officer("立链", edition.authority, "publisher", email="chain@example.com")
        named = [
            (
                "科室负责人",
                "Section head",
                [builders.officer("何科", edition.authority, "clerk", email="he@example.com")],
            ),
            (
                "分管局领导",
                "Deputy head",
                [builders.officer("钟局", edition.authority, "clerk", email="zhong@example.com")],
            ),
        ]
        stages = approving.set_chain(edition.authority, by=publisher, stages=named, at=at)
    for stage in stages:
        with contextlib.suppress(Refused):
            approving.approve(edition, by=stage.officers.first(), opinion="同意。", at=at)


def publish(edition, *, by, at):
    """Approved as far as it may be, then published by `by`."""
    agree(edition, at)
    editions.publish(edition, by=by, at=at)


@pytest.fixture
def published(draft, red, served, sun, django_capture_on_commit_callbacks):
    """The edition, with one red and one black listing, after the window."""
    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=sun, at=AFTER)
    return draft
