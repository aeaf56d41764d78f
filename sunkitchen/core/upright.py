"""Pages that stand upright: the kept picture stays as it came, and beside it lies one that is turned for its readers."""

import contextlib
import io
import os
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import transaction
from django.http import Http404

from . import turns
from .models import StoredFile
from .turns import Turn

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

QUALITY = 88  # as core.raster keeps its pages
_turning = threading.BoundedSemaphore(os.cpu_count() or 1)  # a page in work takes 60 MB


def turn_of(stored: StoredFile, page: int) -> Turn:
    return turns.of(stored.turns, page)


def query(stored: StoredFile, page: int) -> str:
    """What a page's address says more, so that a picture that was turned is asked for anew."""
    turn = turn_of(stored, page)
    return f"?turned={turn.degrees:g}" if turn else ""


@transaction.atomic
def turn(stored: StoredFile, page: int, quarters: int) -> None:
    """A person turns page `page` (from 1) by quarters, clockwise. Http404 when there is none. The caller guards it."""
    if not 1 <= page <= stored.pages:
        raise Http404
    held = StoredFile.objects.select_for_update().get(pk=stored.pk)
    _keep(held, stored, turns.by_hand(held.turns, page, quarters))


@transaction.atomic
def straighten(stored: StoredFile, seen: Mapping[int, tuple[float, float]]) -> None:
    """A machine looked: for some pages the degrees clockwise until they are upright, and their width by height."""
    held = StoredFile.objects.select_for_update().filter(pk=stored.pk).first()
    if held is None or not seen:
        return
    told = held.turns
    for page, (degrees, ratio) in seen.items():
        if 1 <= page <= held.pages:
            told = turns.by_machine(told, page, degrees, ratio)
    _keep(held, stored, told)


def _keep(held: StoredFile, stored: StoredFile, told: turns.Turns) -> None:
    if told != held.turns:
        held.turns = told
        held.save(update_fields=["turns"])
    stored.turns = told


def opened(whole: Path, turn: Turn) -> BinaryIO:
    """The page at `whole`, turned: made once, then read from the disk. FileNotFoundError when there is no such page."""
    if not turn:
        return whole.open("rb")
    path = whole.with_name(f"{whole.stem}@{turn.degrees:g}.jpg")
    with contextlib.suppress(FileNotFoundError):
        return path.open("rb")
    with _turning:
        picture = io.BytesIO(turned(whole, turn))
    with contextlib.suppress(OSError):  # no room for it: then it is made anew each time
        for old in whole.parent.glob(f"{whole.stem}@*.jpg"):
            old.unlink(missing_ok=True)
        fresh = whole.with_name(f".{secrets.token_hex(4)}.jpg")
        try:
            fresh.write_bytes(picture.getbuffer())
            os.replace(fresh, path)  # whoever comes second puts the same there
        finally:
            fresh.unlink(missing_ok=True)
    return picture


def turned(whole: Path, turn: Turn) -> bytes:
    """The page as a JPEG, turned. Only for pages that `core.files` made."""
    from PIL import Image

    quarters = (None, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90)
    with Image.open(whole, formats=["JPEG"]) as kept:
        page = kept.convert("RGB")
    if (quarter := quarters[turn.quarter]) is not None:
        page = page.transpose(quarter)
    if turn.lean:
        rim = _rim(page.resize((8, 8), Image.Resampling.BOX))  # what lay around the paper goes on in the corners
        page = page.rotate(-turn.lean, Image.Resampling.BICUBIC, expand=True, fillcolor=rim)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _rim(small: "Picture") -> tuple[int, ...]:
    """The mean colour of the outermost cells."""
    last = small.width - 1
    cells: list[Any] = [small.getpixel((x, y)) for x in range(last + 1) for y in range(last + 1) if {x, y} & {0, last}]
    return tuple(round(sum(band) / len(cells)) for band in zip(*cells, strict=True))
