from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from streams.cameras import actions, keys
from streams.models import Camera
from sunkitchen.core import audit, secrets
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PUBLIC = "rtsp://203.0.113.7/stream1"  # TEST-NET-3: stands for a camera on the internet


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def cameras_stand_here(settings):
    settings.CAMERA_ALLOW_NETS = ["203.0.113.0/24", "192.168.0.0/16"]
    settings.CAMERA_ALLOW = ["127.0.0.1:8554"]


@pytest.fixture
def camera(restaurant, wang):
    return actions.add_camera(
        restaurant, by=wang, zone="cooking", source="rtsp", url=PUBLIC, user="admin", password="s3cret/@:"
    )


@pytest.fixture
def pushing(restaurant, wang):
    return actions.add_camera(restaurant, by=wang, zone="cutting", source="push")


def test_credentials_are_sealed_and_said_nowhere(camera):
    assert camera.address == "rtsp://203.0.113.7/stream1"
    assert secrets.unseal(camera.sealed_url) == "rtsp://admin:s3cret%2F%40%3A@203.0.113.7/stream1"
    [entry] = audit.trail(camera)
    assert (entry.verb, entry.actor_name) == ("camera.added", "王海")
    for value in (*vars(camera).values(), entry.detail, str(camera)):
        assert "s3cret" not in str(value)


def test_credentials_inside_the_address_move_into_the_sealed_part(restaurant, wang):
    row = actions.add_camera(
        restaurant, by=wang, zone="cold", source="rtsp", url="rtsp://root:pass1@203.0.113.7:8554/ch1?token=abc"
    )
    assert row.address == "rtsp://203.0.113.7:8554/ch1"
    assert secrets.unseal(row.sealed_url) == "rtsp://root:pass1@203.0.113.7:8554/ch1?token=abc"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "needs its address"),
        ("http://203.0.113.7/", "rtsp://"),
        ("file:///etc/passwd", "rtsp://"),
        ("concat:rtsp://x", "rtsp://"),
        ("rtsp://203.0.113.7/a\nb", "line break"),
        ("rtsp://203.0.113.7/a\0b", "line break"),
        (f"rtsp://203.0.113.7/{'a' * 300}", "300 characters"),
        ("rtsp://", "cannot be read"),
        ("rtsp://a b/", "cannot be read"),
        ("rtsp://203.0.113.7:99999/", "cannot be read"),
        ("rtsp://good@evil@203.0.113.7/", "cannot be read"),
        ("rtsp://2130706433/", "cannot be read"),
        ("rtsp://0x7f.1/", "cannot be read"),
        ("rtsp://127.0.0.1/", "not open to cameras"),
        ("rtsp://127.0.0.1:6379/", "not open to cameras"),
        ("rtsp://localhost:5432/", "not open to cameras"),
        ("rtsp://db.internal/", "not open to cameras"),
        ("rtsp://[::1]/", "not open to cameras"),
        ("rtsp://[::ffff:127.0.0.1]/", "not open to cameras"),
        ("rtsp://169.254.169.254/latest", "not open to cameras"),
        ("rtsp://10.0.0.8/", "not open to cameras"),
        ("rtsp://0.0.0.0/", "not open to cameras"),
    ],
)
def test_an_address_that_is_no_cameras_is_refused_with_a_reason(restaurant, wang, url, says):
    with pytest.raises(Refused, match=says):
        actions.add_camera(restaurant, by=wang, zone="cooking", source="rtsp", url=url)
    assert not Camera.objects.exists()


@pytest.mark.parametrize(
    "url", [PUBLIC, "RTSPS://Cam.Example/x", "rtsp://192.168.1.64:554/ch", "rtsp://127.0.0.1:8554/cam"]
)
def test_what_the_operator_opened_is_taken(restaurant, wang, url):
    assert actions.add_camera(restaurant, by=wang, zone="cooking", source="rtsp", url=url).pk


@pytest.mark.parametrize("zone", ["dining", "office", "", "COOKING"])
def test_only_places_where_food_is_prepared(restaurant, wang, zone):
    with pytest.raises(Refused, match="food is prepared"):
        actions.add_camera(restaurant, by=wang, zone=zone, source="push")


def test_a_closed_kitchen_gets_no_camera_and_nobody_gets_a_hundred(restaurant, wang):
    for _ in range(actions.MAX_CAMERAS):
        builders.camera(restaurant)
    with pytest.raises(Refused, match="at most 16"):
        actions.add_camera(restaurant, by=wang, zone="cold", source="push")
    closed = builders.establishment(owner=wang, state="closed")
    with pytest.raises(Refused, match="closed"):
        actions.add_camera(closed, by=wang, zone="cold", source="push")


def test_a_new_address_never_inherits_the_old_password(camera, wang):
    actions.change_camera(camera, by=wang, zone="cooking", url="rtsp://203.0.113.8/x")
    assert secrets.unseal(camera.sealed_url) == "rtsp://203.0.113.8/x"


def test_what_is_left_empty_stays(camera, wang):
    before = camera.sealed_url
    actions.change_camera(camera, by=wang, zone="plating")
    camera.refresh_from_db()
    assert (camera.zone, camera.sealed_url) == ("plating", before)
    actions.change_camera(camera, by=wang, zone="plating", user="other", password="new-one")
    assert secrets.unseal(camera.sealed_url) == "rtsp://other:new-one@203.0.113.7/stream1"
    assert "new-one" not in str([entry.detail for entry in audit.trail(camera)])


def test_a_key_is_given_once_and_replaces_the_one_before(pushing, wang):
    first = actions.rotate_push_key(pushing, by=wang)
    second = actions.rotate_push_key(pushing, by=wang)
    pushing.refresh_from_db()
    assert len(first) >= 32 and first != second
    assert keys.fits(second, pushing.push_key_hash) and not keys.fits(first, pushing.push_key_hash)
    assert not keys.fits("", "") and not keys.fits("no camera has this key", "")
    assert second not in str([entry.detail for entry in audit.trail(pushing)])


def test_a_fetched_camera_has_no_key_and_a_pushing_one_no_address(camera, pushing, restaurant, wang):
    with pytest.raises(Refused):
        actions.rotate_push_key(camera, by=wang)
    with pytest.raises(Refused):
        actions.change_camera(pushing, by=wang, zone="cold", url=PUBLIC)
    with pytest.raises(Refused):
        actions.add_camera(restaurant, by=wang, zone="cold", source="push", url=PUBLIC)


def test_switching_off_needs_a_reason_and_revokes(camera, wang):
    with pytest.raises(Refused, match="why"):
        actions.switch_off(camera, by=wang, reason="  ")
    actions.switch_off(camera, by=wang, reason="停电检修")
    assert (camera.enabled, camera.serial) == (False, 2)
    with pytest.raises(WrongState):
        actions.switch_off(camera, by=wang, reason="again")
    actions.switch_on(camera, by=wang)
    assert camera.enabled
    with pytest.raises(WrongState):
        actions.switch_on(camera, by=wang)
    assert [entry.verb for entry in audit.trail(camera)][1:] == ["camera.switched_off", "camera.switched_on"]


def test_revoking_raises_the_serial(camera, wang):
    actions.revoke_viewers(camera, by=wang)
    assert camera.serial == 2


def test_wanting_writes_once_in_ten_seconds(camera, settings):
    settings.CAMERA_WARM_SECONDS = 45
    assert actions.want(camera, NOON)
    assert not actions.want(camera, NOON + timedelta(seconds=9))
    assert actions.want(camera, NOON + timedelta(seconds=11))
    camera.refresh_from_db()
    assert camera.wanted_until == NOON + timedelta(seconds=56)


def test_a_camera_that_is_off_cannot_be_wanted(camera, wang):
    actions.switch_off(camera, by=wang, reason="停电")
    assert not actions.want(camera, NOON)
