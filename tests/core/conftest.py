"""A log of two authorities on the disk, made once, and a copy for each test to harm."""

import shutil

import pytest

from .logs import made


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return made().write(tmp_path_factory.mktemp("log"))


@pytest.fixture
def mirror(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "log")
