"""Evidence is the office's alone; every look at it is written down."""

import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from streams.models import Clip, Moment
from sunkitchen.core.models import AuditEntry
from tests import builders

pytestmark = pytest.mark.django_db

FILM = bytes(range(256)) * 4


@pytest.fixture
def clip(camera):
    return builders.clip(camera, body=FILM)


def keep_url(camera):
    return reverse("camera_keep", args=[camera.establishment.code, camera.code])


def seen(clip, verb="clip.watched"):
    return list(AuditEntry.objects.filter(verb=verb, subject_id=str(clip.pk)).values_list("actor_name", flat=True))


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_officer_keeps_the_last_minute_from_the_cameras_page(browser, zhao, camera):
    desk = browser(zhao)
    page = desk.get(reverse("camera", args=[camera.establishment.code, camera.code])).content.decode()
    assert keep_url(camera) in page
    answer = desk.post(keep_url(camera), {"what": "last", "reason": "食客举报"})
    assert answer.headers["Location"] == reverse("office_clip", args=[Clip.objects.get().code])
    assert "正在" in desk.get(answer.headers["Location"]).content.decode() or Clip.objects.get().state == "wanted"


def test_an_officer_records_the_next_minutes(browser, zhao, camera):
    browser(zhao).post(keep_url(camera), {"what": "next", "minutes": "7", "reason": "巡查"})
    clip = Clip.objects.get()
    assert clip.ends_at - clip.begins_at == timedelta(minutes=7)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"what": "last", "reason": ""},
        {"what": "next", "reason": "巡查", "minutes": ""},
        {"what": "next", "reason": "巡查", "minutes": "31"},
        {"what": "next", "reason": "巡查", "minutes": "x"},
        {"what": "drop table", "reason": "巡查"},
        {"what": "last", "reason": "a\0b"},
        {"what": "last", "reason": "话" * 501},
    ],
)
def test_a_wrong_wish_is_told_and_nothing_is_kept(sent, browser, zhao, camera):
    assert browser(zhao).post(keep_url(camera), sent).status_code in (400, 422)
    assert not Clip.objects.exists()


def test_no_owner_learns_that_there_is_evidence(browser, wang, clip, camera):
    desk = browser(wang)
    page = desk.get(reverse("camera", args=[camera.establishment.code, camera.code])).content.decode()
    assert "clip" not in page and keep_url(camera) not in page
    for name in ("office_clip", "office_clip_video", "office_clip_download"):
        assert desk.get(reverse(name, args=[clip.code])).status_code == 404
    assert desk.post(keep_url(camera), {"what": "last", "reason": "x"}).status_code == 404


def test_an_officer_sees_no_evidence_of_a_kitchen_of_their_own(browser, zhao, clip, camera):
    builders.manager(camera.establishment, zhao)
    desk = browser(zhao)
    assert desk.get(reverse("office_clip", args=[clip.code])).status_code == 404
    assert clip.code not in desk.get(reverse("office_clips")).content.decode()
    assert desk.post(keep_url(camera), {"what": "last", "reason": "x"}).status_code == 404
    page = desk.get(reverse("camera", args=[camera.establishment.code, camera.code])).content.decode()
    assert keep_url(camera) not in page


def test_an_officer_sees_the_evidence_of_their_division_alone(browser, zhao, clip):
    place = builders.establishment(division="888801", signboard="外市小馆")
    elsewhere = builders.clip(builders.camera(place), body=b"x")
    page = browser(zhao).get(reverse("office_clips")).content.decode()
    assert clip.code in page and elsewhere.code not in page
    assert browser(zhao).get(reverse("office_clip", args=[elsewhere.code])).status_code == 404


def test_the_administrator_of_the_installation_sees_none(browser, clip):
    admin = builders.user("管理员", is_superuser=True)
    assert browser(admin).get(reverse("office_clip", args=[clip.code])).status_code == 403


# ── what ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_file_that_is_taken_away_has_the_digest_of_its_page(browser, zhao, clip):
    desk = browser(zhao)
    page = desk.get(reverse("office_clip", args=[clip.code])).content.decode()
    answer = desk.get(reverse("office_clip_download", args=[clip.code]))
    body = b"".join(answer)
    assert hashlib.sha256(body).hexdigest() == clip.sha256 and clip.sha256 in page
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert seen(clip, "clip.downloaded") == ["赵查"] and seen(clip) == []


def test_who_watches_is_written_down_once_for_all_that_a_player_asks_for(browser, zhao, sun, clip):
    url = reverse("office_clip_video", args=[clip.code])
    for wanted in ("bytes=0-", "bytes=100-", "bytes=500-900"):
        b"".join(browser(zhao).get(url, headers={"range": wanted}))
    b"".join(browser(sun).get(url, headers={"range": "bytes=7-8"}))
    assert seen(clip) == ["赵查", "孙发"]


@pytest.mark.parametrize(
    ("wanted", "status", "body", "told"),
    [
        ("", 200, FILM, None),
        ("bytes=0-", 206, FILM, "bytes 0-1023/1024"),
        ("bytes=10-19", 206, FILM[10:20], "bytes 10-19/1024"),
        ("bytes=1000-9999", 206, FILM[1000:], "bytes 1000-1023/1024"),
        ("bytes=-24", 206, FILM[1000:], "bytes 1000-1023/1024"),
        ("bytes=-9999", 206, FILM, "bytes 0-1023/1024"),
        ("bytes=1024-", 416, b"", "bytes */1024"),
        ("bytes=20-10", 416, b"", "bytes */1024"),
        ("bytes=-0", 416, b"", "bytes */1024"),
        ("bytes=0-1,5-6", 200, FILM, None),
        ("bytes=" + "9" * 40 + "-", 200, FILM, None),
        ("chairs=1-2", 200, FILM, None),
    ],
)
def test_a_player_gets_the_bytes_that_it_asks_for(wanted, status, body, told, browser, zhao, clip):
    headers = {"range": wanted} if wanted else {}
    answer = browser(zhao).get(reverse("office_clip_video", args=[clip.code]), headers=headers)
    assert answer.status_code == status
    assert (b"".join(answer) if answer.streaming else answer.content) == body
    if wanted.startswith("bytes") and status != 200:
        assert answer.headers["Content-Range"] == told


@pytest.mark.parametrize("state", ["wanted", "failed", "deleted"])
def test_what_is_not_kept_has_a_page_and_no_film(state, browser, zhao, camera):
    clip = builders.clip(camera, state=state, failure="nothing" if state == "failed" else "")
    assert browser(zhao).get(reverse("office_clip", args=[clip.code])).status_code == 200
    assert browser(zhao).get(reverse("office_clip_video", args=[clip.code])).status_code == 404


def test_a_file_that_is_lost_is_not_found(browser, zhao, camera):
    clip = builders.clip(camera)
    assert browser(zhao).get(reverse("office_clip_video", args=[clip.code])).status_code == 404


def test_an_officer_holds_it_with_a_reason_and_lets_it_go(browser, zhao, clip):
    desk = browser(zhao)
    assert desk.post(reverse("office_clip_hold", args=[clip.code]), {"reason": ""}).status_code == 422
    desk.post(reverse("office_clip_hold", args=[clip.code]), {"reason": "立案 117 号"})
    clip.refresh_from_db()
    assert clip.is_held and "立案 117 号" in desk.get(reverse("office_clip", args=[clip.code])).content.decode()
    desk.post(reverse("office_clip_release", args=[clip.code]))
    clip.refresh_from_db()
    assert not clip.is_held


def test_a_publisher_may_look_and_not_keep(browser, sun, clip, camera):
    desk = browser(sun)
    assert desk.get(reverse("office_clip", args=[clip.code])).status_code == 200
    assert desk.post(reverse("office_clip_hold", args=[clip.code]), {"reason": "x"}).status_code == 403
    assert desk.post(keep_url(camera), {"what": "last", "reason": "x"}).status_code == 403


def test_what_guests_said_stands_beside_it(browser, zhao, camera):
    clip = builders.clip(camera, body=FILM, source="diner", reason="mask")
    Moment.objects.create(clip=clip, about="pests", said="<b>灶台下</b>")
    page = browser(zhao).get(reverse("office_clip", args=[clip.code])).content.decode()
    assert "&lt;b&gt;灶台下&lt;/b&gt;" in page and "<b>灶台下" not in page


# ── a guest ─────────────────────────────────────────────────────────────────────────────────────────────────
OURS = {"origin": "http://testserver"}


def report_url(camera):
    return reverse("report_moment", args=[camera.establishment.code])


def test_a_guest_reports_what_they_see_without_a_cookie(browser, camera):
    guest = browser()
    page = guest.get(report_url(camera))
    assert page.status_code == 200 and not page.cookies and page.headers["Cache-Control"] == "no-store"
    answer = guest.post(report_url(camera), {"about": "mask", "said": "右边"}, headers=OURS)
    assert answer.status_code == 200 and not answer.cookies and "12315" in answer.content.decode()
    clip = Clip.objects.get()
    assert clip.source == "diner" and clip.moments.get().said == "右边"


def test_the_guests_address_is_kept_nowhere(browser, camera):
    browser().post(report_url(camera), {"about": "mask"}, headers=OURS, REMOTE_ADDR="203.0.113.77")
    for model in (Clip, Moment, AuditEntry):
        assert "203.0.113.77" not in repr(list(model.objects.values()))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"referer": "https://evil.example/k/x/"},
        {"origin": "https://evil.example", "referer": "http://testserver/"},
    ],
)
def test_another_website_cannot_report_in_a_guests_name(headers, browser, camera):
    answer = browser().post(report_url(camera), {"about": "mask"}, headers=headers)
    assert answer.status_code == 403 and not Clip.objects.exists()


def test_an_old_browser_that_names_no_origin_is_known_by_its_referer(browser, camera):
    headers = {"referer": f"http://testserver{report_url(camera)}"}
    assert browser().post(report_url(camera), {"about": "mask"}, headers=headers).status_code == 200
    assert Clip.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"about": "x"},
        {"about": "mask", "said": "话" * 301},
        {"about": "mask", "said": "a\0b"},
        {"about": ["mask", "x"]},
    ],
)
def test_a_report_that_cannot_be_taken_is_told_why(sent, browser, camera):
    assert browser().post(report_url(camera), sent, headers=OURS).status_code in (400, 422)
    assert not Moment.objects.exists()


def test_a_kitchen_without_a_live_picture_says_so(browser, camera, restaurant):
    camera.__class__.objects.update(state="stalled")
    assert browser().get(report_url(camera)).status_code == 200
    answer = browser().post(report_url(camera), {"about": "mask"}, headers=OURS)
    assert answer.status_code == 422 and not Clip.objects.exists()
    camera.__class__.objects.update(enabled=False)
    assert browser().get(report_url(camera)).status_code == 200
    assert browser().get(reverse("report_moment", args=["nosuch"])).status_code == 404


def test_one_address_reports_a_few_times_and_then_waits(browser, camera):
    guest = browser()
    said = [guest.post(report_url(camera), {"about": "mask"}, headers=OURS).status_code for _ in range(6)]
    assert said == [200] * 5 + [429]
    assert Clip.objects.count() == 1 and Moment.objects.count() == 5


def test_the_second_camera_is_reported_through_its_own_link(browser, camera, now):
    other = builders.camera(camera.establishment, zone="washing", state="live", seen_at=timezone.now())
    page = browser().get(f"{report_url(camera)}?camera={other.code}").content.decode()
    assert f'value="{other.code}"' in page
    browser().post(report_url(camera), {"about": "mask", "camera": other.code}, headers=OURS)
    assert Clip.objects.get().camera == other
