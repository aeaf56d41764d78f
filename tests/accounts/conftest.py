import re

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_limits():
    """Rate limits are counted in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Phone:
    """The phones of everybody, as the embedded SMS adapter leaves their messages in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def messages(self, number="*"):
        return [path.read_text() for path in sorted(self.folder.glob(f"*-{number}.txt"))]

    def code(self, number):
        return re.search(r"\d{6}", self.messages(number)[-1])[0]


@pytest.fixture
def phone(tmp_path, settings):
    settings.SMS_FILE_PATH = tmp_path / "sms"
    return Phone(settings.SMS_FILE_PATH)


class FailingProvider:
    def send(self, mobile, text):
        raise ConnectionError("provider says no")


@pytest.fixture
def failing_provider(settings):
    settings.SMS_ADAPTER = f"{__name__}.FailingProvider"
