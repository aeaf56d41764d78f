"""Every write to evidence that people make, and its end. What the relay writes of it: relay_actions."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from streams.cameras import actions as cameras
from streams.cameras.models import Camera
from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit, locks, notices
from sunkitchen.core.access import Can
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Establishment

from . import words
from .models import Clip, Moment

LAST = timedelta(seconds=60)
MOST_MINUTES = 30
MOST_AT_ONCE = 4  # recordings of one camera
REPORTED_A_DAY = 24  # clips that guests' reports make of one camera
MASKED = timedelta(seconds=5)  # after its masks changed a camera's picture is the new one
SHARED = timedelta(seconds=60)  # reports within that time share a clip
LATE = timedelta(minutes=5)  # after its end nobody brings a clip any more
AFTER_RELEASE = timedelta(days=7)  # nothing is deleted the day that somebody lets it go
SEEN_AGAIN = timedelta(minutes=10)  # a player asks for one clip many times
ORPHAN_AGE = timedelta(hours=6)


# ── officers ────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def keep_last(camera: Camera, *, by: Any, reason: str, at: datetime) -> Clip:
    """The last 60 seconds before `at`."""
    _check(camera, at)
    if camera.status(at).state in (Camera.State.OFF, Camera.State.STARTING):
        raise Refused(
            _("There is no picture of the last minute: nobody was watching. Record the next minutes instead.")
        )
    return _ask(camera, by=by, reason=reason, at=at, begins_at=_masked_since(camera, at - LAST, at), ends_at=at)


@transaction.atomic
def record_next(camera: Camera, *, by: Any, reason: str, minutes: int, at: datetime) -> Clip:
    """From `at` on; the camera is kept running until the end."""
    _check(camera, at)
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refused(_("Record between 1 and 30 minutes."))
    ends_at = at + timedelta(minutes=minutes)
    return _ask(camera, by=by, reason=reason, at=at, begins_at=_masked_since(camera, at, ends_at), ends_at=ends_at)


@transaction.atomic
def hold(clip: Clip, *, by: Any, reason: str, at: datetime) -> None:
    """It is not deleted until somebody lets it go."""
    kept = Clip.objects.filter(pk=clip.pk, state=Clip.State.KEPT, held_at=None)
    if not kept.update(held_at=at, held_by=by, hold_reason=_reason(reason)):
        raise WrongState("hold")
    clip.refresh_from_db()
    audit.record(by, "clip.held", clip, reason=clip.hold_reason)


@transaction.atomic
def release(clip: Clip, *, by: Any, at: datetime) -> None:
    """It expires as every other, a week from now at the earliest."""
    held = Clip.objects.filter(pk=clip.pk, state=Clip.State.KEPT).exclude(held_at=None)
    last = max(clip.expires_on, timezone.localdate(at) + AFTER_RELEASE)
    if not held.update(held_at=None, held_by=None, hold_reason="", expires_on=last):
        raise WrongState("release")
    clip.refresh_from_db()
    audit.record(by, "clip.released", clip, expires_on=last.isoformat())


@transaction.atomic
def note_seen(clip: Clip, *, by: Any, at: datetime, whole: bool) -> None:
    """Somebody watches it, or takes the `whole` file away: written down, once for all that a player asks for."""
    verb = "clip.downloaded" if whole else "clip.watched"
    since = AuditEntry.objects.filter(
        verb=verb, actor=by, subject_kind=clip._meta.label_lower, subject_id=str(clip.pk), at__gt=at - SEEN_AGAIN
    )
    if not since.exists():
        audit.record(by, verb, clip)


def _check(camera: Camera, at: datetime) -> None:
    if camera.establishment.state == Establishment.State.CLOSED:
        raise Refused(_("This kitchen is closed."))
    if not camera.enabled:
        raise Refused(_("The camera is switched off."))
    if camera.is_withheld(timezone.localdate(at)):
        raise Refused(_("The picture is off because somebody on the staff has withdrawn consent. Nothing is recorded."))
    if not camera.shows_at(at):
        raise Refused(_("It is outside the hours in which this camera is shown. Nothing is recorded."))
    if Clip.objects.filter(camera=camera, state=Clip.State.WANTED).count() >= MOST_AT_ONCE:
        raise Refused(_("This camera is being recorded already. Please wait for those recordings to end."))


def _masked_since(camera: Camera, begins_at: datetime, ends_at: datetime) -> datetime:
    """The begin, or later: nothing is kept of a picture in which what is masked now could still be seen."""
    masked = audit.trail(camera).filter(verb="camera.masked").last()
    begins_at = max(begins_at, masked.at + MASKED) if masked else begins_at
    if begins_at >= ends_at:
        raise Refused(_("The masks were changed just now. Please try again in a few seconds."))
    return begins_at


def _ask(camera: Camera, *, by: Any, reason: str, at: datetime, begins_at: datetime, ends_at: datetime) -> Clip:
    clip = Clip.objects.create(
        camera=camera,
        source=Clip.Source.OFFICER,
        asked_by=by,
        asked_at=at,
        reason=_reason(reason),
        begins_at=begins_at,
        ends_at=ends_at,
        expires_on=_expiry(at),
    )
    cameras.want_until(camera, ends_at + cameras.WANT_AGAIN)
    audit.record(by, "clip.asked", clip, reason=clip.reason, seconds=round((ends_at - begins_at).total_seconds()))
    return clip


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what it is kept for."))
    if len(reason) > 500:
        raise Refused(_("Say it in at most 500 characters."))
    return reason


def _expiry(at: datetime) -> date:
    return timezone.localdate(at) + timedelta(days=settings.CLIP_DAYS)


# ── guests ──────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def report(camera: Camera, *, about: str, said: str, at: datetime) -> Moment:
    """A guest saw something: the last 60 seconds are kept for the authority. Nothing of the guest is."""
    if about not in words.ABOUT:
        raise Refused(_("Please choose what you saw."))
    said = said.strip()
    if len(said) > 300:
        raise Refused(_("Say it in at most 300 characters."))
    if not camera.status(at).is_live:
        raise Refused(_("There is no live picture at this moment, so there is none to keep."))
    locks.hold(f"moments of camera {camera.pk}")
    reported = Clip.objects.filter(camera=camera, source=Clip.Source.DINER)
    clip = reported.filter(asked_at__gt=at - SHARED).exclude(state=Clip.State.FAILED).order_by("-asked_at").first()
    if clip is None:
        if reported.filter(asked_at__gt=at - timedelta(days=1)).count() >= REPORTED_A_DAY:
            raise Refused(_("This picture was reported many times today. The authority has it already. Thank you."))
        clip = Clip.objects.create(
            camera=camera,
            source=Clip.Source.DINER,
            asked_at=at,
            reason=about,
            begins_at=_masked_since(camera, at - LAST, at),
            ends_at=at,
            expires_on=_expiry(at),
        )
        cameras.want_until(camera, at + cameras.WANT_AGAIN)
        audit.record(None, "clip.reported", clip, about=about)
        _tell_officers(clip, at)
    return Moment.objects.create(clip=clip, at=at, about=about, said=said)


def _tell_officers(clip: Clip, at: datetime) -> None:
    """Whoever keeps evidence there, once a day for each kitchen."""
    place = clip.camera.establishment
    roles = [role for role, able in access.CAPABILITIES.items() if Can.KEEP_CLIPS in able]
    prefixes = [place.division[:length] for length in range(len(place.division) + 1)]
    officers = User.objects.filter(
        posts__ended_at=None, posts__role__in=roles, posts__authority__division__in=prefixes, is_active=True
    )
    for officer in officers.exclude(memberships__establishment=place).distinct():
        with translation.override(officer.language or settings.LANGUAGE_CODE):
            notices.tell(
                officer,
                "clip.reported",
                gettext("Guests report what they see: %(kitchen)s") % {"kitchen": place.signboard},
                gettext("A guest reported what a camera showed. The minute before it is kept for the authority alone."),
                dedupe=f"clip.reported:{place.pk}:{timezone.localdate(at)}",
                link=f"{reverse('office_clips')}?kitchen={place.code}",
                about=clip,
            )


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────
def path_of(clip: Clip) -> Path:
    path: Path = settings.CLIPS_ROOT / f"{clip.key}.mp4"
    return path


@transaction.atomic
def settle(at: datetime) -> int:
    """Clips that nobody brings any more; how many."""
    late = Clip.objects.filter(state=Clip.State.WANTED, ends_at__lt=at - LATE)
    return int(late.update(state=Clip.State.FAILED, failure="late"))


def expire(today: date) -> int:
    """Delete what is past its day and held by nobody: the file and what guests wrote; its digest stays. How many."""
    over = Clip.objects.filter(expires_on__lt=today, held_at=None).exclude(state=Clip.State.WANTED)
    Moment.objects.filter(clip__in=over).exclude(said="").update(said="")
    gone = 0
    for clip in over.filter(state=Clip.State.KEPT):
        with transaction.atomic():
            if not over.filter(pk=clip.pk, state=Clip.State.KEPT).update(state=Clip.State.DELETED):
                continue  # held at the last moment, or another worker has it
            audit.record(None, "clip.deleted", clip, sha256=clip.sha256)
        path_of(clip).unlink(missing_ok=True)
        gone += 1
    return gone


def sweep(at: datetime) -> int:
    """Remove files that no kept clip names, older than any recording: what a crash left. How many."""
    removed = 0
    for path in settings.CLIPS_ROOT.glob("*.mp4"):
        young = at.timestamp() - path.stat().st_mtime < ORPHAN_AGE.total_seconds()
        if not young and not Clip.objects.filter(key=path.stem, state=Clip.State.KEPT).exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
