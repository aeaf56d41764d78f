"""The negative corpus: whatever is changed, swapped, dropped, invented or rolled back in a log or a document, exit 1."""

import copy
import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import rfc8785

from sunkitchen.core import logkeys, merkle, verify

from .logs import HERE, ORIGIN, THERE, Log, key_of, private, status


def quiet(line):
    pass


# ── what holds ──────────────────────────────────────────────────────────────────────────────────────────────
def test_the_whole_log_holds_and_says_so(mirror, capsys):
    assert status(mirror) == 0
    said = capsys.readouterr().out
    assert "all 7 entries are there" in said and "6 checkpoints agree with one history" in said
    assert "edition hailan/2026-1 is entry 0, with 3 listings and 2 amendments" in said


@pytest.mark.parametrize("code", [HERE, THERE, "hailan/2026-2"])
def test_each_document_holds_by_itself_and_tells_what_it_cannot_prove(mirror, code, capsys):
    assert status(mirror / f"editions/{code}.json") == 0
    said = capsys.readouterr().out
    assert ("only the whole log tells" in said) == (code != "hailan/2026-2")


def test_an_erased_identity_still_verifies_in_document_and_mirror(mirror):
    path = mirror / f"editions/{HERE}.json"
    document = json.loads(path.read_bytes())
    del document["listings"][1]["identity"], document["listings"][1]["identity_salt"]
    path.write_bytes(rfc8785.dumps(document))
    assert status(path) == 0 and status(mirror) == 0


# ── single bytes ────────────────────────────────────────────────────────────────────────────────────────────
def test_no_byte_of_any_file_can_change(mirror):
    """Each byte of the small files; every 7th of the documents, all of which another test flips."""
    for path in sorted(path for path in mirror.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        for place in range(0, len(raw), 41 if path.suffix == ".json" else 3):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ (1 << place % 8)]) + raw[place + 1 :])
            with pytest.raises(verify.Changed):
                verify.check_mirror(str(mirror), None, "", quiet)
        path.write_bytes(raw)
    verify.check_mirror(str(mirror), None, "", quiet)


@pytest.mark.parametrize("code", [HERE, "hailan/2026-2"])
def test_no_byte_of_a_document_can_change(mirror, code):
    """What a lone document says of its amendments is not in its leaf: there the whole log decides."""
    raw = (mirror / f"editions/{code}.json").read_bytes()
    start, end = raw.find(b'"amendments":['), raw.find(b'],"finding"')
    claimed = range(start, end) if start >= 0 else range(0)
    last = 0
    for place in range(len(raw)):
        flipped = raw[:place] + bytes([raw[place] ^ (1 << place % 8)]) + raw[place + 1 :]
        if place in claimed:
            last = place
            continue
        with pytest.raises(verify.Changed):
            verify.check_edition(flipped, None, quiet)
    for place in range(claimed.start, last + 1):
        flipped = raw[:place] + bytes([raw[place] ^ (1 << place % 8)]) + raw[place + 1 :]
        (mirror / f"editions/{code}.json").write_bytes(flipped)
        if place % 5 == 0:
            with pytest.raises(verify.Changed):
                verify.check_mirror(str(mirror), None, "", quiet)


# ── a document ──────────────────────────────────────────────────────────────────────────────────────────────
def swap_listings(document):
    document["listings"].reverse()


def swap_logged_too(document):
    document["listings"].reverse()
    document["edition"]["listings"].reverse()


def drop_listing(document):
    document["listings"].pop()


def truncate_proof(document):
    document["proof"]["hashes"].pop()


def lengthen_proof(document):
    document["proof"]["hashes"].append("0" * 64)


def other_proof(document):
    document["proof"]["hashes"][0] = "0" * 64


def proof_of_numbers(document):
    document["proof"]["hashes"] = [1, 2]


def no_proof(document):
    document["proof"] = {"index": 0, "size": 1, "hashes": []}


def another_seq(document):
    document["edition"]["seq"] = document["proof"]["index"] = 1


def wrong_key(document):
    document["key"] = logkeys.as_text(private("x"), ORIGIN)


def no_rotation(document):
    """The retired key alone, and a checkpoint that the next one signed."""
    document["key"] = document["key"].split("\n\n")[0]


def altered_checkpoint(document):
    lines = document["checkpoint"].split("\n")
    lines[1] = str(int(lines[1]) + 1)
    document["checkpoint"] = "\n".join(lines)


def empty_amendments(document):
    document["listings"][0]["amendments"] = []


def amendments_of_no_format(document):
    document["listings"][0]["amendments"] = [{"seq": 3, "kind": "stay"}]


def named_finding(document):
    document["listings"][0]["finding"]["signboard"] = "楼"


CHANGES = [
    swap_listings, swap_logged_too, drop_listing, truncate_proof, lengthen_proof, other_proof, proof_of_numbers,
    no_proof, another_seq, wrong_key, no_rotation, altered_checkpoint, empty_amendments, amendments_of_no_format,
    named_finding,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_document_does_not_verify(mirror, change):
    path = mirror / "editions/hailan/2026-2.json"
    assert status(path) == 0
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(rfc8785.dumps(document))
    assert status(path) == 1
    assert status(mirror) == (0 if change is no_rotation else 1)  # the mirror's own keys know of the next one


# ── a mirror ────────────────────────────────────────────────────────────────────────────────────────────────
def swap(mirror, one, two):
    one, two = mirror / one, mirror / two
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)


def swap_entries(mirror):
    swap(mirror, "entries/000000.json", "entries/000001.json")


def drop_entry(mirror):
    (mirror / "entries/000002.json").unlink()


def drop_last_entry(mirror):
    (mirror / "entries/000006.json").unlink()


def swap_authorities(mirror):
    swap(mirror, f"editions/{HERE}.json", f"editions/{THERE}.json")


def drop_edition(mirror):
    (mirror / f"editions/{THERE}.json").unlink()


def invent_edition(mirror):
    shutil.copy(mirror / f"editions/{THERE}.json", mirror / "editions/beian/2026-2.json")


def swap_checkpoints(mirror):
    swap(mirror, "checkpoints/000001", "checkpoints/000002")


def drop_checkpoint(mirror):
    (mirror / "checkpoints/000002").unlink()


def hide_checkpoint(mirror):
    index = mirror / "checkpoints/index"
    index.write_text(index.read_text().replace("000002\n", ""))


def older_newest(mirror):
    """As if the last three entries had not been signed: the editions tell of more than the log."""
    shutil.copy(mirror / "checkpoints/000005", mirror / "checkpoint")


def forget_rotation(mirror):
    (mirror / "keys").write_text((mirror / "keys").read_text().split("\n\n")[0] + "\n")


MIRRORED = [
    swap_entries, drop_entry, drop_last_entry, swap_authorities, drop_edition, invent_edition, swap_checkpoints,
    drop_checkpoint, hide_checkpoint, older_newest, forget_rotation,
]  # fmt: skip


@pytest.mark.parametrize("change", MIRRORED, ids=lambda change: change.__name__)
def test_a_changed_mirror_does_not_verify(mirror, change):
    assert status(mirror) == 0
    change(mirror)
    assert status(mirror) == 1


def with_document(mirror, code, change):
    path = mirror / f"editions/{code}.json"
    document = json.loads(path.read_bytes())
    change(document["listings"])
    path.write_bytes(rfc8785.dumps(document))


def drop_amendment(listings):
    listings[1]["amendments"].pop()


def drop_all_amendments(listings):
    del listings[1]["amendments"]


def invent_amendment(listings):
    listings[0]["amendments"] = copy.deepcopy(listings[1]["amendments"])


def move_amendments(listings):
    listings[2]["amendments"] = listings[1].pop("amendments")


def another_reason(listings):
    listings[1]["amendments"][0]["reason"] = "另一个理由"


def another_moment(listings):
    listings[1]["amendments"][0]["at"] = "2026-12-02T09:00:00+08:00"


def another_kind(listings):
    listings[1]["amendments"][1]["kind"] = "withdrawal"


def another_entry(listings):
    listings[1]["amendments"][0]["seq"] = 4


AMENDED = [
    drop_amendment, drop_all_amendments, invent_amendment, move_amendments, another_reason, another_moment,
    another_kind, another_entry,
]  # fmt: skip


@pytest.mark.parametrize("change", AMENDED, ids=lambda change: change.__name__)
def test_amendments_stand_in_the_document_as_in_the_log_no_fewer_and_no_more(mirror, change):
    with_document(mirror, HERE, change)
    assert status(mirror) == 1
    assert status(mirror / f"editions/{HERE}.json") == 0  # alone it cannot know


@pytest.mark.parametrize("other", [{"edition": "nobody/2026-1"}, {"listing": 9}, {"listing": "0"}, {"surplus": "x"}])
def test_an_amendment_of_what_was_never_published_does_not_verify(tmp_path, other):
    log = Log().edition(HERE).amend(HERE, **other).sign()
    del log.listings[HERE][1][0]["amendments"]
    assert status(log.write(tmp_path)) == 1


def test_the_same_edition_is_not_published_twice(tmp_path):
    assert status(Log().edition(HERE).sign().edition(HERE).sign().write(tmp_path)) == 1


# ── from an address ─────────────────────────────────────────────────────────────────────────────────────────
class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def address(mirror):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(mirror)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_mirror_is_verified_from_its_address(mirror, address, capsys):
    assert status(address) == 0
    assert status(address.rstrip("/"), "--known", mirror / "checkpoints/000004", "--key", key_of("k")) == 0
    assert "edition beian/2026-1 is entry 1" in capsys.readouterr().out
    assert status(f"{address}editions/{HERE}.json") == 0
    assert status(f"{address}editions/nobody/2026-1.json") == 2


@pytest.mark.parametrize(
    "change",
    [swap_entries, drop_entry, swap_authorities, drop_edition, swap_checkpoints, drop_checkpoint, older_newest],
)
def test_a_changed_mirror_is_told_from_its_address(mirror, address, change):
    change(mirror)
    assert status(address) == 1


def test_nobody_there_is_not_a_change(address):
    assert status("http://127.0.0.1:9/log/files/") == 2


# ── trees ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_roots_of_every_size_agree_with_the_definition():
    """MTH as RFC 6962 writes it, slow and obvious."""

    def mth(leaves):
        if len(leaves) == 1:
            return leaves[0]
        half = 1
        while half * 2 < len(leaves):
            half *= 2
        return merkle.node_hash(mth(leaves[:half]), mth(leaves[half:]))

    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(70)]
    found, tree = verify.roots(leaves), merkle.Tree(leaves)
    for size in range(1, 71):
        assert found[size] == tree.root(size) == mth(leaves[:size])
        for index in range(size):
            assert verify.root_by_path(leaves[index], index, size, tree.inclusion(index, size)) == found[size]
    assert found[0] == tree.root(0)
    with pytest.raises(IndexError):
        tree.root(71)
