"""What uploads' tests bring along: a photo's bytes, and a reading as a worker would have left it."""

import io

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw

from sunkitchen.registry.models import Reading
from sunkitchen.registry.uploads import actions as uploads
from tests import builders


@pytest.fixture
def body():
    """Bytes of a photo that does not compress to nothing."""
    noise = Image.effect_noise((500, 400), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=92)
    return file.getvalue()


@pytest.fixture
def sheet():
    """A photo of a paper with words on it."""
    picture = Image.new("RGB", (1200, 1600), "#6d5a45")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((90, 110, 1110, 1490), fill="#f6f2e6")
    for line in range(9):
        pen.rectangle((180, 260 + line * 110, 420, 300 + line * 110), fill="#555")
        pen.rectangle((470, 260 + line * 110, 900 - 30 * (line % 3), 300 + line * 110), fill="#222")
    pen.ellipse((760, 1150, 1000, 1390), outline="#b3261e", width=14)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


@pytest.fixture
def bring(restaurant, wang):
    """A finished upload of these bytes."""

    def whole(content, *, place=restaurant, by=wang, sort="", name="permit.jpg"):
        row = uploads.begin(place, by=by, name=name, size=len(content), sort=sort)
        return uploads.append(row, by=by, offset=0, chunk=content)

    return whole


@pytest.fixture
def rival(db):
    """Another owner's kitchen in the same city."""
    return builders.establishment(owner=builders.user("郑邻"), signboard="邻家小馆")


def box(left, top, wide, high):
    return [[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]]


FIELDS = {
    "number": {
        "value": "JY29999010000010",
        "text": "JY29999010000010",
        "confidence": 0.98,
        "page": 1,
        "box": box(390, 160, 340, 30),
    },
    "issuer": {
        "value": "海澜市市场监督管理局",
        "text": "海澜市市场监督管理局",
        "confidence": 0.95,
        "page": 1,
        "box": box(390, 300, 330, 30),
    },
    "valid_from": {
        "value": "2026-05-13",
        "text": "2026年05月13日",
        "confidence": 0.7,
        "page": 1,
        "box": box(390, 365, 360, 30),
    },
    "valid_through": {
        "value": "2031-05-12",
        "text": "2031年05月12日",
        "confidence": 0.97,
        "page": 1,
        "box": box(390, 435, 340, 30),
    },
}


@pytest.fixture
def as_read():
    """A worker has read the file: what it found, or that it could not."""

    def ended(stored, fields=FIELDS, state=Reading.State.READ):
        Reading.objects.filter(file=stored).update(fields=fields, state=state, read_at=timezone.now())

    return ended
