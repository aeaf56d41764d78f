"""The product as its operator starts it: `python -m sunkitchen serve`, in a folder and on a port of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

from tests.real import servers

ROOT = Path(__file__).parent.parent.parent
UP = "Ctrl-C ends everything."
PATIENCE = 150  # seconds: two busy cores start it in about ten


def with_mark(mark):
    """Every living process that carries the mark in its environment, however it was started: {pid: command}."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (
                mark.encode() in (folder / "environ").read_bytes()
                and (folder / "stat").read_text().rpartition(")")[2][1] != "Z"
            ):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it went meanwhile
    return found


def until(true, seconds=40):
    """Ask again every quarter of a second; whether it became true in time. Real processes have no clock to set."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not true():
        if time.monotonic() > end:
            return False
        pause.wait(0.25)
    return True


class Site:
    def __init__(self, folder, port, env, *, fresh=False):
        """`fresh`: it starts from nothing, else from a database whose migrations have run."""
        self.var = folder / "var"
        self.port = port
        self.url = f"http://localhost:{port}"
        self.mark = f"sunkitchen-site-{uuid.uuid4()}"
        self.said = []
        self.up = threading.Event()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SUNKITCHEN_", "SITE_"))}
        self.env = {
            **inherited,
            "SUNKITCHEN_VAR": str(self.var),
            "PORT": str(port),
            "SITE_URL": self.url,
            "SITE_MARK": self.mark,
            "PYTHONUNBUFFERED": "1",
            **servers.room(None if fresh else self.var),
            **env,
        }

    def start(self, *words):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sunkitchen", "serve", *words],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.up.wait(PATIENCE), f"the site did not come up:\n{self.words}"
        assert UP in self.words, f"the site ended at once:\n{self.words}"
        return self

    def _listen(self):
        for line in self.process.stdout:
            self.said.append(line)
            if UP in line:
                self.up.set()
        self.up.set()  # nothing more will come

    @property
    def words(self):
        """All it printed so far."""
        return "".join(self.said[-200:])

    @property
    def processes(self):
        return with_mark(self.mark)

    def manage(self, *words, **options):
        """`python -m sunkitchen WORDS` on the same installation; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "sunkitchen", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            **options,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def shell(self, code):
        """Run Python with the site's rows at hand; what it printed."""
        return self.manage("shell", "--verbosity", "0", "--no-imports", "-c", code)

    def end(self, number=signal.SIGINT, patience=20):
        """Ask it to end as Ctrl-C does; the processes that were left, which are then killed."""
        if getattr(self, "process", None) is None:
            return {}
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
        left = self.processes
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        return left
