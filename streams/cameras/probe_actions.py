"""Which cameras are to be looked at while nobody watches, and what was seen."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from . import days
from .lease_actions import Claim
from .models import Camera, Probe

# A camera that gave no picture is looked at again before its turn, so that two failures are not an hour apart. A wrong
# password waits its turn: vendors lock accounts.
RETRY = timedelta(seconds=330)
PATIENT = ("", "still", "dark", "covered", "moved", "unauthorized", "refused_address")
SPREAD = 0.15  # of the time between two looks: each camera keeps a share of its own


def due(at: datetime, seconds: float) -> list[str]:
    """Codes of those whose turn has come, the longest unseen first. Only those that diners may see, in their hours."""
    newest = Probe.objects.filter(camera=OuterRef("pk")).order_by("-at", "-pk")
    rows = (
        Camera.objects.public(timezone.localdate(at))
        .filter(source=Camera.Source.RTSP, state=Camera.State.OFF)
        .filter(Q(wanted_until=None) | Q(wanted_until__lte=at))
        .select_related("establishment")
        .annotate(probed_at=Subquery(newest.values("at")[:1]), probed_why=Subquery(newest.values("why")[:1]))
    )
    found = []
    for camera in rows:
        probed, seen = camera.probed_at, camera.last_live_at  # type: ignore[attr-defined]  # annotated
        last = max((moment for moment in (probed, seen) if moment), default=None)
        wait = timedelta(seconds=seconds * (1 - SPREAD * _share(camera.code)))
        if last == probed and (camera.probed_why or "") not in PATIENT:  # type: ignore[attr-defined]
            wait = min(wait, RETRY)
        if (last is None or last + wait <= at) and days.is_declared(camera, at):
            found.append((last.timestamp() if last else 0.0, camera.code))
    return [code for _last, code in sorted(found)]


def _share(code: str) -> float:
    """From 0 to 1, always the same of one camera."""
    return hashlib.sha256(code.encode()).digest()[0] / 255


@transaction.atomic
def note(code: str, *, at: datetime, why: str, by: Claim) -> bool:
    """What a look found, "" for a fine picture. False when another relay has the camera's lease."""
    camera = Camera.objects.select_for_update().filter(code=code).first()
    if camera is None or not by.stands(camera, at):
        return False
    Probe.objects.create(camera=camera, at=at, why=why)
    return True
