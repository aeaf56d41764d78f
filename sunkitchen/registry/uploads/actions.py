"""What happens to an upload: begun, continued piece by piece, made safe when it is whole, taken by a form or dropped.

None of it is a deed for the audit trail: whoever takes the files into a paper or a delivery records that.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, files, locks
from sunkitchen.core.access import Can
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, WrongState

from ..establishments.models import Establishment
from ..readings import actions as readings
from ..readings.models import Reading
from . import pieces
from .models import KEPT, Upload, room

log = logging.getLogger(__name__)

MOST_PIECE = 4 * 1024 * 1024  # bytes
MOST_WAITING = 10  # files that one form takes
MOST_OPEN = 60  # of one kitchen at a time, unfinished or waiting for their form
LEFT = timedelta(minutes=2)  # whole, but not made safe for so long: whoever was at it has died


class WrongOffset(Refused):
    """The piece does not follow what has come. `offset` is where the next one begins."""

    status = 409

    def __init__(self, offset: int):
        super().__init__(_("The upload goes on at another place."))
        self.offset = offset


def too_many() -> Refused:
    return Refused(_("At most %(most)s files make one paper.") % {"most": MOST_WAITING})


def begin(place: Establishment | None, *, by: User, name: str, size: int, sort: str = "") -> Upload:
    """Announce a file of `size` bytes, to be read as a `Reading.Sort` where one is named. Refused when it won't fit.

    Without a `place` it is the person's own: what an officer sends in a talk, or somebody who has no kitchen yet.
    """
    if sort and sort not in Reading.Sort.values:
        raise Refused(_("Nobody knows how to read such a paper."))
    if size < 1:
        raise files.BadUpload(_("The file is empty. Please choose it again."))
    if size > settings.FILE_MAX_BYTES:
        raise files.too_large()
    with transaction.atomic():
        locks.hold(f"files of {room(place, by)}")
        opened = Upload.objects.of(place, by).filter(used_at=None)
        if opened.count() >= MOST_OPEN:
            raise Refused(_("Too many files are waiting here. Please hand in or remove some first."))
        coming = opened.filter(file=None, refused="").aggregate(sum=Sum("size"))["sum"] or 0
        files.check_room(room(place, by), coming + size)
        return Upload.objects.create(establishment=place, by=by, name=files.plain_name(name), size=size, sort=sort)


def append(upload: Upload, *, by: User, offset: int, chunk: bytes) -> Upload:
    """The next piece, on the disk when this returns. The last one makes the file safe, and has it read.

    WrongOffset when the piece does not follow, with where the next one begins; an empty piece at the end asks again
    for what a crash broke off. A file that is not taken in leaves its reason in `refused`.
    """
    if len(chunk) > MOST_PIECE:
        raise Refused(_("The piece is too large."))
    try:
        with pieces.alone(upload.key) as part:
            upload.refresh_from_db()
            if upload.file_id or upload.refused:
                raise WrongOffset(upload.received)
            _write(upload, part, offset, chunk)
            if upload.received == upload.size:
                _finish(upload, part)
    except Upload.DoesNotExist:  # dropped meanwhile
        pieces.remove(upload.key)
        raise WrongState("append") from None
    except pieces.Taken:
        raise WrongOffset(upload.received) from None
    except OSError as error:
        raise files.no_room(error) from None
    if upload.file_id or upload.refused:
        pieces.remove(upload.key)
    return upload


def receive(place: Establishment | None, *, by: User, uploads: Iterable[files.Upload], sort: str = "") -> list[Upload]:
    """Files of a plain form, kept until it is handed in: whole at once. BadUpload, and nothing kept, when one is bad."""
    rows = []
    with files.admitting(uploads, straight=bool(sort)) as admitted, transaction.atomic():
        for page in admitted:
            stored = files.keep(page, by=by, owner_scope=room(place, by))
            row = Upload.objects.create(
                establishment=place, by=by, sort=sort, name=page.name, file=stored, size=page.size, received=page.size
            )
            if sort:
                readings.ask(stored, sort)
            rows.append(row)
    return rows


@transaction.atomic
def take(place: Establishment | None, keys: Sequence[UUID], *, by: User, into: str = "") -> list[StoredFile]:
    """The files of finished uploads, in the order of `keys`, for a form that keeps them. Called inside its action.

    `into` names whose room they take from now on, where that is not whose they were. Refused when one is not finished,
    was not taken in, was used already, or is another kitchen's.
    """
    if len(set(keys)) != len(keys):
        raise Refused(_("The same upload was named twice."))
    mine = Upload.objects.of(place, by)
    found = {row.key: row for row in mine.filter(key__in=keys, used_at=None).select_related("file")}
    rows = [found[key] for key in keys if key in found]
    ours = place is not None and access.can(by, Can.HAND_IN_PAPERS, place)
    if len(rows) != len(keys) or not all(ours or row.by_id == by.pk for row in rows):
        raise Refused(_("A picture is not there any more. Please choose it again."))
    if bad := next((row for row in rows if row.refused), None):
        raise Refused(f"{bad.name}: {bad.refused}")
    if not all(row.file_id for row in rows):
        raise Refused(_("A picture is still on its way. Please wait until it has arrived."))
    taken = mine.filter(pk__in=[row.pk for row in rows], used_at=None, file__isnull=False)
    if taken.update(used_at=timezone.now()) != len(rows):
        raise WrongState("take")
    stored = [row.file for row in rows if row.file]
    if stored and into and into != room(place, by):
        _move(stored, into)
    return stored


@transaction.atomic
def drop(upload: Upload, *, by: User) -> None:
    """Take it back before a form took it: row, pages and pieces are gone. WrongState when a form was faster."""
    held = Upload.objects.select_for_update().filter(pk=upload.pk, used_at=None).first()
    if held is None:
        raise WrongState("drop")
    stored, key = held.file, held.key
    held.delete()
    if stored is not None:
        files.remove(stored)
    transaction.on_commit(lambda: pieces.remove(key))


def sweep(at: datetime) -> int:
    """Finish what a crash left whole, forget what nobody came back for. How many came to an end."""
    done = 0
    for row in Upload.objects.filter(
        file=None, refused="", used_at=None, received=F("size"), touched_at__lt=at - LEFT
    ).select_related("by")[:50]:
        try:
            append(row, by=row.by, offset=row.size, chunk=b"")
            done += 1
        except Refused:
            continue
        except OSError as error:  # it is dropped when it is stale; the others do not wait for that
            log.warning("upload %s could not be finished: %s", row.pk, type(error).__name__)
    for row in Upload.objects.stale(at).select_related("by")[:500]:
        try:
            drop(row, by=row.by)
            done += 1
        except WrongState:
            continue
    Upload.objects.filter(used_at__lt=at - KEPT).delete()  # the form has the file
    pieces.sweep(at, {key.hex for key in Upload.objects.filter(file=None).values_list("key", flat=True)})
    return done


def _write(upload: Upload, part: pieces.Part, offset: int, chunk: bytes) -> None:
    """One piece onto the disk, then into the row: what is acknowledged was synced before."""
    here = min(upload.received, len(part))  # a disk that was restored knows less than the row
    if offset != here:
        if here != upload.received:
            Upload.objects.filter(pk=upload.pk, file=None).update(received=here)
        raise WrongOffset(here)
    if offset + len(chunk) > upload.size:
        raise Refused(_("The file is longer than was announced. Please choose it again."))
    if chunk or here != upload.received:
        part.write(offset, chunk)
        rows = Upload.objects.filter(pk=upload.pk, received=upload.received, file=None, refused="")
        if not rows.update(received=offset + len(chunk), touched_at=timezone.now()):
            raise WrongState("append")
        upload.refresh_from_db()


class _Whole:
    """An upload whose bytes have all come, as `core.files` takes it."""

    def __init__(self, upload: Upload, part: pieces.Part):
        self.name: str | None = upload.name
        self.size: int | None = upload.size
        self.chunks = part.chunks


def _finish(upload: Upload, part: pieces.Part) -> None:
    waiting = Upload.objects.filter(pk=upload.pk, file=None, refused="", used_at=None)
    try:
        with files.admitting([_Whole(upload, part)], straight=bool(upload.sort)) as (page,), transaction.atomic():
            stored = files.keep(page, by=upload.by, owner_scope=upload.room)
            if not waiting.update(file=stored, touched_at=timezone.now()):
                raise WrongState("finish")
            if upload.sort:
                readings.ask(stored, upload.sort)
    except files.NoRoom:
        raise  # not this file's fault: it can be finished when there is room
    except files.BadUpload as error:
        waiting.update(refused=str(error)[:300], touched_at=timezone.now())
    upload.refresh_from_db()


def _move(stored: Sequence[StoredFile], into: str) -> None:
    """From the room of who brought them into that of who keeps them, if it has as much left."""
    locks.hold(f"files of {into}")
    files.check_room(into, sum(one.size for one in stored))
    for one in stored:
        one.owner_scope = into
        one.save(update_fields=["owner_scope"])
