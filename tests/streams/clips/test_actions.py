"""Evidence is asked for with a reason, lies with the office alone, and ends on its day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from streams.clips import actions as clips
from streams.clips import relay_actions
from streams.models import Camera, Clip, Moment
from streams.relay.recorder import Failed, Kept
from sunkitchen.core.models import AuditEntry, Notice
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders

pytestmark = pytest.mark.django_db


def deeds(clip):
    rows = AuditEntry.objects.filter(subject_kind="streams.clip", subject_id=str(clip.pk)).order_by("pk")
    return [row.verb for row in rows]


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_officer_keeps_the_last_minute(camera, zhao, now):
    clip = clips.keep_last(camera, by=zhao, reason="未戴口罩", at=now)
    assert (clip.state, clip.source) == ("wanted", "officer")
    assert (clip.ends_at - clip.begins_at, clip.ends_at) == (timedelta(seconds=60), now)
    assert clip.expires_on == timezone.localdate(now) + timedelta(days=90)
    assert deeds(clip) == ["clip.asked"]


def test_a_recording_keeps_its_camera_running_until_its_end(camera, zhao, now):
    clip = clips.record_next(camera, by=zhao, reason="巡查", minutes=5, at=now)
    camera.refresh_from_db()
    assert camera.wanted_until > clip.ends_at == now + timedelta(minutes=5)


def test_a_viewer_does_not_shorten_a_recording(camera, zhao, now):
    from streams.cameras import actions as cameras

    clips.record_next(camera, by=zhao, reason="巡查", minutes=5, at=now)
    cameras.want(camera, now + timedelta(seconds=20))
    camera.refresh_from_db()
    assert camera.wanted_until > now + timedelta(minutes=5)


def test_nothing_is_kept_of_a_picture_from_before_its_masks(camera, zhao, wang):
    from streams.cameras import actions as cameras

    cameras.set_masks(camera, by=wang, found=[[[0, 0], [300, 0], [300, 1000]]])
    masked = AuditEntry.objects.get(verb="camera.masked").at
    camera.seen_at = masked + timedelta(seconds=20)
    with pytest.raises(Refused):
        clips.keep_last(camera, by=zhao, reason="巡查", at=masked + timedelta(seconds=2))
    clip = clips.keep_last(camera, by=zhao, reason="巡查", at=masked + timedelta(seconds=20))
    assert clip.begins_at == masked + timedelta(seconds=5)
    assert (
        clips.report(camera, about="mask", said="", at=masked + timedelta(seconds=20)).clip.begins_at == clip.begins_at
    )


@pytest.mark.parametrize("reason", ["", "   ", "话" * 501])
def test_nothing_is_kept_without_a_reason(reason, camera, zhao, now):
    with pytest.raises(Refused):
        clips.keep_last(camera, by=zhao, reason=reason, at=now)
    assert not Clip.objects.exists()


@pytest.mark.parametrize("minutes", [0, -1, 31])
def test_a_recording_takes_between_one_minute_and_thirty(minutes, camera, zhao, now):
    with pytest.raises(Refused):
        clips.record_next(camera, by=zhao, reason="巡查", minutes=minutes, at=now)


def test_there_is_no_last_minute_of_a_camera_that_nobody_watched(camera, zhao, now):
    Camera.objects.update(state="off")
    camera.refresh_from_db()
    with pytest.raises(Refused):
        clips.keep_last(camera, by=zhao, reason="巡查", at=now)
    clips.record_next(camera, by=zhao, reason="巡查", minutes=1, at=now)


def test_the_minute_before_a_cable_was_pulled_is_kept(camera, zhao, now):
    Camera.objects.update(state="stalled")
    camera.refresh_from_db()
    assert clips.keep_last(camera, by=zhao, reason="断线", at=now).state == "wanted"


def test_a_camera_that_is_off_is_not_recorded(camera, zhao, now):
    camera.enabled = False
    with pytest.raises(Refused):
        clips.record_next(camera, by=zhao, reason="巡查", minutes=1, at=now)


def test_outside_its_hours_nothing_is_recorded(camera, zhao, now):
    camera.hours = [None] * 7
    with pytest.raises(Refused):
        clips.record_next(camera, by=zhao, reason="巡查", minutes=1, at=now)


def test_nobody_is_recorded_who_has_withdrawn_consent(camera, zhao, wang, now):
    member = builders.staff_member(camera.establishment, added_by=wang)
    builders.filming_consent(member, withdrawn_at=now)
    assert camera.is_withheld(timezone.localdate())
    with pytest.raises(Refused):
        clips.record_next(camera, by=zhao, reason="巡查", minutes=1, at=now)
    with pytest.raises(Refused):
        clips.keep_last(camera, by=zhao, reason="巡查", at=now)


def test_a_camera_is_recorded_a_few_times_at_once_and_no_more(camera, zhao, now):
    for _ in range(clips.MOST_AT_ONCE):
        clips.record_next(camera, by=zhao, reason="巡查", minutes=1, at=now)
    with pytest.raises(Refused):
        clips.record_next(camera, by=zhao, reason="巡查", minutes=1, at=now)


# ── the relay ───────────────────────────────────────────────────────────────────────────────────────────────
def kept(clip, **fields):
    defaults = {"key": "k" * 32, "sha256": "a" * 64, "size": 4, "seconds": 58.5, "first_ms": 1_800_000_000_123}
    return Kept(clip.code, **{**defaults, **fields})


def test_the_relay_is_asked_for_the_clips_of_its_cameras_alone(camera, zhao, now):
    clip = clips.keep_last(camera, by=zhao, reason="巡查", at=now)
    (job,) = relay_actions.wanted({camera.code, "other"}, now)
    assert (job.clip, job.camera, job.over) == (clip.code, camera.code, False)
    assert job.ends_ms - job.begins_ms == 60_000
    assert relay_actions.wanted({"other"}, now) == []


def test_what_was_recorded_is_written_once(camera, zhao, now, settings):
    clip = clips.keep_last(camera, by=zhao, reason="巡查", at=now)
    assert relay_actions.settle(kept(clip), now)
    clip.refresh_from_db()
    assert (clip.state, clip.seconds, clip.first_at.microsecond) == ("kept", 58.5, 123_000)
    assert not relay_actions.settle(Failed(clip.code, "nothing"), now)


def test_another_relays_copy_of_the_same_clip_is_thrown_away(camera, zhao, now, settings):
    clip = clips.keep_last(camera, by=zhao, reason="巡查", at=now)
    for key in ("a" * 32, "b" * 32):
        (settings.CLIPS_ROOT / f"{key}.mp4").write_bytes(b"film")
    assert relay_actions.settle(kept(clip, key="a" * 32), now)
    assert not relay_actions.settle(kept(clip, key="b" * 32), now)
    assert not relay_actions.settle(kept(clip, key="a" * 32), now)  # told again
    assert [path.stem for path in settings.CLIPS_ROOT.glob("*.mp4")] == ["a" * 32]


def test_a_recording_ends_when_the_camera_is_switched_off(camera, zhao, now):
    clips.record_next(camera, by=zhao, reason="巡查", minutes=5, at=now)
    Camera.objects.update(enabled=False)
    assert relay_actions.wanted({camera.code}, now)[0].over


def test_a_recording_ends_when_somebody_withdraws_consent(camera, zhao, wang, now):
    clips.record_next(camera, by=zhao, reason="巡查", minutes=5, at=now)
    member = builders.staff_member(camera.establishment, added_by=wang)
    builders.filming_consent(member, withdrawn_at=now)
    assert relay_actions.wanted({camera.code}, now)[0].over


def test_a_clip_that_nobody_brings_fails_after_a_while(camera, zhao, now):
    clip = clips.keep_last(camera, by=zhao, reason="巡查", at=now)
    assert clips.settle(now + timedelta(minutes=4)) == 0
    assert clips.settle(now + timedelta(minutes=6)) == 1
    clip.refresh_from_db()
    assert (clip.state, clip.failure) == ("failed", "late")


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_evidence_is_deleted_after_its_day_and_its_digest_stays(camera, settings):
    clip = builders.clip(camera, body=b"film")
    Moment.objects.create(clip=clip, about="mask", said="厨师")
    assert clips.expire(clip.expires_on) == 0
    assert clips.expire(clip.expires_on + timedelta(days=1)) == 1
    digest = clip.sha256
    clip.refresh_from_db()
    assert (clip.state, clip.sha256) == ("deleted", digest)
    assert not clips.path_of(clip).exists() and Moment.objects.get().said == ""
    assert deeds(clip) == ["clip.deleted"]


def test_what_is_held_stays_and_what_is_let_go_has_a_week(camera, zhao, now):
    clip = builders.clip(camera, body=b"film", expires_on=timezone.localdate(now))
    clips.hold(clip, by=zhao, reason="立案 117 号", at=now)
    assert clips.expire(clip.expires_on + timedelta(days=99)) == 0
    assert clips.path_of(clip).exists()
    clips.release(clip, by=zhao, at=now)
    assert clip.expires_on == timezone.localdate(now) + timedelta(days=7) and not clip.hold_reason
    with pytest.raises(WrongState):
        clips.release(clip, by=zhao, at=now)
    assert deeds(clip) == ["clip.held", "clip.released"]


def test_nothing_is_held_twice_or_after_it_is_gone(camera, zhao, now):
    clip = builders.clip(camera, body=b"film")
    clips.hold(clip, by=zhao, reason="立案", at=now)
    with pytest.raises(WrongState):
        clips.hold(clip, by=zhao, reason="立案", at=now)
    gone = builders.clip(camera, state="deleted")
    with pytest.raises(WrongState):
        clips.hold(gone, by=zhao, reason="立案", at=now)


def test_files_that_no_row_names_are_swept_when_they_are_old(camera, settings, now):
    import os

    clip = builders.clip(camera, body=b"film")
    orphan, young = settings.CLIPS_ROOT / "orphan.mp4", settings.CLIPS_ROOT / "young.mp4"
    for path in (orphan, young):
        path.write_bytes(b"film")
    old = now.timestamp() - 7 * 3600
    os.utime(orphan, (old, old))
    os.utime(clips.path_of(clip), (old, old))
    assert clips.sweep(now) == 1
    assert sorted(path.name for path in settings.CLIPS_ROOT.iterdir()) == sorted(["young.mp4", f"{clip.key}.mp4"])


# ── guests ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_guests_report_keeps_the_minute_before_it(camera, now):
    moment = clips.report(camera, about="mask", said=" 右边的厨师 ", at=now)
    clip = moment.clip
    assert (clip.source, clip.asked_by, clip.reason, moment.said) == ("diner", None, "mask", "右边的厨师")
    assert clip.ends_at - clip.begins_at == timedelta(seconds=60)
    assert deeds(clip) == ["clip.reported"]


def test_guests_who_report_within_a_minute_share_a_clip(camera, now):
    camera.seen_at = now + timedelta(seconds=90)
    first = clips.report(camera, about="mask", said="", at=now)
    again = clips.report(camera, about="dirty", said="", at=now + timedelta(seconds=30))
    later = clips.report(camera, about="mask", said="", at=now + timedelta(seconds=90))
    assert first.clip == again.clip != later.clip
    assert Clip.objects.count() == 2 and Moment.objects.count() == 3


def test_without_a_live_picture_there_is_nothing_to_report(camera, now):
    Camera.objects.update(state="stalled")
    camera.refresh_from_db()
    with pytest.raises(Refused):
        clips.report(camera, about="mask", said="", at=now)
    assert not Clip.objects.exists() and not Moment.objects.exists()


@pytest.mark.parametrize(("about", "said"), [("", ""), ("nonsense", ""), ("mask", "话" * 301)])
def test_a_report_says_what_it_is_about(about, said, camera, now):
    with pytest.raises(Refused):
        clips.report(camera, about=about, said=said, at=now)


def test_a_flood_of_reports_makes_no_flood_of_clips(camera, now):
    for _ in range(clips.REPORTED_A_DAY):
        builders.clip(camera, source="diner", asked_at=now - timedelta(hours=2))
    with pytest.raises(Refused):
        clips.report(camera, about="mask", said="", at=now)


def test_the_officers_of_the_place_are_told_once_a_day(camera, now, li, zhao, sun, wang):
    far = builders.officer("外查", builders.authority("外市市场监督管理局", "888801"), "inspector")
    clips.report(camera, about="mask", said="右边的厨师", at=now)
    camera.seen_at = now + timedelta(minutes=2)
    clips.report(camera, about="mask", said="", at=now + timedelta(minutes=2))
    letters = Notice.objects.filter(kind="clip.reported", channel="desk")
    assert {letter.recipient for letter in letters} == {li, zhao} and len(letters) == 2
    assert not Notice.objects.filter(recipient__in=[far, sun, wang]).exists()
    assert "厨师" not in letters[0].body and letters[0].link.endswith(
        f"/office/clips/?kitchen={camera.establishment.code}"
    )


def test_an_officer_with_a_kitchen_of_their_own_is_not_told_of_it(camera, now, zhao):
    builders.manager(camera.establishment, zhao)
    clips.report(camera, about="mask", said="", at=now)
    assert not Notice.objects.filter(recipient=zhao).exists()
