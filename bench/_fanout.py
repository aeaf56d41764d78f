"""What a thousand viewers cost the one process that serves them, beside nginx that sends them the same by sendfile.

The clients are one process of ours on the same two cores; only the server's CPU seconds are counted, per GB that
arrived. The pictures come from a hub of ours over the real socket, at a fixed number of messages a second.
"""

import json
import shlex
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import Measure
from bench._cost import cpu_seconds, pss_kb
from tests.real import servers
from tests.real.components import some_free_port
from tests.real.site import ROOT, Site, until

VIEWERS = 1000
BITS = 1_500_000
SECONDS = 10.0
SEGMENT_SECONDS = 2
PEER = "nginx sendfile, segments of 2 s"
GOALS = {5: 2.2, 10: 3.5}
VIEWER_KB = 60

A_TICKET = """
import time
from bench._stage import OPEN_A_KITCHEN
exec(OPEN_A_KITCHEN.replace("{url}", "rtsp://127.0.0.1:554/live"))
from sunkitchen.core import tickets
print(camera.code, tickets.opening(camera.code, camera.serial, time.time()))
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def python(*words: object, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *map(str, words)], cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


class Crowd:
    """The viewers' process, asked what has come."""

    def __init__(self, process: subprocess.Popen[str], words: str) -> None:
        assert process.stdin and process.stdout
        self._in, self._out = process.stdin, process.stdout
        self._tell(json.dumps(words))

    def _tell(self, line: str) -> None:
        self._in.write(line + "\n")
        self._in.flush()

    def ask(self) -> tuple[int, int]:
        """How many are connected, and bytes so far."""
        self._tell("")
        connected, heard = json.loads(self._out.readline())
        return connected, heard

    def cost(self, server: int) -> float:
        """CPU seconds of `server` per GB that arrives. AssertionError when not all are there, or hardly anything is."""
        used, (_, before) = cpu_seconds(server), self.ask()
        began = time.monotonic()
        time.sleep(SECONDS)
        (connected, heard), used = self.ask(), cpu_seconds(server) - used
        fed = (heard - before) * 8 / BITS / VIEWERS / (time.monotonic() - began)
        assert connected == VIEWERS, f"{connected} of {VIEWERS} viewers are left"
        assert fed > 0.5, f"only {fed:.0%} of the pictures arrived"
        if fed < 0.95:
            say(f"{fed:.0%} of the pictures arrived: the machine has no more")
        return used / (heard - before) * 1e9


@contextmanager
def crowd(port: int, words: str, period: float = 0.0) -> Iterator[Crowd]:
    with ended(python("-m", "bench._viewers", port, VIEWERS, period)) as process:
        made = Crowd(process, words)
        assert until(lambda: made.ask()[0] == VIEWERS, 60), "the viewers did not all come in"
        time.sleep(4)  # joiners' groups of pictures are through
        yield made


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as name:
        folder = Path(name)
        theirs = by_nginx(folder)
        costs, viewer_kb = by_web_process(folder)
    for rate, ours in costs.items():
        share = "server and clients share the cores"
        peer = f"{PEER}; {share}"
        goal = round(GOALS[rate] * theirs, 3)
        yield Measure(
            f"relay.fanout_cpu_per_gb.{rate}_messages", round(ours, 3), "cpu s/GB", peer, round(theirs, 3), goal
        )
    yield Measure("relay.viewer_memory", round(viewer_kb, 1), "KB", goal=VIEWER_KB)


def by_nginx(folder: Path) -> float:
    port, www = some_free_port(), folder / "www"
    www.mkdir()
    folder.chmod(0o755)
    (www / "segment").write_bytes(bytes(BITS // 8 * SEGMENT_SECONDS))
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    words = [servers.program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    asked = "GET /segment HTTP/1.1\r\nHost: bench\r\n\r\n"
    with ended(subprocess.Popen(words, text=True)) as nginx:
        time.sleep(1)
        with crowd(port, asked, SEGMENT_SECONDS) as viewers:
            return viewers.cost(nginx.pid)


def by_web_process(folder: Path) -> tuple[dict[int, float], float]:
    """CPU seconds per GB for each rate, and KB a viewer."""
    site = Site(folder, some_free_port(), {"CAMERA_ALLOW": "127.0.0.1:554"})
    site.manage("migrate", "--verbosity", "0")
    code, ticket = site.shell(A_TICKET).split()[-2:]
    socket = site.shell("from django.conf import settings; print(settings.RELAY_SOCKET)")
    asked = (
        f"GET /ws/live/{code}/ HTTP/1.1\r\nHost: localhost:{site.port}\r\nOrigin: {site.url}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {b64encode(bytes(16)).decode()}\r\n"
        f"Sec-WebSocket-Protocol: sunkitchen.live, {ticket}\r\n\r\n"
    )
    # Under the same variable as the site's own processes, and as its unit starts it, on a port instead of a socket.
    web = python(*as_deployed(site.port), env={**site.env, "SUNKITCHEN_VAR": str(site.var)})
    with ended(python("-m", "bench._hub", socket, code, BITS, env=site.env)) as hub, ended(web):
        assert hub.stdin and hub.stdout and hub.stdout.readline().strip() == "ready", "the hub did not start"
        assert until(lambda: answers(site.port), 60), "the web process did not start"
        with single(site.port, asked):  # what the first viewer alone brings in is no viewer's memory
            time.sleep(3)
            alone = pss_kb(web.pid)
            with crowd(site.port, asked) as viewers:
                costs = {}
                for rate in GOALS:
                    hub.stdin.write(f"{rate}\n")
                    hub.stdin.flush()
                    time.sleep(3)
                    costs[rate] = viewers.cost(web.pid)
                return costs, (pss_kb(web.pid) - alone) / VIEWERS


@contextmanager
def single(port: int, words: str) -> Iterator[None]:
    with ended(python("-m", "bench._viewers", port, 1)) as process:
        Crowd(process, words)
        yield


def as_deployed(port: int) -> list[str]:
    """The unit's words after the interpreter."""
    lines = (ROOT / "deploy/systemd/sunkitchen-live.service").read_text().splitlines()
    words = shlex.split(next(line for line in lines if line.startswith("ExecStart=")).partition("=")[2])
    at = words.index("--uds")
    return ["-m", "uvicorn", *words[1:at], "--port", str(port), *words[at + 2 :]]


def answers(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
