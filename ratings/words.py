"""Rules and checklists carry their words in both languages; a page shows those of its reader."""

from typing import Protocol

from django.utils.translation import get_language


class Spoken(Protocol):
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def spoken(thing: Spoken) -> str:
    """The words of a rule, an item or a checklist in the reader's language."""
    return thing.en if (get_language() or "").startswith("en") else thing.zh
