"""A kitchen that the register alone knows is visited, listed and served like any other: nobody's account is needed."""

import pytest

from ratings.editions import actions as editions
from ratings.editions.models import Listing
from sunkitchen.core.models import Notice
from tests import builders
from tests.ratings.conftest import AFTER, MONDAY, inspected, publish


@pytest.fixture
def alone(hailan, zhao, zhou):
    """In the register, nobody acts for it, and it does not conform."""
    kitchen = builders.establishment(signboard="无人认领小馆", operator_name="海澜无人餐饮店")
    builders.permit(kitchen, state="in_force", number="JY29999010000036", source="register")
    inspected(kitchen, zhao, zhou, failed=["shelf_life", "raw_cooked"])
    return kitchen


def test_it_is_noticed_served_and_published_with_nobody_to_tell_electronically(
    client, draft, alone, zhao, li, sun, django_capture_on_commit_callbacks
):
    listing = editions.pick(
        draft,
        alone,
        by=zhao,
        colour="black",
        rule="B1",
        reason="两项关键项不合格。",
        document_number="海市监检〔2026〕117 号",
        at=MONDAY,
    )
    editions.notice(listing, by=li, at=MONDAY)
    editions.serve(listing, by=li, method="direct", served_on=MONDAY.date(), note="店长签收", at=MONDAY)
    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=sun, at=AFTER)
    assert Listing.objects.published().filter(establishment=alone).exists()
    assert not Notice.objects.filter(establishment=alone.pk).exists(), "nobody acts for it, so nobody is told"
    assert "无人认领小馆" in client.get("/lists/hailan/2026-1/").content.decode()
