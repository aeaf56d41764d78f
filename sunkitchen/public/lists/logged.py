"""The published log as people read it: its newest entries in words, its keys, the verifier to take along."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from sunkitchen.core import logkeys, translog, verify
from sunkitchen.core.models import Checkpoint, LogEntry

SHOWN = 20


@dataclass(frozen=True)
class Line:
    seq: int
    at: str  # the day, as the leaf has it
    text: str
    page: str  # address of what it is about, "" when there is none


def newest(checkpoint: Checkpoint) -> list[Line]:
    """The last entries that the checkpoint covers, the newest first, in words that name nobody."""
    entries = LogEntry.objects.filter(seq__lt=checkpoint.size).order_by("-seq")[:SHOWN]
    return [_line(entry.seq, json.loads(bytes(entry.leaf))) for entry in entries]


def _line(seq: int, leaf: dict[str, Any]) -> Line:
    kind = leaf.get("kind")
    at = str(leaf.get("published_at") or leaf.get("at") or "")[:10]
    if kind == "edition":
        words = _("Edition %(code)s, %(count)d kitchens") % {"code": leaf["code"], "count": len(leaf["listings"])}
        return Line(seq, at, words, _page("edition", leaf["code"]))
    if kind == "amendment":
        said = {"code": leaf["edition"], "place": leaf["listing"] + 1, "what": _said(leaf["amendment"])}
        words = _("Edition %(code)s, listing %(place)d: %(what)s") % said
        return Line(seq, at, words, _page("edition", leaf["edition"]))
    if kind in ("draw.committed", "draw.drawn"):
        words = _("Draw %(code)s: pool and seed fixed") if kind == "draw.committed" else _("Draw %(code)s: drawn")
        return Line(seq, at, words % {"code": leaf["draw"]}, _page("public_draw", leaf["draw"]))
    return Line(seq, at, _("An entry of another kind: %(kind)s") % {"kind": kind}, "")


def _said(kind: str) -> str:
    words = {
        "correction": _("corrected"),
        "stay": _("suspended by order"),
        "lifted": _("shown again"),
        "withdrawal": _("withdrawn"),
        "removal": _("removed after rectification"),
    }
    return words.get(kind, kind)


def _page(name: str, code: str) -> str:
    """Of "hailan/2026-11"."""
    try:
        authority, number = code.split("/")
        return reverse(name, args=[authority, *map(int, number.split("-"))])
    except (ValueError, NoReverseMatch):
        return ""


@dataclass(frozen=True)
class KeyShown:
    number: int
    text: str
    fingerprint: str  # SHA-256 of the text, in groups that two people can read to each other
    until: int | None


def keys() -> list[KeyShown]:
    """The keys that ever signed, the newest first. Only for a log that was signed."""
    return [
        KeyShown(link.number, link.key, _grouped(hashlib.sha256(link.key.encode()).hexdigest()), link.until)
        for link in reversed(logkeys.chain(translog.origin()))
    ]


def _grouped(digest: str) -> str:
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def proof(entry: LogEntry) -> bytes | None:
    """Leaf, inclusion proof and checkpoint of any entry, canonical; None while no checkpoint covers it."""
    checkpoint = translog.covering(entry)
    if checkpoint is None:
        return None
    path = {"index": entry.seq, "size": checkpoint.size, "hashes": translog.proof(entry, checkpoint)}
    leaf = json.loads(bytes(entry.leaf))
    return translog.canonical(
        {
            "format": "sunkitchen-entry/1",
            "entry": leaf,
            "proof": path,
            "checkpoint": checkpoint.note,
            "key": translog.keys(),
        }
    )


@lru_cache(maxsize=1)
def verifier() -> tuple[bytes, str]:
    """The one file to take along, and its SHA-256."""
    source = Path(verify.__file__).read_bytes()
    return source, hashlib.sha256(source).hexdigest()
