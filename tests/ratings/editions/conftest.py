"""The bureau's chain of three stages and who speaks there; an edition that only waits for its hour."""

import pytest
from django.test import Client

from ratings.editions import approving
from tests import builders
from tests.conftest import prove
from tests.ratings.conftest import AFTER, MONDAY


@pytest.fixture
def browse():
    """The pages as this person sees them."""

    def as_(person):
        client = Client()
        client.force_login(person)
        return prove(client)

    return as_


@pytest.fixture
def ma(hailan):
    """马, head of section."""
    return builders.officer("马科", hailan, "clerk")


@pytest.fixture
def qin(hailan):
    """秦, legal review."""
    return builders.officer("秦法", hailan, "clerk")


@pytest.fixture
def fan(hailan):
    """范, deputy director."""
    return builders.officer("范局", hailan, "publisher")


@pytest.fixture
def stages(hailan, sun, ma, qin, fan):
    named = [("科室负责人", "Head of section", [ma]), ("法制审核", "Legal review", [qin]), ("分管局领导", "", [fan])]
    return approving.set_chain(hailan, by=sun, stages=named, at=MONDAY)


@pytest.fixture
def agreed(draft, red, served, stages, ma, qin, fan):
    """The edition with one red and one black listing, after the window, approved by all three."""
    for officer in (ma, qin, fan):
        approving.approve(draft, by=officer, opinion="同意。", at=AFTER)
    return draft
