"""What the installation really publishes, checked by the verifier: one document, and the whole mirror."""

import json
import shutil

import pytest

from ratings.editions import actions as editions
from ratings.editions import edition as face
from ratings.editions.tasks import sweep_editions
from ratings.models import Edition, ListingIdentity
from sunkitchen.core import appendonly, translog, verify
from sunkitchen.core.models import Checkpoint, LogEntry

from .conftest import AFTER, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def mirror(published, log_root):
    return log_root


def test_a_published_edition_verifies_offline(mirror, tmp_path, capsys):
    path = tmp_path / "downloaded.json"
    path.write_bytes(face.document_bytes(Edition.objects.get(), AFTER))
    assert verify.main([str(path)]) == 0
    assert verify.main(["--key", str(mirror / "keys"), str(path)]) == 0
    said = capsys.readouterr().out
    assert "海上明月海鲜楼" in said and "老码头大排档" in said


def test_the_mirror_verifies_and_names_nobody_in_its_entries(mirror):
    assert verify.main([str(mirror)]) == 0
    entry = (mirror / "entries/000000.json").read_text()
    assert "老码头" not in entry and "海上明月" not in entry and "赵查" not in entry


def test_every_file_of_the_mirror_counts(mirror, tmp_path):
    files = [path for path in mirror.rglob("*") if path.is_file()]
    for path in files:  # each a few dozen bytes apart
        raw = path.read_bytes()
        for place in range(0, len(raw), max(1, len(raw) // 40)):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
            assert verify.main([str(mirror)]) == 1, (path, place)
        path.write_bytes(raw)
        if "checkpoints" not in path.parts:
            path.unlink()
            assert verify.main([str(mirror)]) == 1, path
            path.write_bytes(raw)
    assert verify.main([str(mirror)]) == 0


def test_a_folder_that_is_no_mirror_is_of_no_use(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="2"):
        verify.main([str(tmp_path / "empty")])


def test_the_sweep_repairs_what_is_missing(mirror):
    good = {path: path.read_bytes() for path in mirror.rglob("*") if path.is_file()}
    shutil.rmtree(mirror)
    with appendonly.lifted():
        Checkpoint.objects.all().delete()  # as if the process had died before signing
    with pytest.raises(face.Unsigned):
        face.document(Edition.objects.get(), AFTER)
    editions.settle(AFTER)
    editions.settle(AFTER)
    assert {path: path.read_bytes() for path in mirror.rglob("*") if path.is_file()} == good
    assert verify.main([str(mirror)]) == 0


def test_an_edition_under_another_ones_name_does_not_verify(mirror):
    shutil.copy(mirror / "editions/hailan/2026-1.json", mirror / "editions/hailan/2026-2.json")
    assert verify.main([str(mirror)]) == 1


def test_an_erased_name_leaves_the_mirror_at_the_next_sweep_and_it_still_verifies(mirror):
    ListingIdentity.objects.filter(signboard="老码头大排档").delete()
    sweep_editions()
    assert "老码头" not in "".join(path.read_text() for path in mirror.rglob("*.json"))
    assert verify.main([str(mirror)]) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"signboard": "别家"},
        {"legal_name": "别家公司"},
        {"address": "别处"},
        {"code": "00000000"},
        {"salt": "0" * 64},
    ],
)
def test_an_identity_altered_in_the_database_does_not_verify(mirror, tmp_path, change):
    ListingIdentity.objects.filter(listing__colour="black").update(**change)
    path = tmp_path / "document.json"
    path.write_bytes(face.document_bytes(Edition.objects.get(), AFTER))
    assert verify.main([str(path)]) == 1


@pytest.mark.parametrize("change", [{"finding_salt": "0" * 64}, {"finding": {"colour": "red"}}, {"place": 9}])
def test_a_listing_altered_behind_the_guards_does_not_verify(mirror, tmp_path, change):
    listings = Edition.objects.get().listings.filter(colour="black")
    with appendonly.lifted():
        listings.update(**change)
    path = tmp_path / "document.json"
    path.write_bytes(face.document_bytes(Edition.objects.get(), AFTER))
    assert verify.main([str(path)]) == 1


def test_a_restored_past_signs_nothing_more(mirror, draft):
    with appendonly.lifted():
        LogEntry.objects.update(leaf=b"{}")
    before = (mirror / "checkpoint").read_bytes()
    with pytest.raises(translog.LogBroken):
        editions.settle(AFTER)
    assert (mirror / "checkpoint").read_bytes() == before


def test_the_document_holds_due_process_and_integers_and_strings_only(mirror):
    document = json.loads((mirror / "editions/hailan/2026-1.json").read_text())
    finding = document["listings"][0]["finding"]
    for name in ("basis", "rules_document", "document_number", "served_on", "window_until", "term_until", "evidence"):
        assert finding[name]
    assert document["edition"]["drafter"] != document["edition"]["publisher"]


def test_a_full_disk_after_the_commit_loses_nothing(
    draft, red, sun, log_root, django_capture_on_commit_callbacks, caplog
):
    log_root.write_text("in the way of a folder")
    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=sun, at=AFTER)
    assert "settle" in caplog.text
    assert face.document(Edition.objects.get(), AFTER)["proof"]["size"] == 1  # signed it is
    log_root.unlink()
    sweep_editions()
    assert verify.main([str(log_root)]) == 0
