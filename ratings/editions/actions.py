"""Every write of an edition by its verb; each stands with its noun, and is called from here."""

from .drafting import draft, pick
from .guards import may, took_part
from .noticing import drop, notice, serve, waive
from .objecting import decide, lodge
from .publishing import settle
from .releasing import publish

__all__ = [
    "decide",
    "draft",
    "drop",
    "lodge",
    "may",
    "notice",
    "pick",
    "publish",
    "serve",
    "settle",
    "took_part",
    "waive",
]
