"""PostgreSQL and Redis for a test run of their own: temporary folders, free ports, gone with the run.

`SUNKITCHEN_TEST_ON=servers` turns them on. The run's first process starts them before Django reads its settings;
workers find them by the environment. Never the machine's own cluster, whatever DATABASE_URL says outside.
"""

import atexit
import contextlib
import ctypes
import functools
import itertools
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

WANTED = os.environ.get("SUNKITCHEN_TEST_ON") == "servers"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
URLS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
FOLDER, REDIS = "SUNKITCHEN_TEST_POSTGRES", "SUNKITCHEN_TEST_REDIS"  # how the first process tells its workers
ROOT, SQLITE = Path(__file__).parent.parent.parent, "sunkitchen.sqlite3"
REDIS_ROOMS = 4096  # numbered databases: one a worker from 0, one a started site from 100
PATIENCE = 30  # seconds
PR_SET_PDEATHSIG = 1

_running: list[subprocess.Popen] = []


def postgres(program):
    """Path of a PostgreSQL program, of the newest version here; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: float(path.parts[4]))
    return str(found[-1]) if found else shutil.which(program)


def program(name):
    """Path of a daemon; a plain user's PATH leaves out where Debian puts some."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def lacking():
    """Names of the servers that this machine does not have."""
    return [name for name, path in (("postgres", postgres("postgres")), ("redis", program("redis-server"))) if not path]


def prepare():
    """Before Django reads its settings: the environment of this process names its database and its Redis."""
    for name in URLS:
        os.environ.pop(name, None)  # nobody's real rows are ever a test's
    if not WANTED or lacking():
        return
    if not WORKER:
        start()
    number = int(WORKER.removeprefix("gw")) + 1 if WORKER else 0
    os.environ["DATABASE_URL"] = database_url("sunkitchen")
    os.environ["REDIS_URL"] = f"{os.environ[REDIS]}/{number}"


def database_url(name):
    """By a socket in a folder that nobody else enters: no port, no password."""
    return f"postgres://sunkitchen@{os.environ[FOLDER].replace('/', '%2F')}/{name}"


_rooms = itertools.count(100 + 100 * (int(WORKER.removeprefix("gw")) + 1 if WORKER else 0))


def room(migrated_in=None):
    """The environment of one more installation: a fresh database, a fresh Redis. Nothing of it on the SQLite pass.

    `migrated_in`: its folder. The migrations have run then, as after its first start; that one from nothing is shown by
    tests/test_tooling_site.py and tests/deploy.
    """
    if FOLDER not in os.environ:
        if migrated_in is not None and not (file := Path(migrated_in) / SQLITE).exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_migrated(), file)
        return {}
    return _database(f" TEMPLATE {_migrated()}" if migrated_in is not None else "")


def _database(like=""):
    import psycopg

    name = f"site_{uuid.uuid4().hex}"
    with psycopg.connect(database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{like}")
    return {"DATABASE_URL": database_url(name), "REDIS_URL": f"{os.environ[REDIS]}/{next(_rooms)}"}


@functools.cache
def _migrated():
    """A database whose migrations have run, made once in each process: its file, or its name on PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="sunkitchen-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    env = {**os.environ, "SUNKITCHEN_VAR": str(folder), **room()}
    command = [sys.executable, "-m", "sunkitchen", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    if url := env.get("DATABASE_URL"):
        return url.rpartition("/")[2]
    with contextlib.closing(sqlite3.connect(folder / SQLITE)) as rows:
        rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / SQLITE


def hand(database):
    """Somebody else's hand in the same rows, each statement a transaction: a name on PostgreSQL, a path on SQLite."""
    if FOLDER not in os.environ:
        return contextlib.closing(sqlite3.connect(database, isolation_level=None))
    import psycopg

    return contextlib.closing(psycopg.connect(database_url(database), autocommit=True))


# ── start, end ──────────────────────────────────────────────────────────────────────────────────────────────
def start():
    folder = Path(tempfile.mkdtemp(prefix="sunkitchen-servers-"))
    os.environ[FOLDER], os.environ[REDIS] = str(folder), f"redis://127.0.0.1:{_free_port()}"
    try:
        _start_redis(folder)
        _start_postgres(folder)
    except BaseException:
        end()
        raise


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _with_us():
    """In the child: the kernel ends it when this run is gone, however it went. SIGQUIT ends PostgreSQL at once."""
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # ignored in what a shell put into the background, and inherited
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def _start_redis(folder):
    port = os.environ[REDIS].rpartition(":")[2]
    words = f"--port {port} --bind 127.0.0.1 --databases {REDIS_ROOMS} --appendonly no --dir {folder}".split()
    with (folder / "redis.log").open("w") as log:
        _running.append(
            subprocess.Popen(
                [program("redis-server"), *words, "--save", ""], stdout=log, stderr=log, preexec_fn=_with_us
            )
        )
    _wait(lambda: socket.create_connection(("127.0.0.1", int(port)), 1).close(), folder / "redis.log")


def _start_postgres(folder):
    somebody = _somebody()
    if somebody:
        shutil.chown(folder, "postgres", "postgres")
    init = f"-D {folder / 'rows'} -U sunkitchen --auth=trust --no-sync --encoding=UTF8 --locale=C.UTF-8".split()
    done = subprocess.run([postgres("initdb"), *init], cwd=folder, capture_output=True, text=True, **somebody)
    assert done.returncode == 0, done.stdout + done.stderr
    _run_postgres(folder)


def _somebody():
    """PostgreSQL refuses root: as the user that Debian's package made."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _run_postgres(folder):
    # What a crash of the machine would lose is of no worth here.
    fast = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses="
    words = f"-D {folder / 'rows'} -k {folder} {fast} -c max_connections=300".split()
    with (folder / "postgres.log").open("w") as log:
        process = subprocess.Popen(
            [postgres("postgres"), *words], cwd=folder, stdout=log, stderr=log, preexec_fn=_with_us, **_somebody()
        )
    _running.append(process)
    import psycopg

    _wait(lambda: psycopg.connect(database_url("postgres")).close(), folder / "postgres.log")


@contextlib.contextmanager
def stopped_postgres():
    """PostgreSQL goes down at once, as by a power cut of its own, and comes back when the block ends: this run's own."""
    process = _running.pop()
    process.send_signal(signal.SIGQUIT)
    process.wait(PATIENCE)
    yield
    _run_postgres(Path(os.environ[FOLDER]))


def _wait(ask, log):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except Exception:
            assert time.monotonic() < until and _running[-1].poll() is None, log.read_text()
            time.sleep(0.05)


def end():
    """Safe to call twice, and from a process that started nothing."""
    while _running:
        process = _running.pop()
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if not _running:
            shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
