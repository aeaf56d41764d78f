"""The audit trail: who did what to which thing, when. Written by actions only, in their transaction."""

from typing import Any

from django.db import models

from .models import AuditEntry


def entry(by: Any, verb: str, subject: models.Model, **detail: Any) -> AuditEntry:
    """One entry, not saved yet: for whoever appends thousands with `bulk_create`."""
    scope = getattr(subject, "scope", None)
    return AuditEntry(
        actor=by if getattr(by, "pk", None) else None,
        actor_name=str(by)[:100] if by else "system",
        verb=verb,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        # The trail is kept for ever: what is a person's says by `audit_name` how it is called there.
        subject_name=str(getattr(subject, "audit_name", subject))[:200],
        detail=detail,
        establishment=scope.establishment if scope else None,
        division=scope.division if scope else "",
    )


def record(by: Any, verb: str, subject: models.Model, **detail: Any) -> AuditEntry:
    """Append one entry. `by` is a user, or None for the system; `detail` holds JSON values and no secrets."""
    row = entry(by, verb, subject, **detail)
    row.save(force_insert=True)
    return row


def trail(subject: models.Model) -> models.QuerySet[AuditEntry]:
    """Everything that happened to this thing, oldest first."""
    return AuditEntry.objects.filter(subject_kind=subject._meta.label_lower, subject_id=str(subject.pk)).order_by("pk")
