"""What the addresses of uploads answer: JSON with the next step, and nothing to a stranger."""

import json
import uuid

import pytest
from django.test import Client

from sunkitchen.registry.models import Upload
from sunkitchen.registry.uploads import actions as uploads
from tests import builders
from tests.core import corpus


@pytest.fixture
def at():
    def browser(user):
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
        return client

    return browser


@pytest.fixture
def address(restaurant):
    return f"/en/desk/kitchens/{restaurant.code}/uploads/"


def began(client, address, body, sort=""):
    said = {"name": "permit.jpg", "size": len(body), "sort": sort}
    return client.post(address, json.dumps(said), content_type="application/json")


def piece(client, url, offset, chunk):
    return client.patch(url, chunk, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)})


def test_a_file_comes_in_pieces_and_its_state_is_told(at, wang, address, body):
    client = at(wang)
    answer = began(client, address, body, "food_permit")
    assert answer.status_code == 201
    url = answer.json()["url"]
    half = len(body) // 2
    assert piece(client, url, 0, body[:half]).json()["received"] == half
    assert client.get(url).json()["ready"] is False
    done = piece(client, url, half, body[half:]).json()
    assert done["ready"] and done["reading"]["state"] == "waiting" and len(done["pages"]) == 1
    page = client.get(done["pages"][0])
    assert page["Content-Type"] == "image/jpeg" and page["Cache-Control"] == "private, no-store"
    assert client.delete(url).status_code == 200
    assert client.get(url).status_code == 404 and client.get(done["pages"][0]).status_code == 404


def test_a_wrong_offset_is_answered_with_the_right_one(at, wang, address, body):
    client = at(wang)
    url = began(client, address, body).json()["url"]
    piece(client, url, 0, body[:700])
    answer = piece(client, url, 0, body[:700])
    assert answer.status_code == 409 and answer.json()["received"] == 700


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"{",
        b"\x00\xff",
        b"[" * 5000,
        b'{"name": 1, "size": 1}',
        b'{"name": "a", "size": "1"}',
        b'{"name": "a", "size": true}',
        b'{"name": "a", "size": 1.5}',
        b'{"name": "a", "size": 1, "sort": []}',
        b'{"name": "' + b"a" * 9000 + b'", "size": 1}',
        json.dumps({"name": "a", "size": 10**30}).encode(),
        json.dumps({"name": "a", "size": 1, "sort": "gossip"}).encode(),
    ],
)
def test_a_bad_beginning_is_refused_in_words(at, wang, address, said):
    answer = at(wang).post(address, said, content_type="application/json")
    assert answer.status_code in (400, 422) and answer.json()["refused"]
    assert not Upload.objects.exists()


def test_a_name_with_everything_in_it_is_a_name(at, wang, address):
    said = json.dumps({"name": "../../\x00‮许可证.jpg" + "长" * 500, "size": 10})
    answer = at(wang).post(address, said, content_type="application/json")
    assert answer.status_code == 201 and len(answer.json()["name"]) <= 120 and "/" not in answer.json()["name"]


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "٣", "9" * 40])
def test_a_piece_without_its_place_is_refused(at, wang, address, body, offset):
    client = at(wang)
    url = began(client, address, body).json()["url"]
    assert piece(client, url, offset, b"x").status_code == 400


def test_a_piece_that_is_too_large_is_refused(at, wang, address, settings):
    client = at(wang)
    answer = client.post(address, json.dumps({"name": "a", "size": 5_000_000}), content_type="application/json")
    assert piece(client, answer.json()["url"], 0, bytes(uploads.MOST_PIECE + 1)).status_code == 413
    assert piece(client, answer.json()["url"], 0, bytes(uploads.MOST_PIECE)).json()["received"] == uploads.MOST_PIECE


def test_what_is_no_picture_says_why(at, wang, address):
    client = at(wang)
    url = began(client, address, corpus.HTML).json()["url"]
    said = piece(client, url, 0, corpus.HTML).json()
    assert "neither a picture" in said["refused"] and not said["ready"]


def test_nobody_reaches_an_upload_by_guessing(at, wang, qian, li, zhao, rival, restaurant, address, body, bring):
    done = bring(body)
    url = f"{address}{done.key}/"
    someone = builders.user("郑邻二")
    builders.establishment(owner=someone, signboard="邻二")
    for stranger in (None, qian, someone):
        for path in (url, f"{url}pages/1/"):
            assert at(stranger).get(path).status_code in (302, 404), stranger
        assert piece(at(stranger), url, 0, b"x").status_code in (302, 404)
        assert at(stranger).delete(url).status_code in (302, 404)
    for officer in (li, zhao):  # insiders, but nothing was handed in yet
        assert at(officer).get(f"{url}pages/1/").status_code == 403
    mine = at(wang)
    assert mine.get(f"/en/desk/kitchens/{rival.code}/uploads/{done.key}/").status_code == 404
    assert mine.get(f"{address}{uuid.uuid4()}/").status_code == 404
    assert mine.get(f"{url}pages/1/").status_code == 200 and mine.get(f"{url}pages/2/").status_code == 404
    uploads.take(restaurant, [done.key], by=wang)
    assert mine.get(url).status_code == 404, "it is the paper's now, behind the paper's gate"


def test_the_same_picture_is_told_to_who_handed_it_in(at, wang, address, restaurant, bring, body):
    first = bring(body)
    uploads.take(restaurant, [first.key], by=wang)
    again = bring(body)
    assert "same picture" in at(wang).get(f"{address}{again.key}/").json()["earlier"]
    other = builders.establishment(owner=builders.user("外人"), signboard="别家")
    elsewhere = bring(body, place=other, by=other.memberships.get().user)
    client = at(other.memberships.get().user)
    assert client.get(f"/en/desk/kitchens/{other.code}/uploads/{elsewhere.key}/").json()["earlier"] == ""


def test_an_unused_upload_is_no_earlier_picture(at, wang, address, bring, body):
    bring(body)
    assert at(wang).get(f"{address}{bring(body).key}/").json()["earlier"] == ""
