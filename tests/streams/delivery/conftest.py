"""One camera of the restaurant on a real uvicorn, and the words to talk about it."""

import time
from datetime import UTC, datetime

import pytest
from channels.db import database_sync_to_async

from streams.delivery import link
from streams.delivery.hls import HlsApp
from streams.delivery.ingest import IngestApp
from streams.delivery.live import LiveApp
from sunkitchen.core import tickets
from tests import builders
from tests.streams.conftest import serving

FAR = datetime(2099, 1, 1, tzinfo=UTC)
RECHECK = 0.1  # seconds: what takes five in the kitchen


class Site:
    """Address of the server; what the tests ask of it."""

    def __init__(self, port):
        self.host = f"127.0.0.1:{port}"

    def ws(self, code):
        return f"ws://{self.host}/ws/live/{code}/"

    def http(self, path):
        return f"http://{self.host}{path}"


@pytest.fixture
def camera(transactional_db, restaurant):
    return builders.camera(restaurant, code="cam1", state="live", seen_at=FAR)


@pytest.fixture
def other_camera(camera, restaurant):
    return builders.camera(restaurant, code="cam2", zone="cutting", state="live", seen_at=FAR)


@pytest.fixture
def ticket(camera):
    return tickets.opening(camera.code, camera.serial, time.time())


@pytest.fixture
async def site(camera, relay, settings):
    settings.SITE_URL = "http://testserver"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    live, hls, ingest = LiveApp(recheck=RECHECK), HlsApp(opening=1.0, every=RECHECK), IngestApp(2.0, RECHECK)

    async def app(scope, receive, send):
        path = scope["path"]
        chosen = live if path.startswith("/ws/") else hls if path.startswith("/live/") else ingest
        await chosen(scope, receive, send)

    async with serving(app) as port:
        yield Site(port)
        await link.hub().aclose()


async def update(row, **fields):
    await database_sync_to_async(type(row).objects.filter(pk=row.pk).update)(**fields)


async def reload(row):
    await database_sync_to_async(row.refresh_from_db)()
    return row
