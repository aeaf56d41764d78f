"""What the review desk's tests bring along: a second clerk, a family's shop, and an authority that wants four eyes."""

import pytest

from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import four_eyes
from tests import builders


@pytest.fixture
def lu(hailan):
    """陆, the second clerk."""
    return builders.officer("陆核", hailan, "clerk", email="lu@example.com")


@pytest.fixture
def waiting(newcomer, wang, photo, facts):
    """小海面馆's food permit, handed in by 王."""
    return credentials.hand_in(newcomer, by=wang, uploads=[photo()], **{**facts, "holder": newcomer.operator_name})


@pytest.fixture
def careful(hailan, sun):
    """海澜 wants two officers for food permits."""
    return four_eyes.arrange(hailan, by=sun, kinds=["food_permit"])
