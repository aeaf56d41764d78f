"""For a camera's desk page: what it is meant to see, what it sees, and how much of its hours it was truly seen."""

from typing import Any

from django.utils import timezone

from streams.incidents.models import Incident
from sunkitchen.core.access import Can, can

from . import days, reference, strip
from .models import Camera, CameraDay, Reference


def may_confirm(user: Any, camera: Camera) -> bool:
    """Whoever sets the camera up, and an officer who inspects its kitchen."""
    return can(user, Can.SET_UP_CAMERA, camera) or can(user, Can.INSPECT, camera)


def about(user: Any, camera: Camera) -> dict[str, Any]:
    """What templates/streams/_reference.html needs."""
    now = timezone.now()
    row = Reference.objects.filter(camera=camera).defer("gray", "picture").select_related("confirmed_by").first()
    rows = CameraDay.objects.filter(camera=camera, day__gte=strip.first_day(now))
    return {
        "reference": row,
        "is_outdated": reference.is_outdated(camera, row),
        "newest": reference.newest(camera),
        "may_confirm": may_confirm(user, camera),
        "incidents": Incident.objects.open().filter(camera=camera).count(),
        "strip": strip.of(rows, [camera], camera, now),
        "months": [
            (month, strip.percent(month.rate.permille), strip.span(month.rate.unknown), strip.span(month.rate.excluded))
            for month in days.months(camera)[:12]
        ],
    }
