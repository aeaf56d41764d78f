"""The published log: contiguous, rebuilt from rows before every signature, never behind what was signed."""

import base64
import hashlib
import json
import stat
import threading
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction

from sunkitchen.core import appendonly, logkeys, merkle, translog
from sunkitchen.core.models import Checkpoint, LogEntry

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(autouse=True)
def log_root(settings, tmp_path):
    settings.LOG_ROOT = tmp_path / "log"
    settings.VAR = tmp_path
    settings.LOG_ORIGIN = "testserver/log"
    return settings.LOG_ROOT


def grow(count=1):
    for _ in range(count):
        with transaction.atomic():
            translog.append({"kind": "test", "words": "第一条"})


@pytest.mark.django_db
def test_leaves_are_numbered_and_chained_without_a_hole():
    grow(3)
    leaves = [json.loads(bytes(entry.leaf)) for entry in LogEntry.objects.order_by("seq")]
    assert [leaf["seq"] for leaf in leaves] == [0, 1, 2]
    assert leaves[0]["previous"] == "0" * 64
    assert leaves[2]["previous"] == LogEntry.objects.get(seq=1).leaf_hash


@pytest.mark.django_db
@pytest.mark.parametrize("value", [1.5, None, True, "e\u0301", {1: "x"}, {"楼": 1}, b"x", ("x",), 2**53])
def test_a_leaf_holds_integers_and_nfc_strings_only(value):
    with pytest.raises((TypeError, ValueError)), transaction.atomic():
        translog.append({"value": value})
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_leaf_is_appended_inside_a_transaction_or_not_at_all():
    with pytest.raises(transaction.TransactionManagementError):
        translog.append({"kind": "test"})


def test_many_at_once_make_no_hole_and_no_number_twice(transactional_db):
    failures = []

    def work():
        try:
            grow(5)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(LogEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(30))
    assert translog.sign(NOW).size == 30


@pytest.mark.django_db
def test_a_checkpoint_is_a_c2sp_signed_note():
    grow(2)
    checkpoint = translog.sign(NOW)
    text, signature = checkpoint.note.split("\n\n")
    origin, size, root = text.split("\n")
    assert (origin, size) == ("testserver/log", "2")
    leaves = [merkle.leaf_hash(bytes(entry.leaf)) for entry in LogEntry.objects.order_by("seq")]
    assert base64.b64decode(root) == merkle.root(leaves) == bytes.fromhex(checkpoint.root)
    dash, name, encoded = signature.removesuffix("\n").split(" ")
    raw = base64.b64decode(encoded)
    key_name, key_id, key = translog.verifier_key(origin).split("+", 2)
    public = base64.b64decode(key)
    assert (dash, name) == ("—", key_name)
    assert raw[:4].hex() == key_id == hashlib.sha256(b"testserver/log\n" + public).digest()[:4].hex()
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(raw[4:], f"{text}\n".encode())


@pytest.mark.django_db
def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    first = translog.verifier_key("x")
    assert translog.verifier_key("x") == first
    path = tmp_path / "secrets" / "log_key.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["log_key.pem"]


@pytest.mark.django_db
def test_signing_twice_signs_once_and_an_empty_log_is_not_signed():
    assert translog.sign(NOW) is None
    grow()
    assert translog.sign(NOW) == translog.sign(NOW)
    grow()
    assert translog.sign(NOW).size == 2
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [1, 2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.filter(seq=1).update(leaf=b'{"kind":"forged"}'),
        lambda rows: rows.filter(seq=1).update(leaf_hash="0" * 64),
        lambda rows: rows.filter(seq=2).delete(),
        lambda rows: rows.filter(seq=1).delete(),
        lambda rows: rows.filter(seq=1).update(
            leaf=b'{"kind":"forged"}', leaf_hash=merkle.leaf_hash(b'{"kind":"forged"}').hex()
        ),
    ],
)
def test_a_changed_past_is_not_signed(change):
    grow(3)
    translog.sign(NOW)
    with appendonly.lifted():
        change(LogEntry.objects.all())
    with pytest.raises(translog.LogBroken):
        translog.sign(NOW)


@pytest.mark.django_db
def test_a_restored_log_behind_its_static_checkpoint_is_not_signed(log_root):
    grow(3)
    translog.sign(NOW)
    translog.mirror()
    with appendonly.lifted():
        Checkpoint.objects.all().delete()
        LogEntry.objects.filter(seq=2).delete()
    with pytest.raises(translog.LogBroken, match="3 were signed"):
        translog.sign(NOW)
    assert "\n3\n" in (log_root / "checkpoint").read_text()


@pytest.mark.django_db
def test_without_its_guards_the_log_is_not_signed():
    grow()
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER appendonly_core_logentry_update"
            + (" ON core_logentry" if connection.vendor == "postgresql" else "")
        )
    with pytest.raises(translog.LogBroken, match="core_logentry"):
        translog.sign(NOW)


@pytest.mark.django_db
def test_another_key_does_not_go_on_with_the_log(tmp_path):
    grow()
    translog.sign(NOW)
    (tmp_path / "secrets" / "log_key.pem").unlink()
    grow()
    with pytest.raises(translog.LogBroken, match="is gone"):
        translog.sign(NOW)  # a new one would be a new log
    logkeys.make(1)
    with pytest.raises(translog.LogBroken, match="not signed with this key"):
        translog.sign(NOW)


@pytest.mark.django_db
def test_the_log_keeps_its_name_when_the_site_moves(settings):
    grow()
    translog.sign(NOW)
    settings.LOG_ORIGIN = "elsewhere/log"
    grow()
    assert translog.sign(NOW).note.startswith("testserver/log\n2\n")


@pytest.mark.django_db
def test_the_static_copy_is_written_again_from_rows(log_root):
    grow(2)
    translog.mirror()
    assert not log_root.exists()  # nothing is shown that is not signed
    translog.sign(NOW)
    translog.mirror()
    files = {path.relative_to(log_root).as_posix(): path.read_bytes() for path in log_root.rglob("*") if path.is_file()}
    assert sorted(files) == [
        "checkpoint",
        "checkpoints/000002",
        "checkpoints/index",
        "entries/000000.json",
        "entries/000001.json",
        "keys",
    ]
    (log_root / "entries/000001.json").unlink()
    (log_root / "checkpoint").write_text("torn")
    translog.mirror()
    assert files == {p.relative_to(log_root).as_posix(): p.read_bytes() for p in log_root.rglob("*") if p.is_file()}


@pytest.mark.django_db
def test_an_unreadable_static_checkpoint_stops_signing_until_a_person_has_looked(log_root):
    grow()
    translog.sign(NOW)
    translog.mirror()
    (log_root / "checkpoint").write_text("")
    grow()
    with pytest.raises(translog.LogBroken):
        translog.sign(NOW)  # files are written whole: no crash of ours leaves this
