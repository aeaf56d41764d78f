"""Pictures that look alike: a difference hash of 64 bits, and what in the house is near to one.

Each bit says whether a cell of the picture, reduced to 9×8 greys, is brighter than its right neighbour: it survives
saving again, scaling, light and a photo of the screen. Made for page 1 of every stored file, in core.raster's child.
Near means few bits apart. Seven bits or fewer leave, of four parts of 16 bits, one with at most one bit changed: so
four indexed looks, each for 17 values, find all of them without reading the table, on every database.
"""

from pathlib import Path

from django.db.models import Q, QuerySet

from .models import LOOKS_PARTS, StoredFile, looks_part
from .raster import looks_of

NEAR = 6  # bits
FURTHEST = 7  # what the four parts can promise
LEAST_BITS = 6  # a page with fewer bits set (or unset) is nearly blank: it looks like every other blank one
MOST = 200


def difference_hash(path: Path | str) -> str:
    """16 hex digits; "" for a picture that shows too little to compare. Only for pages that `core.files` made."""
    from PIL import Image

    with Image.open(path, formats=["JPEG"]) as picture:
        return telling(looks_of(picture))


def telling(looks: str) -> str:
    """`looks`, or "" where they tell nothing."""
    return looks if LEAST_BITS <= int(looks or "0", 16).bit_count() <= 64 - LEAST_BITS else ""


def distance(a: str, b: str) -> int:
    """In how many of 64 bits two looks differ."""
    return (int(a, 16) ^ int(b, 16)).bit_count()


def similar(looks: str, within: int = NEAR) -> list[int]:
    """Ids of the stored files whose looks differ in at most `within` bits (≤ 7), the nearest first, 200 at most."""
    if within > FURTHEST:
        raise ValueError(f"{within} bits are more than the parts can promise")
    if not looks:
        return []
    found = [(distance(looks, theirs), pk) for pk, theirs in candidates(looks).values_list("pk", "looks")]
    return [pk for far, pk in sorted(found) if far <= within][:MOST]


def candidates(looks: str) -> QuerySet[StoredFile]:
    """Those with one part of four at most one bit away: all that are near, and few others."""
    where, parts = Q(), {}
    for start in LOOKS_PARTS:
        part = int(looks[start - 1 : start + 3], 16)
        near = [part, *(part ^ 1 << bit for bit in range(16))]
        parts[f"part{start}"] = looks_part(start)
        where |= Q(**{f"part{start}__in": [f"{value:04x}" for value in near]})
    return StoredFile.objects.alias(**parts).filter(where)
