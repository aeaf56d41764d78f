"""The demo at full size, made in an empty installation by its own command: 206 kitchens, a year, eight loops drawn.

Seconds on this machine's clock, tables made before; and the processor's seconds beside them, which a busy machine does
not stretch. Then once more, when there is nothing left to make.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import Measure

ROOT = Path(__file__).parent.parent


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-demo-") as var:
        command(var, "migrate", "--verbosity", "0")
        seconds, cpu = command(var, "demo")
        yield Measure("demo.build", round(seconds, 1), "s", goal=60)
        yield Measure("demo.build_cpu", round(cpu, 1), "cpu s")
        seconds, _cpu = command(var, "demo")
        yield Measure("demo.again", round(seconds, 1), "s")


def command(var: str, *words: str) -> tuple[float, float]:
    """Seconds that it took, and of processors, its children's included. CalledProcessError when it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    subprocess.run(
        [sys.executable, "-m", "sunkitchen", *words],
        cwd=ROOT,
        env={**env, "SUNKITCHEN_VAR": var},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
