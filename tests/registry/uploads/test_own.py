"""Files of a person who acts for no kitchen: an officer in a talk, somebody who asks before there is a kitchen."""

import json
import uuid

import pytest
from django.test import Client

from sunkitchen.core.files import BadUpload
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Upload
from sunkitchen.registry.uploads import actions as uploads

OWN = "/en/uploads/"


def test_it_comes_in_pieces_and_nobody_else_reaches_it(qian, wang, li, restaurant, body):
    mine = Client()
    mine.force_login(qian)
    said = json.dumps({"name": "note.jpg", "size": len(body)})
    url = mine.post(OWN, said, content_type="application/json").json()["url"]
    assert url.startswith(OWN)
    for offset, piece in ((0, body[:900]), (900, body[900:])):
        answer = mine.patch(
            url, piece, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)}
        ).json()
    assert answer["ready"] and mine.get(answer["pages"][0])["Content-Type"] == "image/jpeg"
    for person in (wang, li):
        client = Client(raise_request_exception=False)
        client.force_login(person)
        assert [client.get(path).status_code for path in (url, answer["pages"][0])] == [404, 404]
        assert client.delete(url).status_code == 404
    assert Client().get(url).status_code == 302
    in_kitchen = Client(raise_request_exception=False)
    in_kitchen.force_login(wang)
    key = url.rstrip("/").split("/")[-1]
    assert in_kitchen.get(f"/en/desk/kitchens/{restaurant.code}/uploads/{key}/").status_code == 404
    assert mine.delete(url).status_code == 200 and not Upload.objects.exists()


def test_only_its_owner_takes_it_and_it_moves_into_the_room_of_who_keeps_it(qian, wang, restaurant, bring, body):
    row = bring(body, place=None, by=qian)
    assert row.file.owner_scope == f"user:{qian.pk}"
    for place, by in ((None, wang), (restaurant, wang), (restaurant, qian)):
        with pytest.raises(Refused, match="not there"):
            uploads.take(place, [row.key], by=by)
    room = f"authority:{uuid.uuid4().hex[:6]}"
    (stored,) = uploads.take(None, [row.key], by=qian, into=room)
    stored.refresh_from_db()
    assert stored.owner_scope == room


def test_a_room_that_is_full_takes_nothing(qian, restaurant, bring, body, settings):
    row, there = bring(body, place=None, by=qian), bring(body)
    settings.FILE_QUOTA_BYTES = row.file.size + 10
    assert there.file.owner_scope == f"establishment:{restaurant.pk}"
    with pytest.raises(BadUpload, match="used up"):
        uploads.take(None, [row.key], by=qian, into=there.file.owner_scope)
    row.refresh_from_db()
    assert row.used_at is None and row.file.owner_scope == f"user:{qian.pk}"


def test_what_nobody_came_back_for_is_swept(qian, bring, body):
    row = bring(body, place=None, by=qian)
    assert uploads.sweep(row.touched_at + uploads.KEPT * 2) == 1 and not Upload.objects.exists()
