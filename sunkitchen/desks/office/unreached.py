"""Notices that reached nobody: what an officer needs to deliver them by hand, and no more than that."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sunkitchen.core.models import Notice
from sunkitchen.registry.models import Establishment


@dataclass(frozen=True)
class Unreached:
    notice: Notice
    kitchen: Establishment | None
    address: str  # masked


def unreached(notices: Iterable[Notice]) -> list[Unreached]:
    """With the kitchen each concerns, in one more query."""
    rows = list(notices)
    places = Establishment.objects.in_bulk([row.establishment for row in rows if row.establishment])
    return [Unreached(row, places.get(row.establishment or 0), masked(row.address)) for row in rows]


def masked(address: str) -> str:
    """Enough to recognise it, too little to use it: "138****1234", "w***@example.com"."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    digits = re.sub(r"[^0-9+]", "", address)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"****{digits[-2:]}"
