"""Pages that are turned: the kept picture stays, what is served stands upright, and points go along."""

import io
import math

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from sunkitchen.core import files, raster, turns, upright
from sunkitchen.core.models import StoredFile
from sunkitchen.core.turns import Turn


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def served(stored, page=1, **words):
    return b"".join(files.serve_page(stored, page, **words).streaming_content)


def picture_of(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.fixture
def sheet(wang):
    """A page with one red spot in its upper left corner."""
    picture = Image.new("RGB", (300, 400), "white")
    ImageDraw.Draw(picture).rectangle((20, 30, 79, 69), fill="#e00000")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return files.store(SimpleUploadedFile("sheet.jpg", out.getvalue()), by=wang, owner_scope="establishment:1")


def red(content):
    """The frame around what is red, in per mille."""
    picture = picture_of(content)
    bands = picture.split()
    spots = [(r > 150 and g < 110) * 255 for r, g in zip(bands[0].tobytes(), bands[1].tobytes(), strict=True)]
    left, top, right, bottom = Image.frombytes("L", picture.size, bytes(spots)).getbbox()
    return [
        1000 * left / picture.width,
        1000 * top / picture.height,
        1000 * right / picture.width,
        1000 * bottom / picture.height,
    ]


SPOT = [[1000 * x / 300, 1000 * y / 400] for x, y in ((20, 30), (80, 30), (80, 70), (20, 70))]


def around(box):
    xs, ys = zip(*box, strict=True)
    return [min(xs), min(ys), max(xs), max(ys)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-3, 3), max_size=6))
def test_any_sequence_of_turns_is_their_sum(sheet, quarters):
    sheet.turns = {}
    sheet.save()
    kept = served(sheet, as_kept=True)
    for each in quarters:
        upright.turn(sheet, 1, each)
    total = sum(quarters) % 4
    whole = files.page_path(sheet, 1)
    assert served(sheet) == (upright.turned(whole, Turn(total)) if total else kept)
    assert served(sheet, as_kept=True) == kept == whole.read_bytes(), "what came stays untouched"
    box = turns.of(StoredFile.objects.get(pk=sheet.pk).turns, 1).placed(SPOT)
    assert around(box) == pytest.approx(red(served(sheet)), abs=6)


@pytest.mark.parametrize("degrees", [-30.0, -4.2, 3.1, 88.0, 93.5, 179.0, -91.2])
def test_points_go_where_the_page_is_turned_to(sheet, degrees):
    upright.straighten(sheet, {1: (degrees, 300 / 400)})
    turn = upright.turn_of(sheet, 1)
    assert math.remainder(turn.degrees - degrees, 360) == pytest.approx(0, abs=0.06)
    assert around(turn.placed(SPOT)) == pytest.approx(red(served(sheet)), abs=9)


@given(st.floats(-180, 180), st.floats(0.2, 5), st.integers(0, 3))
def test_the_turned_frame_holds_every_point_and_no_more(degrees, ratio, quarter):
    turn = turns.of(turns.by_hand(turns.by_machine({}, 1, degrees, ratio), 1, quarter), 1)
    corners = turn.placed([[0, 0], [1000, 0], [1000, 1000], [0, 1000]])
    assert around(corners) == pytest.approx([0, 0, 1000, 1000], abs=0.2)
    assert turn.placed([[500, 500]]) == [[500, 500]]


def test_a_person_is_believed_about_quarters_and_the_machine_about_the_lean(sheet):
    upright.turn(sheet, 1, 1)  # the reading comes later, and thinks otherwise
    upright.straighten(sheet, {1: (-176.5, 0.75)})
    assert upright.turn_of(sheet, 1) == Turn(1, 3.5, 0.75)
    upright.turn(sheet, 1, -1)
    assert upright.turn_of(sheet, 1) == Turn(0, 3.5, 0.75)


def test_a_second_look_that_says_nearly_the_same_moves_nothing():
    first = turns.by_machine({}, 1, 3.2, 0.75)
    assert turns.by_machine(first, 1, 3.4, 0.75) is first
    assert turns.of(turns.by_machine(first, 1, 92.0, 0.75), 1).degrees == 92.0
    assert not turns.of(turns.by_machine({}, 1, 0.2, 0.75), 1), "nobody sees so little"


def test_one_turned_picture_lies_beside_the_kept_one_and_goes_with_it(sheet, django_capture_on_commit_callbacks):
    folder = files.page_path(sheet, 1).parent
    for _each in range(3):
        upright.turn(sheet, 1, 1)
        served(sheet)
    assert sorted(path.name for path in folder.iterdir()) == ["1.jpg", "1@270.jpg"]
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(sheet)
    assert not folder.exists()


def test_a_full_disk_keeps_nobody_from_seeing_it_upright(sheet, monkeypatch):
    upright.turn(sheet, 1, 1)

    def full(*_words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upright.os, "replace", full)
    assert picture_of(served(sheet)).size == (400, 300)
    assert [path.name for path in files.page_path(sheet, 1).parent.iterdir()] == ["1.jpg"]


@pytest.mark.parametrize("page", [0, 2, -1])
def test_there_is_no_page_to_turn_beyond_the_last(sheet, page):
    with pytest.raises(Http404):
        upright.turn(sheet, page, 1)
    assert StoredFile.objects.get(pk=sheet.pk).turns == {}


# ── what runs level is seen without a reader ────────────────────────────────────────────────────────────────
def print_of(lean=0.0, size=(1200, 1600)):
    """Rows of strokes on paper, on a darker table, as a phone held so crookedly sees them."""
    picture = Image.new("RGB", size, "#6d5a45")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 60, size[0] - 60, size[1] - 60), fill="#f6f2e6")
    for row in range(200, size[1] - 200, 70):
        for word in range(160, size[0] - 300, 120 + row % 50):
            pen.rectangle((word, row, word + 90, row + 26), fill="#222")
    return picture.rotate(lean, Image.Resampling.BICUBIC, expand=True, fillcolor="#6d5a45")


def sent(picture):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return SimpleUploadedFile("paper.jpg", out.getvalue())


@pytest.mark.parametrize("lean", [-7.0, -2.0, 0.0, 3.0, 8.0])
def test_a_paper_that_was_held_crookedly_is_shown_straight(wang, lean):
    with files.admitting([sent(print_of(lean))], straight=True) as (page,):
        stored = files.keep(page, by=wang, owner_scope="establishment:1")
    assert math.remainder(upright.turn_of(stored, 1).degrees - lean, 360) == pytest.approx(0, abs=0.5)
    assert raster.lean_of(picture_of(served(stored))) == pytest.approx(0, abs=0.5)


def test_a_picture_of_a_room_and_a_plain_upload_stay_as_they_came(wang):
    noise = Image.effect_noise((900, 700), 80).convert("RGB")
    with files.admitting([sent(noise)], straight=True) as (page,):
        assert page.turns == {}
    with files.admitting([sent(print_of(8))]) as (page,):
        assert page.turns == {}, "nobody said that it is a paper"
