"""What memberships grant: owner's or manager's rights over one establishment."""

from collections.abc import Iterator

from sunkitchen.core.access import Grant, Role

from .models import Membership


def of_memberships(user) -> Iterator[Grant]:
    for membership in Membership.objects.filter(user=user, ended_at=None):
        yield Grant(Role(membership.role), establishment=membership.establishment_id)
