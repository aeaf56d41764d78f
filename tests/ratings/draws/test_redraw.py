"""Anybody draws again: the published document passes, and every altered byte of it is noticed."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from ratings.draws import actions, document, redraw
from sunkitchen.core import translog, verify
from tests import builders

from .conftest import MONDAY

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=60)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def held(hailan, town, li):
    draw = builders.draw(hailan, by=li, kitchens=3, beacon="周二双色球", at=MONDAY)
    return actions.hold(draw, by=li, beacon_value="07 11 12", at=MONDAY)


@pytest.fixture
def published(held, tmp_path):
    path = tmp_path / "draw.json"
    path.write_bytes(document.document_bytes(held, LATER))
    return path


def test_the_published_draw_comes_out_the_same(published, capsys):
    assert redraw.main([str(published)]) == 0
    assert "hailan/2026-1: 3 of 12 kitchens" in capsys.readouterr().out


def test_it_runs_as_one_file_without_anything_of_ours(published, tmp_path):
    alone = tmp_path / "redraw.py"
    alone.write_bytes(Path(redraw.__file__).read_bytes())
    command = [sys.executable, "-I", "-S", str(alone), str(published)]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_is_a_command_that_needs_no_database(published):
    command = [sys.executable, "-m", "sunkitchen", "redraw", str(published)]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_every_altered_byte_is_noticed(published):
    raw = published.read_bytes()
    passed = []
    for place in range(len(raw)):
        for flip in (0x01, 0x20, 0x80):
            altered = raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :]
            try:
                redraw.check(altered)
            except Exception:
                continue
            passed.append((place, flip))
    assert not passed
    published.write_bytes(raw[:-20] + b"0" + raw[-19:])
    assert redraw.main([str(published)]) == 1


def test_a_byte_more_or_less_is_noticed(published):
    raw = published.read_bytes()
    for altered in (raw[:-1], raw + b"\n", b" " + raw, b"", b"\xff", b"[]", b"null", b"[" * 100_000):
        published.write_bytes(altered)
        assert redraw.main([str(published)]) == 1


def resealed(raw, change):
    """Altered by somebody who writes every hash anew that is theirs to write."""
    found = json.loads(raw)
    change(found)
    return redraw.canonical(found)


@pytest.mark.parametrize(
    "change, why",
    [
        (lambda d: d["outcome"]["assignments"].reverse(), "the outcome"),
        (lambda d: d["pool"]["inspectors"].append("HL-9999"), "the pool"),
        (lambda d: d["committed"].update(title="别的"), "the entry 'committed'"),
        (lambda d: d.pop("outcome"), "not shown yet"),
        (lambda d: d.pop("drawn"), "too many or too few"),
        (lambda d: d.update(more=1), "too many or too few"),
        (lambda d: d["drawn"].update(kind="edition"), "another kind"),
    ],
)
def test_each_part_is_bound_to_the_others(published, change, why):
    with pytest.raises((redraw.Changed, redraw.Unusable), match=why):
        redraw.check(resealed(published.read_bytes(), change))


def test_an_outcome_that_was_not_drawn_is_noticed_even_with_all_hashes_written_anew(published):
    def cheat(found):
        found["outcome"]["assignments"][0][1:] = found["outcome"]["assignments"][0][:0:-1]
        found["drawn"]["outcome_sha256"] = redraw.sha256(redraw.canonical(found["outcome"]))
        found["drawn_hash"] = redraw.sha256(b"\0" + redraw.canonical(found["drawn"]))

    with pytest.raises(redraw.Changed, match="comes out differently"):
        redraw.check(resealed(published.read_bytes(), cheat))


def test_the_log_tells_whether_the_entries_are_its_own(published, held, log_root, capsys):
    translog.settle(LATER)
    assert redraw.main([str(published), "--log", str(log_root)]) == 0
    entry = log_root / f"entries/{held.committed_entry.seq:06}.json"
    entry.write_bytes(entry.read_bytes().replace(b'"kitchens":3', b'"kitchens":4'))
    assert redraw.main([str(published), "--log", str(log_root)]) == 1
    assert "the log has another entry 'committed'" in capsys.readouterr().err


def test_a_mirror_with_draws_in_it_verifies(held, log_root):
    translog.settle(LATER)
    assert verify.main([str(log_root)]) == 0


def test_before_it_is_shown_there_is_nothing_to_draw_again(held, tmp_path, capsys):
    path = tmp_path / "early.json"
    path.write_bytes(document.document_bytes(held, MONDAY))
    assert redraw.main([str(path)]) == 2
    assert "not shown yet" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_of_no_use(tmp_path):
    assert redraw.main([str(tmp_path / "nothing.json")]) == 2


def test_what_it_takes_to_draw_again_is_short(published):
    assert len(Path(redraw.__file__).read_text().splitlines()) <= 150
