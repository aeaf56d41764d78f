"""What happens to a register: brought as a file, read, landed whole; its file swept after a year."""

import logging
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import access, audit, files, locks, originals
from sunkitchen.core.access import Can
from sunkitchen.core.files import BadUpload, Upload
from sunkitchen.core.workflow import WrongState

from ..establishments.spelling import spelled
from ..tables import reading
from ..tables.reading import BadFile
from . import columns, fields, known, landing, words
from .deciding import decide
from .models import MOST_TRIES, RegisterImport

log = logging.getLogger(__name__)

State = RegisterImport.State
KEEP_FILES = timedelta(days=365)
STEP = 1000  # lines between two words about how far it is


def bring(authority: Authority, *, by: User, upload: Upload) -> RegisterImport:
    """Keep the file, to be read by the next free worker. BadUpload when it is no table, or too large."""
    access.require(by, Can.IMPORT_REGISTER, authority)
    if not upload.size:
        raise BadUpload(words.failure(["empty"]))
    original = originals.keep(upload, most=reading.MOST_BYTES)
    try:
        with open(originals.path(original.key), "rb") as file:
            reading.kind_of(file)
        with transaction.atomic():
            row = RegisterImport.objects.create(
                authority=authority,
                name=files.plain_name(upload.name or ""),
                key=original.key,
                sha256=original.sha256,
                brought_by=by,
            )
            audit.record(by, "register.brought", row, sha256=original.sha256)
    except BadFile as error:
        originals.remove(original.key)
        raise BadUpload(words.failure([error.code, *error.details])) from None
    except BaseException:
        originals.remove(original.key)
        raise
    return row


def run(register_import: RegisterImport, *, at: datetime | None = None) -> RegisterImport:
    """Take the file, read it, and land its good lines in one transaction. WrongState when somebody else has it.

    A file that cannot be a register ends FAILED with the reason. After a crash nothing of it is there, and it is taken
    again after `models.PATIENCE`.
    """
    at = at or timezone.now()
    if not _take(register_import, at):
        raise WrongState("run")
    try:
        with open(originals.path(register_import.key), "rb") as file:
            lines = _read(register_import, file)
        _land(register_import, lines, at)
    except BadFile as error:
        _fail(register_import, at, [error.code, *error.details])
    except WrongState:  # another worker took it meanwhile, or rows moved after all
        _again(register_import, at)
        raise
    except FileNotFoundError:
        _fail(register_import, at, ["gone"])
    except Exception:
        log.exception("register import %s", register_import.pk)
        _again(register_import, at)
    register_import.refresh_from_db()
    return register_import


def sweep(at: datetime) -> int:
    """Read what waits, the oldest first; how many files were read. Called by the beat, and as a wake-up."""
    done = 0
    for row in RegisterImport.objects.due(at):
        try:
            run(row, at=at)
        except WrongState:
            continue
        done += 1
    return done


def sweep_files(at: datetime) -> int:
    """Files older than a year, and those that a crash left without a row, leave the disk; how many."""
    gone = 0
    for row in RegisterImport.objects.filter(brought_at__lt=at - KEEP_FILES).exclude(key=""):
        if RegisterImport.objects.filter(pk=row.pk, key=row.key).exclude(state=State.RUNNING).update(key=""):
            originals.remove(row.key)
            gone += 1
    named = RegisterImport.objects.exclude(key="").values_list("key", flat=True)
    for key in list(originals.orphans(named, at)):
        originals.remove(key)
        gone += 1
    return gone


# ── one file's way ──────────────────────────────────────────────────────────────────────────────────────────
def _take(row: RegisterImport, at: datetime) -> bool:
    """Claim it by one conditional update. One file at a time: two would judge against the same picture."""
    try:
        with transaction.atomic():
            taken = (
                RegisterImport.objects.due(at)
                .filter(pk=row.pk)
                .order_by()
                .update(state=State.RUNNING, claimed_at=at, tries=F("tries") + 1, read=0)
            )
    except IntegrityError:  # one_register_is_read_at_a_time
        return False
    row.refresh_from_db()
    if taken and row.tries > MOST_TRIES:
        _fail(row, at, ["crashed"])
        return False
    return bool(taken)


def _read(row: RegisterImport, file: BinaryIO) -> list[fields.Line]:
    lines = []
    for number, cells in reading.table(file, columns.HEADED):
        lines.append(fields.line(number, cells))
        if len(lines) % STEP == 0:
            RegisterImport.objects.filter(pk=row.pk, claimed_at=row.claimed_at).update(read=len(lines))
    return lines


def _land(row: RegisterImport, lines: list[fields.Line], at: datetime) -> None:
    """Judge and make ready outside; inside, see that nothing of it moved meanwhile, and write. Pinyin is spelled once."""
    spell = cache(spelled)

    def ready(held: known.Rows) -> tuple[Counter[str], landing.Landing]:
        world = known.world(held)
        decisions = decide(lines, world, division=row.authority.division, today=timezone.localdate(at))
        counts = Counter(decision.outcome for decision in decisions)
        return counts, landing.Landing(row, decisions, world, at, spell)

    before = known.rows(lines, by=row.brought_by)
    counts, prepared = ready(before)
    with transaction.atomic():
        locks.hold("register")
        mine = RegisterImport.objects.filter(pk=row.pk, state=State.RUNNING, claimed_at=row.claimed_at)
        if not mine.update(read=len(lines)):
            raise WrongState("land")
        if (now := known.rows(lines, by=row.brought_by, hold=True)) != before:
            counts, prepared = ready(now)
        prepared.write()
        mine.update(state=State.DONE, done_at=timezone.now(), **counts)
        audit.record(row.brought_by, "register.landed", row, **counts)


def _fail(row: RegisterImport, at: datetime, why: list[str]) -> None:
    with transaction.atomic():
        mine = RegisterImport.objects.filter(pk=row.pk, state=State.RUNNING, claimed_at=row.claimed_at)
        if mine.update(state=State.FAILED, failure=why, done_at=timezone.now()):
            audit.record(row.brought_by, "register.failed", row, why=why)


def _again(row: RegisterImport, at: datetime) -> None:
    """Back in the queue, unless it broke as often as may be."""
    if row.tries >= MOST_TRIES:
        _fail(row, at, ["crashed"])
    else:
        RegisterImport.objects.filter(pk=row.pk, state=State.RUNNING, claimed_at=row.claimed_at).update(
            state=State.WAITING, claimed_at=None
        )
