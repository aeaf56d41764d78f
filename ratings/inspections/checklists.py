"""Checklists are versioned data in checklists/*.toml; an inspection names the version it was made by."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "checklists"


class BadChecklist(ValueError):
    """The checklist lacks something; the message names the item."""


@dataclass(frozen=True)
class Item:
    code: str
    points: int
    key: bool  # two key items failed: no grade, does not conform
    clause: str
    zh: str
    en: str


@dataclass(frozen=True)
class Checklist:
    version: str
    zh: str
    en: str
    items: tuple[Item, ...]

    def item(self, code: str) -> Item:
        """The item of that code. KeyError when the checklist has none."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)


def parse(text: str) -> Checklist:
    """A checklist from its TOML. BadChecklist when an item is incomplete, worth nothing or there twice."""
    try:
        data = tomllib.loads(text)
        items = tuple(Item(**entry) for entry in data["item"])
        checklist = Checklist(data["version"], data["zh"], data["en"], items)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadChecklist(f"Not a checklist: {error}") from error
    for item in items:
        if item.points < 1 or not all((item.code, item.clause, item.zh, item.en)):
            raise BadChecklist(f"Item {item.code} lacks points, clause or words.")
    if len({item.code for item in items}) != len(items) or not items:
        raise BadChecklist("A checklist has items, each once.")
    return checklist


@cache
def load(version: str) -> Checklist:
    """The checklist of that version. BadChecklist when there is none."""
    path = FOLDER / f"{version}.toml"
    if not path.is_file():
        raise BadChecklist(f"There is no checklist {version}.")
    return parse(path.read_text(encoding="utf-8"))


def current() -> Checklist:
    """The newest checklist: what the next inspection is made by."""
    versions = [tuple(map(int, path.stem.split("-"))) for path in FOLDER.glob("*-*.toml")]
    return load("-".join(map(str, max(versions))))
