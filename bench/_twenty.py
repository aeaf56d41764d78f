"""Twenty wanted cameras on an installation of its own, and the daemon that fetches them."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench._cost import family
from streams.relay import metrics
from streams.relay.wire import HubDown
from tests.real.components import some_free_port
from tests.real.site import ROOT, Site, until

CAMERAS = 20
BITRATE = "1500k"
SIZE = "1280x720"
LOOP_SECONDS = 12

# A picture that moves everywhere, like a kitchen's: the encoder has to work for its bits and gets all of them.
PICTURE = f"testsrc2=size={SIZE}:rate=25,noise=alls=12:allf=t"

MAKE_TWENTY = """
import datetime
from django.utils import timezone
from streams.cameras import actions as cameras
from streams.cameras.models import Camera
from sunkitchen.accounts.models import User
from sunkitchen.registry.establishments import actions as establishments
owner = User.objects.create_user(name="王海", email="wang@example.com")
for number in range({count}):
    kitchen = establishments.register(by=owner, signboard=f"海上明月海鲜楼 {{number}}", operator_name="海澜海上明月餐饮有限公司",
        address=f"海澜市楚门镇南兴东路 {{number}} 号", division="999901", category="medium")
    type(kitchen).objects.filter(pk=kitchen.pk).update(state="open", opened_at=timezone.now())
    camera = cameras.add_camera(kitchen, by=owner, zone="cooking", source="rtsp",
        url=f"rtsp://{address}/{{number}}", user="admin", password="secret")
    print(kitchen.code, camera.code)
Camera.objects.update(wanted_until=timezone.now() + datetime.timedelta(hours={hours}))
"""


def loop_of(folder: Path, binary: str) -> Path:
    """One pre-encoded H.264 loop, 1.5 Mbit/s, 25 fps, a keyframe every 2 s."""
    made = folder / "loop.h264"
    words = ["-f", "lavfi", "-i", PICTURE, "-t", str(LOOP_SECONDS), "-c:v", "libx264", "-preset", "veryfast"]
    words += ["-tune", "zerolatency", "-profile:v", "high", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0"]
    words += ["-pix_fmt", "yuv420p", "-x264-params", "sliced-threads=0:slices=1:aud=0", "-bf", "0"]
    words += ["-b:v", BITRATE, "-maxrate", BITRATE, "-bufsize", "1500k", "-f", "h264"]
    subprocess.run([binary, "-loglevel", "error", "-nostdin", "-y", *words, str(made)], check=True)
    return made


@contextmanager
def source(folder: Path, binary: str) -> Iterator[tuple[int, str]]:
    """The cameras; yields the pid of their process and their host:port."""
    port = some_free_port()
    words = [sys.executable, "-m", "bench._cameras", str(port), str(loop_of(folder, binary))]
    made = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert made.stdout and made.stdout.readline().strip() == "ready", "the cameras did not start"
        yield made.pid, f"127.0.0.1:{port}"
    finally:
        made.kill()
        made.communicate()


@dataclass
class Twenty:
    """An installation with CAMERAS wanted cameras; `codes` are (kitchen, camera)."""

    site: Site
    binary: str
    cameras: int  # pid of their process: SIGUSR1 ends every connection
    address: str
    codes: list[tuple[str, str]]

    @contextmanager
    def relay(self) -> Iterator[subprocess.Popen[str]]:
        """The daemon, all cameras flowing; ended by SIGTERM afterwards."""
        made = subprocess.Popen(
            [sys.executable, "-m", "sunkitchen", "relay", "--verbosity", "0"],
            cwd=ROOT,
            env=self.site.env,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        try:
            flowing = until(lambda: len(self.live()) == len(self.codes), 60)
            assert flowing, f"{len(self.live())} of {len(self.codes)} cameras are live"
            yield made
        finally:
            made.terminate()
            try:
                made.wait(15)
            except subprocess.TimeoutExpired:
                made.kill()
                made.wait()

    def live(self) -> dict[str, int]:
        """The cameras that are live now, as the daemon says, and their epochs."""
        with suppress(OSError, HubDown):
            said = metrics.read(self.site.var / "relay.sock")["channels"]
            return {code: channel["epoch"] for code, channel in said.items() if channel["state"] == "live"}
        return {}

    @contextmanager
    def bare(self) -> Iterator[int]:
        """The peer: as many bare ffmpegs on the same cameras; yields the pid that has them all as children."""
        words = ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp"]
        one = " ".join([self.binary, *words, "-i", f"rtsp://{self.address}/$n", "-c", "copy", "-f", "null", "-"])
        every = " ".join(str(number) for number in range(len(self.codes)))
        made = subprocess.Popen(["/bin/sh", "-c", f"for n in {every}; do {one} & done; wait"], start_new_session=True)
        try:
            assert until(lambda: len(family(made.pid)) == len(self.codes) + 1, 20), "the bare ffmpegs did not start"
            yield made.pid
        finally:
            for pid in family(made.pid)[::-1]:
                subprocess.run(["kill", "-9", str(pid)], check=False, stderr=subprocess.DEVNULL)
            made.wait()


@contextmanager
def twenty(binary: str, hours: int = 1) -> Iterator[Twenty]:
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as name:
        folder = Path(name)
        with source(folder, binary) as (cameras, address):
            site = Site(folder, some_free_port(), {"CAMERA_ALLOW": address})
            site.manage("migrate", "--verbosity", "0")
            made = site.shell(MAKE_TWENTY.format(count=CAMERAS, address=address, hours=hours))
            codes = [(line.split()[0], line.split()[1]) for line in made.splitlines()[-CAMERAS:]]
            yield Twenty(site, binary, cameras, address, codes)
