"""The one door for uploads: known by content, decoded in a limited child, kept as plain pages under a random key."""

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import FileResponse, Http404
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import likeness, locks, raster, upright
from . import turns as turning
from .models import StoredFile
from .turns import Turn
from .workflow import Refused

IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"})
DOCUMENTS = frozenset({"application/pdf"})
ANY = IMAGES | DOCUMENTS

CHILD_SECONDS = 60  # wall clock; its CPU time has a limit of its own
INCOMING = "incoming"  # below FILES_ROOT, so that a page moves to its place by one rename
PARTS = "parts"  # below FILES_ROOT: uploads that come in pieces, with rows and a sweep of their own
ORIGINALS = "originals"  # below FILES_ROOT too, but core.originals' own: it has other rows, and another sweep
ORPHAN_AGE = timedelta(hours=6)

# Two hundred people may send at once; as many children at once would take the machine's memory. The others wait.
_children = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))


class Upload(Protocol):
    """What Django makes of a file in a form; also anything with a name, a size and chunks."""

    name: str | None
    size: int | None

    def chunks(self) -> Iterable[bytes]: ...


class BadUpload(Refused):
    """This file is not taken in. The message says why and what to do; nothing of it was kept."""

    status = 422


class NoRoom(BadUpload):
    """The disk is full: not the sender's fault."""

    status = 507


@dataclass
class Admitted:
    """An upload made safe and waiting for `keep`, or kept. `folder` holds its pages 1.jpg, 2.jpg …"""

    folder: Path
    kind: str
    pages: int
    name: str
    sha256: str  # of the uploaded bytes
    size: int  # bytes of all pages
    looks: str = ""  # core.likeness of page 1
    turns: turning.Turns = field(default_factory=dict)  # as its print runs, where that was asked for
    row: StoredFile | None = field(default=None)


def store(upload: Upload, *, by: Any, owner_scope: str, kinds: frozenset[str] = ANY) -> StoredFile:
    """Take in one upload, of the MIME `kinds`, against the quota of `owner_scope`. BadUpload when it can't be.

    Takes up to seconds: not inside a transaction. An action with rows beside the file uses `admitting` and `keep`.
    """
    with admitting([upload], kinds=kinds) as (page,), transaction.atomic():
        return keep(page, by=by, owner_scope=owner_scope)


@contextmanager
def admitting(
    uploads: Iterable[Upload], *, kinds: frozenset[str] = ANY, straight: bool = False
) -> Iterator[list[Admitted]]:
    """Uploads made safe, to `keep` inside a transaction within. After an error nothing of them is on the disk.

    `straight`: they are papers, and are shown so that their print runs level.
    """
    admitted: list[Admitted] = []
    try:
        for upload in uploads:
            admitted.append(_admit(upload, kinds, straight))
        yield admitted
    except BaseException as error:
        for one in admitted:
            shutil.rmtree(one.folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise no_room(error) from None
        raise
    for one in admitted:
        if one.row is None:
            shutil.rmtree(one.folder, ignore_errors=True)


def no_room(error: OSError) -> Exception:
    """What to raise for it: a full disk is said in words, any other fault stays what it is."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoRoom(_("The server has no room left for files. Please try again later."))
    return error


def keep(page: Admitted, *, by: Any, owner_scope: str) -> StoredFile:
    """Move an admitted upload to its place and write its row. BadUpload when the quota is used up."""
    locks.hold(f"files of {owner_scope}")  # or two uploads at once would both fit into the same room
    check_room(owner_scope, page.size)
    key = f"{secrets.token_hex(1)}/{secrets.token_hex(16)}"
    target = settings.FILES_ROOT / key
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    page.folder.rename(target)
    page.folder = target
    sync_folder(target.parent)
    page.row = StoredFile.objects.create(
        key=key,
        kind=page.kind,
        name=page.name,
        sha256=page.sha256,
        size=page.size,
        pages=page.pages,
        looks=page.looks,
        turns=page.turns,
        owner_scope=owner_scope,
        uploaded_by=by,
    )
    return page.row


def check_room(owner_scope: str, more: int) -> None:
    """BadUpload unless `more` bytes fit into the quota of `owner_scope`, whose lock the caller holds."""
    used = StoredFile.objects.filter(owner_scope=owner_scope).aggregate(sum=Sum("size"))["sum"] or 0
    if used + more > settings.FILE_QUOTA_BYTES:
        raise BadUpload(
            _("The space for files (%(quota)s) is used up. Please ask the authority to remove old papers.")
            % {"quota": filesizeformat(settings.FILE_QUOTA_BYTES)}
        )


def remove(stored: StoredFile) -> None:
    """Take the file out of the house: its row now, its pages when the transaction is through."""
    folder = settings.FILES_ROOT / stored.key
    stored.delete()
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def page_path(stored: StoredFile, page: int) -> Path:
    """Where page `page` (from 1) lies. Http404 when there is none."""
    if not 1 <= page <= stored.pages:
        raise Http404
    path: Path = settings.FILES_ROOT / stored.key / f"{page}.jpg"
    return path


def serve_page(stored: StoredFile, page: int, *, as_kept: bool = False) -> FileResponse:
    """Page `page` (from 1) of the file as a JPEG, upright; `as_kept`: as it came. The caller has asked the gate already."""
    turn = Turn() if as_kept else upright.turn_of(stored, page)
    try:
        file = upright.opened(page_path(stored, page), turn)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type="image/jpeg", as_attachment=False, filename=f"page-{page}.jpg")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def serve_nth(files: Iterable[StoredFile], number: int) -> FileResponse:
    """Page `number` (from 1) of several files read as one, as `serve_page`. Http404 past the last."""
    for stored in files:
        if number <= stored.pages:
            return serve_page(stored, number)
        number -= stored.pages
    raise Http404


def sweep(at: datetime) -> int:
    """Remove what a crash left: folders without a row, older than any transaction. How many."""
    removed = 0
    for folder in settings.FILES_ROOT.glob("*/*"):
        key = f"{folder.parent.name}/{folder.name}"
        young = at.timestamp() - folder.stat().st_mtime < ORPHAN_AGE.total_seconds()
        if (
            folder.parent.name not in (ORIGINALS, PARTS)
            and not young
            and not StoredFile.objects.filter(key=key).exists()
        ):
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
            removed += 1
    return removed


def _admit(upload: Upload, kinds: frozenset[str], straight: bool) -> Admitted:
    limit = settings.FILE_MAX_BYTES
    if not upload.size:
        raise BadUpload(_("The file is empty. Please choose it again."))
    if upload.size > limit:
        raise too_large()
    incoming = settings.FILES_ROOT / INCOMING
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = incoming / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    source = folder.with_suffix(".upload")
    try:
        digest = _write(upload, source, limit)
        answer = _rasterise(source, folder, kinds, straight)
        size = sum(page.stat().st_size for page in folder.iterdir())
        sync_folder(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        source.unlink(missing_ok=True)
    looks = likeness.telling(str(answer.get("looks", "")))
    turns: turning.Turns = {}
    for number, (degrees, ratio) in enumerate(answer.get("leans", ()), 1):
        turns = turning.by_machine(turns, number, degrees, ratio) if degrees else turns
    return Admitted(folder, answer["kind"], answer["pages"], plain_name(upload.name or ""), digest, size, looks, turns)


def _write(upload: Upload, path: Path, limit: int) -> str:
    digest, written = hashlib.sha256(), 0
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        for chunk in upload.chunks():
            written += len(chunk)
            if written > limit:  # the declared size was a lie
                raise too_large()
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _rasterise(source: Path, folder: Path, kinds: frozenset[str], straight: bool) -> dict[str, Any]:
    command = [
        *(sys.executable, "-I", raster.__file__, str(source), str(folder)),
        *(str(settings.FILE_MAX_PIXELS), str(settings.FILE_MAX_PAGES), str(int(straight)), *sorted(kinds)),
    ]
    try:
        # An empty environment: the child that reads hostile bytes has no secret to tell.
        with _children:
            child = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=CHILD_SECONDS, env={"LANG": "C.UTF-8"}
            )
        answer: dict[str, Any] = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, ValueError):  # silent: killed by a limit, or crashed
        answer = {"bad": "heavy"}
    if answer.get("errno"):
        raise OSError(answer["errno"], os.strerror(answer["errno"]))
    if answer.get("errno", 0) is None:
        answer = {"bad": "broken"}
    if "bad" in answer:
        raise BadUpload(_why(answer["bad"], kinds))
    return answer


def _why(word: str, kinds: frozenset[str]) -> str:
    if word == "type":
        if kinds & DOCUMENTS:
            return _("This is neither a picture (JPEG, PNG, WebP, HEIC) nor a PDF. Please take a photo of the paper.")
        return _("This is not a picture (JPEG, PNG, WebP, HEIC). Please take a photo.")
    if word == "pixels":
        return _("The picture has more than %(most)s megapixels. Please make it smaller, or take a normal photo.") % {
            "most": settings.FILE_MAX_PIXELS // 1_000_000
        }
    if word == "pages":
        most = settings.FILE_MAX_PAGES
        return ngettext(
            "The PDF has more than %(most)s page. Please send only the paper itself.",
            "The PDF has more than %(most)s pages. Please send only the paper itself.",
            most,
        ) % {"most": most}
    return {
        "locked": _("The PDF is locked with a password. Please save it without one, or take a photo of the paper."),
        "empty": _("The PDF has no pages. Please take a photo of the paper."),
        "heavy": _("This file takes too much work to read. Please take a photo of the paper instead."),
    }.get(word) or _("The file is damaged or incomplete. Please take the photo again, or send it again.")


def too_large() -> BadUpload:
    most = filesizeformat(settings.FILE_MAX_BYTES)
    return BadUpload(_("The file is larger than %(most)s. Please take a normal photo.") % {"most": most})


def plain_name(name: str) -> str:
    """What the uploader called it, for people alone: no folders, no control characters, at most 120 characters."""
    last = re.split(r"[/\\]", name)[-1]
    last = "".join(c for c in last if c.isprintable()).strip(" .")
    stem, dot, suffix = last.rpartition(".")
    if len(last) <= 120:
        return last
    return f"{stem[:110]}….{suffix}" if dot and len(suffix) <= 5 else last[:119] + "…"


def sync_folder(folder: Path) -> None:
    """What was created or renamed in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
