"""What the relay writes of a camera. The rows of a dead relay are set right by the next one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from .models import Camera, CameraEvent

ERRORS_LENGTH = 8000
Masks = tuple[tuple[tuple[int, int], ...], ...]  # polygons in per mille of the picture's width and height
State, Why = Camera.State, Camera.Why


@transaction.atomic
def note_state(code: str, *, state: str, why: str, since: datetime, at: datetime, epoch: int) -> bool:
    """Write the state and its event. False, and nothing written, when a newer epoch has written already."""
    camera = Camera.objects.select_for_update().filter(code=code, epoch__lte=epoch).first()
    if camera is None:
        return False
    if State.LIVE in (camera.state, state):
        camera.last_live_at = at
    camera.state, camera.why, camera.since, camera.epoch, camera.seen_at = state, why, since, epoch, at
    camera.save(update_fields=["state", "why", "since", "epoch", "seen_at", "last_live_at"])
    CameraEvent.objects.create(camera=camera, at=at, state=state, why=why, epoch=epoch)
    return True


def note_seen(at: datetime) -> None:
    """The relay vouches for every state at `at`: one UPDATE for all cameras."""
    last_live = Case(When(state=State.LIVE, then=Value(at)), default=F("last_live_at"))
    Camera.objects.exclude(state=State.OFF).update(seen_at=at, last_live_at=last_live)


def note_poster(code: str, *, at: datetime) -> None:
    """A good picture taken at `at` lies in POSTERS_ROOT."""
    Camera.objects.filter(code=code).update(poster_at=at)


def note_errors(code: str, lines: list[str]) -> None:
    """The last words of a child, scrubbed already; the newest are kept."""
    Camera.objects.filter(code=code).update(last_errors="\n".join(lines)[-ERRORS_LENGTH:])


@dataclass(frozen=True)
class Interrupted:
    """A camera that a former relay left interrupted, or that was pushing when it ended."""

    code: str
    why: str
    since: datetime


@transaction.atomic
def set_right(at: datetime) -> list[Interrupted]:
    """At the start of a relay: no row may claim what nobody vouches for. What stays interrupted comes back.

    A picture that was live ended when it was last vouched for, not now.
    """
    interrupted = []
    for camera in Camera.objects.select_for_update().exclude(state=State.OFF):
        was_down = camera.state in (State.STALLED, State.BACKOFF)
        wanted = camera.wanted_until is not None and camera.wanted_until > at
        ended = camera.since if was_down else camera.seen_at
        since = min(ended or at, at)
        if camera.enabled and (camera.is_sent or (wanted and was_down)):
            why = Why.NO_PUSH if camera.is_sent else camera.why
            interrupted.append(Interrupted(camera.code, why, since))
            state = State.STALLED
        else:
            state, since = State.OFF, at
            why = Why.NOT_WANTED if camera.enabled else Why.DISABLED
        note_state(camera.code, state=state, why=why, since=since, at=at, epoch=camera.epoch)
    return interrupted


@dataclass(frozen=True)
class Row:
    """What the relay needs to know of a camera."""

    code: str
    push: bool
    off: str  # "", or why nobody may see it now: disabled, schedule
    wanted: bool
    epoch: int
    sealed_url: str
    sealed_sub_url: str
    start_seconds: int | None
    masks: Masks


def rows(at: datetime, codes: set[str]) -> list[Row]:
    """The cameras that are wanted at `at`, and those of `codes` however they are."""
    wanted = Q(enabled=True, wanted_until__gt=at)
    return [_row(camera, at) for camera in Camera.objects.filter(wanted | Q(code__in=codes))]


def _row(camera: Camera, at: datetime) -> Row:
    off = "" if camera.shows_at(at) else str(Why.SCHEDULE)
    return Row(
        code=camera.code,
        push=camera.is_sent,
        off=off if camera.enabled else str(Why.DISABLED),
        wanted=camera.wanted_until is not None and camera.wanted_until > at,
        epoch=camera.epoch,
        sealed_url=camera.sealed_url,
        sealed_sub_url=camera.sealed_sub_url,
        start_seconds=camera.start_seconds,
        masks=tuple(tuple((x, y) for x, y in polygon) for polygon in camera.masks),
    )
