"""What a camera is meant to see: a person confirms its picture, and later ones are held against it."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from streams.relay.confirmed import Reading
from streams.relay.ffmpeg import GRAY_HEIGHT, GRAY_WIDTH
from streams.relay.likeness import Confirmed, Polygons
from sunkitchen.core import audit
from sunkitchen.core.workflow import Refused

from .models import Camera, Reference

WIDTH = 640  # pixels of a kept picture, at most
LARGEST = 2 << 20  # bytes of a picture that the relay leaves


@dataclass(frozen=True)
class Shown:
    """A picture that the relay left, and when it was taken."""

    jpeg: bytes
    taken_at: datetime


def newest(camera: Camera) -> Shown | None:
    """Good or not, the newest picture of it; None where there is none."""
    found = [shown for name in (f"{camera.code}.jpg", f"{camera.code}.seen.jpg") if (shown := _read(name))]
    return max(found, key=lambda shown: shown.taken_at, default=None)


def _read(name: str) -> Shown | None:
    path = Path(settings.POSTERS_ROOT) / name
    try:
        with path.open("rb") as file:
            taken = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            jpeg = file.read(LARGEST + 1)
    except OSError:
        return None
    return Shown(jpeg, taken) if jpeg and len(jpeg) <= LARGEST else None


def gray_of(jpeg: bytes) -> bytes:
    """64×36 luma, each cell the mean of what it covers: as the relay's area scaling makes it. OSError: no picture."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        return picture.convert("L").resize((GRAY_WIDTH, GRAY_HEIGHT), Image.Resampling.BOX).tobytes()


def small(jpeg: bytes) -> bytes:
    """The same picture, at most WIDTH pixels wide. OSError: no picture."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        if picture.width <= WIDTH:
            return jpeg
        picture.draft("RGB", (WIDTH, WIDTH))
        picture.thumbnail((WIDTH, WIDTH))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=85)
        return out.getvalue()


def masks_of(camera: Camera) -> Polygons:
    return tuple(tuple((x, y) for x, y in polygon) for polygon in camera.masks)


@transaction.atomic
def confirm(camera: Camera, *, by: Any, at: datetime) -> Reference:
    """Keep the newest picture as what the camera is meant to see. Refused without one, or where it shows too little."""
    shown = newest(camera)
    if shown is None:
        raise Refused(_("There is no picture yet. Watch the camera once, then confirm what you see."))
    try:
        gray, picture = gray_of(shown.jpeg), small(shown.jpeg)
    except (OSError, ValueError):
        raise Refused(_("The last picture cannot be read. Watch the camera once more, then confirm.")) from None
    if not Confirmed(gray, masks_of(camera)).is_telling:
        raise Refused(_("This picture shows too little to recognise it again: too dark, too plain, or mostly masked."))
    reference, _created = Reference.objects.update_or_create(
        camera=camera,
        defaults={
            "taken_at": shown.taken_at,
            "gray": gray,
            "picture": picture,
            "confirmed_by": by,
            "confirmed_at": at,
        },
    )
    audit.record(by, "camera.picture_confirmed", camera, taken_at=shown.taken_at.isoformat())
    return reference


def is_outdated(camera: Camera, reference: Reference | None) -> bool:
    """The masks have changed since: what they hide now is left out, and what they no longer hide was never confirmed."""
    if reference is None:
        return False
    changed = audit.trail(camera).filter(verb="camera.masked", at__gt=reference.confirmed_at)
    return changed.exists()


def reading(code: str, known: datetime | None) -> Reading | None:
    """For the relay: what was confirmed, its cells only where the confirmation is not the `known` one."""
    rows = Reference.objects.filter(camera__code=code)
    at = rows.values_list("confirmed_at", flat=True).first()
    if at is None:
        return None
    if at == known:
        return Reading(at, None, ())
    row = rows.select_related("camera").get()
    return Reading(row.confirmed_at, bytes(row.gray), masks_of(row.camera))
