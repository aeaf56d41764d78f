"""What the relay writes of a camera, a check's too. The rows of a dead relay are set right by the next one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from . import lease_actions
from .lease_actions import Claim
from .models import Camera, CameraEvent, RelayRun

ERRORS_LENGTH = 8000
Masks = tuple[tuple[tuple[int, int], ...], ...]  # polygons in per mille of the picture's width and height
State, Why = Camera.State, Camera.Why


NOBODY = Claim("")


@transaction.atomic
def note_state(
    code: str, *, state: str, why: str, since: datetime, at: datetime, epoch: int, by: Claim = NOBODY
) -> bool:
    """Write the state and its event. False, and nothing written, when a newer epoch has written already or another
    relay has the camera's lease."""
    camera = Camera.every.select_for_update().filter(code=code, epoch__lte=epoch).first()
    if camera is None or not by.stands(camera, at):
        return False
    _write_state(camera, state=state, why=why, since=since, at=at, epoch=epoch)
    return True


def _write_state(camera: Camera, *, state: str, why: str, since: datetime, at: datetime, epoch: int) -> None:
    if State.LIVE in (camera.state, state):
        camera.last_live_at = at
    camera.state, camera.why, camera.since, camera.epoch, camera.seen_at = state, why, since, epoch, at
    camera.save(update_fields=["state", "why", "since", "epoch", "seen_at", "last_live_at"])
    if not camera.is_check:  # nothing is remembered of it, and it goes when the check is over
        CameraEvent.objects.create(camera=camera, at=at, state=state, why=why, epoch=epoch)


def note_seen(at: datetime, *, node: str = "", run: int | None = None) -> None:
    """The relay `node` vouches at `at` for the states of its cameras, and for interruptions that are nobody's: one
    UPDATE for all. It lives: `run` says so."""
    last_live = Case(When(state=State.LIVE, then=Value(at)), default=F("last_live_at"))
    is_free = Q(lease__node="") | Q(lease__expires_at__lt=at)
    nobodys = is_free & Q(state__in=[State.STALLED, State.BACKOFF])
    ours = Camera.every.exclude(state=State.OFF).filter(Q(lease=None) | Q(lease__node=node) | nobodys)
    ours.update(seen_at=at, last_live_at=last_live)
    if run is not None:
        RelayRun.objects.filter(pk=run).update(seen_at=at)


@transaction.atomic
def note_poster(code: str, *, at: datetime, by: Claim = NOBODY) -> bool:
    """A good picture taken at `at` lies in POSTERS_ROOT. False when another relay has the camera's lease."""
    return _note(code, at, by, poster_at=at)


@transaction.atomic
def note_errors(code: str, lines: list[str], *, at: datetime | None = None, by: Claim = NOBODY) -> bool:
    """The last words of a child, scrubbed already; the newest are kept. False when another relay has the lease."""
    return _note(code, at or timezone.now(), by, last_errors="\n".join(lines)[-ERRORS_LENGTH:])


def _note(code: str, at: datetime, by: Claim, **fields: object) -> bool:
    camera = Camera.every.select_for_update().filter(code=code).first()
    if camera is None or not by.stands(camera, at):
        return False
    Camera.every.filter(pk=camera.pk).update(**fields)
    return True


def begin_run(node: str, at: datetime) -> int:
    """A relay begins to live; what `note_seen` and `end_run` call it."""
    return RelayRun.objects.create(node=node, started_at=at, seen_at=at).pk


def end_run(run: int, at: datetime) -> None:
    """It ended by itself, its children before it."""
    RelayRun.objects.filter(pk=run, ended_at=None).update(seen_at=at, ended_at=at)


@dataclass(frozen=True)
class Interrupted:
    """A camera that a former relay left interrupted, or that was pushing when it ended."""

    code: str
    why: str
    since: datetime


@transaction.atomic
def set_right(at: datetime, *, node: str = "") -> list[Interrupted]:
    """At the start of the relay `node`: no row may claim what nobody vouches for. What stays interrupted comes back.

    A picture that was live ended when it was last vouched for, not now. Other relays' cameras stay as they are.
    """
    lease_actions.reclaim(node=node, at=at)
    others = Q(lease__expires_at__gte=at) & ~Q(lease__node__in=["", node])
    nobodys = Camera.every.exclude(state=State.OFF).exclude(pk__in=Camera.every.filter(others).values("pk"))
    return [was for camera in nobodys.select_for_update() if (was := _set_right(camera, at))]


@transaction.atomic
def set_right_taken(codes: Collection[str], at: datetime) -> list[Interrupted]:
    """As `set_right`, for cameras that were just taken over from a relay that fell silent."""
    silent = Camera.every.filter(code__in=codes).exclude(state=State.OFF).select_for_update()
    return [was for camera in silent if (was := _set_right(camera, at))]


def _set_right(camera: Camera, at: datetime) -> Interrupted | None:
    was_down = camera.state in (State.STALLED, State.BACKOFF)
    wanted = camera.wanted_until is not None and camera.wanted_until > at
    ended = camera.since if was_down else camera.seen_at
    since = min(ended or at, at)
    if camera.enabled and (camera.is_sent or (wanted and was_down)):
        why = str(Why.NO_PUSH if camera.is_sent else camera.why)
        _write_state(camera, state=State.STALLED, why=why, since=since, at=at, epoch=camera.epoch)
        return Interrupted(camera.code, why, since)
    why = str(Why.NOT_WANTED if camera.enabled else Why.DISABLED)
    _write_state(camera, state=State.OFF, why=why, since=at, at=at, epoch=camera.epoch)
    return None


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
    private: bool = False  # a check's: it stays in the ring, and is judged by nobody


def rows(at: datetime, codes: set[str]) -> list[Row]:
    """The cameras that are wanted at `at`, and those of `codes` however they are."""
    wanted = Q(enabled=True, wanted_until__gt=at)
    return [_row(camera, at) for camera in Camera.every.filter(wanted | Q(code__in=codes))]


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
        private=camera.is_check,
    )
