"""Beside the published log: every edition's document, as people download it, written again as names leave it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from sunkitchen.core import translog
from sunkitchen.core.models import Checkpoint

from . import edition as face
from .afterwards import Amendment
from .models import Edition, Listing, ListingIdentity

# What each document was made of, and how its file lay on the disk then: of a thousand editions hardly one changes
# within a minute. A process that has just begun knows none, and writes all of them once.
_written: dict[Path, tuple[Any, ...]] = {}


def write(newest: Checkpoint, at: datetime) -> None:
    """The documents of the editions that `newest` covers, as they may be shown at `at`. Named in settings.LOG_BESIDE."""
    for edition, made_of in _made_of(newest, at):
        name = f"editions/{edition.code}.json"
        path = settings.LOG_ROOT / name
        if _written.get(path) == (made_of, _lies(path)):
            continue
        translog.write(name, face.document_bytes(edition, at))
        _written[path] = (made_of, _lies(path))


def _made_of(newest: Checkpoint, at: datetime) -> Iterator[tuple[Edition, tuple[Any, ...]]]:
    """Each edition, with all that its document may have changed by: names, amendments, ended terms, the log's keys."""
    over = Listing.objects.published().filter(colour=Listing.Colour.BLACK, term_until__lt=timezone.localtime(at).date())
    named = _counted(ListingIdentity.objects.all(), "listing__edition", Count("pk"), Max("pk"))
    amended = _counted(Amendment.objects.all(), "listing__edition", Count("pk"), Count("lifted_at"))
    ended = _counted(over, "edition", Count("pk"))
    keys = translog.keys()
    for edition in Edition.objects.published().filter(entry__seq__lt=newest.size).order_by("entry__seq"):
        yield edition, (keys, named.get(edition.pk), amended.get(edition.pk), ended.get(edition.pk))


def _counted(rows: Any, of: str, *sums: Any) -> dict[int, tuple[Any, ...]]:
    found = rows.order_by().values(of).annotate(**{f"sum_{turn}": one for turn, one in enumerate(sums)})
    return {pk: tuple(counts) for pk, *counts in found.values_list(of, *(f"sum_{turn}" for turn in range(len(sums))))}


def _lies(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return stat.st_mtime_ns, stat.st_size
