"""Files kept as they came, for a machine to read: a register, never a picture. Private, under a random key.

Whoever keeps one sniffs its content, holds the key in a row, and sweeps what no row names any more.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from .files import ORIGINALS, BadUpload, NoRoom, Upload

ORPHAN_AGE = timedelta(hours=6)  # longer than any transaction


@dataclass(frozen=True)
class Original:
    key: str
    sha256: str
    size: int  # bytes


def keep(upload: Upload, *, most: int) -> Original:
    """Write the upload, at most `most` bytes of it, to its place. BadUpload, and nothing kept, when it is larger."""
    key = secrets.token_hex(16)
    target = path(key)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, written = hashlib.sha256(), 0
    try:
        with open(target, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            for chunk in upload.chunks():
                written += len(chunk)
                if written > most:
                    raise BadUpload(_("The file is larger than %(most)s.") % {"most": filesizeformat(most)})
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom(_("The server has no room left for files. Please try again later.")) from None
        raise
    return Original(key, digest.hexdigest(), written)


def path(key: str) -> Path:
    """Where it lies. ValueError for what is no key."""
    if len(key) != 32 or not set(key) <= set("0123456789abcdef"):
        raise ValueError(f"{key!r} is no key of an original.")
    place: Path = settings.FILES_ROOT / ORIGINALS / key
    return place


def remove(key: str) -> None:
    path(key).unlink(missing_ok=True)


def orphans(named: Iterable[str], at: datetime) -> Iterator[str]:
    """Keys of files that none of `named` is, older than any transaction."""
    known = set(named)
    for file in (settings.FILES_ROOT / ORIGINALS).glob("*"):
        if file.name not in known and at.timestamp() - file.stat().st_mtime > ORPHAN_AGE.total_seconds():
            yield file.name
