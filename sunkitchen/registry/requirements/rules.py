"""What a kitchen must hold is versioned data in rules/*.toml, by date and by division. Bad data does not load."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "rules"
UPLOAD, SHARED, OWN_CHECK, UNDERTAKING = "upload", "shared", "own_check", "undertaking"
WAYS = (UPLOAD, SHARED, OWN_CHECK, UNDERTAKING)
PAPER, PHOTO, LEDGER, STAFF, POST, CAMERA = "paper", "photo", "ledger", "staff", "post", "camera"
OF_SORT = {PAPER: "papers", PHOTO: "what", LEDGER: "days", STAFF: "", POST: "what", CAMERA: ""}  # what each must say
ALWAYS, OPEN, BOUND, FILMED = "always", "open", "bound", "filmed"
WHENS = (ALWAYS, OPEN, BOUND, FILMED)
KINDS = {"food_permit", "small_eatery", "business_licence"}  # Credential.OF_KITCHEN
PHOTOS = {"front", "dining", "kitchen", "board", "sign"}  # Photo.Subject
POSTS = {"safety", "buyer", "chef"}  # of StaffMember.Post, those that a rule may ask for
CATEGORIES = {"large", "medium", "small", "snack", "drinks", "canteen", "school", "central", "catering"}
NEEDED = {"code", "sort", "categories", "title", "help", "basis", "ways"}
ALLOWED = NEEDED | {"papers", "what", "days", "when", "undertaking"}
PLACES = {"kitchen", "operator", "title", "due"}  # what the words of an undertaking may name
MOST_CODE = 40  # characters: models.Undertaking.requirement
MOST_VERSION = 20


class BadRules(ValueError):
    """The rules say too little, or contradict themselves; the message names the file and the requirement."""


@dataclass(frozen=True)
class Words:
    """The same in both languages."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True)
class Promise:
    """What an undertaking says: `days` until it is due, the words to sign, and what happens after it."""

    days: int
    text: Words
    after: Words


@dataclass(frozen=True)
class Requirement:
    code: str
    sort: str
    categories: frozenset[str]
    title: Words
    help: Words
    basis: Words
    ways: tuple[str, ...]
    papers: tuple[str, ...] = ()  # of a paper: any of these kinds, the usual one first
    what: str = ""  # of a photo its subject, of a post which
    days: int = 0  # of a ledger: the newest delivery is at most so old
    when: str = ALWAYS
    promise: Promise | None = None


@dataclass(frozen=True)
class RuleSet:
    """As it holds for one place on one day; `version` names every file it is made of."""

    version: str
    requirements: tuple[Requirement, ...]
    barred_months: int

    def of(self, category: str) -> tuple[Requirement, ...]:
        return tuple(rule for rule in self.requirements if category in rule.categories)


@dataclass(frozen=True)
class File:
    """One file of rules: for the division prefixes `scope`, from the day `begins`."""

    version: str
    begins: date
    scope: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    barred_months: int | None

    def prefix(self, division: str) -> str | None:
        """The longest of its prefixes that covers this division."""
        return max((prefix for prefix in self.scope if division.startswith(prefix)), key=len, default=None)


def parse(text: str) -> File:
    """One file from its TOML. BadRules when anything is missing, unknown, or contradicts itself."""
    try:
        data = tomllib.loads(text)
        entries = [_requirement(entry) for entry in data["requirement"]]
        version, begins, scope = data["version"], data["from"], data["scope"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadRules(f"Not a file of requirements: {error}") from error
    if not isinstance(version, str) or not 0 < len(version) <= MOST_VERSION // 2 or type(begins) is not date:
        raise BadRules("A file has a short version, and a day from which it holds.")
    if not isinstance(scope, list) or not scope or not all(isinstance(p, str) and _is_prefix(p) for p in scope):
        raise BadRules("scope lists division prefixes.")
    seen: set[tuple[str, str]] = set()
    for rule in entries:
        if twice := seen & {(rule.code, category) for category in rule.categories}:
            raise BadRules(f"{rule.code} is asked twice of {', '.join(sorted(pair[1] for pair in twice))}.")
        seen |= {(rule.code, category) for category in rule.categories}
    months = data.get("barred_months")
    if "" in scope and (type(months) is not int or months < 0):
        raise BadRules("The whole country's file says barred_months.")
    return File(version, begins, tuple(scope), tuple(entries), months)


def _is_prefix(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and len(text) <= 12)


def _requirement(entry: dict[str, Any]) -> Requirement:
    code = entry.get("code", "?")
    if missing := sorted(name for name in NEEDED if not entry.get(name)):
        raise BadRules(f"Requirement {code} lacks {', '.join(missing)}.")
    if strange := sorted(entry.keys() - ALLOWED):
        raise BadRules(f"Requirement {code} has unknown {', '.join(strange)}.")
    if not isinstance(code, str) or len(code) > MOST_CODE or not code.isidentifier():
        raise BadRules(f"{code!r} is no code.")
    sort = entry["sort"]
    if sort not in OF_SORT:
        raise BadRules(f"Requirement {code}: sort is one of {', '.join(OF_SORT)}.")
    said = {name for name in ("papers", "what", "days") if name in entry}
    if said != ({OF_SORT[sort]} - {""}):
        raise BadRules(f"Requirement {code}: a {sort} says {OF_SORT[sort] or 'nothing more'}, and only that.")
    _among(code, "categories", entry["categories"], CATEGORIES)
    _among(code, "ways", entry["ways"], set(WAYS))
    if sort != PAPER and {SHARED, OWN_CHECK} & set(entry["ways"]):
        raise BadRules(f"Requirement {code}: only a paper is found in a register.")
    if sort == PAPER:
        _among(code, "papers", entry["papers"], KINDS)
    if sort == PHOTO:
        _among(code, "what", [entry["what"]], PHOTOS)
    if sort == POST:
        _among(code, "what", [entry["what"]], POSTS)
    if sort == LEDGER:
        _days(code, entry["days"])
    when = entry.get("when", ALWAYS)
    if when not in WHENS:
        raise BadRules(f"Requirement {code}: when is one of {', '.join(WHENS)}.")
    if (UNDERTAKING in entry["ways"]) != ("undertaking" in entry):
        raise BadRules(f"Requirement {code}: the way “undertaking” and its words belong together.")
    return Requirement(
        code=code,
        sort=sort,
        categories=frozenset(entry["categories"]),
        title=_words(code, "title", entry["title"]),
        help=_words(code, "help", entry["help"]),
        basis=_words(code, "basis", entry["basis"]),
        ways=tuple(way for way in WAYS if way in entry["ways"]),
        papers=tuple(entry.get("papers", ())),
        what=entry.get("what", ""),
        days=entry.get("days", 0),
        when=when,
        promise=_promise(code, entry["undertaking"]) if "undertaking" in entry else None,
    )


def _promise(code: str, entry: dict[str, Any]) -> Promise:
    if set(entry) != {"days", "text", "after"}:
        raise BadRules(f"Requirement {code}: an undertaking has days, text and after.")
    text = _words(code, "text", entry["text"])
    for words in (text.zh, text.en):
        try:
            filled = words % dict.fromkeys(PLACES, "…")
        except (KeyError, ValueError, TypeError) as error:
            raise BadRules(f"Requirement {code}: the undertaking's words name something unknown: {error}") from error
        if filled == words or "%(due)s" not in words:
            raise BadRules(f"Requirement {code}: the undertaking's words name the day it is due.")
    return Promise(_days(code, entry["days"]), text, _words(code, "after", entry["after"]))


def _words(code: str, name: str, entry: Any) -> Words:
    if set(entry) != {"zh", "en"} or not all(isinstance(text, str) and text.strip() for text in entry.values()):
        raise BadRules(f"Requirement {code}: {name} is said in zh and in en.")
    return Words(entry["zh"], entry["en"])


def _among(code: str, name: str, found: Any, known: set[str]) -> None:
    strange = [one for one in found if not isinstance(one, str) or one not in known]
    if not isinstance(found, list) or not found or strange or len(set(found)) != len(found):
        raise BadRules(f"Requirement {code}: {name} are of {', '.join(sorted(known))}.")


def _days(code: str, days: Any) -> int:
    if type(days) is not int or not 1 <= days <= 366:
        raise BadRules(f"Requirement {code}: days are 1 to 366.")
    return days


@cache
def files() -> tuple[File, ...]:
    """Every file there is. BadRules, with its name, when one does not load."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            found.append(parse(path.read_text(encoding="utf-8")))
        except (BadRules, UnicodeDecodeError) as error:
            raise BadRules(f"{path.name}: {error}") from error
    if len({file.version for file in found}) != len(found):
        raise BadRules("Two files have the same version.")
    if not any("" in file.scope for file in found):
        raise BadRules("No file speaks for the whole country.")
    return tuple(found)


def of(division: str, on: date) -> RuleSet:
    """The rules of that place on that day: the country's newest, over it the newest of each longer prefix.

    Where a longer prefix has a requirement of the same code for a category, that one holds.
    """
    return compose(files(), division, on)


def compose(found: Collection[File], division: str, on: date) -> RuleSet:
    newest: dict[str, File] = {}
    for file in found:
        prefix = file.prefix(division)
        if prefix is None or file.begins > on:
            continue
        if prefix not in newest or newest[prefix].begins < file.begins:
            newest[prefix] = file
    if "" not in newest:  # before the first day of all: the oldest rules are better than none
        newest[""] = min((file for file in found if "" in file.scope), key=lambda file: file.begins)
    layers = [newest[prefix] for prefix in sorted(newest, key=len)]
    requirements: list[Requirement] = []
    for layer in layers:
        for rule in layer.requirements:
            requirements = [_without(old, rule) for old in requirements]
        requirements = [rule for rule in requirements if rule.categories] + list(layer.requirements)
    order = {rule.code: place for place, rule in reversed(list(enumerate(layers[0].requirements)))}
    requirements.sort(key=lambda rule: order.get(rule.code, len(order)))
    months = next(layer.barred_months for layer in reversed(layers) if layer.barred_months is not None)
    version = "+".join(layer.version for layer in layers)
    return RuleSet(version[:MOST_VERSION], tuple(requirements), months)


def _without(old: Requirement, rule: Requirement) -> Requirement:
    if old.code != rule.code:
        return old
    return replace(old, categories=old.categories - rule.categories)
