"""The pass on servers starts its own, ends them however it ends, and says so when it can't."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real import servers
from tests.real.site import ROOT, until

WAITS = """
def test_it_waits():
    import os, pathlib, threading
    pathlib.Path({told!r}).write_text(os.environ["DATABASE_URL"] + " " + os.environ["SUNKITCHEN_TEST_POSTGRES"])
    threading.Event().wait(60)
"""


def run(tmp_path, code="def test_nothing():\n    pass\n", plugin="", **env):
    """A pass of its own over one small test, started; its words come from stdout."""
    (tmp_path / "first.py").write_text(plugin)
    test = tmp_path / "test_made.py"
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "SUNKITCHEN_", "CI"))}
    test.write_text(code)
    settings = ["-c", str(ROOT / "pyproject.toml"), "-p", "no:randomly", "-p", "first", "-p", "tests.conftest"]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *settings, str(test)],
        cwd=ROOT,
        env={**ours, "SUNKITCHEN_TEST_ON": "servers", "PYTHONPATH": str(tmp_path), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A run that a shell put into the background ignores SIGINT, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_missing_servers_fail_in_ci_and_are_said_elsewhere(tmp_path, ci, code):
    process = run(tmp_path, plugin="from tests.real import servers\nservers.lacking = lambda: ['redis']\n", CI=ci)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == code
    assert "NOT TESTED on servers: redis missing here." in said


@pytest.mark.real("postgres", "redis")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_servers_end_with_the_run_however_it_ends(tmp_path, number):
    told = tmp_path / "told"
    process = run(tmp_path, WAITS.format(told=str(told)))
    try:
        assert until(lambda: told.exists() and told.read_text().count(" ") == 1, 60)
        url, folder = told.read_text().split()
        assert url.startswith("postgres://sunkitchen@%2Ftmp%2F"), "its own, by a socket in a temporary folder"
        process.send_signal(number)
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert until(lambda: not of(folder), 20), of(folder)
    assert number == signal.SIGKILL or not Path(folder).exists()


def of(folder):
    """Commands that name the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if folder in words:
            found.append(words)
    return found


def test_nobodys_own_database_is_ever_a_tests(monkeypatch):
    for name in servers.URLS:
        monkeypatch.setenv(name, "postgres://me@127.0.0.1/real")
    monkeypatch.setattr(servers, "WANTED", False)
    servers.prepare()
    assert not set(servers.URLS) & set(os.environ)
