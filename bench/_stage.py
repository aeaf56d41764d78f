"""What benches stand on: the real processes with one open kitchen, a real RTSP camera, real Chromium."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.components import CHROMIUM, CHROMIUM_FLAGS, RtspCamera, some_free_port
from tests.real.site import Site

OPEN_A_KITCHEN = """
from django.utils import timezone
from streams.cameras import actions as cameras
from sunkitchen.accounts.models import User
from sunkitchen.registry.establishments import actions as establishments
owner = User.objects.create_user(name="王海", email="wang@example.com")
kitchen = establishments.register(by=owner, signboard="海上明月海鲜楼", operator_name="海澜海上明月餐饮有限公司",
    address="海澜市楚门镇南兴东路 88 号", division="999901", category="medium")
type(kitchen).objects.filter(pk=kitchen.pk).update(state="open", opened_at=timezone.now())
camera = cameras.add_camera(kitchen, by=owner, zone="cooking", source="rtsp", url="{url}",
    user="admin", password="secret")
print(kitchen.code, camera.code)
"""


@dataclass
class Stage:
    site: Site
    kitchen: str
    camera: str
    address: str  # the camera's host:port; user admin, password secret

    @property
    def page(self) -> str:
        return f"{self.site.url}/k/{self.kitchen}/"


@contextmanager
def stage() -> Iterator[Stage]:
    """Everything up, the camera not yet started; all of it ended afterwards."""
    camera = RtspCamera(some_free_port(), [])
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as folder:
        site = Site(Path(folder), some_free_port(), {"CAMERA_ALLOW": camera.address})
        try:
            camera.start()
            site.start("--no-demo")
            made = site.shell(OPEN_A_KITCHEN.replace("{url}", f"rtsp://{camera.address}/live"))
            yield Stage(site, *made.split()[-2:], camera.address)
        finally:
            site.end()
            camera.stop()


@contextmanager
def browsing():
    """A phone-sized browser, without cache between pages only where a bench opens a new context."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
