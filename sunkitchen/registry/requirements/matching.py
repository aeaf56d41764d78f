"""Whether a register's paper is this kitchen's: what agrees, what differs, and whether it may be taken. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from .records import Record

# What may differ; shown to both sides, never silently taken.
DIFFERENCES: dict[str, Any] = {
    "holder": _("Another name than the kitchen's operator"),
    "uscc": _("Another unified social credit code than the kitchen's"),
    "state": _("The register does not call it valid"),
    "expired": _("It has expired"),
    "not_yet": _("It has not begun yet"),
}


@dataclass(frozen=True)
class Kitchen:
    operator_name: str
    uscc: str


@dataclass(frozen=True)
class Match:
    """`differs`: codes of DIFFERENCES. `may_take`: its own people may; `agrees`: in everything, so no clerk is asked
    where the register is trusted."""

    record: Record
    differs: tuple[str, ...]
    may_take: bool
    agrees: bool


def match(found: Record, kitchen: Kitchen, today: date) -> Match:
    """A paper is theirs when its holder or its code is: another name alone goes to a clerk, both never."""
    same_name = plain(found.holder) == plain(kitchen.operator_name)
    known = bool(found.uscc and kitchen.uscc)
    same_code = known and found.uscc == kitchen.uscc
    differs = []
    if not same_name:
        differs.append("holder")
    if known and not same_code:
        differs.append("uscc")
    if not found.stands:
        differs.append("state")
    if found.valid_through is not None and found.valid_through < today:
        differs.append("expired")
    if found.valid_from > today:
        differs.append("not_yet")
    theirs = same_code or (same_name and not (known and not same_code))
    dead = {"state", "expired"} & set(differs)
    return Match(found, tuple(differs), theirs and not dead and not found.why, not differs and not found.why)


def plain(name: str) -> str:
    return "".join(name.split()).replace("(", "（").replace(")", "）")
