"""Two hundred owners send at the same time, and a server dies in the middle: nothing that was acknowledged is lost."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from sunkitchen.core import files, waking
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Credential, Reading, Upload
from sunkitchen.registry.uploads import actions as uploads
from sunkitchen.registry.uploads import pieces
from tests import builders
from tests.core import corpus

OWNERS = 200
CROWD = 16  # threads of a server
ROUNDS = 10  # at most, of one owner: two pieces and a look need three


@pytest.mark.django_db(transaction=True)
def test_two_hundred_owners_at_once_lose_no_file(monkeypatch, settings):
    woken = []
    monkeypatch.setattr(waking, "wake", woken.append)  # no test has a broker
    monkeypatch.setattr(files, "_rasterise", copied)  # two hundred children would measure this machine, not the rows
    with transaction.atomic():
        kitchens = [
            builders.establishment(owner=builders.user(f"店主{n}", mobile=f"139{n:08}"), signboard=f"{n} 号小馆")
            for n in range(OWNERS)
        ]
    owners = {place.pk: place.memberships.get().user for place in kitchens}
    bodies = {
        place.pk: corpus.picture((60, 40), colour=(n % 256, n // 2, 90)) + os.urandom(1500)
        for n, place in enumerate(kitchens)
    }

    def sends(place):
        """As a phone does: SQLite has one writer, and on a busy machine somebody's turn may not come in time."""
        by, body, row = owners[place.pk], bodies[place.pk], None
        for _ in range(ROUNDS):
            try:
                row = row or uploads.begin(place, by=by, name="a.jpg", size=len(body), sort="food_permit")
                row.refresh_from_db()
                if row.file_id:
                    break
                uploads.append(row, by=by, offset=row.received, chunk=body[row.received : row.received + 1200])
            except OperationalError:
                continue
            finally:
                connections.close_all()
        return row.key

    with ThreadPoolExecutor(CROWD) as crowd:
        keys = list(crowd.map(sends, kitchens))
    assert Upload.objects.filter(key__in=keys, file__isnull=False, refused="").count() == OWNERS
    assert len(woken) == StoredFile.objects.count() == Reading.objects.count() == OWNERS
    for row in Upload.objects.select_related("file"):
        assert files.page_path(row.file, 1).read_bytes() == bodies[row.establishment_id]
    assert list(pieces.folder().iterdir()) == []


def copied(source, folder, kinds, straight):
    (folder / "1.jpg").write_bytes(source.read_bytes())
    return {"kind": "image", "pages": 1}


@pytest.mark.django_db(transaction=True)
def test_forms_that_take_the_same_file_at_once_take_it_once(bring, restaurant, wang, body):
    key = bring(body).key

    def takes(_n):
        try:
            uploads.take(restaurant, [key], by=wang)
        except Refused:
            return "refused"
        else:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        assert sorted(crowd.map(takes, range(8))).count("taken") == 1


KILLED = """
import os, sys, uuid, pathlib
sys.path.insert(0, {root!r})
os.environ["DJANGO_SETTINGS_MODULE"] = "sunkitchen.settings"
import django
from django.conf import settings
django.setup()
settings.FILES_ROOT = pathlib.Path({files!r})
from sunkitchen.registry.uploads import pieces
with pieces.alone(uuid.UUID({key!r})) as part:
    part.write(1000, b"x" * 700)
    print("written", flush=True)
    sys.stdin.read()
"""


def test_a_killed_server_lets_go_and_its_unacknowledged_piece_is_sent_again(restaurant, wang, body, settings):
    """The piece was on the disk, the row had not heard of it, and the dead process held the lock."""
    row = uploads.begin(restaurant, by=wang, name="a.jpg", size=len(body))
    uploads.append(row, by=wang, offset=0, chunk=body[:1000])
    code = KILLED.format(root=str(settings.BASE_DIR), files=str(settings.FILES_ROOT), key=row.key.hex)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "written\n"
        with pytest.raises(uploads.WrongOffset):
            uploads.append(row, by=wang, offset=1000, chunk=body[1000:])
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert uploads.append(row, by=wang, offset=1000, chunk=body[1000:]).file.pages == 1


def test_a_paper_takes_its_held_pictures_before_those_of_the_form(bring, newcomer, wang, body, sheet, photo, facts):
    from sunkitchen.registry.credentials import actions as credentials

    keys = [bring(one, place=newcomer).key for one in (sheet, body)]
    paper = credentials.hand_in(newcomer, by=wang, held=keys, uploads=[photo()], **facts)
    held = [Upload.objects.get(key=key).file for key in keys]
    assert [page.file for page in paper.pages.select_related("file")][:2] == held and paper.pages.count() == 3
    credentials.withdraw(paper, by=wang)
    fresh = bring(body, place=newcomer)
    credentials.revise(paper, by=wang, held=[fresh.key])
    assert [page.file for page in paper.pages.select_related("file")] == [fresh.file]
    assert not StoredFile.objects.filter(pk__in=[one.pk for one in held]).exists()


def test_a_paper_that_is_refused_leaves_its_pictures_where_they_were(bring, newcomer, wang, body, facts):
    from sunkitchen.registry.credentials import actions as credentials

    one = bring(body, place=newcomer)
    coming = uploads.begin(newcomer, by=wang, name="b.jpg", size=10)
    with pytest.raises(Refused, match="on its way"):
        credentials.hand_in(newcomer, by=wang, held=[one.key, coming.key], **facts)
    one.refresh_from_db()
    assert one.used_at is None and not Credential.objects.exists()
