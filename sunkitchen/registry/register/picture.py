"""What is known of the kitchens that a register speaks of, as a picture to judge against. Pure.

Judging changes the picture and notes what was there before; landing then writes the difference.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .fields import Line

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"
IN_FORCE, REPLACED, REVOKED = "in_force", "replaced", "revoked"
OPEN, CLOSED = "open", "closed"
LICENCE = "business_licence"
Why = tuple[str, Any]  # a code of words.REASONS and its detail


@dataclass
class Paper:
    """One that was in force once: what waits or was returned is nobody's truth yet. `row` None: to be made."""

    row: int | None
    kind: str
    number: str
    holder: str
    issuer: str
    items: str
    valid_from: date
    valid_through: date | None
    state: str
    from_register: bool
    reason: str = ""
    before: dict[str, Any] = field(default_factory=dict)  # what it said and was before this import

    def set(self, **facts: Any) -> None:
        """Note what changes; nothing when it is so already."""
        for name, value in facts.items():
            if getattr(self, name) != value:
                self.before.setdefault(name, getattr(self, name))
                setattr(self, name, value)


@dataclass
class Kitchen:
    """`row` None: to be made. `owned`: somebody acts for it here, so that their words about it are not ours to change;
    `own`: whoever brought the register does, and judges their own papers by no register either."""

    row: int | None
    operator_name: str
    uscc: str
    address: str
    division: str
    signboard: str
    category: str
    phone: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    coordinates: str = ""
    state: str = OPEN
    closed_by_authority: bool = False
    closing_reason: str = ""
    owned: bool = False
    own: bool = False
    papers: list[Paper] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)

    def set(self, **facts: Any) -> None:
        for name, value in facts.items():
            if getattr(self, name) != value:
                self.before.setdefault(name, getattr(self, name))
                setattr(self, name, value)

    @property
    def permits(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.kind != LICENCE]

    @property
    def changed(self) -> dict[str, list[Any]]:
        """{fact: [before, after]} of what is different in the end."""
        return {name: [old, getattr(self, name)] for name, old in self.before.items() if old != getattr(self, name)}


@dataclass
class Decision:
    line: Line
    outcome: str
    why: list[Why] = field(default_factory=list)
    kitchen: Kitchen | None = None


class World:
    """What is known of kitchens that lines may speak of, found by permit number or by operator and place."""

    def __init__(self, kitchens: Iterable[Kitchen] = ()):
        self.kitchens: list[Kitchen] = []
        self.by_number: dict[str, list[Kitchen]] = defaultdict(list)
        self.by_place: dict[tuple[str, str], list[Kitchen]] = defaultdict(list)
        for kitchen in kitchens:
            self.add(kitchen)

    def add(self, kitchen: Kitchen) -> None:
        self.kitchens.append(kitchen)
        for paper in kitchen.permits:
            self.knows(kitchen, paper.number)
        if kitchen.uscc:
            self.by_place[kitchen.uscc, plain(kitchen.address)].append(kitchen)

    def moved(self, kitchen: Kitchen, before: tuple[str, str]) -> None:
        """Its code or address changed, perhaps: it is found where it is now, and no more where it was."""
        now = kitchen.uscc, plain(kitchen.address)
        if now == before:
            return
        if kitchen in self.by_place[before]:
            self.by_place[before].remove(kitchen)
        if kitchen.uscc:
            self.by_place[now].append(kitchen)

    def knows(self, kitchen: Kitchen, number: str) -> None:
        if kitchen not in (held := self.by_number[number]):
            held.append(kitchen)


def plain(text: str) -> str:
    """A name or an address as it is compared: narrow, lower case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
