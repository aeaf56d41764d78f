"""Rule sets are versioned data in rules/*.toml. One that lacks what it must name does not load."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from .judge import BLACK, NOT_JUDGED, OPERATIONS, RED, UNKNOWN, Rule, RuleSet

FOLDER = Path(__file__).parent / "rules"
ALWAYS = {"code", "colour", "clause", "fact", "op", "threshold", "term_months", "zh", "en"}
OF_BLACK = {"basis", "document", "binding"}
SAID = {"do_zh", "do_en"}  # what a kitchen does about it, in both languages or in none
BINDINGS = {"statute", "commitment"}


class BadRules(ValueError):
    """The rule set says too little, or contradicts itself; the message names the rule."""


def parse(text: str) -> RuleSet:
    """A rule set from its TOML. BadRules when anything is missing or unknown."""
    try:
        data = tomllib.loads(text)
        rules = tuple(_rule(entry) for entry in data["rule"])
        ruleset = RuleSet(data["version"], data["title_zh"], data["title_en"], int(data["objection_workdays"]), rules)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadRules(f"Not a rule set: {error}") from error
    if ruleset.objection_workdays < 1:
        raise BadRules("objection_workdays is below 1.")
    if len({rule.code for rule in rules}) != len(rules):
        raise BadRules("A rule code is used twice.")
    if not ruleset.of(RED) or not ruleset.of(BLACK):
        raise BadRules("A rule set has red and black rules.")
    return ruleset


def _rule(entry: dict[str, Any]) -> Rule:
    code = entry.get("code", "?")
    needed = ALWAYS | (OF_BLACK if entry.get("colour") == BLACK else set())
    if missing := sorted(name for name in needed if entry.get(name) in ("", None)):
        raise BadRules(f"Rule {code} lacks {', '.join(missing)}.")
    if strange := sorted(entry.keys() - ALWAYS - OF_BLACK - SAID - {"when_unknown"}):
        raise BadRules(f"Rule {code} has unknown {', '.join(strange)}.")
    if len(SAID & entry.keys()) == 1:
        raise BadRules(f"Rule {code} says what to do about it in one language alone.")
    if entry["colour"] not in (RED, BLACK) or entry["op"] not in OPERATIONS:
        raise BadRules(f"Rule {code} has an unknown colour or op.")
    if entry["colour"] == BLACK and entry["binding"] not in BINDINGS:
        raise BadRules(f"Rule {code}: binding is one of {', '.join(sorted(BINDINGS))}.")
    unknown = entry.get("when_unknown", UNKNOWN)
    if unknown not in (UNKNOWN, NOT_JUDGED) or (unknown == NOT_JUDGED and entry["colour"] == BLACK):
        raise BadRules(f"Rule {code}: an unknown fact is never held against or for anybody.")
    threshold = entry["threshold"]
    fields = {**entry, "threshold": tuple(threshold) if isinstance(threshold, list) else threshold}
    return Rule(**fields)


@cache
def load(version: str) -> RuleSet:
    """The rule set of that version. BadRules when there is none or it does not load."""
    path = FOLDER / f"{version}.toml"
    if not path.is_file():
        raise BadRules(f"There is no rule set {version}.")
    ruleset = parse(path.read_text(encoding="utf-8"))
    if ruleset.version != version:
        raise BadRules(f"{path.name} calls itself {ruleset.version}.")
    return ruleset


def versions() -> list[str]:
    """Every version that was ever in force, the newest first."""
    found = [tuple(map(int, path.stem.split("-"))) for path in FOLDER.glob("*-*.toml")]
    return ["-".join(map(str, version)) for version in sorted(found, reverse=True)]


def current() -> RuleSet:
    """The newest rule set: what the next edition is drafted by."""
    return load(versions()[0])
