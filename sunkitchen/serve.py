"""`python -m sunkitchen serve`: the whole product by one command. Web, relay and worker, started, watched, ended."""

import argparse
import contextlib
import errno
import fcntl
import http.client
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from sunkitchen.children import Children

PATIENCE = 90.0  # seconds until everything must be up
LONGEST_SOCKET = 103  # bytes of a Unix socket's path, on the strictest system
GIVE_UP_AFTER = 3  # deaths of one process before it was ever up
# websockets-sansio without deflate was the fastest fan-out (docs/decisions); frames are compressed already.
WEB = (
    "--ws websockets-sansio --ws-per-message-deflate false --ws-max-size 65536 --no-access-log --no-server-header "
    "--log-level warning --timeout-graceful-shutdown 3"
).split()
WORKER = (
    "--pool threads --concurrency 4 --beat --loglevel ERROR --without-gossip --without-mingle --without-heartbeat"
).split()
LOCAL = {"localhost", "127.0.0.1", "[::1]"}


class Trouble(Exception):
    """Why it can't go on; one line for the person who started it."""


def say(text: str = "") -> None:
    print(text, flush=True)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="sunkitchen serve", description=__doc__)
    parser.add_argument("--no-demo", action="store_true", help="no demo kitchens, no demo cameras")
    parser.add_argument("--demo-kitchens", type=int, metavar="N", help="where there is none yet: a demo of N kitchens")
    asked = parser.parse_args(words)
    return told(lambda: serve(demo=not asked.no_demo, kitchens=asked.demo_kitchens))


def told(work: Callable[[], int]) -> int:
    """The work's exit code; what a person can mend is one line on stderr and 1."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    try:
        return work()
    except (Trouble, ImproperlyConfigured) as reason:
        return complain(str(reason))
    except (OSError, OperationalError) as error:
        if not is_full(error):
            raise
        return complain(full_disk())


def complain(reason: str) -> int:
    print(f"Sunkitchen: {reason}", file=sys.stderr, flush=True)
    return 1


def is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return "disk is full" in str(error)  # SQLite's words


def full_disk() -> str:
    """Asks no settings: reading them writes this installation's secrets, and may be what failed."""
    var = Path(os.environ.get("SUNKITCHEN_VAR") or "var").absolute()
    free = shutil.disk_usage(_standing(var)).free // 1_000_000
    return f"the disk is full ({free} MB free at {var}). Make room, or set SUNKITCHEN_VAR to another folder."


def _standing(path: Path) -> Path:
    return path if path.exists() else _standing(path.parent)


def serve(*, demo: bool, kitchens: int | None = None) -> int:
    stopping, preparing = threading.Event(), threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        if preparing.is_set():
            raise KeyboardInterrupt  # out of the demo's minute: nothing of it is kept

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)

    from django.conf import settings

    host = bind_host(settings.SITE_URL)
    require_free(host, settings.PORT)
    require_short(settings.RELAY_SOCKET)
    with alone(settings.VAR):
        preparing.set()
        try:
            pushers = prepare(settings.VAR, demo, kitchens)
        except KeyboardInterrupt:
            return 0
        finally:
            preparing.clear()
        children = Children(say)
        try:
            start(children, host, settings.PORT)
            if wait_until_up(children, stopping, settings.PORT):
                for name, command in pushers:
                    children.add(name, command)
                greet(demo)
            while not stopping.wait(0.25):
                children.tick(time.monotonic())
        finally:
            children.stop()
    return 0


# ── before ──────────────────────────────────────────────────────────────────────────────────────────────────
def bind_host(site_url: str) -> str:
    """Only this machine, unless the site's address is one that others reach. BIND overrides."""
    name = site_url.split("://", 1)[-1].split("/")[0].rsplit(":", 1)[0]
    return os.environ.get("BIND") or ("127.0.0.1" if name in LOCAL else "0.0.0.0")


def require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Trouble(f"port {port} is for root alone. Choose one above 1023: make run PORT=8000") from None
        except OverflowError:
            raise Trouble(f"PORT={port} is not a port. Choose one from 1024 to 65535.") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Trouble(f"cannot listen on {host}, port {port}: {error.strerror}.") from None
            raise Trouble(f"port {port} is taken. Choose another: make run PORT={port + 1}") from None


def require_short(path: Path) -> None:
    if len(os.fsencode(path)) > LONGEST_SOCKET:
        raise Trouble(f"{path} is too long a path for a socket. Set SUNKITCHEN_VAR to a shorter folder.")


@contextlib.contextmanager
def alone(var: Path) -> Iterator[None]:
    """One `serve` per installation: two relays would fight for its cameras."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "serve.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(f"already running on {var}. End that one first, or set SUNKITCHEN_VAR.") from None
        yield


def prepare(var: Path, demo: bool, kitchens: int | None = None) -> list[tuple[str, list[str]]]:
    """Folders, tables, static files, the demo. The commands of the demo's pushers."""
    ffmpeg = find_ffmpeg()
    for name in ("broker", "broker-control", "beat"):
        (var / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    set_up()

    from django.core.management import call_command
    from django.db import connections

    call_command("collectstatic", verbosity=0, interactive=False)
    commands = []
    if demo:
        from django.conf import settings

        from sunkitchen.demo import stage, town

        if stage.make(ffmpeg, say, count=kitchens or town.SIZE):
            commands = stage.pushers(ffmpeg, settings.PORT)
    connections.close_all()
    return commands


def set_up() -> None:
    """Django, and the tables as this version wants them."""
    import django

    django.setup()
    require_database()
    from django.core.management import call_command

    from sunkitchen.core.checks import append_only_tables_are_guarded

    # Before migrate, which would put the triggers back and with them hide that somebody took them away.
    for error in append_only_tables_are_guarded(["default"]):
        raise Trouble(f"{error.msg} {error.hint}")
    call_command("migrate", verbosity=0, interactive=False)


def require_database() -> None:
    """A server that is away is one line, at once: the pool would try again and again, and say less."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    import psycopg

    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Trouble(f"the database does not answer. DATABASE_URL names it; it says: {reason}") from None


def find_ffmpeg() -> str:
    from django.conf import settings

    if settings.FFMPEG_BINARY:
        if path := shutil.which(settings.FFMPEG_BINARY):
            return path
        raise Trouble(f"FFMPEG_BINARY={settings.FFMPEG_BINARY} is no program here.")
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        raise Trouble("there is no ffmpeg for this machine. Install ffmpeg, or set FFMPEG_BINARY.") from None


# ── up ──────────────────────────────────────────────────────────────────────────────────────────────────────
def start(children: Children, host: str, port: int) -> None:
    from django.conf import settings

    python = (sys.executable, "-m")
    schedule = str(settings.VAR / "beat" / "schedule")
    children.add("web", [*python, "uvicorn", "sunkitchen.asgi:application", "--host", host, "--port", str(port), *WEB])
    children.add("relay", [*python, "sunkitchen", "relay", "--verbosity", "0"])
    # Celery warns at length when root starts it; whoever runs all of this as root has decided that.
    quiet = (sys.executable, "-W", "ignore::UserWarning:celery.platforms", "-m")
    children.add("worker", [*quiet, "celery", "-A", "sunkitchen.celery", "--quiet", "worker", "-s", schedule, *WORKER])


def wait_until_up(children: Children, stopping: threading.Event, port: int) -> bool:
    """True once pages answer and the relay listens; False when asked to stop before. Trouble when it won't be."""
    from django.conf import settings

    started = time.monotonic()
    checks: dict[str, Callable[[], bool]] = {
        "web": lambda: answers(port, settings.SITE_HOST),
        "relay": lambda: listens(settings.RELAY_SOCKET),
    }
    while checks:
        children.tick(time.monotonic())
        for child in children.all:
            if child.deaths >= GIVE_UP_AFTER:
                nearly_full = shutil.disk_usage(settings.VAR).free < 5_000_000
                raise Trouble(
                    full_disk() if nearly_full else f"{child.name} does not start; its last words stand above."
                )
        checks = {name: up for name, up in checks.items() if not up()}
        if time.monotonic() - started > PATIENCE:
            raise Trouble(f"{' and '.join(checks)} did not come up in {PATIENCE:.0f} s.")
        if checks and stopping.wait(0.1):
            return False
    return not stopping.is_set()


def answers(port: int, site_host: str) -> bool:
    """The home page answers, which takes its tables and templates too. Trouble when it fails."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": site_host})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status >= 500:
        raise Trouble(f"the home page fails ({status}); why stands above.")
    return True


def listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────
def greet(demo: bool) -> None:
    from django.conf import settings

    say()
    say(f"  阳光厨房 Sunkitchen    {settings.SITE_URL}")
    if demo:
        from django.db import connections

        from sunkitchen.core import qr
        from sunkitchen.demo import stage

        if page := stage.showpiece():
            address = f"{settings.SITE_URL}/k/{page}/"
            say(f"  A kitchen, live        {address}")
            say()
            say(qr.terminal(address))
        for line in stage.sign_ins():
            say(f"  {line}")
        connections.close_all()
    say()
    say(f"  Mail lands in {settings.EMAIL_FILE_PATH}, SMS in {settings.SMS_FILE_PATH}.")
    if settings.CAMERA_ALLOW:
        say(f"  Cameras may stand at {', '.join(settings.CAMERA_ALLOW)} (CAMERA_ALLOW).")
    if bind_host(settings.SITE_URL) == "127.0.0.1" and (lan := lan_address()):
        say(f"  For phones on your network: make run SITE_URL=http://{lan}:{settings.PORT}")
    say("  Ctrl-C ends everything.")
    say()


def lan_address() -> str:
    """This machine's address towards the world; connecting a datagram socket sends nothing (RFC 5737 address)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])
