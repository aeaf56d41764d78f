"""The published log's keys: made at first use, followed by the next one in a statement that both sign, never used again.

A key counts for the checkpoints up to a recorded size; the next one for those past it. The chain of keys is public:
the first key, then a statement for each that followed. Who trusts any of them is led to the others.
Formats: c2sp.org/signed-note. What to do when, and when a key is to be changed: docs/decisions/0023.
"""

import base64
import contextlib
import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from .models import Checkpoint, LogKey

ED25519 = b"\x01"  # signature type of c2sp.org/signed-note


class LogBroken(Exception):
    """The rows are not the log that was signed, or no longer guarded: nothing is signed until a person has looked."""


# ── private keys ────────────────────────────────────────────────────────────────────────────────────────────


def number() -> int:
    """Of the key that signs now; the first is 1."""
    last = LogKey.objects.order_by("-number").values_list("number", flat=True).first()
    return last or 1


def path_of(key: int) -> Path:
    """Where key number `key` lies while it signs."""
    return Path(settings.VAR / "secrets" / ("log_key.pem" if key == 1 else f"log_key.{key}.pem"))


def signing_key() -> Ed25519PrivateKey:
    """The key that signs now; the very first is made at its first use. LogBroken when it is gone."""
    now = number()
    if not path_of(now).exists():
        if now > 1 or Checkpoint.objects.exists():
            raise LogBroken(f"The log's key {path_of(now).name} is gone, or an old backup was restored.")
        make(1)
    return load(now)


def make(key: int) -> None:
    """Key number `key`, readable by its owner alone; what lies there already stays, whoever made it."""
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)  # whoever comes first wins; the others read theirs
    fresh.unlink()


def load(key: int) -> Ed25519PrivateKey:
    found = serialization.load_pem_private_key(path_of(key).read_bytes(), None)
    if not isinstance(found, Ed25519PrivateKey):
        raise LogBroken(f"{path_of(key).name} is not an Ed25519 key.")
    return found


def put_away() -> list[Path]:
    """Keys that were followed by another one leave the place where a signer looks; where they lie now."""
    archived = []
    for old in range(1, number()):
        if path_of(old).exists():
            target = settings.VAR / "secrets" / "retired" / f"log_key.{old}.pem"
            target.parent.mkdir(exist_ok=True, mode=0o700)
            path_of(old).replace(target)
            target.chmod(0o600)
            archived.append(target)
    return archived


# ── public keys and signatures ──────────────────────────────────────────────────────────────────────────────


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_id(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + raw).digest()[:4]


def as_text(key: Ed25519PrivateKey, name: str) -> str:
    """The public key as people hand it on: "name+key id+base64", c2sp.org/signed-note."""
    raw = public(key)
    return f"{name}+{key_id(name, raw).hex()}+{base64.b64encode(ED25519 + raw).decode()}"


def signature(text: str, key: Ed25519PrivateKey, name: str) -> str:
    """The key's line below a note's text."""
    raw = key_id(name, public(key)) + key.sign(text.encode())
    return f"— {name} {base64.b64encode(raw).decode()}\n"


def holds(text: str, signatures: str, key: str) -> bool:
    """Whether one of the lines is the key's ("name+id+base64") true signature of the text."""
    name, wanted, encoded = key.split("+", 2)
    for line in signatures.splitlines():
        dash, signer, rest = line.split(" ")
        raw = base64.b64decode(rest)
        if (dash, signer, raw[:4].hex()) == ("—", name, wanted):
            with contextlib.suppress(InvalidSignature):
                Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:]).verify(raw[4:], text.encode())
                return True
    return False


# ── one key after another ───────────────────────────────────────────────────────────────────────────────────


class Link(NamedTuple):
    """One key of the chain: its public text, and the largest size it counts for (None while it signs)."""

    number: int
    key: str
    until: int | None


def statement(name: str, size: int, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> str:
    """From the checkpoint after `size` on the new key counts, up to it the old one did: signed by both."""
    text = f"rotation of {name}\n{size}\n{as_text(old, name)}\n{as_text(new, name)}\n"
    return f"{text}\n{signature(text, old, name)}{signature(text, new, name)}"


def chain(name: str) -> list[Link]:
    """Every key of the log, the first one first."""
    rows = list(LogKey.objects.order_by("number"))
    if not rows:
        return [Link(1, as_text(signing_key(), name), None)]
    links = [Link(row.number - 1, row.old, row.since) for row in rows]
    return [*links, Link(rows[-1].number, rows[-1].key, None)]


def published(name: str) -> str:
    """The chain as the mirror's `keys` and every document hold it: the first key, then each statement, no last newline."""
    rows = list(LogKey.objects.order_by("number").values_list("statement", flat=True))
    first = rows[0].split("\n")[2] if rows else as_text(signing_key(), name)
    return "\n\n".join([first, *(row.rstrip("\n") for row in rows)])


def valid_at(links: list[Link], size: int) -> str:
    """The one key that counts for the checkpoint of `size`."""
    return next(link.key for link in links if link.until is None or size <= link.until)
