"""What people are told when they are given a kitchen to act for, and when that ends."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User

from ..letters import tell_owners, tell_people
from .models import Membership


def added(membership: Membership, by: User) -> None:
    place = membership.establishment
    body = format_lazy(
        _("{person} made you a manager of {kitchen}. Sign in with this number or email. Not yours? You can leave it."),
        person=by,
        kitchen=place.signboard,
    )
    subject = _("You act for a kitchen")
    tell_people([membership.user], place, "membership.added", subject, body, event=membership.pk)


def ended(membership: Membership, by: User) -> None:
    """The one who was sent away is told; the owners are told of one who left."""
    place = membership.establishment
    if by.pk == membership.user_id:
        body = format_lazy(
            _("{person} no longer acts for {kitchen}."),
            person=membership.name or membership.user,
            kitchen=place.signboard,
        )
        subject = _("Somebody left your kitchen")
        tell_owners(place, "membership.left", subject, body, event=membership.pk, page="people")
    else:
        body = format_lazy(_("You no longer act for {kitchen}."), kitchen=place.signboard)
        subject = _("You no longer act for a kitchen")
        tell_people([membership.user], place, "membership.ended", subject, body, event=membership.pk, page="desk")
