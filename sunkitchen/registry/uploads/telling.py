"""What an upload's owner is told about it: how far it is, what was read, whether he brought it before."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sunkitchen.core import likeness, upright
from sunkitchen.core.models import StoredFile

from ..readings import actions as readings
from .models import Upload

SAME = 3  # bits of 64: one picture, saved or photographed from the screen again


def told(upload: Upload) -> dict[str, Any]:
    """Its state as JSON for static/js/upload.js."""
    stored, key = upload.file, str(upload.key)
    found = readings.found([stored]) if stored else readings.Found("none")
    return {
        "key": key,
        "url": address("upload", upload),
        "name": upload.name,
        "size": upload.size,
        "received": upload.received,
        "ready": stored is not None,
        "refused": upload.refused,
        "pages": pages(upload),
        "reading": {"state": found.state, "fields": found.fields},
        "earlier": earlier_words(stored) if stored else "",
    }


def pages(upload: Upload) -> list[str]:
    """The addresses of its pages, as these are turned now."""
    if (stored := upload.file) is None:
        return []
    return [address("upload_page", upload, number) + upright.query(stored, number) for number in stored.numbers]


def address(name: str, upload: Upload, *further: int) -> str:
    """Of a kitchen's upload, or of a person's own."""
    if upload.establishment:
        return reverse(name, args=[upload.establishment.code, upload.key, *further])
    return reverse(f"own_{name}", args=[upload.key, *further])


def earlier(stored: StoredFile) -> StoredFile | None:
    """The same picture among what this kitchen handed in before: the same bytes, or looks that hardly differ."""
    handed_in = (
        StoredFile.objects.filter(owner_scope=stored.owner_scope, pk__lt=stored.pk)
        .filter(Q(upload=None) | Q(upload__used_at__isnull=False))
        .order_by("-pk")
    )
    if same := handed_in.filter(sha256=stored.sha256).first():
        return same
    return handed_in.filter(pk__in=likeness.similar(stored.looks, SAME)).first() if stored.looks else None


def earlier_words(stored: StoredFile) -> str:
    row = earlier(stored)
    if row is None:
        return ""
    day = date_format(timezone.localtime(row.uploaded_at), "Y-m-d")
    return _("You handed in this same picture on %(day)s. Is it the right one?") % {"day": day}
