"""Finding which kitchens received a batch, among a million deliveries on PostgreSQL: the whole question as the
officer's page asks it, the slowest of several turns. Not in CI: it fills a database of gigabytes first."""

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

FILL = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bench import _markets
_markets.build()
"""
ASK = """
import json, time, django
django.setup()
from datetime import date
from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can
from sunkitchen.registry.models import Delivery, Establishment
from sunkitchen.registry.suppliers import tracks
from sunkitchen.registry.suppliers.question import Question
clerk = User.objects.get(name="李审")
week = {"since": date(2026, 10, 26), "until": date(2026, 11, 1)}
QUESTIONS = {
    "rare_batch_and_supplier": Question(batch="批号：Ａ-0002 0000", supplier="水产粮油批发"),
    "common_batch": Question(batch="2026年10月26日"),
    "common_batch_and_supplier": Question(batch="2026/10/26", supplier="海澜 77 号"),
    "batch_begins": Question(batch="A00020", begins=True),
    "product_in_7_days": Question(product="带鱼", **week),
    "supplier_by_name": Question(supplier="海澜1234号"),
    "supplier_by_credit_code": Question(supplier="913300000000001234"),
    "unknown_batch": Question(batch="B99999999"),
}
for name, question in QUESTIONS.items():
    assert question.why_not(date(2026, 11, 1)) is None, name
    times = []
    for turn in range(5):
        began = time.monotonic()
        rows = tracks.lines(question, Establishment.objects.within(clerk, Can.TRACE_GOODS))
        found = tracks.found(rows)
        shown = tracks.received(rows, found.kitchens[:25])
        times.append(time.monotonic() - began)
    plan = rows.explain()
    print(json.dumps({
        "name": name, "seconds": max(times), "median": sorted(times)[2], "kitchens": len(found.kitchens),
        "lines": found.lines, "reads_all_lines": "Seq Scan on registry_deliveryline" in plan,
        "reads_all_deliveries": "Seq Scan on registry_delivery " in plan, "plan": plan,
    }), flush=True)
print(json.dumps({"name": "", "deliveries": Delivery.objects.count()}))
"""


def run() -> Iterator[Measure]:
    if servers.lacking():
        return
    servers.start()
    try:
        lines = _answered()
    finally:
        servers.end()
    if lines.pop()["deliveries"] < 1_000_000:
        raise RuntimeError("not the ledgers that were meant")
    for line in lines:
        plan = line.pop("plan")
        print(line, *([plan] if os.environ.get("PLANS") else []), sep="\n", file=sys.stderr, flush=True)
        if line["reads_all_lines"] and not line["name"].startswith("product"):  # which has days alone to narrow it
            raise RuntimeError(f"{line['name']} reads every line of the ledgers:\n{plan}")
        yield Measure(f"recall.{line['name']}", round(line["seconds"], 3), "s", goal=1)


def _answered() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as var:
        env = {**os.environ, **servers.room(), "DJANGO_SETTINGS_MODULE": "sunkitchen.settings", "SUNKITCHEN_VAR": var}
        env["PYTHONPATH"] = str(Path(__file__).parent.parent)
        subprocess.run([sys.executable, "-c", FILL], env=env, check=True)
        done = subprocess.run([sys.executable, "-c", ASK], env=env, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
