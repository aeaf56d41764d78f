"""A sample of 海上明月 and the people around it. MONDAY is 16 November 2026, 10:00: no holiday for weeks."""

from datetime import UTC, datetime, timedelta

import pytest

from ratings.sampling import actions, custody
from tests import builders

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
LAST_SECOND = datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)  # of the seventh working day after Monday the 16th
AFTER = LAST_SECOND + timedelta(seconds=1)
HOUR = timedelta(hours=1)
LAB, OTHER_LAB = "海澜市食品检验中心", "浙东食品检测研究院"
FAILED = "菌落总数 1.2×10⁶ CFU/g，限量 10⁵ CFU/g"


def taken(kitchen, by, second, **fields):
    given = {
        "product": "蒜蓉粉丝蒸扇贝",
        "quantity": "3 × 250 g",
        "seal": "HL-F-0001",
        "retained": "本局样品室 2 号柜",
        "at": MONDAY - 5 * HOUR,
    }
    return actions.take(kitchen, by=by, second=second, **{**given, **fields})


def brought(sample, by, **fields):
    given = {
        "laboratory": LAB,
        "giver": str(sample.lead),
        "taker": "收样员小方",
        "seal_intact": True,
        "at": MONDAY - 3 * HOUR,
    }
    custody.receive(sample, by=by, **{**given, **fields})


def reported(sample, by, *, conforms=False, **fields):
    given = {
        "number": "HLSP-2026-001",
        "issued_on": MONDAY.date(),
        "findings": "" if conforms else FAILED,
        "at": MONDAY,
    }
    return actions.report(sample, by=by, conforms=conforms, **{**given, **fields})


def served(sample, by, **fields):
    given = {"method": "direct", "served_on": MONDAY.date(), "note": "店长签收", "at": MONDAY}
    return actions.serve(sample, by=by, **{**given, **fields})


@pytest.fixture
def sample(restaurant, zhao, zhou):
    return taken(restaurant, zhao, zhou)


@pytest.fixture
def failed(sample, zhao):
    brought(sample, zhao)
    reported(sample, zhao)
    return sample


@pytest.fixture
def open_sample(failed, zhao):
    """Served on Monday: its window ends with the 25th."""
    served(failed, zhao)
    return failed


@pytest.fixture
def contested(open_sample, wang):
    actions.contest(open_sample, by=wang, why="采样容器不洁", at=MONDAY + HOUR)
    return open_sample


@pytest.fixture
def he(db):
    """何, inspector of another city's bureau."""
    elsewhere = builders.authority("外市市场监督管理局", "888801")
    return builders.officer("何远", elsewhere, "inspector", enforcement_number="WS-1")


@pytest.fixture
def lin(hailan):
    """林, a third inspector of the bureau, who took no part."""
    return builders.officer("林旁", hailan, "inspector", enforcement_number="HL-0020")
