"""数据共享: what another bureau holds is not asked for again; an officer looks it up."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from sunkitchen.core import audit
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.models import Membership
from sunkitchen.registry.staff import actions as staff


@pytest.fixture
def chen(restaurant, wang):
    """陈, cook."""
    return staff.add(
        restaurant, by=wang, name="陈厨", post="chef", joined_on=timezone.localdate() - timedelta(days=400)
    )


def certificate(chen, by, *, begins=-30, days=365):
    first = timezone.localdate() + timedelta(days=begins)
    return credentials.share(
        chen.establishment,
        by=by,
        kind="health_certificate",
        staff_member=chen,
        number="HL-1",
        holder=chen.name,
        valid_from=first,
        valid_through=first + timedelta(days=days - 1),
    )


def test_a_shared_certificate_is_in_force_without_a_picture(chen, li):
    paper = certificate(chen, li)
    assert (paper.state, paper.source, paper.pages.count()) == ("in_force", "register", 0)
    assert audit.trail(paper).get().verb == "credential.shared"


def test_the_next_one_replaces_it(chen, li):
    older, newer = certificate(chen, li, begins=-300), certificate(chen, li, begins=-1)
    older.refresh_from_db()
    assert (older.state, newer.state) == ("replaced", "in_force")


def test_only_a_clerk_takes_it_over_and_never_for_their_own_kitchen(chen, li, zhao, wang):
    for person in (zhao, wang):
        with pytest.raises(PermissionDenied):
            certificate(chen, person)
    Membership.objects.create(user=li, establishment=chen.establishment, role="owner")
    with pytest.raises(Refused):
        certificate(chen, li)


def test_one_that_has_expired_is_not_taken_over(chen, li):
    with pytest.raises(Refused):
        certificate(chen, li, begins=-400)
