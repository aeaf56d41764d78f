"""An installation of its own whose publisher is killed: run as a process, it prints one JSON line of what became of it.

`python -m tests.ratings.crash.scene kills SEEDS` publishes one edition a seed, each in a forked process that ends by
SIGKILL at a failpoint; beat's sweep follows, as it would a minute later, and everything is checked after each.
`… twice` gives one due edition to two workers at once; `… cut` ends the publisher's connection in the middle, `… stopped`
the whole PostgreSQL, and publishes again; `… clock` publishes with a clock that is set back and forth by an hour.
"""

import collections
import contextlib
import json
import os
import random
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import django
from django.conf import settings

from tests.real import servers

if sys.argv[1] == "stopped":  # a PostgreSQL of its own: nobody else's may go down
    os.environ.pop(servers.FOLDER, None)
    servers.start()
    os.environ |= {"DATABASE_URL": servers.database_url("postgres"), "REDIS_URL": ""}

settings.DATABASES["default"].get("OPTIONS", {}).pop("pool", None)  # no thread of a pool survives a fork
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import InterfaceError, OperationalError, connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from ratings.editions import publishing, releasing, tasks  # noqa: E402
from ratings.models import Edition, Listing  # noqa: E402
from sunkitchen.core import translog, verify  # noqa: E402
from sunkitchen.core.models import Checkpoint, LogEntry  # noqa: E402
from tests.ratings import editions_ready  # noqa: E402

NOW = timezone.make_aware(datetime(2026, 11, 24, 9))


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def before(name, where, act, turn=1):
    """`act()` just before the `turn`-th call of `where.name`."""
    real, calls = getattr(where, name), iter(range(1, 1 << 30))

    def patched(*words, **named):
        if next(calls) == turn:
            act()
        return real(*words, **named)

    setattr(where, name, patched)


def after(name, where, act):
    real = getattr(where, name)

    def patched(*words, **named):
        found = real(*words, **named)
        act()
        return found

    setattr(where, name, patched)


# In the order in which publishing comes past them. What is acknowledged is so once the call has returned.
FAILPOINTS = {
    "a listing is sealed": lambda dice: before("move", publishing, die, dice.randint(1, 2)),
    "the leaf is appended": lambda dice: after("append", translog, die),
    "before commit": lambda dice: before("commit", connection, die),
    "after commit": lambda dice: after("commit", connection, die),
    "before signing": lambda dice: before("sign", translog, die),
    "after signing": lambda dice: after("sign", translog, die),
    "mid static file": lambda dice: before("fsync", os, die, dice.randint(1, 5)),
    "between static files": lambda dice: before("replace", Path, die, dice.randint(1, 5)),
    "never": lambda dice: None,
}


def forked(act):
    """Run `act` in a process of its own: whether it returned (acknowledged), was killed, or what it said instead."""
    connections.close_all()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        said = b"acknowledged"
        try:
            act()
        except BaseException as error:
            said = type(error).__name__.encode()
        os.write(writer, said)
        os._exit(0)
    os.close(writer)
    return SimpleNamespace(pid=pid, reader=reader)


def outcome(process):
    said = b"".join(iter(lambda: os.read(process.reader, 4096), b"")).decode()
    os.close(process.reader)
    os.waitpid(process.pid, 0)
    return said or "killed"


def held():
    """What must hold whenever nobody is in the middle of anything. AssertionError."""
    seqs = list(LogEntry.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(len(seqs))), f"a hole in {seqs}"
    published = Edition.objects.filter(state="published")
    entries = list(published.values_list("entry__seq", flat=True))
    assert len(set(entries)) == len(entries) and None not in entries, "an edition without its own entry"
    codes = collections.Counter(
        leaf["code"]
        for leaf in (json.loads(bytes(row)) for row in LogEntry.objects.values_list("leaf", flat=True))
        if leaf["kind"] == "edition"
    )
    assert set(codes.values()) <= {1}, f"logged twice: {codes}"
    assert set(codes) == {edition.code for edition in published.select_related("authority")}, "log and rows differ"
    half = Listing.objects.filter(state="published").exclude(edition__state="published")
    assert not half.exists(), "a listing is out before its edition"
    sizes = list(Checkpoint.objects.order_by("pk").values_list("size", flat=True))
    assert sizes == sorted(set(sizes)), f"sizes go back: {sizes}"


def verified():
    """The static copy holds by the verifier that strangers use. AssertionError with what it said."""
    if not Checkpoint.objects.exists():
        return
    with contextlib.redirect_stdout(open(os.devnull, "w")):
        assert verify.main([str(settings.LOG_ROOT)]) == 0, "the log does not verify"


def kills(seeds):
    world = editions_ready.world()
    came = collections.Counter()
    for seed in range(seeds):
        dice = random.Random(seed)
        point = dice.choice(list(FAILPOINTS))
        edition = editions_ready.edition(world, number=seed + 1)

        def publish(edition=edition, point=point, dice=dice):
            FAILPOINTS[point](dice)
            releasing.publish(edition, by=world.publisher, at=NOW + timedelta(minutes=edition.number))

        said = outcome(forked(publish))
        came[said] += 1
        held()
        edition.refresh_from_db()
        assert said != "acknowledged" or edition.state == "published", f"{point}: acknowledged, and gone"
        if edition.state != "published":  # the publisher presses again
            releasing.publish(edition, by=world.publisher, at=NOW + timedelta(minutes=edition.number))
        tasks.sweep_editions()
        held()
        verified()
        left = [path.name for path in Path(settings.LOG_ROOT).rglob(".*") if seed == seeds - 1]
        assert len(left) <= seeds, left
    return {"came": dict(came), "published": Edition.objects.filter(state="published").count()}


def twice():
    """One due edition, the same task delivered to two workers at once: published once."""
    world = editions_ready.world()
    rounds = 5
    for number in range(1, rounds + 1):
        edition = editions_ready.edition(world, number=number)
        releasing.release(edition, by=world.publisher, at_hour=NOW, at=NOW - timedelta(hours=1))
        workers = [forked(lambda: releasing.publish_due(NOW + timedelta(minutes=1))) for _ in range(2)]
        said = [outcome(worker) for worker in workers]
        assert said == ["acknowledged"] * 2, said
        held()
    tasks.sweep_editions()
    tasks.sweep_editions()
    held()
    verified()
    return {"published": Edition.objects.filter(state="published").count(), "entries": LogEntry.objects.count()}


@contextlib.contextmanager
def midway(publisher, edition):
    """A process that stands in the middle of publishing until the block ends; gives its backend's number."""
    reader, writer = os.pipe()
    go_reader, go_writer = os.pipe()

    def stand():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            os.write(writer, str(cursor.fetchone()[0]).encode())
        os.read(go_reader, 1)

    def publish():
        before("append", translog, stand)
        releasing.publish(edition, by=publisher, at=NOW)

    process = forked(publish)
    yield int(os.read(reader, 20))
    os.write(go_writer, b"x")
    said = outcome(process)
    assert said in (OperationalError.__name__, InterfaceError.__name__), said


def cut():
    """The publisher's connection is ended by the server in the middle of publishing: nothing is half there."""
    world = editions_ready.world()
    edition = editions_ready.edition(world, number=1)
    with midway(world.publisher, edition) as backend, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    return again(world, edition)


def stopped():
    """PostgreSQL itself goes down in the middle of publishing, and comes back."""
    with connection.cursor() as cursor:  # the tests' servers acknowledge sooner than a product's: here that would count
        cursor.execute("ALTER DATABASE postgres SET synchronous_commit = on")
    connection.close()
    world = editions_ready.world()
    edition = editions_ready.edition(world, number=1)
    with contextlib.ExitStack() as until_the_end, midway(world.publisher, edition):
        until_the_end.enter_context(servers.stopped_postgres())
    connections.close_all()
    return again(world, edition)


def again(world, edition):
    held()
    edition.refresh_from_db()
    assert edition.state == "draft" and not LogEntry.objects.exists(), "half published"
    releasing.publish(edition, by=world.publisher, at=NOW)
    tasks.sweep_editions()
    held()
    verified()
    return {"published": Edition.objects.filter(state="published").count()}


def clock():
    """The machine's clock goes an hour ahead and back between publications: the log's order is its seq."""
    world = editions_ready.world()
    for number, off in enumerate((0, 1, -1, 0, 1), 1):
        edition = editions_ready.edition(world, number=number)
        releasing.publish(edition, by=world.publisher, at=NOW + timedelta(hours=off, minutes=number))
        publishing.settle(NOW + timedelta(hours=off, minutes=number))
        held()
        verified()
    in_order = Edition.objects.order_by("entry__seq").values_list("number", flat=True)
    newest = Checkpoint.objects.order_by("-size").first()
    return {"order": list(in_order), "newest": newest.size}


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    scenes = {"twice": twice, "cut": cut, "stopped": stopped, "clock": clock}
    try:
        found = kills(int(sys.argv[2])) if sys.argv[1] == "kills" else scenes[sys.argv[1]]()
        print(json.dumps(found))
    finally:
        servers.end()
