"""Incidents begin and end by what rows say; people say what happened."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streams.cameras import days, reference
from streams.cameras.models import VOUCHED, Camera, CameraEvent, Probe
from sunkitchen.core import audit, notices
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Membership

from .judge import Judgement, Known, Probed, judge
from .models import Incident

LONGEST = 500  # characters of an answer
PROBES = 2  # the newest ones that are read

SUBJECTS = {
    Incident.Kind.INTERRUPTED: gettext_lazy("%(zone)s: no picture since %(time)s"),
    Incident.Kind.STILL: gettext_lazy("%(zone)s: the picture has not moved since %(time)s"),
    Incident.Kind.DARK: gettext_lazy("%(zone)s: the picture has been dark since %(time)s"),
    Incident.Kind.COVERED: gettext_lazy("%(zone)s: perhaps covered since %(time)s"),
    Incident.Kind.MOVED: gettext_lazy("%(zone)s: the camera perhaps moved since %(time)s"),
}
BODY = gettext_lazy(
    "%(kitchen)s. A machine's hint, nobody has decided anything. Please look at the camera, or write what happened."
)


def sweep(at: datetime) -> tuple[int, int]:
    """Open what has lasted, close what is over; how many of each. Called every minute."""
    opened = closed = 0
    still_open = Exists(Incident.objects.open().filter(camera=OuterRef("pk")))
    event = CameraEvent.objects.filter(camera=OuterRef("pk")).order_by("-at", "-pk")
    lately = at - timedelta(seconds=2 * settings.CAMERA_PROBE_SECONDS)
    probed = Exists(Probe.objects.filter(camera=OuterRef("pk"), at__gte=lately))
    rows = (
        Camera.objects.filter(~Q(state=Camera.State.OFF) | still_open | probed, enabled=True)
        .filter(establishment__state="open")
        .select_related("establishment")
        .annotate(began_at=Subquery(event.values("at")[:1]))
    )
    cameras = list(rows.order_by("pk"))
    probes = _probes(cameras, lately)
    for camera in cameras:
        told = judge(_known(camera, probes[camera.pk], at), at)
        closed += _close(camera, told, at)
        opened += sum(_open(camera, kind, since, why, at) for kind, (since, why) in told.begun.items())
    gone = Incident.objects.open().filter(camera__establishment__state="closed")
    return opened, closed + gone.update(closed_at=at)


def _probes(cameras: Sequence[Camera], since: datetime) -> dict[int, list[Probed]]:
    found: dict[int, list[Probed]] = defaultdict(list)
    rows = Probe.objects.filter(camera__in=cameras, at__gte=since).order_by("-at", "-pk")
    for pk, at, why in rows.values_list("camera", "at", "why"):
        if len(found[pk]) < PROBES:
            found[pk].append(Probed(at, why))
    return found


def _known(camera: Camera, probes: list[Probed], at: datetime) -> Known:
    return Known(
        state=camera.state,
        why=camera.why,
        since=camera.since,
        began=camera.began_at,  # type: ignore[attr-defined]  # annotated
        vouched=camera.seen_at is not None and at - camera.seen_at <= VOUCHED,
        in_hours=days.is_declared(camera, at),
        probes=tuple(probes),
    )


def _close(camera: Camera, told: Judgement, at: datetime) -> int:
    return Incident.objects.open().filter(camera=camera, kind__in=told.over).update(closed_at=at) if told.over else 0


@transaction.atomic
def _open(camera: Camera, kind: str, since: datetime, why: str, at: datetime) -> bool:
    """One open incident a camera and kind: whoever comes second finds it there."""
    incident, is_new = Incident.objects.get_or_create(
        camera=camera,
        kind=kind,
        closed_at=None,
        defaults={"why": why, "opened_at": since, "picture": _picture(camera)},
    )
    if is_new:
        _tell(incident, at)
    return is_new


def _picture(camera: Camera) -> bytes:
    shown = reference.newest(camera)
    try:
        return reference.small(shown.jpeg) if shown else b""
    except (OSError, ValueError):
        return b""


def _tell(incident: Incident, at: datetime) -> None:
    """Once a day of one camera and one kind, however often it comes and goes."""
    place, local, today = incident.camera.establishment, timezone.localtime(incident.opened_at), timezone.localdate(at)
    time = f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"
    for member in Membership.objects.filter(establishment=place, ended_at=None).select_related("user"):
        notices.tell(
            member.user,
            "incident.opened",
            _Filled(SUBJECTS[Incident.Kind(incident.kind)], incident, time),
            _Filled(BODY, incident, time),
            dedupe=f"incident:{incident.camera_id}:{incident.kind}:{today}",
            link=reverse("incidents", args=[place.code]),
            about=incident,
        )


class _Filled:
    """Words that are put together in the reader's language, the zone's name among them."""

    def __init__(self, text: Any, incident: Incident, time: str) -> None:
        self._text, self._incident, self._time = text, incident, time

    def __str__(self) -> str:
        camera = self._incident.camera
        return str(self._text) % {
            "zone": camera.get_zone_display(),
            "time": self._time,
            "kitchen": camera.establishment.signboard,
        }


@transaction.atomic
def answer(incident: Incident, *, by: Any, text: str, at: datetime) -> None:
    """What the kitchen says about it: once, while it is open or afterwards."""
    text = text.strip()
    if not text:
        raise Refused(_("Say what happened."))
    if len(text) > LONGEST:
        raise Refused(_("Say it in at most 500 characters."))
    unanswered = Incident.objects.filter(pk=incident.pk, answered_at=None)
    if unanswered.update(answer=text, answered_by=by, answered_at=at) != 1:
        raise WrongState("answer")
    incident.refresh_from_db()
    audit.record(by, "incident.answered", incident, kind=incident.kind, answer=text)
