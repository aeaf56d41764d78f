"""Photos of a place in the sizes that pages show: each size is made once and lies beside its picture."""

import contextlib
import os
import secrets
from pathlib import Path

from PIL import Image

from sunkitchen.core import files
from sunkitchen.registry.models import Photo

WIDTHS = (320, 640, 1280)  # pixels; a picture is never made larger than it is
DEFAULT = 1280
QUALITY = 82


def width_of(text: str) -> int:
    """One of WIDTHS: what was asked for, or the widest."""
    return int(text) if text in map(str, WIDTHS) else DEFAULT


def sized(photo: Photo, width: int) -> Path:
    """Where the photo lies, `width` pixels wide. Http404 or FileNotFoundError when it is gone."""
    if photo.file is None:
        raise FileNotFoundError
    whole = files.page_path(photo.file, 1)
    small = whole.with_name(f"1-{width}.jpg")
    if small.exists():
        return small
    with Image.open(whole, formats=["JPEG"]) as picture:  # as core.files made it: no stranger's bytes
        picture.draft("RGB", (width, width * picture.height // picture.width))
        picture.thumbnail((width, 4 * width))
        fresh = small.with_name(f".{secrets.token_hex(4)}.jpg")
        try:
            picture.convert("RGB").save(fresh, "JPEG", quality=QUALITY, optimize=True)
            os.replace(fresh, small)  # whoever comes second puts the same there
        finally:
            with contextlib.suppress(FileNotFoundError):
                fresh.unlink()
    return small
