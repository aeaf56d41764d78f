"""A kitchen whose camera is live, and the people around it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import builders

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    from django.core.cache import cache

    settings.CLIPS_ROOT = tmp_path / "clips"
    settings.POSTERS_ROOT = tmp_path / "posters"
    for folder in (settings.CLIPS_ROOT, settings.POSTERS_ROOT):
        folder.mkdir()
    cache.clear()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def camera(restaurant, now):
    return builders.camera(restaurant, state="live", since=now - timedelta(minutes=5), seen_at=now, epoch=1)


@pytest.fixture
def browser():
    """Somebody's browser: `browser(zhao)`."""

    def open_for(person=None):
        client = Client()
        if person:
            client.force_login(person, backend=BACKEND)
        return client

    return open_for
