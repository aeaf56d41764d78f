"""The log's copy of the editions: written when something changed, and only then."""

import pytest

from ratings.editions import beside, publishing
from ratings.editions import edition as face
from sunkitchen.core import translog
from tests.ratings.conftest import AFTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def rendered(monkeypatch):
    """Codes of the editions whose documents were made, in order."""
    made, real = [], face.document_bytes

    def counted(edition, at):
        made.append(edition.code)
        return real(edition, at)

    monkeypatch.setattr(face, "document_bytes", counted)
    return made


def test_a_document_that_nothing_changed_is_not_made_again(published, log_root, rendered):
    path = log_root / f"editions/{published.code}.json"
    written = path.read_bytes()
    publishing.settle(AFTER)
    assert not rendered and path.read_bytes() == written


@pytest.mark.parametrize("harm", ["altered", "gone"])
def test_a_file_that_somebody_touched_is_written_again(published, log_root, rendered, harm):
    path = log_root / f"editions/{published.code}.json"
    written = path.read_bytes()
    path.unlink() if harm == "gone" else path.write_bytes(b"{}")
    publishing.settle(AFTER)
    assert rendered == [published.code] and path.read_bytes() == written


def test_a_name_that_is_erased_leaves_the_file(published, red, log_root, rendered):
    assert red.establishment.signboard in (log_root / f"editions/{published.code}.json").read_text()
    red.identity.delete()
    publishing.settle(AFTER)
    assert red.establishment.signboard not in (log_root / f"editions/{published.code}.json").read_text()


def test_a_new_key_is_named_in_every_document(published, log_root, rendered):
    translog.rotate(AFTER)
    publishing.settle(AFTER)
    assert rendered == [published.code]


def test_a_process_that_has_just_begun_writes_all_once(published, rendered, monkeypatch):
    monkeypatch.setattr(beside, "_written", {})
    publishing.settle(AFTER)
    publishing.settle(AFTER)
    assert rendered == [published.code]
