"""How sure a reading is, in words for people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

HIGH = 0.95  # a mistake is rare from here on, and not impossible: nothing is ever approved by it

CLEAR, CHECK, MISSING = "clear", "check", "missing"
WORDS = {
    CLEAR: _("Read clearly"),
    CHECK: _("Please check"),
    MISSING: _("Not found: please type it"),
}


def how_sure(field: dict[str, Any] | None) -> str:
    """One of CLEAR, CHECK, MISSING for a field of `Reading.fields`, or None where there is none."""
    if not field:
        return MISSING
    return CLEAR if field["confidence"] >= HIGH else CHECK
