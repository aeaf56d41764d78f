"""The published document of a draw: what anybody needs to draw again with `redraw`.

The pool and the commitment are public from the first hour. The seed, and with it the kitchens, are shown when every
drawn visit is over or its day has passed: a kitchen that could read its name would clean up before the visit.
"""

import json
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ratings.inspections.models import Inspection

from . import redraw
from .models import Draw


def is_shown(draw: Draw, at: datetime) -> bool:
    """Whether anybody may read the seed and the outcome now."""
    if draw.state != Draw.State.DRAWN:
        return False
    today = timezone.localtime(at).date()
    to_come = ~Q(inspection__state=Inspection.State.CLOSED) | Q(inspection=None)
    return not draw.assignments.filter(to_come, due_on__gte=today).exists()


def outcome(draw: Draw) -> dict[str, Any]:
    """Seed, public number, and each kitchen with its two inspectors: computed from the pool, as anybody would."""
    drawn = redraw.draw(draw.pool, draw.kitchens, draw.seed, draw.beacon_value)
    return {"seed": draw.seed, "beacon_value": draw.beacon_value, "assignments": drawn}


def document(draw: Draw, at: datetime) -> dict[str, Any]:
    entry = draw.committed_entry
    found: dict[str, Any] = {
        "format": redraw.FORMAT,
        "pool": draw.pool,
        "committed": json.loads(bytes(entry.leaf)),
        "committed_hash": entry.leaf_hash,
    }
    if draw.drawn_entry:
        found |= {"drawn": json.loads(bytes(draw.drawn_entry.leaf)), "drawn_hash": draw.drawn_entry.leaf_hash}
    if is_shown(draw, at):
        found["outcome"] = outcome(draw)
    return found


def document_bytes(draw: Draw, at: datetime) -> bytes:
    """Canonical (RFC 8785), byte for byte what `redraw` takes."""
    return redraw.canonical(document(draw, at))
