"""The offline verifier: what was published passes, and no byte of it can change."""

import copy
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.core import logkeys, merkle, translog, verify

ORIGIN = "example.org/log"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
VERIFIER = Path(verify.__file__)


def public_text(key, name=ORIGIN):
    return logkeys.as_text(key, name)


def salted(salt, record):
    return hashlib.sha256(bytes.fromhex(salt) + rfc8785.dumps(record)).hexdigest()


def edition(key=KEY, before=2, after=1):
    """A small edition of two listings, among other entries of a log."""
    shown = [
        {
            "identity": {"signboard": signboard},
            "identity_salt": digit * 64,
            "finding": {"colour": colour, "evidence": [number]},
            "finding_salt": digit.upper().lower() * 63 + "0",
        }
        for number, (signboard, colour, digit) in enumerate([("老码头", "black", "a"), ("明月", "red", "b")])
    ]
    leaf = {
        "kind": "edition",
        "code": "hailan/2026-1",
        "seq": before,
        "previous": "0" * 64,
        "listings": [
            {"identity": salted(s["identity_salt"], s["identity"]), "finding": salted(s["finding_salt"], s["finding"])}
            for s in shown
        ],
    }
    others = [merkle.leaf_hash(f"another {n}".encode()) for n in range(before + after)]
    hashes = [*others[:before], merkle.leaf_hash(rfc8785.dumps(leaf)), *others[before:]]
    return {
        "format": verify.FORMAT,
        "edition": leaf,
        "listings": shown,
        "proof": {
            "index": before,
            "size": len(hashes),
            "hashes": [step.hex() for step in merkle.inclusion(before, hashes)],
        },
        "checkpoint": translog.note(key, ORIGIN, len(hashes), merkle.root(hashes)),
        "key": public_text(key),
    }


def status(document, tmp_path, *arguments):
    path = tmp_path / "edition.json"
    path.write_bytes(document if isinstance(document, bytes) else rfc8785.dumps(document))
    return verify.main([*arguments, str(path)])


def test_what_was_published_is_verified_line_by_line(tmp_path, capsys):
    assert status(edition(), tmp_path) == 0
    said = capsys.readouterr().out
    assert "ok    edition hailan/2026-1 is entry 2 of that log, unaltered" in said
    assert said.count("is as published") == 2 and "老码头" in said
    assert "compare it with the one you know" in said
    assert status(edition(), tmp_path, "--key", public_text(KEY)) == 0
    assert "compare" not in capsys.readouterr().out


def test_no_single_byte_can_change(tmp_path):
    raw = rfc8785.dumps(edition())
    verify.check_edition(raw, [], lambda line: None)
    for place in range(len(raw)):
        for mask in (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80):
            flipped = bytearray(raw)
            flipped[place] ^= mask
            with pytest.raises(verify.Changed):
                verify.check_edition(bytes(flipped), [], lambda line: None)


def test_no_byte_can_be_dropped_or_added(tmp_path):
    raw = rfc8785.dumps(edition())
    for place in range(len(raw) + 1):
        for other in (raw[:place] + raw[place + 1 :], raw[:place] + b" " + raw[place:], raw[:place]):
            if other != raw:
                with pytest.raises(verify.Changed):
                    verify.check_edition(other, [], lambda line: None)


def drop_listing(document):
    document["listings"].pop()


def drop_both(document):
    document["listings"].pop()
    document["edition"]["listings"].pop()


def swap_listings(document):
    document["listings"].reverse()


def swap_both(document):
    document["listings"].reverse()
    document["edition"]["listings"].reverse()


def swap_identities(document):
    one, two = document["listings"]
    for part in ("identity", "identity_salt"):
        one[part], two[part] = two[part], one[part]


def shorten_proof(document):
    document["proof"]["hashes"].pop()


def lengthen_proof(document):
    document["proof"]["hashes"].append("0" * 64)


def other_place(document):
    document["proof"]["index"] = 1


def other_signature(document):
    document["checkpoint"] = edition(OTHER_KEY)["checkpoint"]


def older_checkpoint(document):
    document["checkpoint"] = edition(after=0)["checkpoint"]


def change_reason(document):
    document["listings"][0]["finding"]["colour"] = "red"


def change_year(document):
    document["edition"]["code"] = "hailan/2026-2"


def add_field(document):
    document["comment"] = "nothing"


def half_erased(document):
    del document["listings"][0]["identity"]


def nothing_left(document):
    document.clear()


@pytest.mark.parametrize(
    "change",
    [
        drop_listing,
        drop_both,
        swap_listings,
        swap_both,
        swap_identities,
        shorten_proof,
        lengthen_proof,
        other_place,
        other_signature,
        older_checkpoint,
        change_reason,
        change_year,
        add_field,
        half_erased,
        nothing_left,
    ],
    ids=lambda change: change.__name__,
)
def test_a_changed_edition_is_not_verified(change, tmp_path, capsys):
    document = copy.deepcopy(edition())
    change(document)
    assert status(document, tmp_path) == 1
    assert "FAIL" in capsys.readouterr().out


def test_an_erased_identity_leaves_the_rest_verifiable(tmp_path, capsys):
    document = edition()
    del document["listings"][0]["identity"], document["listings"][0]["identity_salt"]
    assert status(document, tmp_path) == 0
    assert "its name was erased" in capsys.readouterr().out


def test_another_key_than_the_trusted_one_is_refused(tmp_path, capsys):
    forged = edition(OTHER_KEY)
    assert status(forged, tmp_path) == 0  # consistent in itself: only a key from elsewhere tells
    assert status(forged, tmp_path, "--key", public_text(KEY)) == 1
    forged["key"] = public_text(KEY)
    assert status(forged, tmp_path, "--key", public_text(KEY)) == 1
    keys = tmp_path / "keys"
    keys.write_text(public_text(KEY) + "\n")
    assert status(edition(), tmp_path, "--key", str(keys)) == 0


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b"\xff", b"{", b"1e5", b"[" * 100_000, b'{"a":1,"a":1}', b'{"a":' + b"9" * 5000 + b"}"]
)
def test_what_is_no_edition_is_not_verified(raw, tmp_path):
    assert status(raw, tmp_path) == 1


@pytest.mark.parametrize("arguments", [[], ["nowhere.json"], ["--key", "nonsense", "x.json"], ["a", "b"], ["--what"]])
def test_arguments_of_no_use_exit_with_2(arguments, tmp_path):
    (tmp_path / "x.json").write_bytes(rfc8785.dumps(edition()))
    done = subprocess.run([sys.executable, "-I", VERIFIER, *arguments], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 2


def test_the_one_file_runs_alone_and_is_short(tmp_path):
    alone = tmp_path / "verify.py"
    source = VERIFIER.read_text(encoding="utf-8")
    alone.write_text(source, encoding="utf-8")
    (tmp_path / "edition.json").write_bytes(rfc8785.dumps(edition()))
    done = subprocess.run([sys.executable, "-I", alone, "edition.json"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "Verified" in done.stdout
    assert len(source.splitlines()) <= 300
    assert "rfc8785 " not in source and "django" not in source


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.recursive(
        st.integers(-(2**53) + 1, 2**53 - 1) | TEXT, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)
    )
)
def test_its_own_canonical_json_agrees_with_rfc8785(value):
    try:
        ours = verify.canonical(value)
    except verify.Changed:
        with pytest.raises(ValueError, match=r"NFC|no key of a leaf"):
            translog.canonical(value)
    else:
        assert ours.encode() == rfc8785.dumps(value)
        assert verify.parse(ours.encode(), "it") == json.loads(ours)
