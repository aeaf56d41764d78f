"""Beside the published log: every edition's document, as people download it, written again as names leave it."""

from datetime import datetime

from sunkitchen.core import translog
from sunkitchen.core.models import Checkpoint

from . import edition as face
from .models import Edition


def write(newest: Checkpoint, at: datetime) -> None:
    """The documents of the editions that `newest` covers, as they may be shown at `at`. Named in settings.LOG_BESIDE."""
    for edition in Edition.objects.published().filter(entry__seq__lt=newest.size).order_by("entry__seq"):
        translog.write(f"editions/{edition.code}.json", face.document_bytes(edition, at))
