"""A relay among bad cameras, as a process of its own. For tests, and for whoever wants to let it run longer.

async with abuse.node(folder, {"good": camera, …}, password) as node:
    before = await node.figures()
    await node.flapped("flap", 100)
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path

from streams.relay import metrics
from streams.relay.hub_client import HubClient
from streams.relay.wire import HubDown
from tests.real import servers

MAKE_ROWS = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from sunkitchen.core import secrets
from tests import builders
place = builders.establishment()
for code, url in {urls!r}.items():
    builders.camera(place, source="rtsp", code=code, sealed_url=secrets.seal(url))
"""
PATIENCE = 60.0  # seconds, for machines that do other things too


class Node:
    """A relay on an installation of its own; `cameras` by code, which they are watched under."""

    def __init__(self, var, cameras, password):
        self.var, self.cameras, self.log = Path(var), cameras, Path(var) / "relay.log"
        self.process, self.socket = None, self.var / "relay.sock"
        self.env = {
            **os.environ,
            "SUNKITCHEN_VAR": str(var),
            **servers.room(var),
            "CAMERA_ALLOW": ",".join(camera.address for camera in cameras.values()),
            "CAMERA_START_SECONDS": "4",
            "DJANGO_SETTINGS_MODULE": "sunkitchen.settings",
        }
        self.env.pop("RELAY_LIVE", None)
        urls = {code: camera.url(password=password) for code, camera in cameras.items()}
        rows = [sys.executable, "-c", MAKE_ROWS.format(urls=urls)]
        done = subprocess.run(rows, env=self.env, capture_output=True, text=True)
        assert not done.returncode, done.stderr
        self.hub = HubClient(self.socket, linger=0.1, retry=0.1)
        self.rings = {}

    async def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "sunkitchen", "relay"], env=self.env, stderr=log)
        await self.until(lambda figures: True)
        for code in self.cameras:
            self.rings[code] = await self.hub.watch(code)

    async def figures(self):
        return await asyncio.to_thread(metrics.read, self.socket, 10.0)

    async def until(self, true, seconds=PATIENCE):
        """Ask until `true(figures)`; those figures."""
        async with asyncio.timeout(seconds):
            while True:
                assert self.process.poll() is None, self.log.read_text()
                with contextlib.suppress(HubDown):
                    if true(figures := await self.figures()):
                        return figures
                await asyncio.sleep(0.2)

    async def is_live(self, *codes):
        return await self.until(
            lambda said: all(said["channels"].get(code, {}).get("state") == "live" for code in codes)
        )

    async def flapped(self, code, times, seconds=PATIENCE):
        """Wait until that camera was begun `times` more; the figures then."""
        first = (await self.figures())["channels"][code]["epoch"]
        return await self.until(lambda said: said["channels"][code]["epoch"] >= first + times, seconds)

    def children(self):
        """{pid: command} of the relay's living children."""
        return {pid: words for pid, state, words in self._offspring() if state != "Z"}

    def zombies(self):
        return [pid for pid, state, words in self._offspring() if state == "Z"]

    def _offspring(self):
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                after_name = stat.read_text().rpartition(")")[2].split()
                if int(after_name[1]) == self.process.pid:
                    yield int(stat.parent.name), after_name[0], (stat.parent / "cmdline").read_bytes()

    async def leaks(self, canary):
        """Where the secret is to be read though nobody may: names of places."""
        found = []
        for pid in [self.process.pid, *self.children()]:
            for name in ("cmdline", "environ"):
                with contextlib.suppress(OSError):
                    if canary.encode() in Path(f"/proc/{pid}/{name}").read_bytes():
                        found.append(f"{name} of {pid}")
        if canary in self.log.read_text():
            found.append("the log")
        if canary in repr(await self.figures()):
            found.append("the figures")
        url = self.env.get("DATABASE_URL")
        with servers.hand(url.rpartition("/")[2] if url else self.var / "sunkitchen.sqlite3") as hand:
            for table in ("streams_camera", "streams_cameraevent", "streams_lease", "core_auditentry"):
                if canary in repr(hand.execute(f"SELECT * FROM {table}").fetchall()):
                    found.append(table)
        for path in self.var.rglob("*"):
            if path.is_file() and "sqlite3" not in path.name and canary.encode() in path.read_bytes():
                found.append(path.name)
        return found

    def beside(self, name):
        """Another relay on the same rows: a node of its own, with a socket and folders of its own."""
        other = object.__new__(Node)
        other.var, other.cameras, other.process, other.rings = self.var, self.cameras, None, {}
        other.log = self.var / f"{name}.log"
        other.socket = self.var / f"{name}.sock"
        own = {"RELAY_NODE": name, "RELAY_SOCKET": str(other.socket), "RELAY_LIVE": str(self.var / f"live-{name}")}
        other.env = {**self.env, **own}
        other.hub = HubClient(other.socket, linger=0.1, retry=0.1)
        return other

    async def end(self):
        await self.hub.aclose()
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()


@contextlib.asynccontextmanager
async def node(var, cameras, password):
    running = await asyncio.to_thread(Node, var, cameras, password)
    try:
        await running.start()
        yield running
    finally:
        await running.end()
