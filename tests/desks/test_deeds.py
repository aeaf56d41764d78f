"""An auditor reads words, whatever was done, and whatever is told of it."""

import ast
from pathlib import Path

from django.utils import translation

from sunkitchen.desks.office import trail
from sunkitchen.desks.office.deeds import WORDS
from sunkitchen.desks.office.details import NAMES

ROOT = Path(__file__).resolve().parents[2]


def calls():
    """Every call of `audit.record` or `audit.entry`."""
    for top in ("sunkitchen", "streams", "ratings"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "audit.entry"):
                    yield node


def test_every_deed_that_is_recorded_has_words_in_the_trail():
    parts = (part for call in calls() for part in ast.walk(call.args[1]) if isinstance(part, ast.Constant))
    found = {part.value for part in parts if isinstance(part.value, str)}
    assert found and found - set(WORDS) == set()


def test_every_detail_that_is_recorded_has_a_name_in_the_trail():
    found = {keyword.arg for call in calls() for keyword in call.keywords if keyword.arg}
    assert found and found - set(NAMES) == set()


def test_details_are_told_in_words():
    detail = {"kinds": ["food_permit", "licence"], "upheld": False, "note": "", "opaque": 3}
    with translation.override("en"):
        assert trail.told(detail) == "kinds of papers: food_permit, licence · upheld: no · opaque: 3"
