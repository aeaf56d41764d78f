"""From `git clone` to a moving kitchen: this checkout's last commit, cloned, with an empty HOME (so that no package is
cached), `make run`, then Chromium on the page it prints, until the first frame moves. Seconds, and where they went."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import Measure
from bench._stage import browsing
from tests.real.components import some_free_port
from tests.real.site import ROOT, UP

KITCHEN = re.compile(r"A kitchen, live\s+(http\S+)")
GOAL = 180.0  # seconds


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="sunkitchen-clone-") as folder:
        started = time.monotonic()
        checkout = Path(folder) / "sunkitchen"
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", checkout], check=True)
        home = Path(folder) / "home"
        home.mkdir()
        env = {"HOME": str(home), "PATH": os.environ["PATH"]}
        command = ["make", "run", f"PORT={some_free_port()}"]
        made = subprocess.Popen(
            command,
            cwd=checkout,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # a group of its own, which Ctrl-C reaches as a whole, like a terminal's
        )
        try:
            address = until_up(made)
            served = time.monotonic() - started
            moving = served + first_frame(address)
        finally:
            os.killpg(made.pid, signal.SIGINT)
            made.communicate(timeout=30)
    yield Measure("clone.served", round(served, 1), "s")
    yield Measure("clone.moving_kitchen", round(moving, 1), "s", goal=GOAL)


def until_up(made: subprocess.Popen[str]) -> str:
    """The address of the kitchen that `make run` names. AssertionError, with its words, when it ends before."""
    said = []
    for line in made.stdout or ():
        said.append(line)
        if UP in line:
            found = KITCHEN.search("".join(said))
            assert found, "".join(said)
            return found[1]
    raise AssertionError("".join(said[-30:]))


def first_frame(address: str) -> float:
    """Seconds until the picture has moved by a second of its own time."""
    started = time.monotonic()
    with browsing() as chromium:
        page = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
        page.goto(address)
        page.wait_for_selector(".live[data-state=live]", timeout=60_000)
        begun = page.evaluate("document.querySelector('.live video').currentTime")
        while page.evaluate("document.querySelector('.live video').currentTime") < begun + 1:
            page.wait_for_timeout(100)
    return time.monotonic() - started
