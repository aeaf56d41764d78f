"""The published log: append-only leaves, an RFC 6962 tree over them, checkpoints as C2SP signed notes (Ed25519).

Rows are the log; the files below LOG_ROOT are a copy to mirror, written again from rows at any time. Without an
outside copy of checkpoints, the holder of the key could fork history unseen: publish `keys` and mirror widely.
Formats: RFC 8785, RFC 6962, c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
"""

import base64
import contextlib
import hashlib
import os
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from . import appendonly, locks, merkle
from .models import Checkpoint, LogEntry

BEFORE_THE_FIRST = "0" * 64
ED25519 = b"\x01"  # signature type of c2sp.org/signed-note


class LogBroken(Exception):
    """The rows are not the log that was signed, or no longer guarded: nothing is signed until a person has looked."""


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
            _refuse_strange(key)
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


# ── the key ─────────────────────────────────────────────────────────────────────────────────────────────────


def signing_key() -> Ed25519PrivateKey:
    """The installation's key, made at first use, readable by its owner alone."""
    path = settings.VAR / "secrets" / "log_key.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(
                Ed25519PrivateKey.generate().private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # whoever comes first wins; the others read theirs
        fresh.unlink()
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise LogBroken("log_key.pem is not an Ed25519 key.")
    return key


def origin() -> str:
    """The log's name. It keeps the one it was first signed with, even when the site's address changes."""
    first = Checkpoint.objects.order_by("size").values_list("note", flat=True).first()
    return first.split("\n", 1)[0] if first else str(settings.LOG_ORIGIN)


def verifier_key(name: str) -> str:
    """The public key as people hand it on: "name+key id+base64", c2sp.org/signed-note."""
    public = _public(signing_key())
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


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
        key, name = signing_key(), origin()
        for known in known_notes():
            _must_begin_with(leaves, known, key, name)
        newest = Checkpoint.objects.order_by("-size").first()
        if not leaves or (newest and newest.size == len(leaves)):
            return newest
        top = merkle.root(leaves)
        return Checkpoint.objects.get_or_create(
            size=len(leaves), defaults={"root": top.hex(), "note": note(key, name, len(leaves), top), "signed_at": at}
        )[0]


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
    signature = base64.b64encode(_key_id(name, _public(key)) + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def known_notes() -> list[str]:
    """Every checkpoint that this machine knows: the rows', and the one in the static copy, which outlives a restore."""
    notes = list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        notes.append((settings.LOG_ROOT / "checkpoint").read_text(encoding="utf-8"))
    return notes


def _must_begin_with(leaves: list[bytes], known: str, key: Ed25519PrivateKey, name: str) -> None:
    try:
        text, signatures = known.split("\n\n")
        known_name, size_text, root_text = text.split("\n")
        size, signature = int(size_text), base64.b64decode(signatures.split(" ")[2], validate=False)
        key.public_key().verify(signature[4:], f"{text}\n".encode())
    except (ValueError, IndexError, InvalidSignature):
        raise LogBroken("A known checkpoint was not signed with this key.") from None
    if known_name != name:
        raise LogBroken(f"A known checkpoint belongs to another log, {known_name}.")
    if size > len(leaves):
        raise LogBroken(f"The log has {len(leaves)} entries, but {size} were signed: was an old backup restored?")
    if base64.b64encode(merkle.root(leaves[:size])).decode() != root_text:
        raise LogBroken(f"The first {size} entries are not the ones that were signed.")


# ── reading and the static copy ─────────────────────────────────────────────────────────────────────────────


def covering(entry: LogEntry) -> Checkpoint | None:
    """The first checkpoint that has the entry: what its proof is made for, and stays made for."""
    return Checkpoint.objects.filter(size__gt=entry.seq).order_by("size").first()


def proof(entry: LogEntry, checkpoint: Checkpoint) -> list[str]:
    """The inclusion path of the entry in the checkpoint's tree, as hex."""
    hashes = LogEntry.objects.filter(seq__lt=checkpoint.size).order_by("seq").values_list("leaf_hash", flat=True)
    return [step.hex() for step in merkle.inclusion(entry.seq, [bytes.fromhex(text) for text in hashes])]


def mirror() -> None:
    """Write what is missing or differs below LOG_ROOT: entries/, checkpoints/, checkpoint, keys."""
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        return
    for entry in LogEntry.objects.filter(seq__lt=newest.size).order_by("seq").iterator():
        write(f"entries/{entry.seq:06}.json", bytes(entry.leaf))
    for checkpoint in Checkpoint.objects.order_by("size").iterator():
        write(f"checkpoints/{checkpoint.size:06}", checkpoint.note.encode())
    write("keys", f"{verifier_key(origin())}\n".encode())
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
