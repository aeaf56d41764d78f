"""Offline verifier of Sunkitchen editions and of a mirrored log. One file; needs Python ≥ 3.11 and `cryptography`.

    python verify.py EDITION.json            one edition, as downloaded, or its address
    python verify.py FOLDER                  a mirror: checkpoint, keys, entries/, checkpoints/, editions/
    python verify.py https://…/log/files/    the same, fetched from there
--key KEY: the log's public key ("name+id+base64", or its `keys` file) as you know it from elsewhere. Without it the key
that comes with the data is used, which proves that nothing was altered, not who signed. --known CHECKPOINT: one that
you kept; a log that is shorter, or does not go on from it, was rolled back or rewritten.
Exit status: 0 all holds, 1 something was changed or is missing, 2 the arguments are of no use.
Formats: RFC 8785 (of integers and NFC strings), RFC 6962, c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import unicodedata
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from errno import ENOENT, ENOTDIR
from functools import partial, reduce
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, LEAF, NODE = "sunkitchen-edition/1", b"\x00", b"\x01"  # two prefixes of RFC 6962
HEX, CODE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[A-Za-z0-9_-]+/[0-9]+-[0-9]+")
AMENDMENT = ("kind", "edition", "listing", "amendment", "at", "officer", "reason_sha256", "seq", "previous")
Key = NamedTuple("Key", [("text", str), ("name", str), ("id", bytes), ("public", Ed25519PublicKey)])  # noqa: UP014
Keys = NamedTuple("Keys", [("text", str), ("keys", list[Key]), ("until", list[int])])  # noqa: UP014


class Changed(Exception):
    """A check does not hold; the message says which, in plain words."""


def must(holds: Any, fault: str) -> None:
    if not holds:
        raise Changed(fault)


def canonical(value: Any) -> str:
    """RFC 8785 text of integers, NFC strings, lists and objects with ASCII keys. Changed for anything else."""
    for part in (parts := [value]):  # which grows on the way
        if isinstance(part, dict | list):
            must(isinstance(part, list) or all(map(str.isascii, part)), "a field's name is none of the format")
            parts += part.values() if isinstance(part, dict) else part
        elif not isinstance(part, str) or not unicodedata.is_normalized("NFC", part):
            must(type(part) is int and abs(part) < 2**53, "it holds a value that the format does not know")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def parse(raw: bytes, what: str) -> Any:
    """The JSON of `raw`, which must be its canonical bytes: no other spelling, not one byte more."""
    try:
        if canonical(value := json.loads(raw)).encode() == raw:
            return value
    except (ValueError, RecursionError):
        pass
    raise Changed(f"{what} is not in the exact form in which it was published (altered, or saved by an editor)")


def exactly(value: Any, *keys: str) -> Any:
    must(isinstance(value, dict) and value.keys() == {*keys}, f"a part has not exactly the fields {', '.join(keys)}")
    return value


def as_hash(text: Any) -> bytes:
    must(HEX.fullmatch(str(text)), "a hash or salt is not 64 lower-case hexadecimal digits")
    return bytes.fromhex(text)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def roots(leaves: list[bytes]) -> list[bytes]:
    """The RFC 6962 roots of the first 0, 1, 2 … of the leaf hashes."""
    found, full = [sha256()], list[bytes]()  # the full subtrees from the left
    for count, top in enumerate(leaves):
        while count & 1:
            top, count = sha256(NODE, full.pop(), top), count >> 1
        full.append(top)
        found.append(reduce(lambda right, left: sha256(NODE, left, right), full[::-1]))
    return found


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which the inclusion path leads (RFC 6962, 2.1.1)."""
    must(0 <= index < size and (size == 1) == (not path), "the inclusion proof has another length, or another place")
    if size == 1:
        return leaf
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return sha256(NODE, root_by_path(leaf, index, half, path[:-1]), path[-1])
    return sha256(NODE, path[-1], root_by_path(leaf, index - half, size - half, path[:-1]))


def read_key(text: str) -> Key:
    name, _id, encoded = text.split("+", 2)
    raw = base64.b64decode(encoded)
    key_id = sha256(name.encode(), b"\n", raw)[:4]
    must(raw[:1] == b"\x01" and text == f"{name}+{key_id.hex()}+{base64.b64encode(raw).decode()}", "a key is none")
    return Key(text, name, key_id, Ed25519PublicKey.from_public_bytes(raw[1:]))


def read_keys(text: str) -> Keys:
    """A key, then for each that followed a statement of both: up to which size the one before counts, this one past it."""
    try:
        first, *notes = text.removesuffix("\n").split("\n\n")
        keys, until = [read_key(first)], [0]
        for said, signatures in zip(notes[::2], notes[1::2], strict=True):
            _title, size, _old, new = said.split("\n")
            keys.append(read_key(new))
            until.append(int(size))
            whole = f"rotation of {keys[0].name}\n{until[-1]}\n{keys[-2].text}\n{new}"
            signed = [is_signed(said, signatures, key) for key in keys[-2:]]
            must(said == whole and until == sorted(until) and all(signed), "a key does not follow the one before it")
    except (ValueError, InvalidSignature):
        raise Changed("the keys are no keys, or one does not follow the one before by the signatures of both") from None
    return Keys(text.removesuffix("\n"), keys, until[1:])


def is_signed(text: str, signatures: str, key: Key) -> bool:
    """Whether a line is the key's. InvalidSignature when it is, and false; ValueError when one is no signature."""
    found = False
    for line in signatures.split("\n"):
        _dash, name, encoded = line.split(" ")
        raw = base64.b64decode(encoded)
        must(line == f"— {name} {base64.b64encode(raw).decode()}", "a line below a note is no signature")
        if (name, raw[:4]) == (key.name, key.id):  # others may sign too: a seal, a witness
            key.public.verify(raw[4:], f"{text}\n".encode())
            found = True
    return found


def trust(trusted: Keys | None, own: Keys) -> Keys:
    """The longer chain of keys, when one goes on from the other or from the one key that is trusted."""
    longer, other = f"{own.text}\n\n", f"{trusted.text}\n\n" if trusted else ""
    if trusted is None or longer.startswith(other) or trusted.text in [key.text for key in own.keys]:
        return own
    must(other.startswith(longer), "the data names another key than the trusted one")
    return trusted  # it knows at which size the data's last key ended


def read_checkpoint(note: Any, keys: Keys) -> tuple[int, bytes]:
    """Size and root of a note that the key signed which counts at that size. Changed otherwise."""
    try:
        text, rest = note.split("\n\n")
        origin, size, root = text.split("\n")
        top, signatures = base64.b64decode(root), rest.removesuffix("\n")
        whole = f"{origin}\n{int(size)}\n{base64.b64encode(top).decode()}\n\n{signatures}\n"
        key = keys.keys[bisect_left(keys.until, int(size))]
        signed = note == whole and len(top) == 32 and key.name == origin and is_signed(text, signatures, key)
    except (ValueError, AttributeError, InvalidSignature):
        raise Changed("a checkpoint is not a signed note, or its signature is false") from None
    must(signed, f"the checkpoint of size {size} is not signed by the trusted key, the one that counts at that size")
    return int(size), top


def check_edition(raw: bytes, trusted: Keys | None, say: Any) -> tuple[dict[str, Any], int, list[str]]:
    """Every check of one document: its leaf, its place, the amendments it tells of. Changed at the first fault."""
    document = exactly(parse(raw, "the document"), "format", "edition", "listings", "proof", "checkpoint", "key")
    leaf, proof = document["edition"], exactly(document["proof"], "index", "size", "hashes")
    keys = trust(trusted, read_keys(str(document["key"])))
    signed, root = read_checkpoint(document["checkpoint"], keys)
    say(f"the checkpoint is signed: log {keys.keys[0].name}, {signed} entries")
    of_format = document["format"] == FORMAT and isinstance(leaf, dict) and leaf.get("kind") == "edition"
    index, size, path = proof["index"], proof["size"], proof["hashes"]
    must(of_format and isinstance(path, list) and isinstance(leaf.get("listings"), list), f"the format is not {FORMAT}")
    must(type(index) is int and (leaf.get("seq"), size) == (index, signed), "the proof is of another place or size")
    computed = root_by_path(sha256(LEAF, canonical(leaf).encode()), index, size, [as_hash(step) for step in path])
    must(computed == root, "the edition is not the one that was logged")
    say(f"edition {leaf.get('code')} is entry {index} of that log, unaltered")
    return leaf, index, check_listings(leaf["listings"], document["listings"], say)


def check_listings(logged: list[Any], shown: Any, say: Any) -> list[str]:
    must(isinstance(shown, list) and len(shown) == len(logged), "there are not as many listings as were published")
    amended = list[str]()
    for place, (hashes, listing) in enumerate(zip(logged, shown, strict=True)):
        told = listing.get("amendments", [0]) if isinstance(listing, dict) else []
        must(told and isinstance(told, list), f"listing {place + 1} is not in the format")
        parts = ["finding", "identity"] if {"identity", "identity_salt"} & listing.keys() else ["finding"]
        exactly(listing, *parts, *(f"{part}_salt" for part in parts), *{"amendments"} & listing.keys())
        for part in parts:
            salted = sha256(as_hash(listing[f"{part}_salt"]), canonical(listing[part]).encode())
            logged_hash = as_hash(exactly(hashes, "identity", "finding")[part])
            must(salted == logged_hash, f"the {part} of listing {place + 1} was changed, or listings changed places")
        name = listing.get("identity", {}).get("signboard", "its name was erased")
        say(f"listing {place + 1} ({name}) is as published")
        for one in told if "amendments" in listing else []:
            exactly(one, "seq", "kind", "at", "reason", "document_number")
            why = canonical({name: one[name] for name in ("reason", "document_number")}).encode()
            amended.append(repr((one["seq"], place, one["kind"], one["at"], sha256(why).hex())))
            say(f"  amended: {one['kind']}, entry {one['seq']}; whether so, and no more, only the whole log tells")
    return amended


def fetch(place: str, name: str = "") -> bytes:
    """A file of a folder, or below an address. Changed when it is not there."""
    try:
        if "://" not in place:
            return Path(place, name).read_bytes()
        return bytes(urlopen(f"{place.rstrip('/')}/{name}".rstrip("/"), timeout=60).read())
    except OSError as error:
        must(not name or getattr(error, "code", error.errno) not in (404, ENOENT, ENOTDIR), f"{name} is missing")
        raise


def check_mirror(place: str, trusted: Keys | None, known: str, say: Any) -> None:
    """Signatures, every entry, every checkpoint, every edition with its amendments. Changed at the first fault."""
    keys = trust(trusted, read_keys(fetch(place, "keys").decode(errors="replace")))
    size, root = read_checkpoint(fetch(place, "checkpoint").decode(errors="replace"), keys)
    say(f"the checkpoint is signed: log {keys.keys[0].name}, {size} entries")
    leaves, editions, amended = list[bytes](), dict[str, Any](), dict[str, list[str]]()
    read = partial(ThreadPoolExecutor(8).map, partial(fetch, place))
    for seq, raw in enumerate(read([f"entries/{seq:06}.json" for seq in range(size)])):
        entry, before = parse(raw, f"entry {seq}"), leaves[-1].hex() if leaves else "0" * 64
        leaves.append(sha256(LEAF, raw))
        must(
            isinstance(entry, dict) and [entry.get("seq"), entry.get("previous")] == [seq, before],
            f"entry {seq} has no place",
        )
        if entry.get("kind") == "edition":
            code = str(entry.get("code"))
            must(CODE.fullmatch(code) and code not in editions, f"entry {seq} is an edition without its own number")
            editions[code], amended[code] = entry, []
        elif entry.get("kind") == "amendment":
            code, at = str(exactly(entry, *AMENDMENT)["edition"]), entry["listing"]
            must(at in range(len(editions.get(code, {"listings": []})["listings"])), f"entry {seq} amends no listing")
            amended[code].append(repr((seq, at, entry["amendment"], entry["at"], entry["reason_sha256"])))
    history = roots(leaves)
    must(history[size] == root, "the entries are not the ones that were signed")
    say(f"all {size} entries are there, in order, unaltered")
    names = fetch(place, "checkpoints/index").decode(errors="replace").removesuffix("\n").split("\n")
    found = {path.name for path in Path(place, "checkpoints").glob("[0-9]*")}  # of an address: none
    must(found <= {*names} and len({*names}) == len(names), "checkpoints/index does not list every checkpoint once")
    for name, raw in zip(names, read([f"checkpoints/{name}" for name in names]), strict=True):
        older, top = read_checkpoint(raw.decode(errors="replace"), keys)
        must(name == f"{older:06}" and [top] == history[older : older + 1], f"checkpoint {name}: history was rewritten")
    say(f"{len(names)} checkpoints agree with one history")
    if known:
        older, top = read_checkpoint(known, keys)
        gone = f"the log ({size} entries) does not go on from the one you kept ({older}): rolled back or rewritten"
        must(history[older : older + 1] == [top], gone)
        say(f"it goes on from the checkpoint of {older} entries that you kept")
    if "://" not in place and not Path(place, "editions").is_dir():
        say("no editions/ here: only the log itself was checked")
        return
    files = [f"editions/{code}.json" for code in editions]
    strays = {path.relative_to(place).as_posix() for path in Path(place, "editions").rglob("*.json")} - {*files}
    must(not strays, f"{', '.join(strays)}: not an edition of this log")
    for code, name, raw in zip(editions, files, read(files), strict=True):
        try:
            leaf, index, shown = check_edition(raw, keys, lambda line: None)
        except Changed as fault:
            raise Changed(f"{name}: {fault}") from None
        must(leaf == editions[code], f"{name} is another edition, or not of this log")
        must(sorted(shown) == sorted(amended[code]), f"{name} tells of other amendments than the log")
        say(f"edition {code} is entry {index}, with {len(leaf['listings'])} listings and {len(shown)} amendments")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="verify", description="Check an edition or a mirrored log.")
    parser.add_argument("place", help="an edition's .json, a mirror's folder, or the address of either")
    parser.add_argument("--key", default="", help="the log's public key as you know it, or a file of keys")
    parser.add_argument("--known", type=Path, help="a file: a checkpoint of the log that you kept")
    chosen = parser.parse_args(arguments)  # exits with 2 by itself
    place, say = chosen.place, partial(print, "ok   ")
    try:
        kept = Path(chosen.key).read_text("utf-8") if chosen.key and Path(chosen.key).is_file() else chosen.key
        keys, known = read_keys(kept) if kept else None, chosen.known.read_text("utf-8") if chosen.known else ""
    except (OSError, ValueError, Changed):
        parser.error('--key takes "name+id+base64" or a file of keys, --known a file with a checkpoint.')
    getattr(sys.stdout, "reconfigure", dict)(
        errors="backslashreplace"
    )  # a console without Chinese is no reason to fail
    try:
        if known or any(Path(place).glob("[ce]*")) or ("://" in place and not place.endswith(".json")):
            check_mirror(place, keys, known, say)
        else:
            check_edition(fetch(place), keys, say)
    except Changed as fault:
        print(f"FAIL  {fault}\nNot verified: what you have is not what was published.")
        return 1
    except (OSError, HTTPException) as error:
        parser.exit(2, f"verify: {error}\n")
    print("Verified." if keys else "Verified. The key came with the data: compare it with the one you know (--key).")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
