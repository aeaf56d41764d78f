"""Photos of a place: plain pictures in an order, gone when removed."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from sunkitchen.core import files
from sunkitchen.core.audit import trail
from sunkitchen.core.models import Notice, StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Photo
from sunkitchen.registry.photos import actions as photos
from tests import builders
from tests.core import corpus


def test_a_photo_tells_nobody_where_it_was_taken(restaurant, wang):
    body = corpus.photo_with_gps()
    assert Image.open(io.BytesIO(body)).getexif()
    row = photos.add(restaurant, by=wang, subject="front", upload=SimpleUploadedFile("front.jpg", body))
    kept = files.page_path(row.file, 1).read_bytes()
    assert not Image.open(io.BytesIO(kept)).getexif() and b"Exif" not in kept and b"secret" not in kept.lower()


def test_only_pictures_of_something_are_taken(restaurant, wang, photo):
    pdf = SimpleUploadedFile("menu.pdf", corpus.pdf(1))
    with pytest.raises(files.BadUpload, match="not a picture"):
        photos.add(restaurant, by=wang, subject="front", upload=pdf)
    with pytest.raises(Refused, match="what the photo shows"):
        photos.add(restaurant, by=wang, subject="guests", upload=photo())
    assert not Photo.objects.exists() and not StoredFile.objects.exists()


def test_a_kitchen_shows_twelve_photos(restaurant, wang, photo):
    rows = [builders.photo(restaurant, order=order) for order in range(photos.MOST_PHOTOS)]
    with pytest.raises(Refused, match="at most 12"):
        photos.add(restaurant, by=wang, subject="front", upload=photo())
    photos.remove(rows[0], by=wang)
    photos.add(restaurant, by=wang, subject="front", upload=photo())
    assert restaurant.photos.shown().count() == 12


def test_photos_are_shown_in_the_order_that_was_made(restaurant, wang, photo):
    one, two, three = [photos.add(restaurant, by=wang, subject="dining", upload=photo()) for _ in range(3)]
    assert list(restaurant.photos.shown()) == [one, two, three]
    photos.arrange(restaurant, by=wang, photos=[three.pk, one.pk, two.pk])
    assert list(restaurant.photos.shown()) == [three, one, two]
    photos.remove(one, by=wang)
    with pytest.raises(WrongState):
        photos.arrange(restaurant, by=wang, photos=[three.pk, one.pk, two.pk])
    other = builders.photo(builders.establishment())
    with pytest.raises(WrongState):
        photos.arrange(restaurant, by=wang, photos=[three.pk, other.pk])


def test_a_removed_photo_is_gone_from_the_disk(restaurant, wang, photo, settings, django_capture_on_commit_callbacks):
    row = photos.add(restaurant, by=wang, subject="front", upload=photo())
    with django_capture_on_commit_callbacks(execute=True):
        photos.remove(row, by=wang)
    assert row.file is None and not StoredFile.objects.exists() and not restaurant.photos.shown().exists()
    assert not [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]
    with pytest.raises(WrongState):
        photos.remove(row, by=wang)


def test_two_hands_remove_a_photo_once(restaurant, wang, photo):
    """The second one looked at it before the first was through: its file is gone by then."""
    row = photos.add(restaurant, by=wang, subject="front", upload=photo())
    second = Photo.objects.get(pk=row.pk)
    photos.remove(row, by=wang)
    with pytest.raises(WrongState):
        photos.remove(second, by=wang)


def test_an_officer_removes_a_photo_of_a_guest_with_a_reason_that_the_owner_reads(restaurant, wang, zhao):
    row = builders.photo(restaurant)
    with pytest.raises(Refused, match="why the photo has to go"):
        photos.remove(row, by=zhao)
    photos.remove(row, by=zhao, reason="照片里有顾客的脸。")
    assert "照片里有顾客的脸" in Notice.objects.get(recipient=wang, channel="desk").body
    [entry] = trail(row)
    assert (entry.verb, entry.actor, entry.detail["by_authority"]) == ("photo.removed", zhao, True)


def test_an_owner_gives_no_reason_and_gets_no_letter(restaurant, wang):
    photos.remove(builders.photo(restaurant), by=wang)
    assert not Notice.objects.exists()


def test_the_database_keeps_no_removed_photo_with_its_file(restaurant):
    row = builders.photo(restaurant)
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=row.pk).update(removed_at=row.added_at)
