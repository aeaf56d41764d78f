"""Drafting an edition over 100,000 kitchens with a year of facts on PostgreSQL: seconds, peak memory, and how it grows.

A million visits, three million camera days in the period itself, half a million complaints, and people, papers,
deliveries, samples, reminders beside them. Not in CI: it fills a database of gigabytes first.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import Measure
from tests.real import servers

SMALL, LARGE = 10_000, 100_000

FILL = """
import sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bench import _city
_city.build(int(sys.argv[1]))
"""
DRAFT = """
import json, os, resource, time, django
django.setup()
from django.db import connection
from bench import _city
from ratings.editions import drafting
from sunkitchen.accounts.models import Authority, User
drafting.AT_ONCE = 0
first, last = _city.PERIOD
edition = drafting.draft(
    Authority.objects.get(), by=User.objects.get(name="赵查"), period_from=first, period_to=last, at=_city.AT
)

def served():  # seconds of processor that the database spent on this connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        words = open(f"/proc/{cursor.fetchone()[0]}/stat").read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

database = served()
began, spent = time.monotonic(), time.process_time()
drafting.compute(edition, at=_city.AT)
print(json.dumps({
    "seconds": time.monotonic() - began, "cpu": time.process_time() - spent,
    "database": served() - database, "kitchens": edition.kitchens,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "red": edition.proposals.filter(colour="red").count(), "black": edition.proposals.filter(colour="black").count(),
}))
"""


def run() -> Iterator[Measure]:
    if servers.lacking():
        return
    servers.start()
    try:
        each = {}
        for kitchens in (SMALL, LARGE):
            line = _measured(kitchens)
            each[kitchens] = line["seconds"] / line["kitchens"]
            print(line, file=sys.stderr, flush=True)
        yield Measure("drafting.seconds", round(line["seconds"], 1), "s", goal=20)
        yield Measure("drafting.cpu", round(line["cpu"], 1), "cpu s")
        yield Measure("drafting.database_cpu", round(line["database"], 1), "cpu s")
        yield Measure("drafting.peak", round(line["peak"]), "MB", goal=300)
        yield Measure("drafting.proposals", line["red"] + line["black"], "kitchens")
        name = f"a kitchen of {SMALL}"
        yield Measure("drafting.scaling", round(each[LARGE] * 1e6), "µs a kitchen", name, round(each[SMALL] * 1e6), 1.3)
    finally:
        servers.end()


def _measured(kitchens: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as var:
        env = {**os.environ, **servers.room(), "DJANGO_SETTINGS_MODULE": "sunkitchen.settings", "SUNKITCHEN_VAR": var}
        env["PYTHONPATH"] = str(Path(__file__).parent.parent)
        subprocess.run([sys.executable, "-c", FILL, str(kitchens)], env=env, check=True)
        done = subprocess.run([sys.executable, "-c", DRAFT], env=env, check=True, stdout=subprocess.PIPE, text=True)
    line: dict[str, Any] = json.loads(done.stdout)
    if line["kitchens"] != kitchens + 1 or not line["red"] or not line["black"]:
        raise RuntimeError(f"not the city that was meant: {line}")
    return line
