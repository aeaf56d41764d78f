"""One key after another, and who else may sign."""

import stat
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from sunkitchen.core import appendonly, logkeys, translog, verify
from sunkitchen.core.models import AuditEntry, Checkpoint, LogEntry, LogKey

NOW = datetime(2026, 11, 22, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log_root(settings, tmp_path):
    settings.LOG_ROOT = tmp_path / "log"
    settings.VAR = tmp_path
    settings.LOG_ORIGIN = "testserver/log"
    settings.LOG_BESIDE = []
    return settings.LOG_ROOT


def grow(count=1):
    for _ in range(count):
        with transaction.atomic():
            translog.append({"kind": "test"})


@pytest.fixture
def rotated(django_capture_on_commit_callbacks):
    grow(2)
    translog.settle(NOW)
    first = translog.verifier_key(translog.origin())
    grow()
    with django_capture_on_commit_callbacks(execute=True):
        row = translog.rotate(NOW)
    return first, row


def test_after_a_rotation_the_next_key_signs_and_the_whole_log_verifies(rotated, log_root):
    first, row = rotated
    assert (row.number, row.since) == (2, 3)  # what was unsigned, the old key still signed
    grow()
    translog.settle(NOW)
    second = translog.verifier_key(translog.origin())
    assert second == row.key != first
    for key in (first, second, str(log_root / "keys")):
        assert verify.main(["--key", key, str(log_root)]) == 0
    text, lines = Checkpoint.objects.get(size=4).note.split("\n\n")
    assert logkeys.holds(f"{text}\n", lines, second) and not logkeys.holds(f"{text}\n", lines, first)


def test_a_retired_key_lies_where_no_signer_looks(rotated, tmp_path):
    retired = tmp_path / "secrets" / "retired" / "log_key.1.pem"
    assert stat.S_IMODE(retired.stat().st_mode) == 0o600
    assert not (tmp_path / "secrets" / "log_key.pem").exists()
    assert stat.S_IMODE((tmp_path / "secrets" / "log_key.2.pem").stat().st_mode) == 0o600


def test_a_restored_backup_from_before_the_rotation_signs_nothing(rotated):
    grow()
    with appendonly.lifted():
        LogKey.objects.all().delete()
    with pytest.raises(translog.LogBroken, match="is gone"):
        translog.sign(NOW)


def test_a_retired_key_is_not_taken_up_again(rotated, tmp_path):
    (tmp_path / "secrets" / "log_key.2.pem").write_bytes(
        (tmp_path / "secrets" / "retired" / "log_key.1.pem").read_bytes()
    )
    grow()
    with pytest.raises(translog.LogBroken, match="is not the key that its statement names"):
        translog.sign(NOW)


def test_keys_are_never_altered(rotated):
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        LogKey.objects.update(since=99)
    with pytest.raises(IntegrityError), transaction.atomic():
        LogKey.objects.create(number=1, since=0, old="a", key="b", statement="c")


def test_an_empty_log_has_nothing_to_hand_over():
    with pytest.raises(translog.LogBroken):
        translog.rotate(NOW)
    assert not LogKey.objects.exists()


def test_a_broken_log_keeps_its_key():
    grow(2)
    translog.sign(NOW)
    with appendonly.lifted():
        LogEntry.objects.filter(seq=1).delete()
    with pytest.raises(translog.LogBroken):
        translog.rotate(NOW)
    assert not LogKey.objects.exists()


def test_the_command_hands_over_and_shows_the_keys(django_capture_on_commit_callbacks):
    grow()
    translog.settle(NOW)
    out = StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("log", "rotate", stdout=out)
    assert "Key 2 signs from now on" in out.getvalue()
    out = StringIO()
    call_command("log", "keys", stdout=out)
    assert [line.split()[0] for line in out.getvalue().splitlines()] == ["1", "2"]
    assert AuditEntry.objects.filter(verb="log.rotated").count() == 1


def test_the_command_says_why_not():
    with pytest.raises(CommandError, match="nothing to hand over"):
        call_command("log", "rotate")


# ── who else signs ──────────────────────────────────────────────────────────────────────────────────────────
def seal(text):
    """A bureau's seal, as LOG_COSIGNERS takes it."""
    from .logs import private

    assert text.endswith(b"=\n")
    yield logkeys.signature(text.decode(), private("w"), "seal.example").rstrip("\n")


def out_of_order(text):
    raise OSError("no answer")


def nonsense(text):
    return ["two\nlines"]


def test_a_cosigner_stands_below_the_checkpoint_and_it_verifies(settings, log_root):
    settings.LOG_COSIGNERS = [f"{__name__}.seal"]
    grow()
    translog.settle(NOW)
    assert Checkpoint.objects.get().note.count("— ") == 2
    assert verify.main([str(log_root)]) == 0
    grow()
    assert translog.sign(NOW).size == 2


@pytest.mark.parametrize("name", ["out_of_order", "nonsense"])
def test_a_cosigner_that_fails_delays_nothing(settings, log_root, caplog, name):
    settings.LOG_COSIGNERS = [f"{__name__}.{name}", f"{__name__}.seal"]
    grow()
    translog.settle(NOW)
    assert Checkpoint.objects.get().note.count("— ") == 2
    assert name in caplog.text
    assert verify.main([str(log_root)]) == 0


def test_settling_writes_what_lies_beside_the_log_too(settings, log_root):
    settings.LOG_BESIDE = [f"{__name__}.beside"]
    grow()
    translog.settle(NOW)
    assert (log_root / "beside").read_bytes() == b"1"


def beside(newest, at):
    translog.write("beside", str(newest.size).encode())
