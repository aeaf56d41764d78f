"""A paper that waits, and the clerk who wants to see its original."""

import io

import pytest
from django.core.cache import cache
from django.utils import timezone
from PIL import Image

from streams.videochecks import actions as checks

# A kitchen's camera on a real server.
from tests.streams.delivery.conftest import camera, site

__all__ = ["asked", "camera", "jpeg", "now", "own_folders", "picture", "site"]


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    cache.clear()
    settings.FILES_ROOT = tmp_path / "files"
    settings.POSTERS_ROOT = tmp_path / "posters"
    settings.SITE_URL = "http://testserver"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def asked(permit, li, now):
    """李 asks 王 to show the food permit's original."""
    return checks.ask(permit.establishment, credential=permit, by=li, about="original", please="请对准印章", at=now)


def jpeg(colour=(200, 60, 40), size=(640, 360)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def picture():
    return jpeg()
