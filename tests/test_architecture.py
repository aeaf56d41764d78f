"""Arrows go down: a file imports only from its own floor or those below it, and inside a room only downwards."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = [
    "sunkitchen.core",
    "sunkitchen.accounts",
    "sunkitchen.registry",
    "streams",
    "ratings",
    "sunkitchen.public",
    "sunkitchen.desks",
    "sunkitchen.operate",
]
SIDE_BY_SIDE = {"sunkitchen.public", "sunkitchen.desks"}
# Within a room, from the top down. Whatever is not named here is a pure module or a table of words at the ground.
STOREYS = [
    {"views", "urls", "tasks", "commands", "api", "admin", "apps", "hls", "live", "ingest", "ws_ingest", "consumer"},
    {"actions"},
    {"models"},
]
PURE = [
    "ratings/grading/*.py",
    "sunkitchen/public/map/streets.py",
    "ratings/editions/judge.py",
    "ratings/editions/periods.py",
    "ratings/plan/due.py",
    "ratings/draws/redraw.py",
    "ratings/months.py",
    "streams/relay/addresses.py",
    "streams/relay/ffmpeg.py",
    "streams/relay/fmp4.py",
    "streams/relay/playlist.py",
    "streams/relay/sdp.py",
    "streams/relay/supervisor.py",
    "streams/relay/likeness.py",
    "streams/relay/truth.py",
    "streams/cameras/online.py",
    "sunkitchen/registry/establishments/coordinates.py",
    "sunkitchen/registry/establishments/hours.py",
    "sunkitchen/registry/readings/labels.py",
    "sunkitchen/registry/readings/layout.py",
    "sunkitchen/registry/readings/notes.py",
    "sunkitchen/registry/readings/papers.py",
    "sunkitchen/registry/readings/shown.py",
    "sunkitchen/registry/readings/standing.py",
    "sunkitchen/registry/readings/values.py",
    "sunkitchen/core/workdays.py",
    "sunkitchen/core/codes.py",
    "sunkitchen/core/ips.py",
    "sunkitchen/core/merkle.py",
    "sunkitchen/core/scrub.py",
    "sunkitchen/core/turns.py",
    "sunkitchen/core/production.py",
]
UNFIT_FOR_PURE = ("django.db", "django.conf", "django.utils.timezone", "time")

FILES = sorted(
    path
    for top in ("sunkitchen", "streams", "ratings")
    for path in (ROOT / top).rglob("*.py")
    if "migrations" not in path.parts
)


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def floor_of(module):
    for index, floor in enumerate(FLOORS):
        if module == floor or module.startswith(floor + "."):
            return index
    return len(FLOORS)  # the roof


def imports_of(path):
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            for name in node.names:
                deeper = ROOT / Path(*f"{start}.{name.name}".split("."))
                is_module = deeper.with_suffix(".py").exists() or deeper.is_dir()
                yield f"{start}.{name.name}" if is_module else start


def ours(module):
    return module.split(".")[0] in {"sunkitchen", "streams", "ratings"}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_only_go_down(path):
    module, floor = module_of(path), floor_of(module_of(path))
    for target in filter(ours, imports_of(path)):
        if target == "sunkitchen":
            continue
        below = floor_of(target)
        assert below <= floor, f"{module} imports {target}, which stands above it"
        if below != floor or floor == len(FLOORS):
            continue
        if FLOORS[floor] in SIDE_BY_SIDE or storey(target) is None or storey(module) is None:
            continue
        assert storey(target) >= storey(module), f"{module} imports {target} within its room upwards"


def test_public_and_desks_stand_side_by_side():
    for path in FILES:
        module = module_of(path)
        for here, there in (("sunkitchen.public", "sunkitchen.desks"), ("sunkitchen.desks", "sunkitchen.public")):
            if module.startswith(here):
                assert not [t for t in imports_of(path) if t.startswith(there)], module


@pytest.mark.parametrize("path", sorted({p for pattern in PURE for p in ROOT.glob(pattern)}), ids=module_of)
def test_pure_modules_know_no_database_settings_or_clock(path):
    for target in imports_of(path):
        assert not any(target == bad or target.startswith(bad + ".") for bad in UNFIT_FOR_PURE), target


def storey(module):
    parts = set(module.split("."))
    for index, names in enumerate(STOREYS):
        if parts & names:
            return index
    return None


# ── further walls ───────────────────────────────────────────────────────────────────────────────────────────
SHELLS = [
    path
    for path in FILES
    if path.stem in {"views", "tasks", "api", "admin", "forms", "feeds"} or "commands" in path.parts
]
WRITES = {"bulk_create", "bulk_update", "create", "delete", "get_or_create", "save", "update_or_create"}
LONGEST = 400  # lines; past that, split by noun
MIGRATIONS = sorted(ROOT.glob("*/migrations/0*.py")) + sorted(ROOT.glob("*/*/migrations/0*.py"))
APPS = {floor.split(".")[-1]: index for index, floor in enumerate(FLOORS)}


@pytest.mark.parametrize("path", SHELLS, ids=module_of)
def test_only_actions_write(path):
    """Views, tasks and commands are shells around one action: none writes a row by itself."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            assert "objects" not in ast.dump(node.func.value), f"{module_of(path)}:{node.lineno} writes by itself"


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parent.parent.name}.{path.stem}")
def test_migrations_depend_only_downwards(path):
    here = APPS[path.parent.parent.name]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "dependencies":
            named = [pair.elts[0].value for pair in node.value.elts if isinstance(pair, ast.Tuple)]
            assert all(APPS.get(app, 0) <= here for app in named), f"{path} depends on {named}"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_file_is_read_in_one_sitting(path):
    lines = len(path.read_text().splitlines())
    assert lines <= LONGEST, f"{module_of(path)} has {lines} lines: split it by noun"


@pytest.mark.parametrize("name", ["bootstrap.py", "sunkitchen/leash.py"])
def test_what_runs_before_the_packages_needs_none(name):
    assert {target.split(".")[0] for target in imports_of(ROOT / name)} <= sys.stdlib_module_names


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_pages_carry_no_inline_script_or_style(path):
    """The content security policy allows none, so a browser would drop it in silence."""
    html = path.read_text()
    for found in re.finditer(r"<script\b[^>]*>", html):
        assert "src=" in found[0] or 'type="application/' in found[0], found[0]
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", html)
