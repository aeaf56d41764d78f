"""Whom a verifier believes: keys that follow one another, seals beside them, checkpoints that were kept."""

import pytest

from sunkitchen.core import logkeys

from .logs import HERE, ORIGIN, THERE, Log, key_of, made, private, status


# ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_trust_in_any_key_of_the_chain_leads_to_the_others(mirror, tmp_path):
    document = mirror / "editions/hailan/2026-2.json"
    for letter in "kn":
        assert status(mirror, "--key", key_of(letter)) == 0
        assert status(document, "--key", key_of(letter)) == 0
    assert status(mirror, "--key", mirror / "keys") == 0
    for place in (mirror, document):
        assert status(place, "--key", key_of("x")) == 1


def test_a_retired_key_does_not_count_past_its_size(tmp_path):
    log = made()
    good = status(log.write(tmp_path / "good"))
    log.edition("hailan/2026-3").sign(private("k"))
    bad = log.write(tmp_path / "bad")
    assert (good, status(bad)) == (0, 1)
    assert status(bad / "editions/hailan/2026-3.json") == 1


def test_a_new_key_does_not_count_before_its_size(tmp_path):
    log = Log().edition(HERE).sign().edition(THERE).sign().rotate("n")
    log.edition("hailan/2026-2").sign()
    assert status(log.write(tmp_path / "good")) == 0
    size = 1
    log.notes[size] = (
        log.notes[size].split("\n\n")[0]
        + "\n\n"
        + logkeys.signature(log.notes[size].split("\n\n")[0] + "\n", private("n"), ORIGIN)
    )
    assert status(log.write(tmp_path / "bad")) == 1


def test_who_knows_of_a_rotation_does_not_take_the_retired_key_for_more(tmp_path):
    """The thief of the old key goes on with it and keeps silent about the new one."""
    known = made().write(tmp_path / "known")
    forged = Log().edition(HERE, count=3).sign().edition(THERE, count=2).sign()
    for number in range(6):
        forged.edition(f"hailan/2026-{number + 7}").sign()
    thief = forged.write(tmp_path / "forged")
    assert status(thief) == 0  # consistent in itself
    assert status(thief, "--key", key_of("n")) == 1
    assert status(thief, "--key", known / "keys") == 1


def forged_old(log, statement):
    return logkeys.statement(ORIGIN, 4, private("x"), private("n"))


def forged_new(log, statement):
    text = statement.split("\n\n")[0] + "\n"
    return f"{text}\n{logkeys.signature(text, private('k'), ORIGIN)}"


def forged_size(log, statement):
    return statement.replace("\n4\n", "\n1\n", 1)


def signed_by_new_alone(log, statement):
    text = statement.split("\n\n")[0] + "\n"
    return f"{text}\n{logkeys.signature(text, private('n'), ORIGIN)}"


def of_another_log(log, statement):
    text = f"rotation of elsewhere/log\n4\n{key_of('k')}\n{key_of('n')}\n"
    both = [logkeys.signature(text, private(letter), ORIGIN) for letter in "kn"]
    return f"{text}\n{both[0]}{both[1]}"


@pytest.mark.parametrize("forge", [forged_old, forged_new, forged_size, signed_by_new_alone, of_another_log])
def test_a_rotation_that_not_both_signed_is_none(tmp_path, forge):
    log = made()
    first, text, signatures = log.keys.split("\n\n")
    assert status(log.write(tmp_path / "good")) == 0
    log.keys = first + "\n\n" + forge(log, f"{text}\n\n{signatures}\n").rstrip()
    bad = log.write(tmp_path / "bad")
    assert status(bad) == 1 and status(bad / f"editions/{HERE}.json") == 1


def test_keys_may_change_more_than_once(tmp_path):
    log = Log().edition(HERE).sign().rotate("n").edition(THERE).sign().rotate("m").edition("hailan/2026-2").sign()
    folder = log.write(tmp_path)
    for letter in "knm":
        assert status(folder, "--key", key_of(letter)) == 0
    assert status(folder, "--key", key_of("x")) == 1


# ── other signatures ────────────────────────────────────────────────────────────────────────────────────────
def test_a_seal_or_a_witness_may_sign_too_and_does_not_stand_in_for_the_key(tmp_path):
    log = Log().edition(HERE).sign()
    text = log.notes[1].split("\n\n")[0] + "\n"
    witness = logkeys.signature(text, private("w"), "witness.example")
    alone = f"{text}\n{witness}"
    log.notes[1] += witness
    assert status(log.write(tmp_path / "good")) == 0
    log.notes[1] = alone
    assert status(log.write(tmp_path / "bad")) == 1
    log.notes[1] = f"{alone}not a line\n"
    assert status(log.write(tmp_path / "worse")) == 1


# ── rolled back ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_log_behind_a_checkpoint_that_somebody_kept_was_rolled_back(mirror, tmp_path, capsys):
    kept = tmp_path / "kept"
    kept.write_bytes((mirror / "checkpoint").read_bytes())
    assert status(mirror, "--known", kept) == 0
    shorter = Log().edition(HERE, count=3).sign().edition(THERE, count=2).sign().write(tmp_path / "shorter")
    assert status(shorter) == 0  # nothing in it tells
    assert status(shorter, "--known", kept) == 1
    assert status(mirror, "--known", mirror / "checkpoints/000002") == 0
    assert "goes on from the checkpoint of 2 entries that you kept" in capsys.readouterr().out


def test_a_rewritten_log_does_not_go_on_from_what_somebody_kept(tmp_path):
    kept = Log().edition(HERE, count=3).sign().write(tmp_path / "kept") / "checkpoint"
    other = Log().edition(HERE, count=2).sign().edition(THERE).sign().write(tmp_path / "other")
    assert status(other) == 0
    assert status(other, "--known", kept) == 1
    forged = tmp_path / "forged"
    forged.write_text(kept.read_text().replace("\n1\n", "\n2\n"))
    assert status(other, "--known", forged) == 1


def test_a_kept_checkpoint_needs_the_whole_log(mirror, tmp_path):
    assert status(mirror / f"editions/{HERE}.json", "--known", mirror / "checkpoint") in (1, 2)
    assert status(mirror, "--known", tmp_path / "nowhere") == 2
