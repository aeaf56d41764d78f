"""A register of 20,000 lines: the first import, the same file again, and one in which every line changed; seconds and peak memory.

On SQLite and, where it is installed, on PostgreSQL; `others_wait` is the longest that somebody else's small write waited.
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
from tests.registry import registers

LINES = 20_000
GOAL = 60.0  # seconds; 20 is what we aim at

CHILD = """
import json, resource, sys, threading, time
import django
django.setup()
from django.core.files import File
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from sunkitchen.accounts.models import Authority, Post, User
from sunkitchen.registry.models import Establishment
from sunkitchen.registry.register import actions
bureau = Authority.objects.create(name="海澜市市场监督管理局", slug="hailan", division="999901")
clerk = User.objects.create_user(name="李审", email="li@example.com")
Post.objects.create(user=clerk, authority=bureau, role="clerk")
waited, over = [0.0], threading.Event()

def write():  # somebody else's small write, again and again: how long does it wait?
    while not over.is_set():
        began = time.monotonic()
        User.objects.filter(pk=clerk.pk).update(language="zh-hans")
        waited[0] = max(waited[0], time.monotonic() - began)
        over.wait(0.05)
    connection.close()

for name in sys.argv[1:]:
    waited[0] = 0.0
    over.clear()
    other = threading.Thread(target=write)
    other.start()
    began, spent = time.monotonic(), time.process_time()
    with open(name, "rb") as file:
        row = actions.run(actions.bring(bureau, by=clerk, upload=File(file, name=name)))
    seconds, cpu = time.monotonic() - began, time.process_time() - spent
    over.set()
    other.join()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "waited": waited[0], "peak": peak, "state": row.state, "failure": row.failure,
        "counts": [row.created, row.updated, row.unchanged, row.refused], "vendor": connection.vendor}), flush=True)
"""


def run() -> Iterator[Measure]:
    rooms: list[dict[str, str]] = [{}]
    if not servers.lacking():
        servers.start()
        rooms.append(servers.room())
    try:
        for room in rooms:
            yield from _measured(room)
    finally:
        servers.end()


def _measured(room: dict[str, str]) -> Iterator[Measure]:
    first = [registers.entry(serial) for serial in range(1, LINES + 1)]
    second = [{**one, "issuer": "海澜市行政审批局", "address": one["address"] + "一楼"} for one in first]
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as folder:
        csv, xlsx, changed = (Path(folder) / name for name in ("first.csv", "first.xlsx", "changed.csv"))
        csv.write_bytes(registers.as_csv(first))
        xlsx.write_bytes(registers.sheet(first))
        changed.write_bytes(registers.as_csv(second))
        expected = [[LINES, 0, 0, 0], [0, 0, LINES, 0], [0, 0, LINES, 0], [0, LINES, 0, 0]]
        for line, counts, name in zip(
            _child(folder, room, csv, csv, xlsx, changed),
            expected,
            ("first", "again", "again_xlsx", "changed"),
            strict=True,
        ):
            if line["counts"] != counts:
                raise RuntimeError(f"{name}: {line}")
            name = f"register.{line['vendor']}.{name}"
            yield Measure(name, round(line["seconds"], 1), "s", goal=GOAL)
            yield Measure(f"{name}.cpu", round(line["cpu"], 1), "cpu s")
            yield Measure(f"{name}.others_wait", round(line["waited"], 1), "s", goal=10)
        yield Measure(f"register.{line['vendor']}.peak_memory", round(line["peak"]), "MB")


def _child(folder: str, room: dict[str, str], *files: Path) -> Iterator[dict[str, Any]]:
    var = Path(folder, "var")
    env = {**os.environ, **room, "DJANGO_SETTINGS_MODULE": "sunkitchen.settings", "SUNKITCHEN_VAR": str(var)}
    var.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, *map(str, files)], env=env, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    yield from map(json.loads, child.stdout)
    if child.wait():
        raise RuntimeError("the import broke off")
