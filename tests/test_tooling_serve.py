"""`serve` keeps its processes alive, ends them all, and says in one line what keeps it from starting."""

import errno
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sunkitchen import serve
from sunkitchen.children import Children
from tests.real import servers

ROOT = Path(__file__).parent.parent


class Process:
    """Stands for a process of the operating system."""

    pid = 2**22 + 1  # above every real one

    def __init__(self):
        self.code = None

    def poll(self):
        return self.code

    def wait(self, timeout=None):
        return self.code


@pytest.fixture
def family():
    """Children, what was started, what was said."""
    started, said = [], []

    def spawn(command):
        started.append(Process())
        return started[-1]

    children = Children(said.append, spawn)
    children.add("relay", ["relay"])
    return children, started, said


def test_a_child_that_dies_is_started_again_later_and_later(family):
    children, started, said = family
    children.tick(0)
    now = 0.0
    for wait in (1, 2, 4, 8, 16, 30, 30):
        started[-1].code = 1
        children.tick(now)
        assert said[-1] == f"relay ended (exit 1); starting it again in {wait} s."
        count = len(started)
        children.tick(now + wait - 0.1)
        assert len(started) == count
        now += wait
        children.tick(now)
        assert len(started) == count + 1


def test_a_child_that_lived_long_starts_again_at_once(family):
    children, started, said = family
    children.tick(0)
    for _ in range(3):
        started[-1].code = 1
        children.tick(10)
        children.tick(40)
    started[-1].code = -signal.SIGKILL
    children.tick(200)
    assert said[-1] == "relay ended (signal SIGKILL); starting it again in 1 s."


def run_serve(var, port, *words, **env):
    return subprocess.run(
        [sys.executable, "-m", "sunkitchen", "serve", "--no-demo", *words],
        cwd=ROOT,
        env={**os.environ, "SUNKITCHEN_VAR": str(var), "PORT": str(port), **servers.room(), **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def one_line(done):
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_a_taken_port_is_one_line(tmp_path):
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]
        line = one_line(run_serve(tmp_path, port))
    assert line == f"Sunkitchen: port {port} is taken. Choose another: make run PORT={port + 1}"


def test_no_ffmpeg_is_one_line(tmp_path, free_port):
    line = one_line(run_serve(tmp_path, free_port, FFMPEG_BINARY="/nowhere/ffmpeg"))
    assert line == "Sunkitchen: FFMPEG_BINARY=/nowhere/ffmpeg is no program here."


def test_a_database_that_is_away_is_one_line(tmp_path, free_port):
    line = one_line(run_serve(tmp_path, free_port, DATABASE_URL=f"postgres://me@127.0.0.1:{free_port}/sunkitchen"))
    assert line.startswith("Sunkitchen: the database does not answer. DATABASE_URL names it; it says: connection ")


def test_a_path_too_long_for_a_socket_is_one_line(tmp_path, free_port):
    line = one_line(run_serve(tmp_path / ("x" * 100), free_port))
    assert line.endswith("is too long a path for a socket. Set SUNKITCHEN_VAR to a shorter folder.")


def test_a_setting_that_cannot_be_read_is_one_line(tmp_path, free_port):
    line = one_line(run_serve(tmp_path, free_port, CAMERA_START_SECONDS="soon"))
    assert line == "Sunkitchen: CAMERA_START_SECONDS='soon' is not a number."


@pytest.fixture
def small_disk(tmp_path):
    """A file system that has room for next to nothing, where this machine lets us have one."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder]).returncode:
        yield None
        return
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_one_line(small_disk, free_port):
    if small_disk:
        assert one_line(run_serve(small_disk, free_port)).startswith("Sunkitchen: the disk is full (0 MB free at ")
    with pytest.raises(OSError) as caught:
        Path("/dev/full").write_text("x")
    assert serve.is_full(caught.value)
    assert not serve.is_full(OSError(errno.EACCES, "no"))


def test_only_an_address_that_others_reach_is_opened_to_them(monkeypatch):
    monkeypatch.delenv("BIND", raising=False)
    assert serve.bind_host("http://localhost:8000") == "127.0.0.1"
    assert serve.bind_host("http://[::1]:8000") == "127.0.0.1"
    assert serve.bind_host("http://192.168.1.7:8000") == "0.0.0.0"
    assert serve.bind_host("https://kitchens.example") == "0.0.0.0"
