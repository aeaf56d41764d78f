"""From lines to fields, for the sorts of `models.Reading.Sort`. Pure; never raises on any lines; never approves."""

from collections.abc import Sequence
from typing import Any

from .layout import Page


def read(sort: str, pages: Sequence[Page]) -> dict[str, Any]:
    return {}


def tells(fields: dict[str, Any]) -> bool:
    """Whether more than a title was read: else somebody has to take the picture again."""
    return bool(fields)


def shifted(fields: dict[str, Any], pages: int) -> dict[str, Any]:
    """The same fields, their pages counted on from `pages` in front."""
    return {
        name: [shifted(line, pages) for line in value] if name == "lines" else {**value, "page": value["page"] + pages}
        for name, value in fields.items()
    }


def merge(best: dict[str, Any], fields: dict[str, Any]) -> None:
    """Take over into `best` what is surer there, or new; lines of goods add up."""
    for name, value in fields.items():
        if name == "lines":
            best.setdefault("lines", []).extend(value)
        elif name not in best or value["confidence"] > best[name]["confidence"]:
            best[name] = value
