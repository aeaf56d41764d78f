"""What a kitchen's own people are told. Written inside the action's transaction, said once each."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation

from sunkitchen.accounts.models import User
from sunkitchen.core import notices

from .establishments.models import Establishment
from .memberships.models import Membership


def tell_kitchen(
    place: Establishment, kind: str, subject: Any, body: Any, *, event: object, page: str = "kitchen_desk"
) -> None:
    """A notice to everybody who acts for the kitchen. `event` names what happened once; `page` is a URL name with code."""
    people = User.objects.filter(memberships__establishment=place, memberships__ended_at=None).distinct()
    tell_people(people, place, kind, subject, body, event=event, page=page)


def tell_owners(
    place: Establishment, kind: str, subject: Any, body: Any, *, event: object, page: str = "kitchen_desk"
) -> None:
    """The same to its owners alone."""
    held = Membership.objects.filter(establishment=place, role=Membership.Role.OWNER, ended_at=None)
    people = User.objects.filter(memberships__in=held).distinct()
    tell_people(people, place, kind, subject, body, event=event, page=page)


def tell_people(
    people: Iterable[User],
    place: Establishment,
    kind: str,
    subject: Any,
    body: Any,
    *,
    event: object,
    page: str = "kitchen_desk",
) -> None:
    """The same to these people; a link to a page in each one's language."""
    for person in people:
        with translation.override(person.language):
            link = reverse(page, args=[place.code]) if page != "desk" else reverse(page)
        notices.tell(person, kind, subject, body, dedupe=f"{kind}:{place.pk}:{event}", link=link, about=place)
