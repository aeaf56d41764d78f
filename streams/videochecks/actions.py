"""Every write to a video check: asked for by a clerk, shown by the kitchen, kept as stills, decided, over."""

from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from streams.cameras.models import Camera
from sunkitchen.core import access, audit, files, locks, tickets
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, WrongState, move
from sunkitchen.registry.credentials.beside import picture_of
from sunkitchen.registry.models import Credential, Establishment, Membership

from . import letters, picture
from .models import Still, VideoCheck

State = VideoCheck.State
OPEN = (State.ASKED, State.UNDER_WAY)
BEGIN = Step("begin", OPEN, State.UNDER_WAY)
DECIDE = Step("decide", {State.UNDER_WAY}, State.DONE)
CALL_OFF = Step("call_off", OPEN, State.CALLED_OFF)
EXPIRE = Step("expire", OPEN, State.EXPIRED)

MOST_STILLS = 20  # of one check
MOST_WORDS = 300
REMOVED_AFTER = timedelta(minutes=10)  # a check's camera stays that long, switched off: the relay lets go of it first
SHOWABLE = (Credential.State.SUBMITTED, Credential.State.IN_FORCE)


# ── the clerk ───────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def ask(
    establishment: Establishment,
    *,
    by: Any,
    about: str,
    please: str = "",
    credential: Credential | None = None,
    at: datetime,
) -> VideoCheck:
    """Ask the kitchen to show a paper's original, or its premises, within VIDEO_CHECK_DAYS; its people are told.

    Refused to whoever acts for the kitchen, and where the same is asked for already.
    """
    access.require(by, Can.REVIEW_PAPERS, establishment)
    please = please.strip()
    if about not in VideoCheck.About.values:
        raise Refused(_("Say what is to be shown: the paper's original, or the premises."))
    if len(please) > MOST_WORDS or "\0" in please:
        raise Refused(_("Say it in at most %(most)s characters.") % {"most": MOST_WORDS})
    if about == VideoCheck.About.ORIGINAL and credential is None:
        raise Refused(_("An original is that of a paper."))
    if credential is not None:
        if credential.establishment_id != establishment.pk:
            raise Refused(_("This paper is another kitchen's."))
        access.require(by, picture_of(credential), credential)
        if credential.state not in SHOWABLE:
            raise Refused(_("Only a paper that waits for review or is in force is shown."))
    _not_own(establishment, by, credential)
    held = Membership.objects.filter(establishment=establishment, ended_at=None)
    if not held.exists():
        raise Refused(_("Nobody acts for this kitchen here yet, so nobody would be told."))
    locks.hold(f"video checks of {establishment.pk}")
    waiting = VideoCheck.objects.filter(establishment=establishment, state__in=OPEN)
    if waiting.filter(credential=credential).exists():
        raise Refused(_("This is asked for already, and not shown yet."))
    try:
        with transaction.atomic():
            check: VideoCheck = VideoCheck.objects.create(
                establishment=establishment,
                credential=credential,
                about=about,
                please=please,
                asked_by=by,
                asked_at=at,
                expires_at=at + timedelta(days=settings.VIDEO_CHECK_DAYS),
            )
    except IntegrityError:
        raise Refused(_("This is asked for already, and not shown yet.")) from None
    audit.record(by, "videocheck.asked", check, kitchen=establishment.code, paper=credential.pk if credential else None)
    letters.asked(check)
    return check


def keep_still(check: VideoCheck, *, by: Any, note: str = "", at: datetime) -> Still:
    """Keep the picture that the phone shows at this moment. Refused without one.

    Takes up to seconds: not inside a transaction.
    """
    _guard(check, by)
    note = _noted(note, 200)
    if check.state != State.UNDER_WAY or check.camera is None:
        raise WrongState("keep_still", check.state)
    return kept(check, async_to_sync(picture.now)(check.camera.code), by=by, note=note, at=at)


def kept(check: VideoCheck, jpeg: bytes, *, by: Any, note: str = "", at: datetime) -> Still:
    """A still of these bytes, made safe as every picture; the check is under way still."""
    upload: Any = SimpleUploadedFile(f"video-check-{at:%Y%m%d-%H%M%S}.jpg", jpeg, "image/jpeg")
    with files.admitting([upload], kinds=files.IMAGES) as (page,), transaction.atomic():
        held = VideoCheck.objects.select_for_update().filter(pk=check.pk, state=State.UNDER_WAY)
        if not held.exists():
            raise WrongState("keep_still")
        if check.stills.count() >= MOST_STILLS:
            raise Refused(_("At most %(most)s pictures are kept of one check.") % {"most": MOST_STILLS})
        stored = files.keep(page, by=by, owner_scope=f"video checks:{check.establishment_id}")
        still = Still.objects.create(check_of=check, file=stored, taken_by=by, taken_at=at, note=note)
        audit.record(by, "videocheck.kept", check, still=still.pk, sha256=stored.sha256)
    return still


@transaction.atomic
def decide(check: VideoCheck, *, by: Any, outcome: str, note: str = "", at: datetime) -> None:
    """What was seen. The kitchen is told; whoever looks at the paper reads it there."""
    _guard(check, by)
    note = _noted(note, 500)
    if outcome not in VideoCheck.Outcome.values:
        raise Refused(_("Please choose what you saw."))
    if outcome != VideoCheck.Outcome.AGREES and not note:
        raise Refused(_("Write what differs, or what could not be seen: the kitchen reads it."))
    if outcome != VideoCheck.Outcome.UNCLEAR and not check.stills.exists():
        raise Refused(_("Keep at least one picture first: it is the evidence."))
    move(check, DECIDE, outcome=outcome, note=note, ended_at=at)
    _release(check)
    audit.record(by, "videocheck.decided", check, outcome=outcome, stills=check.stills.count())
    letters.decided(check)


@transaction.atomic
def call_off(check: VideoCheck, *, by: Any, note: str = "", at: datetime) -> None:
    """It is not needed any more: the phone stops, its link opens nothing."""
    _guard(check, by)
    move(check, CALL_OFF, note=_noted(note, 500), ended_at=at)
    _release(check)
    audit.record(by, "videocheck.called_off", check)
    letters.called_off(check)


def end_with_operator(check: VideoCheck, at: datetime) -> None:
    """The kitchen went to another operator: what was asked of the former is asked no more."""
    move(check, CALL_OFF, ended_at=at)
    _release(check)
    audit.record(None, "videocheck.called_off", check)


# ── the kitchen ─────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def show(check: VideoCheck, *, by: Any, at: datetime) -> str:
    """The token of a link that lets one phone film for this check alone; the clerk is told. Opens for ten minutes."""
    if check.expires_at <= at:
        raise Refused(_("The time for this is over. Please ask the authority to ask again."))
    is_first = check.state == State.ASKED
    move(check, BEGIN, **({"begun_at": at} if check.begun_at is None else {}))
    camera = check.camera
    if camera is None:
        camera = Camera.every.create(
            establishment=check.establishment, purpose=Camera.Purpose.CHECK, source=Camera.Source.PHONE, zone=""
        )
        VideoCheck.objects.filter(pk=check.pk).update(camera=camera)
        check.refresh_from_db()
    audit.record(by, "videocheck.shown", check)
    letters.begins(check, at, is_first=is_first)
    return tickets.film_link(camera.code, camera.serial, at.timestamp())


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────
def sweep(at: datetime) -> int:
    """End what nobody showed in time, take away the cameras of what is over, and stills whose paper is gone. How many
    ended."""
    ended = 0
    for check in VideoCheck.objects.filter(state__in=OPEN, expires_at__lte=at).select_related("establishment"):
        with transaction.atomic():
            try:
                move(check, EXPIRE, ended_at=at)
            except WrongState:
                continue  # decided at the last moment
            _release(check)
            audit.record(None, "videocheck.expired", check)
            letters.expired(check)
            ended += 1
    over = VideoCheck.objects.exclude(state__in=OPEN).filter(ended_at__lte=at - REMOVED_AFTER)
    for pk in over.exclude(camera=None).values_list("camera", flat=True):
        Camera.every.filter(pk=pk, purpose=Camera.Purpose.CHECK).delete()
    _forget_stills(at)
    return ended


def _forget_stills(at: datetime) -> None:
    """Stills stay as long as their paper's pictures; those of premises as long as other evidence."""
    gone = Still.objects.filter(check_of__credential__source=Credential.Source.UPLOAD).exclude(
        check_of__credential__pages__isnull=False
    )
    old = Still.objects.filter(check_of__credential=None, taken_at__lt=at - timedelta(days=settings.CLIP_DAYS))
    for still in [*gone.select_related("file", "check_of"), *old.select_related("file", "check_of")]:
        with transaction.atomic():
            still.delete()
            files.remove(still.file)
            audit.record(None, "videocheck.forgotten", still.check_of, sha256=still.file.sha256)


def _release(check: VideoCheck) -> None:
    """Its camera ends: every link, session and ticket of it, those in use included."""
    if check.camera_id is None:
        return
    Camera.every.filter(pk=check.camera_id).update(enabled=False, serial=F("serial") + 1, wanted_until=None)


def _guard(check: VideoCheck, by: Any) -> None:
    access.require(by, Can.REVIEW_PAPERS, check)
    _not_own(check.establishment, by, check.credential)


def _not_own(establishment: Establishment, by: Any, credential: Credential | None) -> None:
    handed_in = (credential.created_by_id, credential.submitted_by_id) if credential else ()
    if establishment.pk in access.own(by) or by.pk in handed_in:
        raise Refused(_("Nobody checks what is their own. Please ask a colleague."))


def _noted(note: str, most: int) -> str:
    note = note.strip()
    if len(note) > most or "\0" in note:
        raise Refused(_("Say it in at most %(most)s characters.") % {"most": most})
    return note
