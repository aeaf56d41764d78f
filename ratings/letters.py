"""What a kitchen's owners are told: one notice for each of them, in their language, inside the action's transaction."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.text import format_lazy

from sunkitchen.accounts.models import User
from sunkitchen.core import notices


def to_owners(
    about: Any, kind: str, subject: Any, body: Any, *, dedupe: str, page: tuple[str, Sequence[Any]], **words: Any
) -> None:
    """`about` stands in a kitchen; `page` is (URL name, arguments) of where they read more; `words` fill the texts."""
    name, arguments = page
    owners = User.objects.filter(
        memberships__establishment=about.establishment, memberships__role="owner", memberships__ended_at=None
    )
    for owner in owners.distinct():
        with translation.override(owner.language):
            link = reverse(name, args=arguments)
        notices.tell(
            owner,
            kind,
            format_lazy(subject, **words),
            format_lazy(body, **words),
            dedupe=dedupe,
            link=link,
            about=about,
        )
