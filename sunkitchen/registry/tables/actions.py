"""A kitchen's table: looked through line by line, then entered whole or not at all; its lines forgotten after a month."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit, files, locks, originals
from sunkitchen.core.files import BadUpload, Upload
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from ..establishments.models import Establishment
from . import reading, sorts, words
from .cells import printable
from .models import TableImport
from .reading import BadFile, Cell
from .sorts import Line, LineRefused, Sort

State = TableImport.State
LAND = Step("land", {State.CHECKED}, State.LANDED)
DROP = Step("drop", {State.CHECKED}, State.DROPPED)

# Read while somebody waits for the page.
LIMITS = reading.Limits(
    size=5 * 1024 * 1024,
    unpacked=32 * 1024 * 1024,
    strings=16 * 1024 * 1024,
    lines=2000,
    marks=300_000,  # 2,000 lines of ten columns have about 100,000
    other_marks=100_000,
)
LONGEST_CELL = 200  # characters that are kept of one, to be corrected and brought again


def check(
    place: Establishment,
    *,
    by: User,
    sort: str,
    upload: Upload,
    form: uuid.UUID | None = None,
    today: date | None = None,
) -> TableImport:
    """Read the file and judge every line; nothing is entered yet. The same `form` again is the same import.

    BadUpload, and nothing kept, when the file as a whole is no such table.
    """
    kind = sorts.of(sort)
    access.require(by, kind.capability, place)
    if place.state == Establishment.State.CLOSED:
        raise Refused(_("This kitchen has closed: nothing is entered any more."))
    form = form or uuid.uuid4()
    if before := TableImport.objects.filter(form=form, establishment=place, sort=sort, brought_by=by).first():
        return before
    sha256, lines = _read(kind, upload)
    kind.judge(place, [line for line in lines if not line.why], today or timezone.localdate())
    try:
        with transaction.atomic():
            row = TableImport.objects.create(
                establishment=place,
                sort=sort,
                name=files.plain_name(upload.name or ""),
                sha256=sha256,
                brought_by=by,
                form=form,
                lines=[asdict(line) for line in lines],
                good=sum(not line.why for line in lines),
                refused=sum(bool(line.why) for line in lines),
            )
            audit.record(by, "table.checked", row, sort=sort, good=row.good, refused=row.refused)
    except IntegrityError:  # the same form in the same moment
        found = TableImport.objects.filter(form=form, establishment=place, sort=sort, brought_by=by).first()
        if found is None:
            raise WrongState("check") from None
        return found
    return row


@transaction.atomic
def land(row: TableImport, *, by: User, today: date | None = None) -> TableImport:
    """Enter all good lines, or nothing. WrongState when it landed already; Refused when a rule says no by now."""
    kind, place = sorts.of(row.sort), row.establishment
    access.require(by, kind.capability, place)
    locks.hold(f"tables of {place.pk}")  # two tables of the same people are judged one after the other
    move(row, LAND, ended_at=timezone.now())
    place.refresh_from_db()
    if place.state == Establishment.State.CLOSED:
        raise Refused(_("This kitchen has closed: nothing is entered any more."))
    good = lines_of(row, good=True)
    if not good:
        raise Refused(_("No line of this table can be entered."))
    kind.judge(place, good, today or timezone.localdate())
    for line in good:
        if line.why:
            why = {"number": line.number, "why": words.reasons(kind, line.why)[0]}
            raise LineRefused(_("Line %(number)s, since it was looked through: %(why)s Nothing was entered.") % why)
    kind.land(place, by=by, lines=good)
    _forget(row, keep_refused=True)
    audit.record(by, "table.landed", row, sort=row.sort, good=row.good, refused=row.refused)
    return row


@transaction.atomic
def drop(row: TableImport, *, by: User) -> None:
    """Take it back: nothing of it is entered, and its lines are forgotten."""
    access.require(by, sorts.of(row.sort).capability, row.establishment)
    move(row, DROP, ended_at=timezone.now())
    _forget(row, keep_refused=False)
    audit.record(by, "table.dropped", row, sort=row.sort)


@transaction.atomic
def end_with_operator(place: Establishment, at: datetime) -> int:
    """What a former operator brought and did not enter is not the new one's to read, nor to enter. How many."""
    rows = list(TableImport.objects.filter(establishment=place).exclude(lines=[]))
    for row in rows:
        if TableImport.objects.filter(pk=row.pk, state=State.CHECKED).update(state=State.DROPPED, ended_at=at):
            audit.record(None, "table.dropped", row, sort=row.sort)
        _forget(row, keep_refused=False)
    return len(rows)


def sweep(at: datetime) -> int:
    """Forget the lines of tables older than TABLE_KEPT_DAYS: what landed stands in rows of its own. How many."""
    old = TableImport.objects.filter(brought_at__lt=at - timedelta(days=settings.TABLE_KEPT_DAYS)).exclude(lines=[])
    swept = 0
    for row in old:
        with transaction.atomic():
            if TableImport.objects.filter(pk=row.pk, state=State.CHECKED).update(state=State.DROPPED, ended_at=at):
                audit.record(None, "table.dropped", row, sort=row.sort)
            swept += TableImport.objects.filter(pk=row.pk).exclude(lines=[]).update(lines=[])
    return swept


def lines_of(row: TableImport, *, good: bool) -> list[Line]:
    """Its good lines, or those that were refused."""
    lines = [Line(**line) for line in row.lines]
    return [line for line in lines if bool(line.why) != good]


def _forget(row: TableImport, *, keep_refused: bool) -> None:
    """The rows hold what landed; what was refused may still be corrected and brought again."""
    row.lines = [line for line in row.lines if line["why"]] if keep_refused else []
    TableImport.objects.filter(pk=row.pk).update(lines=row.lines)


def _read(kind: Sort, upload: Upload) -> tuple[str, list[Line]]:
    if not upload.size:
        raise BadUpload(words.failure(kind, "empty", []))
    original = originals.keep(upload, most=LIMITS.size)
    try:
        with open(originals.path(original.key), "rb") as file:
            return original.sha256, [
                _line(kind, number, cells) for number, cells in reading.table(file, kind.headings, LIMITS)
            ]
    except BadFile as error:
        raise BadUpload(words.failure(kind, error.code, error.details)) from None
    finally:
        originals.remove(original.key)  # the lines are all that is needed of it


def _line(kind: Sort, number: int, cells: Mapping[str, Cell]) -> Line:
    facts, why, notes = kind.read_line(cells)
    return Line(
        number, {name: printable(cell)[:LONGEST_CELL] for name, cell in cells.items()}, {} if why else facts, why, notes
    )
