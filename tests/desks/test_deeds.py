"""An auditor reads words, whatever was done."""

import ast
from pathlib import Path

from sunkitchen.desks.office.deeds import WORDS

ROOT = Path(__file__).resolve().parents[2]


def recorded():
    """Every verb that stands in a call of `audit.record` or `audit.entry`."""
    for top in ("sunkitchen", "streams", "ratings"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "audit.entry"):
                    yield from (
                        part.value
                        for part in ast.walk(node.args[1])
                        if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    )


def test_every_deed_that_is_recorded_has_words_in_the_trail():
    found = set(recorded())
    assert found and found - set(WORDS) == set()
