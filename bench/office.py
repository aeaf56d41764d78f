"""An office's pages over a city of 100,000 kitchens with a year of facts on PostgreSQL: seconds of a whole request.

Each page as the officer whose work it is opens it, in the language of the office, by the product's own middleware and
templates; the middle of three turns after a first one. Not in CI: it fills a database of gigabytes first.
`PLANS=1 make bench ONLY=office` tells each page's slowest question and how the database went about it.
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

KITCHENS = 100_000
GOAL = 1.0  # seconds

FILL = """
import sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bench import _office
_office.build(int(sys.argv[1]))
"""
PAGES = {
    "home_of_clerk": ("李审", "/office/"),
    "home_of_inspector": ("赵查", "/office/"),
    "home_of_publisher": ("孙发", "/office/"),
    "figures": ("李审", "/office/figures/"),
    "kitchens": ("李审", "/office/kitchens/"),
    "kitchens_searched": ("李审", "/office/kitchens/?q=%E7%AC%AC+4711"),
    "plan": ("赵查", "/office/plan/"),
    "calendar": ("赵查", "/office/plan/calendar/"),
    "visits": ("赵查", "/office/inspections/"),
    "complaints": ("李审", "/office/complaints/"),
    "samples": ("赵查", "/office/samples/"),
    "reminders": ("赵查", "/office/reminders/"),
    "incidents": ("赵查", "/office/incidents/"),
    "editions": ("孙发", "/office/editions/"),
    "rectifications": ("赵查", "/office/rectifications/"),
    "draws": ("李审", "/office/draws/"),
    "trail": ("吴督", "/office/audit/"),
    "undelivered": ("李审", "/office/undelivered/"),
    "questions": ("李审", "/office/talks/"),
    "review_queue": ("李审", "/office/papers/"),
    "review_queue_searched": ("李审", "/office/papers/?q=N4711"),
    "review_queue_of_a_category": ("李审", "/office/papers/?category=medium&kind=food_permit"),
    "review_queue_with_doubts": ("李审", "/office/papers/?doubts=on"),
    "review_renewals": ("李审", "/office/papers/renewals/"),
    "review_paper": ("李审", "/office/papers/50004000/"),
    "review_paper_of_many_looks": ("李审", "/office/papers/50004004/"),
    "recall_search": ("李审", "/office/recall/?product=&batch=A4711&supplier="),
}
ASK = """
import json, sys, time, django
from unittest.mock import patch
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS.append("testserver")
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from bench import _city
from sunkitchen.accounts.models import User
with patch("django.utils.timezone.now", lambda: _city.AT):
    for name, (who, path) in json.loads(sys.argv[1]).items():
        client = Client()
        client.force_login(User.objects.get(name=who))
        times = []
        for turn in range(4):
            began = time.monotonic()
            answer = client.get(path)
            times.append(time.monotonic() - began)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        slow = max(asked.captured_queries, key=lambda one: float(one["time"]))
        plan = ""
        if slow["sql"].lstrip().upper().startswith(("SELECT", "WITH")):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + slow["sql"])
                plan = "\\n".join(row[0] for row in cursor.fetchall())
        print(json.dumps({
            "name": name, "status": answer.status_code, "first": times[0], "seconds": sorted(times[1:])[1],
            "queries": len(asked), "in_database": sum(float(one["time"]) for one in asked.captured_queries),
            "slowest": slow["time"], "slow": slow["sql"], "plan": plan, "size": len(answer.content),
        }), flush=True)
"""


def run() -> Iterator[Measure]:
    if servers.lacking():
        return
    servers.start()
    try:
        with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as var:
            env = environment(var, servers.room())
            subprocess.run([sys.executable, "-c", FILL, str(KITCHENS)], env=env, check=True)
            for line in answered(env):
                tell(line)
                if line["status"] != 200:
                    raise RuntimeError(f"{line['name']} answered {line['status']}")
                yield Measure(f"office.{line['name']}", round(line["seconds"], 3), "s", goal=GOAL)
    finally:
        servers.end()


def environment(var: str, room: dict[str, str]) -> dict[str, str]:
    env = {**os.environ, **room, "DJANGO_SETTINGS_MODULE": "sunkitchen.settings", "SUNKITCHEN_VAR": var}
    return {**env, "PYTHONPATH": str(Path(__file__).parent.parent)}


def answered(env: dict[str, str], pages: dict[str, tuple[str, str]] = PAGES) -> Iterator[dict[str, Any]]:
    """A line for each page, as it comes."""
    words = [sys.executable, "-c", ASK, json.dumps(pages)]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise RuntimeError(f"the pages ended with {process.returncode}")


def tell(line: dict[str, Any]) -> None:
    names = ("name", "status", "first", "seconds", "in_database", "queries", "slowest")
    print({name: line[name] for name in names}, file=sys.stderr, flush=True)
    if os.environ.get("PLANS") and line["seconds"] > GOAL:
        print(line["slow"], line["plan"], sep="\n", file=sys.stderr, flush=True)
