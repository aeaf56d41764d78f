"""The audit trail as an auditor reads it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.core.models import AuditEntry

from .deeds import WORDS
from .details import NAMES


def deed(verb: str) -> Any:
    """In words where they are known, "" where the code alone stands."""
    return WORDS.get(verb, "")


def told(detail: dict[str, Any]) -> str:
    """The details of an entry on one line, named in the reader's language."""
    colon = _(": ")
    said = ((NAMES.get(name, name), value) for name, value in detail.items() if value not in ("", None, [], {}))
    return " · ".join(f"{name}{colon}{_value(value)}" for name, value in said)[:500]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(_value(one) for one in value)
    return str(value)


def found(
    rows: QuerySet[AuditEntry],
    *,
    person: str = "",
    verb: str = "",
    subject: str = "",
    day: date | None = None,
    before: int | None = None,
) -> QuerySet[AuditEntry]:
    """The newest first. `verb` is the code's beginning or any word of what it means; `day` is the office's own."""
    if person:
        rows = rows.filter(actor_name__icontains=person)
    if verb:
        meant = [code for code, words in WORDS.items() if verb.lower() in str(words).lower()]
        rows = rows.filter(verb__in=meant) if meant else rows.filter(verb__startswith=verb)
    if subject:
        rows = rows.filter(subject_name__icontains=subject)
    if day:
        start = timezone.make_aware(datetime.combine(day, time.min))
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if before:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-pk")
