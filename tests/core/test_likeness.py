"""Pictures that look alike: known again after what people do to them, and found without reading the whole table."""

import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance

from sunkitchen.core import files, likeness
from sunkitchen.core.models import StoredFile


def drawn(seed, size=(1200, 900)):
    """A sheet on a table, with lines and a seal where the seed puts them."""
    luck = random.Random(seed)
    picture = Image.new("RGB", size, luck.choice(["#7a5c3e", "#44505a", "#a9a08f"]))
    pen = ImageDraw.Draw(picture)
    left, top = luck.randrange(60, 300), luck.randrange(40, 220)
    pen.rectangle((left, top, left + luck.randrange(500, 800), top + luck.randrange(400, 620)), fill="#f4efe2")
    for _line in range(14):
        x, y = luck.randrange(left, 900), luck.randrange(top, 800)
        pen.rectangle(
            (x, y, x + luck.randrange(80, 400), y + luck.randrange(10, 60)), fill=luck.choice(["#222", "#888"])
        )
    x, y = luck.randrange(400, 900), luck.randrange(300, 700)
    pen.ellipse((x, y, x + 160, y + 160), fill="#b8281c")
    return picture


def jpeg(picture, quality=90):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def looks(picture, tmp_path, quality=90):
    path = tmp_path / "picture.jpg"
    path.write_bytes(jpeg(picture, quality))
    return likeness.difference_hash(path)


CHANGES = {
    "saved again, badly": lambda picture: picture,
    "made smaller": lambda picture: picture.resize((400, 300)),
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.6),
    "with less contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(0.7),
    "cut by a few pixels": lambda picture: picture.crop((8, 6, 1194, 895)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_picture_is_known_again(what, tmp_path):
    for seed in range(12):
        picture = drawn(seed)
        changed = looks(CHANGES[what](picture), tmp_path, 40)
        assert likeness.distance(looks(picture, tmp_path), changed) <= likeness.NEAR


def test_different_pictures_are_far_apart(tmp_path):
    made = [looks(drawn(seed), tmp_path) for seed in range(30)]
    near = [
        (a, b) for index, a in enumerate(made) for b in made[index + 1 :] if likeness.distance(a, b) <= likeness.NEAR
    ]
    assert near == []


def test_a_blank_page_looks_like_nothing(tmp_path):
    assert looks(Image.new("RGB", (900, 900), "white"), tmp_path) == ""
    assert likeness.similar("") == []


def test_a_stored_picture_keeps_its_looks(settings, tmp_path, wang):
    settings.FILES_ROOT = tmp_path / "files"
    body = SimpleUploadedFile("a.jpg", jpeg(drawn(1)))
    stored = files.store(body, by=wang, owner_scope="establishment:1")
    again = files.store(
        SimpleUploadedFile("b.jpg", jpeg(drawn(1).resize((700, 525)), 60)), by=wang, owner_scope="establishment:2"
    )
    other = files.store(SimpleUploadedFile("c.jpg", jpeg(drawn(2))), by=wang, owner_scope="establishment:2")
    assert len(stored.looks) == 16 and stored.looks == likeness.difference_hash(files.page_path(stored, 1))
    found = likeness.similar(stored.looks)
    assert found[0] == stored.pk and again.pk in found and other.pk not in found


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=likeness.FURTHEST))
def test_up_to_seven_bits_leave_a_part_with_one_bit_changed_at_most(value, flipped):
    other = value
    for bit in flipped:
        other ^= 1 << bit
    parts = [(value >> shift & 0xFFFF, other >> shift & 0xFFFF) for shift in (0, 16, 32, 48)]
    assert any((a ^ b).bit_count() <= 1 for a, b in parts)


def test_near_ones_are_found_among_thousands_by_their_parts_alone(db, django_assert_num_queries):
    luck = random.Random(7)
    wanted = luck.getrandbits(64)

    def bent(bits):
        value = wanted
        for bit in luck.sample(range(64), bits):
            value ^= 1 << bit
        return f"{value:016x}"

    near, far = [bent(bits) for bits in range(7)], [bent(bits) for bits in range(7, 12)]
    others = [f"{luck.getrandbits(64):016x}" for _one in range(2000)]
    rows = StoredFile.objects.bulk_create(
        StoredFile(key=f"k{index}", kind="image", sha256="0", size=1, owner_scope="test", looks=text)
        for index, text in enumerate([*near, *far, *others])
    )
    with django_assert_num_queries(1):
        found = likeness.similar(f"{wanted:016x}")
    assert set(found) == {row.pk for row in rows[:7]}
    assert likeness.candidates(f"{wanted:016x}").count() < 100
    if connection.vendor == "sqlite":
        plan = likeness.candidates(f"{wanted:016x}").explain()
        assert "looks_part_1" in plan and "SCAN" not in plan
    with pytest.raises(ValueError, match="more than"):
        likeness.similar(f"{wanted:016x}", within=8)
