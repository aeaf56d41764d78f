"""What lies in deploy/ agrees with the code, with itself, and with the programs that read it."""

import ast
import os
import re
import shutil
import subprocess

import pytest
import yaml

from sunkitchen import serve
from tests.real.deployed import NGINX, ROOT, UNITS, Deployed, certify, example, unit

PROCESSES = [*Deployed.NAMES]
READERS = {"env_text", "env_list", "env_flag", "env_number", "env_secret"}
# Read by the house, set by machinery or by `serve`'s caller alone.
NOT_FOR_PEOPLE = {"DJANGO_SETTINGS_MODULE"}


def names_read():
    """Every name of the environment that the product's code asks for, by its own readers or plainly."""
    found = set()
    for package in ("sunkitchen", "streams", "ratings"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    asked = ast.unparse(node.func)
                    if asked in READERS or asked in ("os.environ.get", "os.environ.setdefault"):
                        found.add(node.args[0].value)
    return found - NOT_FOR_PEOPLE


def names_told():
    lines = (ROOT / ".env.example").read_text().splitlines()
    return [match[1] for line in lines if (match := re.match(r"#?([A-Z][A-Z0-9_]*)=", line))]


def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def test_the_example_names_every_setting_once_and_none_that_nobody_reads():
    told = names_told()
    assert len(told) == len(set(told))
    for_compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    assert set(told) - for_compose == names_read()


def test_a_production_start_refuses_the_example_as_it_stands(tmp_path):
    env = {**os.environ, **example(), "SUNKITCHEN_VAR": str(tmp_path)}
    command = [str(ROOT / ".venv/bin/python"), "-m", "sunkitchen", "check"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Sunkitchen: SUNKITCHEN_SECRET_KEY ")
    assert "change-me" not in done.stderr


@pytest.mark.parametrize("name", PROCESSES)
def test_a_container_runs_what_the_unit_runs(name):
    (command,), own = unit(name)
    service = compose()["services"][name]
    assert service["command"] == command
    assert own.items() <= service.get("environment", {}).items()


def test_the_container_that_prepares_runs_what_the_unit_runs():
    *_shell, script = compose()["services"]["prepare"]["command"]
    assert [line.split() for line in script.strip().splitlines()] == unit("prepare")[0]


def test_every_program_of_a_unit_is_installed_with_the_packages(tmp_path):
    place = Deployed(tmp_path, {}, fresh=True).placed
    for name in ("prepare", *PROCESSES):
        for program, *_words in unit(name)[0]:
            assert os.access(place(program), os.X_OK), program


def test_live_workers_serve_sockets_as_the_embedded_ones_do():
    words = unit("live")[0][0]
    assert set(serve.WEB) <= set(words)


def test_every_process_belongs_to_the_target_and_beat_is_one():
    wanted = (UNITS / "sunkitchen.target").read_text()
    assert all(f"sunkitchen-{name}.service" in wanted for name in ("prepare", *PROCESSES))
    assert [name for name in PROCESSES if "beat" in unit(name)[0][0]] == ["beat"], "two clocks would ring twice"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    place = Deployed(tmp_path, {}, fresh=True).placed
    folder = tmp_path / "units"
    for path in UNITS.rglob("*"):
        if path.is_file():
            copy = folder / path.relative_to(UNITS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(place(path.read_text()))
    files = [*map(str, folder.glob("sunkitchen*.*e*"))]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(file for file in files if not file.endswith(".d"))],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
    )
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "sunkitchen" in line]
    assert not ours, "\n".join(ours)


@pytest.mark.real("nginx")
def test_nginx_accepts_its_configuration_without_a_word(tmp_path):
    installation = Deployed(tmp_path, {}, fresh=True)
    certify(tmp_path / "tls")
    done = subprocess.run(installation.nginx("-t", "-q"), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_a_visitor_claims_about_addresses_is_overwritten():
    text = NGINX.read_text()
    assert "$proxy_add_x_forwarded_for" not in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
