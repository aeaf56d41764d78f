"""What it takes to check, and to go on with, a log of a thousand editions of twenty listings, each with its checkpoint.

`verify.seconds`: the verifier's command over the mirror's folder, from its start to its last line. `log.sign`: the next
checkpoint over a thousand entries, rebuilt from rows, each known checkpoint compared; `log.mirror`: the copy looked
through, file by file, when one entry is new.
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
EDITIONS, LISTINGS = 1000, 20
ROWS = """
import sys, time
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.db import transaction
from django.utils import timezone
from sunkitchen.core import translog
hashed = [{"identity": "0" * 64, "finding": "1" * 64}] * %d
for number in range(%d):
    with transaction.atomic():
        translog.append({"kind": "edition", "code": f"hailan/2026-{number}", "listings": hashed})
        translog.sign(timezone.now()) if number < 3 or number %% 50 == 0 else None
translog.mirror()
with transaction.atomic():
    translog.append({"kind": "test"})
for name in ("sign", "mirror"):
    started = time.perf_counter()
    translog.sign(timezone.now()) if name == "sign" else translog.mirror()
    print(name, time.perf_counter() - started)
"""


MAKE = """
import sys
from pathlib import Path
import django
django.setup()
from tests.core.logs import Log
log = Log()
for number in range(1, %d + 1):
    log.edition(f"hailan/2026-{number}", count=%d).sign()
log.write(Path(sys.argv[1]))
"""


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-verify-") as var:
        folder = str(Path(var) / "log")
        script(var, MAKE % (EDITIONS, LISTINGS), folder)
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        command = [sys.executable, "-m", "sunkitchen", "verify", folder]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        seconds, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        yield Measure("verify.seconds", round(seconds, 2), "s", goal=5)
        yield Measure(
            "verify.cpu", round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2), "cpu s"
        )
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-log-") as var:
        for line in script(var, ROWS % (LISTINGS, EDITIONS)).splitlines():
            name, seconds = line.split()
            yield Measure(f"log.{name}", round(float(seconds), 3), "s")


def script(var: str, source: str, *words: str) -> str:
    """What the source prints, run in an installation of its own."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    env |= {"SUNKITCHEN_VAR": var, "DJANGO_SETTINGS_MODULE": "sunkitchen.settings"}
    command = [sys.executable, "-c", source, *words]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
