"""The published log: append-only leaves, an RFC 6962 tree over them, checkpoints as C2SP signed notes (Ed25519).

Rows are the log; the files below LOG_ROOT are a copy to mirror, written again from rows at any time. Without an
outside copy of checkpoints, the holder of the key could fork history unseen: publish `keys` and mirror widely.
Formats: RFC 8785, RFC 6962, c2sp.org/signed-note, c2sp.org/tlog-checkpoint. The keys have a room of their own, logkeys.
"""

import base64
import contextlib
import logging
import os
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from . import appendonly, audit, locks, logkeys, merkle
from .logkeys import LogBroken
from .models import Checkpoint, LogEntry, LogKey

__all__ = ["LogBroken"]
BEFORE_THE_FIRST = "0" * 64
COSIGNATURE = re.compile(r"— [^\s+]+ [A-Za-z0-9+/]{8,}={0,2}")

log = logging.getLogger("sunkitchen.log")


# ── appending ───────────────────────────────────────────────────────────────────────────────────────────────


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of integers, NFC strings, lists and objects. TypeError or ValueError for anything else."""
    _refuse_strange(value)
    return rfc8785.dumps(value)


def _refuse_strange(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{key!r} is no key of a leaf.")
            if not key.isascii():
                raise ValueError(f"{key!r} is no key of a leaf: its order would be a matter of encoding.")
            _refuse_strange(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_strange(inner)
    elif isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            raise ValueError(f"{value!r} is not in NFC.")
    elif isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} has no place in a leaf: integers and strings only.")


def hold() -> None:
    """From here to the end of the transaction nobody else appends, signs or mirrors."""
    locks.hold("the published log")


def append(leaf: dict[str, Any]) -> LogEntry:
    """Append the leaf, with its `seq` and the `previous` leaf hash put in, inside the caller's transaction."""
    hold()
    last = LogEntry.objects.order_by("-seq").first()
    seq = last.seq + 1 if last else 0
    raw = canonical({**leaf, "seq": seq, "previous": last.leaf_hash if last else BEFORE_THE_FIRST})
    return LogEntry.objects.create(seq=seq, leaf=raw, leaf_hash=merkle.leaf_hash(raw).hex())


# ── the keys ────────────────────────────────────────────────────────────────────────────────────────────────


def origin() -> str:
    """The log's name. It keeps the one it was first signed with, even when the site's address changes."""
    first = Checkpoint.objects.order_by("size").values_list("note", flat=True).first()
    return first.split("\n", 1)[0] if first else str(settings.LOG_ORIGIN)


def keys() -> str:
    """The chain of public keys, as the mirror and every document hold it: what a verifier takes for --key."""
    return logkeys.published(origin())


def verifier_key(name: str) -> str:
    """The public key that signs now, "name+key id+base64"."""
    return logkeys.as_text(logkeys.signing_key(), name)


def rotate(at: datetime) -> LogKey:
    """From the next checkpoint on a fresh key signs. What the old one has still to sign, it signs first; then it goes
    where no signer looks. LogBroken for a log that is empty, or not what was signed.
    """
    with transaction.atomic():
        newest = sign(at)
        if newest is None:
            raise LogBroken("Nothing was signed yet: there is nothing to hand over to another key.")
        name, old, now = origin(), logkeys.signing_key(), logkeys.number()
        logkeys.make(now + 1)
        new = logkeys.load(now + 1)
        row = LogKey.objects.create(
            number=now + 1,
            since=newest.size,
            old=logkeys.as_text(old, name),
            key=logkeys.as_text(new, name),
            statement=logkeys.statement(name, newest.size, old, new),
            made_at=at,
        )
        audit.record(None, "log.rotated", row, since=row.since, key=row.key)
        transaction.on_commit(logkeys.put_away)
    return row


# ── signing ─────────────────────────────────────────────────────────────────────────────────────────────────


def sign(at: datetime) -> Checkpoint | None:
    """Sign the log as it stands; the newest checkpoint, or None while the log is empty. Idempotent.

    The tree is rebuilt from rows read back. LogBroken if a guard is missing, a row was altered, or a checkpoint
    that is known from a row or from LOG_ROOT is not a prefix (a restored backup, a changed past).
    """
    with transaction.atomic():
        hold()
        if unguarded := appendonly.missing():
            raise LogBroken(f"No append-only guard on: {', '.join(unguarded)}.")
        leaves = read_back()
        tree, name, key = merkle.Tree(leaves), origin(), logkeys.signing_key()
        links = logkeys.chain(name)
        if logkeys.as_text(key, name) != links[-1].key:
            raise LogBroken(f"{logkeys.path_of(links[-1].number).name} is not the key that its statement names.")
        for known in known_notes():
            _must_begin_with(tree, known, links, name)
        newest = Checkpoint.objects.order_by("-size").first()
        if not leaves or (newest and newest.size == len(leaves)):
            return newest
        top = tree.root(len(leaves))
        signed = note(key, name, len(leaves), top)
        return Checkpoint.objects.create(
            size=len(leaves),
            root=top.hex(),
            note=f"{signed}{_cosigned(signed)}",
            signed_at=max(at, LogEntry.objects.latest("seq").appended_at),  # `at` may be an earlier publication's
        )


def read_back() -> list[bytes]:
    """The leaf hashes, computed again from the rows' bytes. LogBroken at a hole or at the first row that differs."""
    leaves: list[bytes] = []
    for entry in LogEntry.objects.order_by("seq").iterator():
        computed = merkle.leaf_hash(bytes(entry.leaf))
        if entry.seq != len(leaves) or computed.hex() != entry.leaf_hash:
            raise LogBroken(f"Log entry {entry.seq} is not what was appended, or one before it is gone.")
        leaves.append(computed)
    return leaves


def note(key: Ed25519PrivateKey, name: str, size: int, root: bytes) -> str:
    """The signed note of a checkpoint."""
    text = f"{name}\n{size}\n{base64.b64encode(root).decode()}\n"
    return f"{text}\n{logkeys.signature(text, key, name)}"


def _cosigned(signed: str) -> str:
    """Further lines below the note, from LOG_COSIGNERS. One that fails delays nothing: the next checkpoint has all."""
    text, lines = signed.split("\n\n")[0] + "\n", ""
    for path in settings.LOG_COSIGNERS:
        try:
            for line in import_string(path)(text.encode()):
                if not COSIGNATURE.fullmatch(line):
                    raise ValueError("not a signature line")
                lines += f"{line}\n"
        except Exception as error:  # another's service: whatever it does, the log goes on
            log.error("The log's cosigner %s gave no signature: %s", path, type(error).__name__)
    return lines


def known_notes() -> list[str]:
    """Every checkpoint that this machine knows: the rows', and the one in the static copy, which outlives a restore."""
    notes = list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        notes.append((settings.LOG_ROOT / "checkpoint").read_text(encoding="utf-8"))
    return notes


def _must_begin_with(tree: merkle.Tree, known: str, links: list[logkeys.Link], name: str) -> None:
    try:
        text, signatures = known.split("\n\n")
        known_name, size_text, root_text = text.split("\n")
        size = int(size_text)
        if not logkeys.holds(f"{text}\n", signatures, logkeys.valid_at(links, size)):
            raise ValueError("signed by nobody, or by a key that no longer counts")
    except (ValueError, IndexError):
        raise LogBroken("A known checkpoint was not signed with this key.") from None
    if known_name != name:
        raise LogBroken(f"A known checkpoint belongs to another log, {known_name}.")
    if size > tree.size:
        raise LogBroken(f"The log has {tree.size} entries, but {size} were signed: was an old backup restored?")
    if base64.b64encode(tree.root(size)).decode() != root_text:
        raise LogBroken(f"The first {size} entries are not the ones that were signed.")


# ── reading and the static copy ─────────────────────────────────────────────────────────────────────────────


def covering(entry: LogEntry) -> Checkpoint | None:
    """The first checkpoint that has the entry: what its proof is made for, and stays made for."""
    return Checkpoint.objects.filter(size__gt=entry.seq).order_by("size").first()


def proof(entry: LogEntry, checkpoint: Checkpoint) -> list[str]:
    """The inclusion path of the entry in the checkpoint's tree, as hex."""
    return [step.hex() for step in _tree(checkpoint).inclusion(entry.seq, checkpoint.size)]


_last_tree = merkle.Tree([])  # of the proof before: good for every checkpoint whose root it has


def _tree(checkpoint: Checkpoint) -> merkle.Tree:
    global _last_tree
    tree = _last_tree
    if tree.size < checkpoint.size or tree.root(checkpoint.size).hex() != checkpoint.root:
        hashes = LogEntry.objects.order_by("seq").values_list("leaf_hash", flat=True)
        _last_tree = tree = merkle.Tree([bytes.fromhex(text) for text in hashes])
    return tree


def settle(at: datetime) -> None:
    """Sign what is unsigned, then write the static copy, with what LOG_BESIDE writes beside it. Idempotent.

    LogBroken, with nothing signed or written, when rows are not what was signed. OSError when the copy has no room:
    signed it is all the same.
    """
    if sign(at) is None:
        return
    with transaction.atomic():
        hold()  # so that a slower process never turns the copy back
        newest = Checkpoint.objects.order_by("-size").first()
        if newest is None or LogEntry.objects.filter(seq__gte=newest.size).exists():
            newest = sign(at)  # an entry came in between; what lies beside the log may speak of it already
        for path in settings.LOG_BESIDE:
            import_string(path)(newest, at)
        mirror()


def mirror() -> None:
    """Write what is missing or differs below LOG_ROOT: entries/, checkpoints/ with its index, checkpoint, keys."""
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        return
    for entry in LogEntry.objects.filter(seq__lt=newest.size).order_by("seq").iterator():
        write(f"entries/{entry.seq:06}.json", bytes(entry.leaf))
    index = ""
    for checkpoint in Checkpoint.objects.order_by("size").iterator():
        write(f"checkpoints/{checkpoint.size:06}", checkpoint.note.encode())
        index += f"{checkpoint.size:06}\n"
    write("checkpoints/index", index.encode())
    write("keys", f"{keys()}\n".encode())
    write("checkpoint", newest.note.encode())  # last: it vouches for the rest


def write(name: str, content: bytes) -> None:
    """One file below LOG_ROOT, whole or not at all; left alone when it already is so."""
    path: Path = settings.LOG_ROOT / name
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if path.read_bytes() == content:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
