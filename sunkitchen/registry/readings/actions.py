"""What happens to a reading: asked for with its upload, taken by a worker, read or given up; what was found is told.

Nothing of what stands on a paper is logged, and nothing here decides about it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F

from sunkitchen.core import files, upright, waking
from sunkitchen.core.models import StoredFile

from . import engine, papers, standing
from .layout import Page
from .models import MOST_TRIES, PATIENCE, Reading, ReadingQuerySet

log = logging.getLogger(__name__)

State = Reading.State
WAKE_UP = "registry.read_papers"
SPELL = 90.0  # seconds after which a sweep takes no further file: the next one goes on
MOST_PAGES = 6  # of one file: no paper is longer, and a catalogue of a hundred pages holds up nobody


class Reader(Protocol):
    """`engine.Engine`, or what a test puts in its place."""

    def read(self, path: Any) -> Page: ...


@dataclass(frozen=True)
class Found:
    """What the files of one form say together.

    `fields` are those of Reading, with pages counted through all files, and boxes as these pages stand upright.
    """

    state: str  # waiting, read, unreadable, given_up; "none": nobody asked
    fields: dict[str, Any] = field(default_factory=dict)


def ask(stored: StoredFile, sort: str) -> Reading:
    """Have the file read as a `Reading.Sort`. Asked again it stays as it is; as another sort it is read anew."""
    if sort not in Reading.Sort.values:
        raise ValueError(sort)
    row, new = Reading.objects.get_or_create(file=stored, defaults={"sort": sort})
    if not new and row.sort != sort:
        row.sort, row.state, row.tries, row.fields = sort, State.WAITING, 0, {}
        row.claimed_at = row.read_at = None
        row.save()
        new = True
    if new:
        transaction.on_commit(lambda: waking.wake(WAKE_UP), robust=True)
    return row


def found(stored_files: Sequence[StoredFile]) -> Found:
    """The best of each field over the files, in their order; waiting as long as one of them waits."""
    rows = {row.file_id: row for row in Reading.objects.filter(file__in=[stored.pk for stored in stored_files])}
    states = {row.state for row in rows.values()}
    best: dict[str, Any] = {}
    before = 0  # pages of the files in front
    for stored in stored_files:
        if (row := rows.get(stored.pk)) and row.state == State.READ:
            papers.merge(best, papers.shifted(standing.placed(row.fields, stored.turns), before))
        before += stored.pages
    order = (State.WAITING, State.READ, State.UNREADABLE, State.GIVEN_UP)
    return Found(next((state.value for state in order if state in states), "none"), best)


def read_due(
    at: datetime,
    limit: int = 50,
    *,
    reader: Reader | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Read what waits, the oldest first; how many files came to an end. 0 at once while this machine reads already."""
    _give_up_exhausted(at)
    if reader is None and not engine.available():
        return Reading.objects.filter(state=State.WAITING).update(state=State.GIVEN_UP, read_at=at)
    began, done = clock(), 0
    while done < limit and clock() - began < SPELL and Reading.objects.due(at).exists():
        with engine.turn() as mine:  # one child a machine: two would need twice the memory, and be no faster
            if not mine:
                return done
            while done < limit and (spent := clock() - began) < SPELL:
                row = _take(at + timedelta(seconds=spent))
                if row is None:
                    break
                done += _read(row, reader or engine.shared())
        # Whoever came meanwhile went away again: look once more after letting go.
    return done


# ── one file's way ──────────────────────────────────────────────────────────────────────────────────────────
def _take(at: datetime) -> Reading | None:
    """Claim the oldest by one conditional update."""
    for row in Reading.objects.due(at).select_related("file")[:20]:
        if Reading.objects.due(at).filter(pk=row.pk).order_by().update(claimed_at=at, tries=F("tries") + 1):
            row.refresh_from_db(fields=["claimed_at", "tries", "sort"])
            return row
    return None


def _read(row: Reading, reader: Reader) -> int:
    """1 when it came to an end; 0 when it goes back into the queue, or another has it meanwhile."""
    stored = row.file
    try:
        pages = [reader.read(files.page_path(stored, number)) for number in stored.numbers[:MOST_PAGES]]
    except FileNotFoundError:
        return _end(row, State.GIVEN_UP)
    except engine.Broken as error:
        log.warning("reading %s broke off (%s), try %s", row.pk, error, row.tries)
        return _again(row)
    except OSError as error:
        log.warning("reading %s: %s", row.pk, type(error).__name__)
        return _again(row)
    try:
        fields = papers.read(row.sort, pages)
    except Exception as error:  # our fault, never the picture's; its words would hold the paper's text
        log.error("reading %s could not be understood: %s", row.pk, type(error).__name__)
        return _end(row, State.GIVEN_UP)
    if not papers.tells(fields):  # nor does it tell which way is up
        return _end(row, State.UNREADABLE, fields)
    seen = {n: (turn, page.ratio) for n, page in enumerate(pages, 1) if (turn := standing.upright(page)) is not None}
    with transaction.atomic():
        if done := _end(row, State.READ, fields):
            upright.straighten(stored, seen)
    return done


def _end(row: Reading, state: State, fields: dict[str, Any] | None = None) -> int:
    return _mine(row).update(state=state, fields=fields or {}, read_at=row.claimed_at)


def _again(row: Reading) -> int:
    if row.tries >= MOST_TRIES:
        return _end(row, State.GIVEN_UP)
    _mine(row).update(claimed_at=None)
    return 0


def _mine(row: Reading) -> ReadingQuerySet:
    return Reading.objects.filter(pk=row.pk, state=State.WAITING, claimed_at=row.claimed_at, sort=row.sort)


def _give_up_exhausted(at: datetime) -> None:
    """What killed its reader as often as may be."""
    stale = Reading.objects.filter(state=State.WAITING, tries__gte=MOST_TRIES, claimed_at__lt=at - PATIENCE)
    stale.update(state=State.GIVEN_UP, read_at=at)
