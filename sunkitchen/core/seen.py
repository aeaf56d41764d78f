"""Who looked at a scan with personal data: written when it is served, read by the person it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.http import FileResponse, Http404
from django.utils import timezone

from . import access, files
from .models import FileView, StoredFile

ONCE_IN = timedelta(hours=1)  # a page read twice is one look


@dataclass(frozen=True)
class Look:
    """Somebody in a role opened scans of a person on a day. Their name is not the person's business."""

    role: str  # access.Role, or "" for whoever has none any more
    day: date
    scans: int  # how many different ones


def serve_nth(stored: Iterable[StoredFile], number: int, *, by: Any, about: Any) -> FileResponse:
    """As `files.serve_nth`, written down as a look of `by` at a scan of the person `about`. The gate was asked already."""
    for file in stored:
        if number <= file.pages:
            answer = files.serve_page(file, number)
            note(file, by=by, about=about)
            return answer
        number -= file.pages
    raise Http404


def note(stored: StoredFile, *, by: Any, about: Any, at: datetime | None = None) -> None:
    """`by` looks at a scan of the person `about` (a row with a scope): one row a person, a file and an hour."""
    at = at or timezone.now()
    if FileView.objects.filter(file=stored, by=by, at__gt=at - ONCE_IN).exists():
        return
    scope = about.scope
    role = next((grant.role for grant in access.grants(by) if grant.covers(scope)), "")
    FileView.objects.create(
        file=stored,
        about=name_of(about),
        by=by,
        role=role,
        at=at,
        establishment=scope.establishment,
        division=scope.division,
    )


def looks(about: models.Model, most: int = 200) -> list[Look]:
    """By role and day, the newest first; of the last `most` looks."""
    together: dict[tuple[str, date], set[int | None]] = {}
    rows = FileView.objects.filter(about=name_of(about)).order_by("-at").values_list("role", "at", "file")
    for role, at, file in rows[:most]:
        together.setdefault((role, timezone.localdate(at)), set()).add(file)
    return [Look(role, day, len(scans)) for (role, day), scans in together.items()]


def forget(before: datetime) -> int:
    """Delete what was written before then; how many."""
    return int(FileView.objects.filter(at__lt=before).delete()[0])


def name_of(about: models.Model) -> str:
    return f"{about._meta.label_lower}:{about.pk}"
