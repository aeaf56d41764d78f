"""Offline verifier of Sunkitchen editions and of a mirrored log. One file; needs Python ≥ 3.11 and `cryptography`.

    python verify.py [--key KEY] EDITION.json     one edition, as downloaded
    python verify.py [--key KEY] FOLDER           a mirror: checkpoint, keys, entries/, checkpoints/, editions/

KEY is the log's public key ("name+id+base64", or a file with such lines) as you know it from elsewhere: without it
the key that comes with the data is used, which proves that nothing was altered, not who signed.
Exit status: 0 all holds, 1 something was changed or is missing, 2 the arguments are of no use.
Formats: RFC 8785 (of integers and NFC strings), RFC 6962, c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "sunkitchen-edition/1"
LEAF, NODE = b"\x00", b"\x01"  # RFC 6962 prefixes
HEX = re.compile(r"[0-9a-f]{64}")
Say = Callable[[str], None]


class Changed(Exception):
    """A check does not hold; the message says which, in plain words."""


class Unusable(Exception):
    """There is nothing here that could be checked."""


def canonical(value: Any) -> str:
    """RFC 8785 text of integers, NFC strings, lists and objects. Changed for anything else."""
    if isinstance(value, dict):
        inner = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(part)}" for key, part in inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, str) and unicodedata.is_normalized("NFC", value):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return str(value)
    raise Changed("it holds a value that the format does not know")


def parse(raw: bytes, what: str) -> Any:
    """The JSON of `raw`, which must be its canonical bytes: no other spelling, not one byte more."""
    try:
        value = json.loads(raw.decode("utf-8"))
        if canonical(value).encode("utf-8") == raw:
            return value
    except (ValueError, RecursionError):
        pass
    raise Changed(f"{what} is not in the exact form in which it was published (altered, or saved by an editor)")


def exactly(value: Any, *keys: str) -> Any:
    if not isinstance(value, dict) or set(value) != set(keys):
        raise Changed(f"a part does not have exactly the fields {', '.join(keys)}")
    return value


def as_hash(text: Any) -> bytes:
    if not isinstance(text, str) or not HEX.fullmatch(text):
        raise Changed("a hash or salt is not 64 lower-case hexadecimal digits")
    return bytes.fromhex(text)


def strict_base64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 with stray bits")
    return raw


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def tree_root(leaves: list[bytes]) -> bytes:
    """The RFC 6962 root of the leaf hashes."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(NODE, tree_root(leaves[:k]), tree_root(leaves[k:]))


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which the inclusion path leads (RFC 9162, 2.1.3.2)."""
    if index >= size:
        raise Changed("the entry's place lies outside of the signed log")
    fn, sn, found = index, size - 1, leaf
    for step in path:
        if sn == 0:
            raise Changed("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            found = sha256(NODE, step, found)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = sha256(NODE, found, step)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Changed("the inclusion proof is too short")
    return found


class Key(NamedTuple):
    text: str
    name: str
    id: bytes
    public: Ed25519PublicKey


def read_key(text: str) -> Key:
    """A key from "name+key id+base64". ValueError when it is none."""
    name, key_id, encoded = text.split("+", 2)
    raw = strict_base64(encoded)
    if len(raw) != 33 or raw[0] != 1 or not name or re.search(r"\s", name):
        raise ValueError("not an Ed25519 key")
    computed = sha256(name.encode(), b"\n", raw)[:4]
    if computed.hex() != key_id:
        raise ValueError("the key's id does not belong to it")
    return Key(text, name, computed, Ed25519PublicKey.from_public_bytes(raw[1:]))


def read_keys(text: str) -> list[Key]:
    return [read_key(line) for line in text.removesuffix("\n").split("\n")]


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def read_checkpoint(note: Any, keys: list[Key]) -> Checkpoint:
    """The checkpoint of a signed note with exactly one signature, by one of the keys. Changed otherwise."""
    try:
        text, rest = note.split("\n\n")
        origin, size, root = text.split("\n")
        dash, name, encoded = rest.removesuffix("\n").split(" ")
        signature = strict_base64(encoded)
        found = Checkpoint(origin, int(size), strict_base64(root))
        if dash != "—" or not rest.endswith("\n") or str(found.size) != size or len(found.root) != 32:
            raise ValueError("not a checkpoint")
    except (ValueError, AttributeError):
        raise Changed("the checkpoint is not a signed note") from None
    for key in keys:
        if (key.name, key.id) == (name, signature[:4]) and key.name == origin:
            try:
                key.public.verify(signature[4:], f"{text}\n".encode())
            except InvalidSignature:
                raise Changed("the signature on the checkpoint is false") from None
            return found
    raise Changed("the checkpoint is not signed by the trusted key")


def check_edition(raw: bytes, trusted: list[Key], say: Say) -> tuple[dict[str, Any], int]:
    """Every check of one edition document; its leaf and place. Changed at the first that does not hold."""
    document = exactly(parse(raw, "the document"), "format", "edition", "listings", "proof", "checkpoint", "key")
    if document["format"] != FORMAT:
        raise Changed(f"the format is not {FORMAT}")
    leaf, proof = document["edition"], exactly(document["proof"], "index", "size", "hashes")
    try:
        own = read_key(document["key"])
    except (ValueError, AttributeError):
        raise Changed("the key in the document is not a key") from None
    if trusted and own.text not in [key.text for key in trusted]:
        raise Changed("the document names another key than the trusted one")
    checkpoint = read_checkpoint(document["checkpoint"], trusted or [own])
    say(f"the checkpoint is signed: log {checkpoint.origin}, {checkpoint.size} entries")
    if not isinstance(leaf, dict) or not isinstance(leaf.get("listings"), list):
        raise Changed("the edition has no listings")
    index, size = proof["index"], proof["size"]
    if size != checkpoint.size or leaf.get("seq") != index or not isinstance(index, int) or index < 0:
        raise Changed("proof, checkpoint and edition speak of different places")
    if not isinstance(proof["hashes"], list):
        raise Changed("the inclusion proof is not a list")
    path = [as_hash(step) for step in proof["hashes"]]
    if root_by_path(sha256(LEAF, canonical(leaf).encode()), index, size, path) != checkpoint.root:
        raise Changed("the edition is not the one that was logged")
    say(f"edition {leaf.get('code')} is entry {index} of that log, unaltered")
    check_listings(leaf["listings"], document["listings"], say)
    return leaf, index


def check_listings(logged: list[Any], shown: Any, say: Say) -> None:
    if not isinstance(shown, list) or len(shown) != len(logged):
        raise Changed(f"{len(logged)} listings were published, not as many are shown")
    for number, (hashes, listing) in enumerate(zip(logged, shown, strict=True), 1):
        exactly(hashes, "identity", "finding")
        parts = ["finding"]
        if isinstance(listing, dict) and ("identity" in listing or "identity_salt" in listing):
            parts.append("identity")
        exactly(listing, *parts, *(f"{part}_salt" for part in parts))
        for part in parts:
            salted = as_hash(listing[f"{part}_salt"]) + canonical(listing[part]).encode()
            if sha256(salted) != as_hash(hashes[part]):
                raise Changed(f"the {part} of listing {number} was changed, or listings changed places")
        name = listing["identity"].get("signboard") if "identity" in parts else "its name was erased"
        say(f"listing {number} ({name}) is as published")


def check_folder(folder: Path, trusted: list[Key], say: Say) -> None:
    """The whole mirror: signatures, every entry, every older checkpoint, every edition. Changed at the first fault."""
    if not (folder / "checkpoint").is_file() and not (folder / "entries").is_dir():
        raise Unusable(f"{folder} is no mirror of a log: it has neither checkpoint nor entries/.")
    try:
        keys = trusted or read_keys((folder / "keys").read_bytes().decode("utf-8"))
        newest = read_checkpoint((folder / "checkpoint").read_bytes().decode("utf-8"), keys)
    except (OSError, ValueError):
        raise Changed("checkpoint or keys are missing or unreadable") from None
    say(f"the checkpoint is signed: log {newest.origin}, {newest.size} entries")
    leaves, entries, previous = list[bytes](), list[Any](), "0" * 64
    for seq in range(newest.size):
        path = folder / "entries" / f"{seq:06}.json"
        if not path.is_file():
            raise Changed(f"entry {seq} is missing")
        raw = path.read_bytes()
        entry = parse(raw, f"entry {seq}")
        if not isinstance(entry, dict) or entry.get("seq") != seq or entry.get("previous") != previous:
            raise Changed(f"entry {seq} does not follow the one before it")
        entries.append(entry)
        leaves.append(sha256(LEAF, raw))
        previous = leaves[-1].hex()
    if tree_root(leaves) != newest.root:
        raise Changed("the entries are not the ones that were signed")
    say(f"all {newest.size} entries are there, in order, unaltered")
    older = sorted((folder / "checkpoints").glob("[0-9]*"))
    for path in older:
        checkpoint = read_checkpoint(path.read_bytes().decode("utf-8", "replace"), keys)
        if checkpoint.size > newest.size or tree_root(leaves[: checkpoint.size]) != checkpoint.root:
            raise Changed(f"checkpoint {path.name} does not fit: history was rewritten")
    say(f"{len(older)} checkpoints agree with one history")
    check_editions(folder, keys, entries, say)


def check_editions(folder: Path, keys: list[Key], entries: list[Any], say: Say) -> None:
    if not (folder / "editions").is_dir():
        say("no editions/ here: only the log itself was checked")
        return
    logged = {seq for seq, entry in enumerate(entries) if entry.get("kind") == "edition"}
    for path in sorted((folder / "editions").rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        try:
            leaf, index = check_edition(path.read_bytes(), keys, lambda line: None)
        except Changed as fault:
            raise Changed(f"{name}: {fault}") from None
        if index >= len(entries) or entries[index] != leaf or name != f"editions/{leaf.get('code')}.json":
            raise Changed(f"{name} is not the edition of that name, or not entry {index} of this log")
        logged.discard(index)
        say(f"edition {leaf.get('code')} is entry {index}, with {len(leaf['listings'])} listings")
    if logged:
        raise Changed(f"the edition of entry {min(logged)} is missing")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="verify", description="Check an edition or a mirrored log, offline.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--key", default="")
    chosen = parser.parse_args(arguments)  # exits with 2 by itself
    try:
        is_file = chosen.key and Path(chosen.key).is_file()
        keys = read_keys(Path(chosen.key).read_text("utf-8") if is_file else chosen.key) if chosen.key else []
    except (OSError, ValueError):
        parser.error('--key takes "name+id+base64", or a file with such lines.')
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a console without Chinese is no reason to fail
    try:
        if chosen.path.is_dir():
            check_folder(chosen.path, keys, lambda line: print(f"ok    {line}"))
        elif chosen.path.is_file():
            check_edition(chosen.path.read_bytes(), keys, lambda line: print(f"ok    {line}"))
        else:
            raise Unusable(f"{chosen.path} is neither a file nor a folder.")
    except Changed as fault:
        print(f"FAIL  {fault}")
        print("Not verified: what you have is not what was published.")
        return 1
    except (Unusable, OSError) as error:
        print(f"verify: {error}", file=sys.stderr)
        return 2
    trust = "" if keys else " The key came with the data: compare it with the one you know (--key)."
    print(f"Verified.{trust}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
