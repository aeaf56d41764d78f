"""Incidents from rows: opened with a picture and a word to the kitchen, closed when over, answered once."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from streams.incidents import actions
from streams.models import CameraEvent, Incident
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(microsecond=0)
ALWAYS = [["00:00", "24:00"]] * 7


def jpeg(width=1280):
    out = io.BytesIO()
    Image.new("RGB", (width, width * 9 // 16), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def posters(settings, tmp_path):
    settings.POSTERS_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def camera(restaurant, posters):
    restaurant.hours = ALWAYS
    restaurant.save()
    camera = builders.camera(restaurant)
    (posters / f"{camera.code}.seen.jpg").write_bytes(jpeg())
    return camera


def says(camera, state, why="", *, ago=0, at=NOW):
    since = at - timedelta(seconds=ago)
    camera.state, camera.why, camera.since, camera.seen_at = state, why, since, at
    camera.save()
    CameraEvent.objects.create(camera=camera, at=since, state=state, why=why, epoch=1)


def test_a_covered_camera_opens_one_with_its_picture_and_tells_the_kitchen(camera, wang):
    says(camera, "live", "covered", ago=61)
    assert actions.sweep(NOW) == (1, 0)
    incident = Incident.objects.get()
    assert (incident.kind, incident.opened_at) == ("covered", NOW - timedelta(seconds=61))
    assert Image.open(io.BytesIO(incident.picture)).width == 640
    told = Notice.objects.get(recipient=wang, channel="desk", kind="incident.opened")
    assert told.link.endswith(f"/desk/kitchens/{camera.establishment.code}/incidents/")


def test_a_second_sweep_opens_no_second_one_and_a_fine_picture_closes_it(camera):
    says(camera, "live", "covered", ago=61)
    assert [actions.sweep(NOW), actions.sweep(NOW)] == [(1, 0), (0, 0)]
    later = NOW + timedelta(minutes=3)
    says(camera, "live", at=later)
    assert actions.sweep(later) == (0, 1)
    assert Incident.objects.get().closed_at == later


def test_what_comes_and_goes_is_told_once_a_day(camera, wang):
    for minute in range(0, 12, 4):
        at = NOW + timedelta(minutes=minute)
        says(camera, "live", "covered", ago=61, at=at)
        actions.sweep(at)
        says(camera, "live", at=at + timedelta(minutes=2))
        actions.sweep(at + timedelta(minutes=2))
    assert Incident.objects.count() == 3
    days = {timezone.localdate(NOW), timezone.localdate(NOW + timedelta(minutes=12))}
    assert Notice.objects.filter(recipient=wang, channel="desk").count() <= len(days)


def test_an_interrupted_camera_opens_one_in_its_hours_only(camera, restaurant):
    says(camera, "stalled", "no_push", ago=400)
    restaurant.hours = []
    restaurant.save()
    assert actions.sweep(NOW) == (0, 0)
    restaurant.hours = ALWAYS
    restaurant.save()
    assert actions.sweep(NOW) == (1, 0)


def test_a_silent_relay_opens_and_closes_nothing(camera):
    says(camera, "live", "covered", ago=61)
    actions.sweep(NOW)
    camera.why = ""
    camera.save()
    assert actions.sweep(NOW + timedelta(minutes=10)) == (0, 0)


def test_a_kitchen_that_closed_has_no_open_ones(camera, restaurant):
    says(camera, "live", "covered", ago=61)
    actions.sweep(NOW)
    restaurant.state = "closed"
    restaurant.save()
    assert actions.sweep(NOW) == (0, 1)


def test_a_sweep_asks_no_more_of_many_cameras(camera, restaurant, django_assert_max_num_queries):
    for zone in ("cutting", "cold", "washing"):
        says(builders.camera(restaurant, zone=zone), "stalled", "unreachable", ago=60)
    with django_assert_max_num_queries(4):
        actions.sweep(NOW)


def test_the_kitchen_answers_once(camera, wang):
    incident = builders.incident(camera)
    for text in ("", " ", "长" * 501):
        with pytest.raises(Refused):
            actions.answer(incident, by=wang, text=text, at=NOW)
    actions.answer(incident, by=wang, text="蒸汽太大，已擦镜头。", at=NOW)
    with pytest.raises(WrongState):
        actions.answer(incident, by=wang, text="再说一次", at=NOW)
    assert incident.answer == "蒸汽太大，已擦镜头。"


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_owner_sees_the_picture_and_answers(client, camera, wang):
    incident = builders.incident(camera, picture=jpeg(64))
    client.force_login(wang)
    base = f"/en/desk/kitchens/{camera.establishment.code}/incidents/"
    page = client.get(base).content.decode()
    assert f"incidents/{incident.pk}/picture.jpg" in page and "<textarea" in page
    assert client.get(f"{base}{incident.pk}/picture.jpg").content == jpeg(64)
    assert client.post(f"{base}{incident.pk}/answer/", {"text": ""}).status_code == 422
    assert client.post(f"{base}{incident.pk}/answer/", {"text": "a\0b"}).status_code in (400, 422)
    assert client.post(f"{base}{incident.pk}/answer/", {"text": "steam"}, follow=True).status_code == 200
    assert "steam" in client.get(base).content.decode()


def test_the_office_reads_those_of_its_own_division_and_filters_them(client, camera, zhao, wang):
    builders.incident(camera, answer="steam", answered_by=wang, answered_at=NOW, closed_at=NOW)
    builders.incident(camera, kind="moved")
    elsewhere = builders.establishment(division="888801", signboard="外地小馆")
    builders.incident(builders.camera(elsewhere), kind="dark")
    client.force_login(zhao)

    def count(query=""):
        return client.get(f"/en/office/incidents/{query}").content.decode().count('<li class="incident">')

    assert count() == 1
    assert count("?show=all") == 2
    assert count("?show=all&kind=covered") == 1
    assert count("?show=unanswered") == 1
    assert count("?show=%00&kind=%00x") == 1


def test_an_incident_of_another_kitchen_is_not_under_this_ones_address(client, camera, wang):
    other = builders.incident(builders.camera(builders.establishment(signboard="别家")))
    client.force_login(wang)
    code = camera.establishment.code
    assert client.post(f"/desk/kitchens/{code}/incidents/{other.pk}/answer/", {"text": "x"}).status_code == 404
