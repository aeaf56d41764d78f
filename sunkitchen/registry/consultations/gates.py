"""The gates of a consultation: on which side somebody reads it, if on any."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can, can, require

from .models import Consultation, Message

Side = Message.Side


def side_of(user: User, talk: Consultation) -> Side | None:
    """The kitchen's for who asks, the bureau's for its clerks; None for anybody else. Nobody is on both."""
    rows = Consultation.objects.filter(pk=talk.pk)
    if rows.of_kitchens_of(user).exists():
        return Side.KITCHEN
    return Side.BUREAU if rows.for_clerk(user).exists() else None


def _talks() -> Any:
    return Consultation.objects.select_related("authority", "establishment", "asker", "clerk", "credential")


def desk_talk(user: User, code: UUID) -> Consultation:
    """Of the kitchen's side. 404 for a stranger, 403 for an officer of the place."""
    talk: Consultation = get_object_or_404(_talks(), code=code)
    if side_of(user, talk) != Side.KITCHEN:
        require(user, Can.HAND_IN_PAPERS, talk)
        raise Http404  # of the operator before
    return talk


def office_talk_of(user: User, code: UUID) -> Consultation:
    """Of the bureau's side. 404 for a stranger and for the kitchen's own people, 403 for an officer who is no clerk."""
    talk: Consultation = get_object_or_404(_talks(), code=code)
    if side_of(user, talk) != Side.BUREAU:
        if not can(user, Can.SEE_OFFICE, talk):
            raise Http404
        raise PermissionDenied
    return talk


def anyones_talk(user: User, code: UUID) -> Consultation:
    """Of either side: what both of them see."""
    talk: Consultation = get_object_or_404(_talks(), code=code)
    if side_of(user, talk) is None:
        require(user, Can.HAND_IN_PAPERS, talk)
        raise Http404
    return talk
