"""Uploads: what a picture or a paper may be, and what a hostile file can't do."""

import errno
import io
import os
import random
import threading
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone, translation
from PIL import Image

from sunkitchen.core import files
from sunkitchen.core.files import BadUpload, NoRoom, plain_name, serve_page, store
from sunkitchen.core.models import StoredFile
from tests.core import corpus


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield settings.FILES_ROOT


def upload(body, name="paper.jpg", declared="image/jpeg"):
    return SimpleUploadedFile(name, body, declared)


def take(body, by, name="paper.jpg", **more):
    return store(upload(body, name), by=by, owner_scope="establishment:1", **more)


def on_disk(root):
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def pixels(stored, page=1):
    response = serve_page(stored, page)
    return Image.open(io.BytesIO(b"".join(response.streaming_content)))


def served(stored, page=1):
    return b"".join(serve_page(stored, page).streaming_content)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_one_page(wang, root, form):
    stored = take(corpus.picture(form=form), wang)
    assert (stored.kind, stored.pages, stored.uploaded_by) == ("image", 1, wang)
    assert pixels(stored).format == "JPEG"
    assert [path.name for path in on_disk(root)] == ["1.jpg"]
    assert stored.size == on_disk(root)[0].stat().st_size


def test_a_pdf_becomes_pictures_of_its_pages(wang):
    stored = take(corpus.pdf(3), wang, "permit.pdf")
    assert (stored.kind, stored.pages) == ("pdf", 3)
    page = pixels(stored, 2)
    assert max(page.size) <= 3000 and page.size[1] > 2000
    assert page.convert("L").getextrema()[0] < 50  # there is ink on it


def test_the_script_of_a_pdf_is_gone(wang):
    stored = take(corpus.pdf(1, script=True), wang, "script.pdf")
    assert b"JavaScript" not in served(stored) and served(stored).startswith(b"\xff\xd8\xff")


def test_a_photo_loses_its_place_its_camera_and_its_comment_but_stands_upright(wang):
    body = corpus.photo_with_gps()
    assert b"SecretCamera" in body
    stored = take(body, wang)
    assert pixels(stored).size == (300, 400)
    assert not pixels(stored).getexif()
    assert b"Exif" not in served(stored) and b"secret" not in served(stored).lower()


def test_an_iphones_picture_stands_upright_and_tells_no_place(wang):
    assert b"SecretCamera" in corpus.HEIC
    stored = take(corpus.HEIC, wang, "IMG_0001.HEIC")
    page = pixels(stored)
    assert (stored.kind, page.format, page.size) == ("image", "JPEG", (120, 160))
    assert not page.getexif() and b"Secret" not in served(stored)


def test_bent_iphone_pictures_end_in_words_or_as_pages(root):
    """The decoder is C: whatever it does with bent bytes happens in a child, which ends or is ended."""
    luck = random.Random(6)
    for _round in range(40):
        bent = bytearray(corpus.HEIC)
        for _bend in range(luck.randint(1, 12)):
            bent[luck.randrange(24, len(bent))] = luck.randrange(256)
        try:
            with files.admitting([upload(bytes(bent), "bent.heic")]) as (page,):
                assert page.pages == 1
        except BadUpload as refused:
            assert str(refused)
    assert on_disk(root) == []


def test_html_inside_a_jpeg_is_gone(wang):
    assert b"<script" not in served(take(corpus.jpeg_html(), wang))


def test_a_large_photo_is_reduced_to_3000_pixels(wang):
    assert pixels(take(corpus.picture((6000, 4000)), wang)).size == (3000, 2000)


def test_a_transparent_picture_lies_on_white_paper(wang):
    file = io.BytesIO()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(file, "PNG")
    assert pixels(take(file.getvalue(), wang)).getpixel((30, 30)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "CMYK"])
def test_every_kind_of_pixel_is_understood(wang, mode):
    file = io.BytesIO()
    Image.new(mode, (60, 40)).save(file, "JPEG" if mode == "CMYK" else "PNG")
    assert pixels(take(file.getvalue(), wang)).size == (60, 40)


HOSTILE = {
    "no bytes": (b"", "empty"),
    "words": (b"I am a permit", "neither a picture"),
    "an executable": (b"\x7fELF" + bytes(100), "neither a picture"),
    "SVG": (corpus.SVG, "neither a picture"),
    "HTML": (corpus.HTML, "neither a picture"),
    "GIF that is HTML": (corpus.GIF_HTML, "neither a picture"),
    "a zip": (corpus.ZIP, "neither a picture"),
    "HEIC of nonsense": (corpus.HEIC_NONSENSE, "damaged"),
    "HEIC cut in half": (corpus.HEIC[: len(corpus.HEIC) // 2], "damaged"),
    "HEIC of 4 gigapixels": (corpus.heic_that_claims(65_000, 65_000), "64 megapixels|damaged"),
    "HEIC of no pixels": (corpus.heic_that_claims(0, 0), "damaged"),
    "a film in HEIC's dress": (corpus.HEIC.replace(b"ftypheic", b"ftyphevc", 1), "neither a picture|damaged"),
    "PNG of 179 megapixels": (corpus.png_179_megapixels(), "64 megapixels"),
    "PNG of 4 gigapixels": (corpus.png_header(65_000, 65_000), "64 megapixels"),
    "PNG with no pixels": (corpus.png_header(0, 0), "damaged|neither"),
    "PNG that ends early": (corpus.picture(form="PNG", size=(900, 900))[:600], "damaged"),
    "PNG with a text bomb": (corpus.png_with_text_bomb(), "damaged"),
    "JPEG cut in half": (corpus.picture((1200, 900), quality=95)[:3000], "damaged"),
    "JPEG with four bytes": (b"\xff\xd8\xff\xe0", "damaged"),
    "WebP of nonsense": (b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(16), "damaged"),
    "PDF of 31 pages": (corpus.pdf(31), "more than 30 pages"),
    "PDF without a page": (corpus.pdf(0), "no pages|damaged"),
    "PDF of nonsense": (b"%PDF-1.7\n" + b"nonsense " * 99, "damaged"),
    "PDF with a password": (corpus.locked_pdf(), "password"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_leaves_nothing(wang, root, what):
    body, words = HOSTILE[what]
    with pytest.raises(BadUpload, match=words):
        take(body, wang)
    assert on_disk(root) == [] and not StoredFile.objects.exists()
    assert take(corpus.picture(), wang).pages == 1  # and the door still works


def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked(wang):
    began = time.monotonic()
    with pytest.raises(BadUpload):
        take(corpus.png_179_megapixels(), wang)
    assert time.monotonic() - began < 3


def test_more_data_than_pixels_are_not_unpacked(wang):
    assert pixels(take(corpus.png_with_idat_bomb(), wang)).size == (8, 8)


def test_64_megapixels_are_reduced_and_more_are_refused(wang, settings):
    assert max(pixels(take(corpus.picture((8000, 8000), form="PNG"), wang)).size) == 3000
    with pytest.raises(BadUpload, match="megapixels"):
        take(corpus.picture((8000, 8001), form="PNG"), wang)


def test_a_gigantic_sheet_of_pdf_becomes_a_normal_picture(wang):
    assert max(pixels(take(corpus.pdf(1, size=(14_400, 14_400)), wang)).size) <= 3000


def test_the_extension_does_not_count(wang):
    assert take(corpus.picture(form="PNG"), wang, "permit.pdf").kind == "image"
    assert take(corpus.pdf(1), wang, "permit.jpg").kind == "pdf"
    with pytest.raises(BadUpload):
        take(corpus.HTML, wang, "permit.jpg")


def test_where_only_pictures_are_asked_for_a_pdf_is_refused(wang):
    with pytest.raises(BadUpload, match="not a picture"):
        take(corpus.pdf(1), wang, kinds=files.IMAGES)


def test_a_file_over_the_limit_is_refused_even_if_it_lies_about_its_size(wang, root, settings):
    settings.FILE_MAX_BYTES = 5000
    with pytest.raises(BadUpload, match="larger"):
        take(os.urandom(5001), wang)
    liar = upload(os.urandom(9000))
    liar.size = 10
    with pytest.raises(BadUpload, match="larger"):
        store(liar, by=wang, owner_scope="establishment:1")
    assert on_disk(root) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\papers\\许可证.jpg", "许可证.jpg"),
        ("a\x00b\r\n\u202e.jpg", "ab.jpg"),
        ("长" * 300 + ".jpeg", "长" * 110 + "….jpeg"),
        ("..", ""),
    ],
)
def test_a_name_is_only_for_people(wang, root, name, kept):
    assert plain_name(name) == kept
    shadow = upload(corpus.picture())
    shadow._name = name  # past Django's own cleaning
    stored = store(shadow, by=wang, owner_scope="establishment:1")
    assert stored.name == kept
    assert [path.name for path in on_disk(root)] == ["1.jpg"] and kept not in ["/"]


def test_the_quota_of_one_kitchen_is_not_the_quota_of_another(wang, root, settings):
    first = take(corpus.picture(), wang)
    settings.FILE_QUOTA_BYTES = first.size + 10
    with pytest.raises(BadUpload, match="used up"):
        take(corpus.picture(), wang)
    assert len(on_disk(root)) == 1
    store(upload(corpus.picture()), by=wang, owner_scope="establishment:2")


def test_a_full_disk_is_said_in_words_and_answers_507(wang, root, monkeypatch):
    def full(self, *args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SimpleUploadedFile, "chunks", full)
    with pytest.raises(NoRoom, match="no room") as refused:
        take(corpus.picture(), wang)
    assert refused.value.status == 507
    assert on_disk(root) == []


def test_when_the_action_fails_neither_row_nor_file_remains(wang, root):
    with pytest.raises(ZeroDivisionError), files.admitting([upload(corpus.picture())]) as (page,), transaction.atomic():
        files.keep(page, by=wang, owner_scope="establishment:1")
        raise ZeroDivisionError
    assert on_disk(root) == [] and not StoredFile.objects.exists()


def test_when_the_second_file_is_bad_the_first_does_not_remain(wang, root):
    with pytest.raises(BadUpload), files.admitting([upload(corpus.picture()), upload(b"no")]):
        pass
    assert on_disk(root) == []


def test_a_sweep_removes_what_a_crash_left_and_nothing_else(wang, root):
    stored = take(corpus.picture(), wang)
    orphan = root / "aa" / ("b" * 32)
    orphan.mkdir(parents=True)
    (orphan / "1.jpg").write_bytes(b"x")
    assert files.sweep(timezone.now()) == 0
    assert files.sweep(timezone.now() + timedelta(days=1)) == 1
    assert not orphan.exists() and pixels(stored).format == "JPEG"


def test_a_page_is_served_for_this_reader_alone(wang):
    response = serve_page(take(corpus.picture(), wang), 1)
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("inline")
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize("page", [0, 2, -1])
def test_a_page_that_is_not_there_is_404(wang, page):
    with pytest.raises(Http404):
        serve_page(take(corpus.picture(), wang), page)


def test_stored_files_are_readable_by_the_service_alone(wang, root):
    take(corpus.picture(), wang)
    assert all(path.stat().st_mode & 0o077 == 0 for path in root.rglob("*"))


def test_the_same_paper_is_known_again_by_its_bytes(wang):
    body = corpus.picture()
    assert take(body, wang).sha256 == take(body, wang, "other.jpg").sha256


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_do_not_share_the_last_room(wang, settings):
    """The first has kept its file and not yet ended its transaction when the second asks for room."""
    picture = corpus.picture()
    settings.FILE_QUOTA_BYTES = take(picture, wang).size * 5 // 2
    first_kept, second_through, outcomes = threading.Event(), threading.Event(), []

    def second():
        try:
            with files.admitting([upload(picture)]) as (page,):
                first_kept.wait(10)
                with transaction.atomic():
                    files.keep(page, by=wang, owner_scope="establishment:1")
            outcomes.append("kept")
        except BadUpload:
            outcomes.append("refused")
        finally:
            second_through.set()
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with files.admitting([upload(picture)]) as (page,), transaction.atomic():
        files.keep(page, by=wang, owner_scope="establishment:1")
        first_kept.set()
        assert not second_through.wait(0.5), "it waits for the first one's end"
    thread.join()
    assert outcomes == ["refused"]
    assert StoredFile.objects.filter(owner_scope="establishment:1").count() == 2
