"""An owner's settings: the smaller stream, a slow start, the hours, the reason of a switch."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation

from streams.cameras import actions, words
from streams.models import Camera
from sunkitchen.core import secrets
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import Refused
from tests import builders

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = ["09:00", "21:30"]
CANARY = "canary-secret"


@pytest.fixture(autouse=True)
def _cameras_stand_here(settings, tmp_path):
    settings.CAMERA_ALLOW_NETS = ["203.0.113.0/24"]
    settings.POSTERS_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def camera(restaurant):
    return builders.camera(
        restaurant,
        source="rtsp",
        address="rtsp://203.0.113.7/main",
        sealed_url=secrets.seal(f"rtsp://admin:{CANARY}@203.0.113.7/main"),
    )


@pytest.fixture
def desk(client, wang):
    client.force_login(wang, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def url(name, row):
    return reverse(name, args=[row.establishment.code, row.code])


def sub(camera):
    camera.refresh_from_db()
    return secrets.unseal(camera.sealed_sub_url) if camera.sealed_sub_url else ""


def change(camera, by, **fields):
    actions.change_camera(camera, by=by, zone=camera.zone, **fields)


# ── the smaller stream ──────────────────────────────────────────────────────────────────────────────────────
def test_the_smaller_stream_takes_the_same_password(camera, wang):
    change(camera, wang, sub_url="rtsp://203.0.113.7/sub")
    assert sub(camera) == f"rtsp://admin:{CANARY}@203.0.113.7/sub"
    assert camera.sub_address == "rtsp://203.0.113.7/sub"
    assert CANARY not in str(AuditEntry.objects.latest("pk").detail)


def test_a_password_of_its_own_wins(camera, wang):
    change(camera, wang, sub_url="rtsp://guest:other@203.0.113.7/sub")
    assert sub(camera) == "rtsp://guest:other@203.0.113.7/sub"
    assert "other" not in camera.sub_address


def test_no_password_goes_to_another_machine(camera, wang):
    change(camera, wang, sub_url="rtsp://203.0.113.8/sub")
    assert sub(camera) == "rtsp://203.0.113.8/sub"


def test_a_new_password_is_the_smaller_streams_too(camera, wang):
    change(camera, wang, sub_url="rtsp://203.0.113.7/sub")
    change(camera, wang, user="admin", password="newer")
    assert sub(camera) == "rtsp://admin:newer@203.0.113.7/sub"


def test_its_own_password_stays_when_the_main_one_changes(camera, wang):
    change(camera, wang, sub_url="rtsp://guest:other@203.0.113.7/sub")
    change(camera, wang, user="admin", password="newer")
    assert sub(camera) == "rtsp://guest:other@203.0.113.7/sub"


def test_another_camera_has_another_smaller_stream(camera, wang):
    change(camera, wang, sub_url="rtsp://203.0.113.7/sub")
    change(camera, wang, url="rtsp://203.0.113.9/main")
    assert sub(camera) == "" and camera.sub_address == ""


def test_the_smaller_stream_may_be_taken_away(camera, wang):
    change(camera, wang, sub_url="rtsp://203.0.113.7/sub")
    change(camera, wang, no_sub=True)
    assert sub(camera) == ""


@pytest.mark.parametrize(
    "bad", ["http://203.0.113.7/sub", "rtsp://127.0.0.1/sub", "rtsp://169.254.169.254/", "rtsp://", "x\n"]
)
def test_the_smaller_stream_is_judged_as_the_main_one(bad, camera, wang):
    with pytest.raises(Refused):
        change(camera, wang, sub_url=bad)
    assert sub(camera) == ""


def test_a_box_has_no_smaller_stream(restaurant, wang):
    with pytest.raises(Refused):
        change(builders.camera(restaurant), wang, sub_url="rtsp://203.0.113.7/sub")


def test_no_page_shows_its_password(desk, camera, wang):
    change(camera, wang, sub_url="rtsp://guest:canary-other@203.0.113.7/sub")
    page = desk.get(url("camera", camera)).content.decode()
    assert "rtsp://203.0.113.7/sub" in page and "canary" not in page


# ── a slow start ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_slow_camera_may_take_its_time(desk, camera):
    desk.post(url("camera_change", camera), {"zone": camera.zone, "start_seconds": "45"})
    camera.refresh_from_db()
    assert camera.start_seconds == 45
    desk.post(url("camera_change", camera), {"zone": camera.zone, "start_seconds": ""})
    camera.refresh_from_db()
    assert camera.start_seconds is None


@pytest.mark.parametrize("text", ["4", "61", "-1", "1e3", "x", "9" * 400])
def test_a_start_takes_between_five_seconds_and_sixty(text, desk, camera):
    assert desk.post(url("camera_change", camera), {"zone": camera.zone, "start_seconds": text}).status_code == 422


# ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_camera_is_shown_within_its_hours_alone(camera, wang):
    actions.set_hours(camera, by=wang, week=[DAY] * 7)
    noon, night = (datetime(2026, 11, 22, hour, tzinfo=SHANGHAI) for hour in (12, 23))
    assert camera.shows_at(noon) and not camera.shows_at(night)
    assert words.sentence(camera.status(night), night) == "Not shown now: it is shown 09:00–21:30."


def test_on_a_day_off_it_says_so(camera, wang):
    actions.set_hours(camera, by=wang, week=[DAY] * 6 + [None])
    sunday = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
    assert words.sentence(camera.status(sunday), sunday) == "Not shown today."


def test_outside_its_hours_nothing_looks_interrupted(client, camera, wang):
    Camera.objects.update(hours=[None] * 6 + [["00:00", "00:01"]])
    page = client.get(f"/en/k/{camera.establishment.code}/").content.decode()
    assert "Not shown" in page and "live down" not in page


def test_the_kitchens_own_hours_are_one_tap(desk, camera, restaurant):
    restaurant.hours = [DAY] * 7
    restaurant.save()
    desk.post(url("camera_hours", camera), {"what": "kitchen", "hours_0": "nonsense"})
    camera.refresh_from_db()
    assert camera.hours == [DAY] * 7
    desk.post(url("camera_hours", camera), {"what": "always"})
    camera.refresh_from_db()
    assert camera.hours == []


def test_hours_are_written_as_the_kitchens_are(desk, camera):
    desk.post(url("camera_hours", camera), {"what": "save", "hours_0": "18:00-02:00", "same_hours": "on"})
    camera.refresh_from_db()
    assert camera.hours == [["18:00", "26:00"]] * 7
    assert "Every day 18:00–02:00" in desk.get(url("camera", camera)).content.decode()


@pytest.mark.parametrize("sent", [{"hours_0": "9 till 5"}, {"hours_3": "25:00-26:00"}, {}, {"what": "x"}])
def test_hours_that_are_none_are_told_so(sent, desk, camera):
    assert desk.post(url("camera_hours", camera), {"what": "save", **sent}).status_code == 422
    camera.refresh_from_db()
    assert camera.hours == []


@pytest.mark.parametrize(
    "week", [[DAY], [DAY] * 8, [None] * 7, [["9", "x"]] * 7, [["25:99", "26:00"]] * 7, [{}] * 7, [5] * 7]
)
def test_a_week_that_is_none_is_refused(week, camera, wang):
    with pytest.raises(Refused):
        actions.set_hours(camera, by=wang, week=week)


# ── off ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_common_reason_is_one_tap_and_words_may_stand_beside_it(desk, camera):
    desk.post(url("camera_off", camera), {"why": "repair", "reason": "周五修好"})
    camera.refresh_from_db()
    reason = AuditEntry.objects.get(verb="camera.switched_off").detail["reason"]
    assert not camera.enabled and reason.endswith(" · 周五修好") and len(reason) > 8


@pytest.mark.parametrize("sent", [{}, {"why": "nonsense"}, {"why": "", "reason": "  "}])
def test_without_a_reason_it_stays_on(sent, desk, camera):
    assert desk.post(url("camera_off", camera), sent).status_code == 422
    camera.refresh_from_db()
    assert camera.enabled
