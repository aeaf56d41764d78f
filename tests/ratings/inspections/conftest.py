"""A visit under way in 海上明月, and a picture as a phone takes it."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ratings.inspections import actions as inspections
from tests.core import corpus
from tests.ratings.conftest import MONDAY, answers


def picture(name="photo.jpg", body=None):
    return SimpleUploadedFile(name, body or corpus.picture(), "image/jpeg")


@pytest.fixture
def visit(restaurant, permit, zhao, zhou):
    return inspections.begin(restaurant, by=zhao, second=zhou, form=uuid4(), at=MONDAY)


@pytest.fixture
def closed(visit, zhao):
    """It failed two items, with a photo of the first."""
    inspections.fill_in(visit, answers(["hands", "clean"]), by=zhao)
    inspections.add_photo(visit, picture(), by=zhao, key=uuid4(), item="hands")
    inspections.close(visit, by=zhao, signature="signed", signed_name="王海", at=MONDAY)
    return visit
