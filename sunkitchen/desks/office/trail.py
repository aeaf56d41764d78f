"""The audit trail as an auditor reads it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.words import DEEDS
from sunkitchen.core.models import AuditEntry

WORDS: dict[str, Any] = {
    **DEEDS,
    "credential.drafted": _("drafted the paper"),
    "credential.revised": _("corrected the paper"),
    "credential.submitted": _("handed in the paper"),
    "credential.withdrawn": _("took the paper back"),
    "credential.taken_up": _("took up the review"),
    "credential.approved": _("approved the paper"),
    "credential.returned": _("returned the paper"),
    "credential.shared": _("took the paper over from another bureau's register"),
    "credential.replaced": _("replaced the paper by its successor"),
    "establishment.registered": _("registered the kitchen"),
    "establishment.edited": _("edited the kitchen"),
    "establishment.opened": _("opened the kitchen to the public"),
    "establishment.closed": _("closed the kitchen"),
    "establishment.reopened": _("reopened the kitchen"),
    "inspection.begun": _("began the visit"),
    "inspection.filled_in": _("filled in the checklist"),
    "inspection.closed": _("closed the visit"),
    "notice.resent": _("had the notice sent again"),
    "notice.delivered_by_hand": _("delivered the notice by hand"),
    "post.appointed": _("gave the post"),
    "post.ended": _("ended the post"),
    "camera.added": _("added the camera"),
    "camera.changed": _("changed the camera"),
    "camera.switched_off": _("switched the camera off"),
    "camera.switched_on": _("switched the camera on"),
}


def deed(verb: str) -> Any:
    """In words where they are known, "" where the code alone stands."""
    return WORDS.get(verb, "")


def told(detail: dict[str, Any]) -> str:
    """The details of an entry on one line."""
    return " · ".join(f"{name}: {value}" for name, value in detail.items() if value not in ("", None, [], {}))[:500]


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
