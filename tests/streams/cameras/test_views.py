import json

import pytest
from django.urls import reverse

from streams.models import Camera
from sunkitchen.core import secrets, tickets
from tests import builders


@pytest.fixture(autouse=True)
def cameras_stand_here(settings, tmp_path):
    settings.CAMERA_ALLOW_NETS = ["203.0.113.0/24"]
    settings.POSTERS_ROOT = tmp_path


def sign_in(client, user):
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def desk(client, wang, restaurant):
    """The owner's browser."""
    return sign_in(client, wang)


@pytest.fixture
def camera(restaurant):
    return builders.camera(
        restaurant,
        source="rtsp",
        address="rtsp://203.0.113.7/ch",
        sealed_url=secrets.seal("rtsp://admin:canary-secret@203.0.113.7/ch"),
    )


@pytest.fixture
def pushing(restaurant):
    return builders.camera(restaurant, zone="cutting")


def url(name, row):
    return reverse(name, args=[row.establishment.code, row.code])


def add(desk, restaurant, **fields):
    data = {"zone": "cooking", "source": "rtsp", "url": "", "user": "", "password": "", **fields}
    return desk.post(reverse("camera_add", args=[restaurant.code]), data)


def test_an_owner_adds_a_camera_and_sees_its_page(desk, restaurant):
    answer = add(desk, restaurant, url="rtsp://203.0.113.7/ch", user="admin", password="canary-secret")
    row = Camera.objects.get()
    assert answer.headers["Location"] == url("camera", row)
    page = desk.get(url("camera", row)).content.decode()
    assert "rtsp://203.0.113.7/ch" in page and f'data-ws="/ws/live/{row.code}/"' in page
    assert "canary-secret" not in page


@pytest.mark.parametrize(
    "bad", ["http://203.0.113.7/", "rtsp://127.0.0.1/", "rtsp://203.0.113.7/" + "x" * 300, "rtsp://x/\r\ny"]
)
def test_a_refused_address_comes_back_with_a_reason_and_stores_nothing(desk, restaurant, bad):
    answer = add(desk, restaurant, url=bad, password="canary-secret")
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode() and "canary-secret" not in answer.content.decode()
    assert not Camera.objects.exists()


def test_the_form_says_which_places_may_not_be_shown(desk, restaurant):
    page = desk.get(f"/en/desk/kitchens/{restaurant.code}/cameras/add/").content.decode()
    assert "changing rooms" in page and "private dining rooms" in page.lower()
    assert add(desk, restaurant, zone="dining", source="push").status_code == 422


def test_the_boxs_key_stands_in_one_answer_only(desk, pushing):
    page = desk.post(url("camera_key", pushing))
    text = page.content.decode()
    key = text.split(f"/ingest/{pushing.code}/")[1].split("<")[0]
    assert len(key) >= 32 and text.count(key) == 3  # alone, and in two lines for the box
    assert "no-store" in page.headers["Cache-Control"]
    assert key not in desk.get(url("camera", pushing)).content.decode()
    pushing.refresh_from_db()
    assert key not in str(vars(pushing))


def test_switching_off_asks_why_and_the_page_says_it(desk, camera):
    assert desk.post(url("camera_off", camera), {"reason": ""}).status_code == 422
    assert desk.post(url("camera_off", camera), {"reason": "停电检修"}).status_code == 302
    page = desk.get(url("camera", camera)).content.decode()
    assert "停电检修" in page and "data-ws" not in page
    assert desk.post(url("camera_off", camera), {"reason": "again"}).status_code == 409
    assert desk.post(url("camera_on", camera)).status_code == 302
    camera.refresh_from_db()
    assert camera.enabled


def test_changing_the_zone_keeps_address_and_password(desk, camera):
    assert desk.post(url("camera_change", camera), {"zone": "cold"}).status_code == 302
    camera.refresh_from_db()
    assert (camera.zone, secrets.unseal(camera.sealed_url)) == ("cold", "rtsp://admin:canary-secret@203.0.113.7/ch")
    answer = desk.post(url("camera_change", camera), {"zone": "cold", "url": "ftp://x"})
    assert answer.status_code == 422
    camera.refresh_from_db()
    assert camera.address == "rtsp://203.0.113.7/ch"


def test_the_preview_works_before_the_kitchen_is_open(desk, camera, restaurant):
    type(restaurant).objects.update(state="registered")
    news = desk.get(url("camera_live", camera)).json()
    assert tickets.read(news["ticket"], tickets.OPENING, camera.code, 1, 0)
    assert set(news) == {"ticket", "state", "since", "why", "words", "aside", "poster", "taken"}
    assert news["state"] == "off" and news["words"]


def test_the_last_picture_is_shown_where_there_is_one(desk, camera, tmp_path):
    assert desk.get(url("camera_poster", camera)).status_code == 204
    (tmp_path / f"{camera.code}.jpg").write_bytes(b"jpeg")
    answer = desk.get(url("camera_poster", camera))
    assert answer.content == b"jpeg" and answer.headers["Content-Type"] == "image/jpeg"
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_officer_looks_and_changes_nothing(client, camera, zhao):
    sign_in(client, zhao)
    page = client.get(url("camera", camera)).content.decode()
    assert "data-ws" in page and page.split("<main")[1].count("<form method") == 1  # to keep evidence
    for name in ("camera_change", "camera_key", "camera_off", "camera_on", "camera_revoke"):
        assert client.post(url(name, camera), {"reason": "x", "zone": "cold"}).status_code == 403


def test_a_stranger_learns_nothing(client, camera, qian):
    sign_in(client, qian)
    for name in ("camera", "camera_live", "camera_poster"):
        assert client.get(url(name, camera)).status_code == 404


def test_a_camera_of_another_kitchen_is_not_found_below_this_one(desk, camera, wang):
    other = builders.establishment(owner=wang, signboard="二店")
    assert desk.get(reverse("camera", args=[other.code, camera.code])).status_code == 404


def test_the_players_words_are_data_and_come_in_the_pages_language(desk, camera):
    page = desk.get(f"/en/desk/kitchens/{camera.establishment.code}/cameras/{camera.code}/").content.decode()
    words = json.loads(page.split('<script id="live-words" type="application/json">')[1].split("</script>")[0])
    assert words["liveDelay"] == "Live · delay %(seconds)s s" and words["lang"] == "en"
    assert set(words["why"]) == set(Camera.Why.values)
    assert words["hls"].endswith("vendor/hls/hls.light.min.mjs")
