"""Why papers are returned: templates as data (reasons.toml), said to the owner in the owner's language."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .models import Credential

FILE = Path(__file__).with_name("reasons.toml")
MOST = 9  # of a kind: each has a digit for its key


class BadReasons(ValueError):
    """The file lacks something; the message names the reason."""


@dataclass(frozen=True)
class Reason:
    code: str
    zh: str
    en: str
    kinds: tuple[str, ...] = ()  # empty: every kind

    def said(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


def parse(text: str, kinds: Iterable[str]) -> tuple[Reason, ...]:
    """From TOML. BadReasons when one lacks words, names an unknown kind or a code twice, or a kind has over MOST."""
    known = set(kinds)
    try:
        entries = tomllib.loads(text)["reason"]
        rows = tuple(Reason(**{**entry, "kinds": tuple(entry.get("kinds", ()))}) for entry in entries)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadReasons(f"Not a list of reasons: {error}") from error
    for row in rows:
        if not (row.code and row.zh and row.en) or not known.issuperset(row.kinds):
            raise BadReasons(f"Reason {row.code} lacks words, or names an unknown kind.")
    if len({row.code for row in rows}) != len(rows):
        raise BadReasons("A code stands there twice.")
    for kind in known:
        if not 0 < len(_of(rows, kind)) <= MOST:
            raise BadReasons(f"{kind} has none, or more than {MOST}.")
    return rows


@cache
def known() -> tuple[Reason, ...]:
    return parse(FILE.read_text(encoding="utf-8"), Credential.Kind.values)


def for_kind(kind: str) -> list[Reason]:
    """In the order of their keys."""
    return _of(known(), kind)


def said(kind: str, codes: Iterable[str], words: str, language: str) -> str:
    """The chosen templates in their order, then the clerk's own words."""
    chosen = set(codes)
    parts = [row.said(language) for row in for_kind(kind) if row.code in chosen]
    return " ".join([*parts, words.strip()]).strip()


def _of(rows: Iterable[Reason], kind: str) -> list[Any]:
    return [row for row in rows if not row.kinds or kind in row.kinds]
