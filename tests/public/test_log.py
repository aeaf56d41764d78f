"""The log's own page: what it says, what it hands out, and that what it hands out works."""

import hashlib
import json
import subprocess
import sys

import pytest
from django.db import transaction

from sunkitchen.core import merkle, translog, verify
from sunkitchen.core.models import LogEntry


def test_the_page_explains_names_the_newest_entries_and_shows_the_key(read, edition):
    page = read("/en/log/")
    assert page.says("It proves", "It does not prove", "supplementary evidence", "verify.py", "--known checkpoint")
    assert page.says("Edition hailan/2026-11, 2 kitchens", "Log proof", "When a name is erased", "Key 1", "signs now")
    assert translog.keys() in " ".join(page.text)


def test_an_empty_log_shows_no_key_and_makes_none(read, settings, tmp_path, db):
    settings.VAR = tmp_path
    assert read("/en/log/").says("The log is still empty", "Download verify.py")
    assert not (tmp_path / "secrets").exists()


def test_the_downloaded_verifier_has_the_digest_of_the_page_and_runs_alone(client, read, edition, settings, tmp_path):
    answer = client.get("/log/verify.py")
    assert answer["Content-Disposition"] == 'attachment; filename="verify.py"'
    assert read("/log/").says(hashlib.sha256(answer.content).hexdigest())
    (tmp_path / "verify.py").write_bytes(answer.content)
    (tmp_path / "edition.json").write_bytes(client.get("/lists/hailan/2026-11.json").content)
    command = [sys.executable, "-I", tmp_path / "verify.py", tmp_path / "edition.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "老码头大排档" in done.stdout


def test_every_kind_of_entry_stands_there_in_words_and_an_unknown_one_does_no_harm(read, edition):
    leaves = [
        {"kind": "amendment", "edition": "hailan/2026-11", "listing": 1, "amendment": "stay", "at": "2026-11-20T09:00"},
        {"kind": "draw.committed", "draw": "hailan/2026-1"},
        {"kind": "draw.drawn", "draw": "nowhere"},
        {"kind": "something.else"},
    ]
    for leaf in leaves:
        with transaction.atomic():
            translog.append(leaf)
    translog.sign(edition.published_at)
    page = read("/en/log/")
    assert page.says("something.else", "Draw nowhere: drawn", "Draw hailan/2026-1: pool and seed fixed")
    assert page.says("Edition hailan/2026-11, listing 2: suspended", "2026-11-20")


def test_an_entrys_proof_leads_to_its_checkpoint(client, edition):
    document = json.loads(client.get("/log/proofs/0.json").content)
    entry = LogEntry.objects.get(seq=0)
    assert document["entry"] == json.loads(bytes(entry.leaf))
    proof = document["proof"]
    size, root = verify.read_checkpoint(document["checkpoint"], verify.read_keys(document["key"]))
    path = [bytes.fromhex(step) for step in proof["hashes"]]
    assert verify.root_by_path(merkle.leaf_hash(bytes(entry.leaf)), 0, size, path) == root
    assert client.get("/log/proofs/1.json").status_code == 404


def test_an_entry_that_is_not_signed_yet_has_no_proof(client, red_kitchen):
    with transaction.atomic():
        translog.append({"kind": "test"})
    assert client.get("/log/proofs/0.json").status_code == 404


def test_a_rotated_key_stays_on_the_page_with_its_last_size(
    read, request, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.VAR = tmp_path  # a key of its own: the installation's is every test's
    edition = request.getfixturevalue("edition")
    with django_capture_on_commit_callbacks(execute=True):
        translog.rotate(edition.published_at)
    assert read("/en/log/").says("Key 2", "signs now", "Key 1", "counts up to 1 entries")


@pytest.mark.parametrize("name", ["checkpoints/index", "editions/hailan/2026-11.json"])
def test_what_a_mirror_needs_is_served(client, edition, settings, name):
    translog.settle(edition.published_at)
    assert b"".join(client.get(f"/log/files/{name}")) == (settings.LOG_ROOT / name).read_bytes()
