"""A file that comes in pieces: none is lost, none is taken twice, and what is not a paper is said in words."""

import errno
import os
from datetime import timedelta

import pytest
from django.utils import timezone

from sunkitchen.core import files
from sunkitchen.core.files import BadUpload, NoRoom
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Reading, Upload
from sunkitchen.registry.uploads import actions as uploads
from sunkitchen.registry.uploads import pieces
from tests.core import corpus


def sent(upload, content, by, size=1000):
    for offset in range(0, len(content), size):
        uploads.append(upload, by=by, offset=offset, chunk=content[offset : offset + size])
    return upload


def parts():
    return sorted(path.name for path in pieces.folder().iterdir()) if pieces.folder().exists() else []


def test_pieces_become_one_file_which_is_read(restaurant, wang, body):
    upload = uploads.begin(restaurant, by=wang, name="许可证.jpg", size=len(body), sort="food_permit")
    sent(upload, body, wang)
    assert upload.file.pages == 1 and upload.file.name == "许可证.jpg" and upload.file.uploaded_by == wang
    assert Reading.objects.get().file == upload.file and Reading.objects.get().sort == "food_permit"
    assert parts() == []


def test_what_is_not_to_be_read_is_not_read(bring, body):
    assert bring(body).file and not Reading.objects.exists()


def test_a_piece_that_does_not_follow_is_told_where_to_go_on(restaurant, wang, body):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))
    uploads.append(upload, by=wang, offset=0, chunk=body[:1000])
    for offset in (0, 500, 2000):
        with pytest.raises(uploads.WrongOffset) as refused:
            uploads.append(upload, by=wang, offset=offset, chunk=b"again")
        assert refused.value.offset == 1000 and refused.value.status == 409
    uploads.append(upload, by=wang, offset=1000, chunk=body[1000:])
    assert upload.file.pages == 1


def test_a_piece_that_was_written_but_not_acknowledged_is_written_again(restaurant, wang, body):
    """The server died between the disk and the row."""
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))
    uploads.append(upload, by=wang, offset=0, chunk=body[:1000])
    with pieces.alone(upload.key) as part:
        part.write(1000, b"half of a piece that nobody heard of")
    sent_on = uploads.append(upload, by=wang, offset=1000, chunk=body[1000:])
    assert sent_on.file.pages == 1


def test_a_disk_that_forgot_begins_anew(restaurant, wang, body):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))
    uploads.append(upload, by=wang, offset=0, chunk=body[:1000])
    pieces.remove(upload.key)
    with pytest.raises(uploads.WrongOffset) as refused:
        uploads.append(upload, by=wang, offset=1000, chunk=body[1000:])
    assert refused.value.offset == 0
    assert sent(upload, body, wang).file.pages == 1


def test_two_requests_do_not_write_at_once(restaurant, wang, body):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))
    with pieces.alone(upload.key), pytest.raises(uploads.WrongOffset):
        uploads.append(upload, by=wang, offset=0, chunk=body)
    assert uploads.append(upload, by=wang, offset=0, chunk=body).file


def test_whoever_died_while_it_was_made_safe_is_followed_by_a_sweep(restaurant, wang, body, monkeypatch):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body), sort="food_permit")
    monkeypatch.setattr(uploads, "_finish", lambda upload, part: None)  # killed here
    uploads.append(upload, by=wang, offset=0, chunk=body)
    monkeypatch.undo()
    assert not upload.file_id
    now = timezone.now()
    assert uploads.sweep(now) == 0, "somebody may be at it still"
    assert uploads.sweep(now + timedelta(minutes=3)) == 1
    upload.refresh_from_db()
    assert upload.file.pages == 1 and Reading.objects.count() == 1 and parts() == []


def test_one_that_cannot_be_finished_does_not_keep_a_sweep_from_the_others(restaurant, wang, body, monkeypatch):
    rows = [uploads.begin(restaurant, by=wang, name=f"{number}.jpg", size=len(body)) for number in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "_finish", lambda upload, part: None)
        for row in rows:
            uploads.append(row, by=wang, offset=0, chunk=body)
    finish = uploads._finish

    def hurt(upload, part):
        if upload.pk == rows[0].pk:
            raise OSError(errno.EIO, "the disk has a hole here")
        finish(upload, part)

    monkeypatch.setattr(uploads, "_finish", hurt)
    assert uploads.sweep(timezone.now() + timedelta(minutes=3)) == 1
    rows[1].refresh_from_db()
    assert rows[1].file


def test_the_client_may_ask_for_the_end_again(restaurant, wang, body, monkeypatch):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))
    monkeypatch.setattr(uploads, "_finish", lambda upload, part: None)
    uploads.append(upload, by=wang, offset=0, chunk=body)
    monkeypatch.undo()
    assert uploads.append(upload, by=wang, offset=len(body), chunk=b"").file


def test_what_is_no_picture_keeps_its_reason_and_nothing_else(restaurant, wang):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(corpus.HTML))
    uploads.append(upload, by=wang, offset=0, chunk=corpus.HTML)
    assert "neither a picture" in upload.refused and upload.file is None
    assert not StoredFile.objects.exists() and parts() == []
    with pytest.raises(Refused, match="neither a picture"):
        uploads.take(restaurant, [upload.key], by=wang)


@pytest.mark.parametrize("size", [0, -1])
def test_an_empty_file_is_refused(restaurant, wang, size):
    with pytest.raises(BadUpload, match="empty"):
        uploads.begin(restaurant, by=wang, name="a.jpg", size=size)


def test_what_is_announced_is_held_against_the_limit_and_the_quota(restaurant, wang, settings):
    with pytest.raises(BadUpload, match="larger"):
        uploads.begin(restaurant, by=wang, name="a.jpg", size=settings.FILE_MAX_BYTES + 1)
    settings.FILE_QUOTA_BYTES = 5000
    uploads.begin(restaurant, by=wang, name="a.jpg", size=3000)
    with pytest.raises(BadUpload, match="used up"):
        uploads.begin(restaurant, by=wang, name="b.jpg", size=3000)  # the first has not come, but has its room


def test_more_than_was_announced_does_not_get_in(restaurant, wang, body):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=100)
    with pytest.raises(Refused, match="longer"):
        uploads.append(upload, by=wang, offset=0, chunk=body)
    upload.refresh_from_db()
    assert upload.received == 0
    with pytest.raises(Refused, match="too large"):
        uploads.append(upload, by=wang, offset=0, chunk=bytes(uploads.MOST_PIECE + 1))


def test_one_byte_more_than_was_announced_is_one_too_many(restaurant, wang):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=100)
    uploads.append(upload, by=wang, offset=0, chunk=bytes(60))
    with pytest.raises(Refused, match="longer"):
        uploads.append(upload, by=wang, offset=60, chunk=bytes(41))
    upload.refresh_from_db()
    assert upload.received == 60


def test_nothing_of_a_longer_piece_stands_behind_the_one_that_was_sent_instead(restaurant, wang):
    with pieces.alone(uploads.begin(restaurant, by=wang, name="a.jpg", size=10).key) as part:
        part.write(0, b"what a crash left on the disk")
        part.write(5, b"again")
        assert b"".join(part.chunks()) == b"what again"


def test_one_kitchen_does_not_begin_without_end(restaurant, wang, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    for _one in range(2):
        uploads.begin(restaurant, by=wang, name="a.jpg", size=10)
    with pytest.raises(Refused, match="Too many"):
        uploads.begin(restaurant, by=wang, name="a.jpg", size=10)


def test_a_full_disk_is_said_in_words_and_the_upload_goes_on_later(restaurant, wang, body, monkeypatch):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(NoRoom):
        uploads.append(upload, by=wang, offset=0, chunk=body)
    monkeypatch.undo()
    upload.refresh_from_db()
    assert upload.received == 0 and uploads.append(upload, by=wang, offset=0, chunk=body).file


def test_a_form_takes_files_in_its_order_and_once(bring, restaurant, wang, body, sheet):
    one, two = bring(body), bring(sheet)
    assert uploads.take(restaurant, [two.key, one.key], by=wang) == [two.file, one.file]
    for keys in ([one.key], [two.key, two.key]):
        with pytest.raises(Refused):
            uploads.take(restaurant, keys, by=wang)


def test_of_two_forms_that_name_a_picture_at_once_the_slower_one_takes_none_of_its_own(
    bring, restaurant, wang, body, sheet, monkeypatch
):
    shared, own = bring(body), bring(sheet)
    can = uploads.access.can

    def meanwhile(*asked):
        Upload.objects.filter(pk=shared.pk).update(used_at=timezone.now())
        return can(*asked)

    monkeypatch.setattr(uploads.access, "can", meanwhile)
    with pytest.raises(WrongState):
        uploads.take(restaurant, [own.key, shared.key], by=wang)
    own.refresh_from_db()
    assert own.used_at is None


def test_nobody_takes_what_is_not_theirs_or_not_there_yet(bring, restaurant, rival, wang, qian, body):
    done = bring(body)
    coming = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))
    with pytest.raises(Refused, match="on its way"):
        uploads.take(restaurant, [done.key, coming.key], by=wang)
    with pytest.raises(Refused, match="not there"):
        uploads.take(rival, [done.key], by=wang)
    with pytest.raises(Refused, match="not there"):
        uploads.take(restaurant, [done.key], by=qian)
    done.refresh_from_db()
    assert done.used_at is None, "a refusal takes nothing"


def test_what_is_dropped_is_gone_with_its_pages(bring, restaurant, wang, body):
    done = bring(body)
    folder = files.page_path(done.file, 1).parent
    coming = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))
    uploads.append(coming, by=wang, offset=0, chunk=body[:100])
    uploads.drop(coming, by=wang)
    uploads.drop(done, by=wang)
    assert not Upload.objects.exists() and not StoredFile.objects.exists()
    with pytest.raises(WrongState):
        uploads.drop(done, by=wang)
    assert folder  # pages and pieces go when the transaction ends: see test_many


def test_what_a_form_took_is_not_dropped(bring, restaurant, wang, body):
    done = bring(body)
    uploads.take(restaurant, [done.key], by=wang)
    with pytest.raises(WrongState):
        uploads.drop(done, by=wang)
    uploads.sweep(timezone.now() + timedelta(days=30))
    assert not Upload.objects.exists() and StoredFile.objects.get() == done.file


def test_a_sweep_forgets_what_nobody_came_back_for(bring, restaurant, wang, body):
    bring(body)
    uploads.append(
        uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body)), by=wang, offset=0, chunk=body[:100]
    )
    now = timezone.now()
    assert uploads.sweep(now + timedelta(days=1)) == 0
    files.sweep(now + timedelta(days=1))
    assert len(parts()) == 1, "what is on its way is not core.files' to sweep"
    assert uploads.sweep(now + timedelta(days=3)) == 2
    assert not Upload.objects.exists() and not StoredFile.objects.exists()


def test_bytes_without_a_row_are_swept(restaurant, wang):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=10)
    uploads.append(upload, by=wang, offset=0, chunk=b"12345")
    (pieces.folder() / ("0" * 32)).write_bytes(b"x")
    now = timezone.now()
    assert pieces.sweep(now, {upload.key.hex}) == 0
    assert pieces.sweep(now + timedelta(days=1), {upload.key.hex}) == 1
    assert parts() == [upload.key.hex]


def test_pieces_are_readable_by_the_service_alone(restaurant, wang):
    upload = uploads.begin(restaurant, by=wang, name="a.jpg", size=10)
    uploads.append(upload, by=wang, offset=0, chunk=b"12345")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (pieces.folder(), *pieces.folder().iterdir()))
