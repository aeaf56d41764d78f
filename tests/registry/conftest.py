"""What the registry's tests bring along: pictures of papers, and the facts that are written on them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from tests import builders
from tests.core import corpus


@pytest.fixture(autouse=True)
def english(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield


@pytest.fixture
def photo():
    """A fresh photo of a paper, each with other pixels."""
    shades = iter(range(1, 200))

    def take(name="permit.jpg"):
        return SimpleUploadedFile(name, corpus.picture(colour=(next(shades), 90, 40)), "image/jpeg")

    return take


@pytest.fixture
def facts():
    """What stands on 海上明月's food permit."""
    return {
        "kind": "food_permit",
        "number": "JY29999010000010",
        "holder": "海澜海上明月餐饮有限公司",
        "issuer": "海澜市市场监督管理局",
        "items": "热食类食品制售",
        "valid_from": date(2024, 5, 13),
        "valid_through": date(2029, 5, 12),
    }


@pytest.fixture
def newcomer(wang):
    """A kitchen that 王 registered and that waits for its first permit."""
    return builders.establishment(owner=wang, state="registered", signboard="小海面馆", operator_name="海澜小海面馆")
