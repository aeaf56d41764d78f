"""A camera is withheld while somebody who works before it has withdrawn consent: what pages and sweeps do then."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from streams.cameras import actions
from streams.cameras.tasks import forget_pictures
from streams.models import Camera
from sunkitchen.registry.staff import actions as staff
from tests import builders

TODAY = timezone.localdate()


@pytest.fixture
def camera(restaurant, settings, tmp_path):
    settings.POSTERS_ROOT = tmp_path
    row = builders.camera(restaurant, code="cam1", poster_at=timezone.now())
    (tmp_path / "cam1.jpg").write_bytes(b"JPEG")
    return row


@pytest.fixture
def chen(restaurant, wang):
    member = builders.staff_member(restaurant, name="陈师傅", added_by=wang)
    builders.filming_consent(member)
    return member


@pytest.fixture
def browser():
    def of(person):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return of


def test_only_the_kitchen_of_who_withdrew_goes_dark(camera, chen, wang):
    other = builders.camera(builders.establishment(signboard="邻家"))
    staff.withdraw_consent(chen, by=wang)
    assert list(Camera.objects.public()) == [other]
    staff.edit(chen, by=wang, post="cashier")
    assert set(Camera.objects.public()) == {camera, other}


def test_who_was_never_asked_is_a_warning_not_an_end(camera, restaurant):
    builders.staff_member(restaurant, name="新人")
    assert list(Camera.objects.public()) == [camera]


def test_who_starts_tomorrow_or_left_yesterday_withholds_nothing_today(camera, restaurant):
    day = timedelta(days=1)
    for dates in ({"joined_on": TODAY + day}, {"left_on": TODAY}):
        builders.filming_consent(builders.staff_member(restaurant, **dates), withdrawn_at=timezone.now())
    assert list(Camera.objects.public(TODAY)) == [camera]
    assert not Camera.objects.public(TODAY + day).exists()
    assert not Camera.objects.public(TODAY - day).exists()


def test_the_public_page_says_why_and_not_who(camera, chen, wang, restaurant, client):
    staff.withdraw_consent(chen, by=wang)
    page = client.get(f"/en/k/{restaurant.code}/").content.decode()
    assert "<video" not in page and "consent" in page
    assert "陈" not in page
    assert client.get(f"/k/{restaurant.code}/live.json").status_code == 404
    assert client.get(f"/k/{restaurant.code}/poster/cam1.jpg").status_code == 404


def test_pictures_of_before_are_forgotten(camera, chen, wang, settings):
    staff.withdraw_consent(chen, by=wang)
    assert actions.forget_pictures(TODAY) == 1
    assert not (settings.POSTERS_ROOT / "cam1.jpg").exists()
    camera.refresh_from_db()
    assert camera.poster_at is None
    forget_pictures()
    assert actions.forget_pictures(TODAY) == 0


def test_a_picture_of_a_kitchen_where_nobody_objects_stays(camera, chen, settings):
    assert actions.forget_pictures(TODAY) == 0
    assert (settings.POSTERS_ROOT / "cam1.jpg").exists()


def test_owner_and_officer_read_on_the_cameras_page_what_is_missing(camera, chen, wang, li, restaurant, browser):
    address = f"/en/desk/kitchens/{restaurant.code}/cameras/cam1/"
    assert "<video" in browser(wang).get(address).content.decode()
    builders.staff_member(restaurant, name="新人")
    asked = browser(wang).get(address).content.decode()
    assert "1 person who works before the cameras has not consented" in asked and "<video" in asked
    staff.withdraw_consent(chen, by=wang)
    for person in (wang, li):
        page = browser(person).get(address).content.decode()
        assert "somebody on the staff has withdrawn consent" in page and "<video" not in page
        assert "陈师傅" not in page.split("<main")[1]
    listed = browser(wang).get(f"/en/desk/kitchens/{restaurant.code}/cameras/").content.decode()
    assert "somebody on the staff has withdrawn consent" in listed
