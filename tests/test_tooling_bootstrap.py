"""A fresh checkout becomes ready by one command, once; and says in one line what keeps it from that."""

import ast
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).parent.parent
PIN = "rfc8785=="  # a small package without dependencies stands for all of them


def pinned(name):
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(name))
    end = next(number for number in range(start + 1, len(lines)) if not lines[number].startswith("    --hash"))
    return "\n".join(lines[start:end]).rstrip("\\") + "\n"


@pytest.fixture
def checkout(tmp_path):
    """As small as a checkout can be: one package, no front-end asset, one catalogue to compile."""
    shutil.copy(ROOT / "bootstrap.py", tmp_path)
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        (tmp_path / name).write_text(pinned(PIN))
    (tmp_path / "package.json").write_text('{"name": "x", "version": "1.0.0", "private": true}')
    (tmp_path / "package-lock.json").write_text(
        '{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "requires": true,'
        ' "packages": {"": {"name": "x", "version": "1.0.0"}}}'
    )
    messages = tmp_path / "locale" / "xx" / "LC_MESSAGES"
    messages.mkdir(parents=True)
    (messages / "django.po").write_text("")
    (tmp_path / "sunkitchen").mkdir()
    (tmp_path / "sunkitchen" / "__main__.py").write_text("open('locale/xx/LC_MESSAGES/django.mo', 'w').close()")
    return tmp_path


def run(checkout, level="run", **env):
    return subprocess.run(
        [sys.executable, "bootstrap.py", level],
        cwd=checkout,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_what_was_made_once_is_not_made_again(checkout):
    first = run(checkout)
    assert first.returncode == 0, first.stderr
    assert "making .venv" in first.stderr and "installing packages" in first.stderr

    assert run(checkout).stderr == ""

    with (checkout / "requirements.txt").open("a") as file:
        file.write("# another pin\n")
    again = run(checkout).stderr
    assert "installing packages" in again and "making .venv" not in again

    (checkout / "locale/xx/LC_MESSAGES/django.mo").unlink()
    assert run(checkout).stderr.split() == "· compiling message catalogues".split()


def test_an_install_that_was_cut_short_is_done_again(checkout):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / ".packages").write_text("run unfinished")
    done = run(checkout)
    assert done.returncode == 0, done.stderr
    assert "making .venv" in done.stderr and "installing packages" in done.stderr


def test_a_missing_venv_module_is_one_line(checkout, tmp_path):
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "ensurepip.py").write_text("raise ImportError")
    done = run(checkout, PYTHONPATH=str(shadow), PATH="/nowhere")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Sunkitchen: Python's venv module is missing.")
    assert "Traceback" not in done.stderr


def test_a_python_that_is_too_old_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bootstrap.Missing, match=r"needs Python 3\.11 or newer; the newest found here is 3\.9\."):
        bootstrap.fit_python()


def test_an_old_python_can_read_the_bootstrap():
    ast.parse((ROOT / "bootstrap.py").read_text(), feature_version=(3, 6))


def test_a_full_disk_is_told_from_an_installers_failure():
    full = [sys.executable, "-c", "import sys; sys.exit('error: No space left on device (os error 28)')"]
    with pytest.raises(OSError) as caught:
        bootstrap.call(*full)
    assert caught.value.errno == errno.ENOSPC
    with pytest.raises(bootstrap.Missing, match="no such package"):
        bootstrap.call(sys.executable, "-c", "import sys; sys.exit('no such package')")


def test_tests_run_on_the_same_pins_as_the_product():
    product, tests = (
        {line.split()[0] for line in (ROOT / name).read_text().splitlines() if "==" in line and line[0] not in " #"}
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert product <= tests
