"""Requests a second that one WSGI worker answers, as deploy/ starts it (granian), on PostgreSQL where there is one.

- pages.kitchen: the kitchen's page with everything on it, as a crowd gets it (kept: public/answers.py), beside an empty
  view behind the same middleware (an address of the bench's own: bench/_urls.py).
- pages.kitchen_rendered: the same page rendered anew each time, beside the same empty view. No goal: the view that does
  nothing takes 0.2 ms, and a dozen queries through an ORM with a template on top can't take twice that.
- pages.kitchen_kept: the first beside the second.
- pages.*_queries: what each page asks of the database when nothing is kept, and what it asks when it is.

Eight connections kept alive from one process of this machine; the worker and the load share its cores. In turns, so
that all meet the same machine; the middle of five rounds counts.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import Measure
from tests.real import servers
from tests.real.components import some_free_port
from tests.real.site import ROOT

CONNECTIONS = 8
ROUNDS = 5
SECONDS = 1.5  # of each round
PATIENCE = 60
MOST_QUERIES = 12
GRANIAN = "--interface wsgi --host 127.0.0.1 --workers 1 --blocking-threads 8 --no-ws --log-level warning".split()


def run() -> Iterator[Measure]:
    with database() as rows, tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as var:
        env = {**os.environ, **rows, "SUNKITCHEN_VAR": var, "DJANGO_SETTINGS_MODULE": "bench._settings"}
        made = json.loads(python("bench._kitchen", {**env, "PAGE_CACHE": "0"}).splitlines()[-1])
        page = f"/k/{made['code']}/"
        for path, number in made["queries"].items():
            goal = MOST_QUERIES if path == page else None
            yield Measure(f"pages.queries {path.replace(made['code'], 'code')}", number, "queries", goal=goal)
        yield Measure("pages.kitchen.kept_queries", made["cached"], "queries", goal=0)
        on = "PostgreSQL" if rows else "SQLite"
        with serving({**env, "PAGE_CACHE": "0"}) as bare, serving({**env, "PAGE_CACHE": "1"}) as keeping:
            asked = {"rendered": (bare, page), "empty": (bare, "/empty/"), "kept": (keeping, page)}
            for port, path in asked.values():
                asyncio.run(load(port, path, 1.0))
            rounds = [
                {name: asyncio.run(load(*target, SECONDS)) for name, target in asked.items()} for _ in range(ROUNDS)
            ]
    rate = {name: round(sorted(one[name] for one in rounds)[ROUNDS // 2], 1) for name in asked}
    middleware = f"an empty view through the same middleware, {on}"
    yield Measure("pages.kitchen", rate["kept"], "requests/s", middleware, rate["empty"], goal=rate["empty"] / 2)
    yield Measure("pages.kitchen_rendered", rate["rendered"], "requests/s", middleware, rate["empty"])
    rendered = f"rendered each time, {on}"
    yield Measure("pages.kitchen_kept", rate["kept"], "requests/s", rendered, rate["rendered"], 2 * rate["rendered"])


@contextlib.contextmanager
def database() -> Iterator[dict[str, str]]:
    """The environment that names a PostgreSQL and a Redis of our own; empty, so SQLite, where they are missing."""
    if servers.lacking():
        yield {}
        return
    servers.start()
    try:
        yield servers.room()
    finally:
        servers.end()


def python(module: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module], cwd=ROOT, env=env, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def serving(env: dict[str, str]) -> Iterator[int]:
    """One granian worker; its port, once it answers. Ended afterwards."""
    port = some_free_port()
    granian = str(Path(sys.executable).with_name("granian"))
    process = subprocess.Popen(
        [granian, *GRANIAN, "--port", str(port), "sunkitchen.wsgi:application"], cwd=ROOT, env=env
    )
    try:
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                asyncio.run(load(port, "/healthz/live", 0.1))
                break
            assert process.poll() is None and time.monotonic() < until, "granian did not come up"
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


async def load(port: int, path: str, seconds: float) -> float:
    """Answered requests a second. AssertionError for any status but 200."""
    until = time.monotonic() + seconds
    counts = await asyncio.gather(*(one(port, path, until) for _ in range(CONNECTIONS)))
    return sum(counts) / seconds


async def one(port: int, path: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
    count = 0
    while time.monotonic() < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        count += 1
    writer.close()
    return count
