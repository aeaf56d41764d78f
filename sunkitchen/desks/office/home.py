"""What an office needs to know this morning: queues with their oldest, what runs, what just happened."""

from dataclasses import dataclass
from datetime import datetime

from ratings.editions.models import Edition, Objection
from streams.cameras.models import Camera, CameraEvent, Status
from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can
from sunkitchen.registry.models import Credential, Establishment

from ..cameras import SILENT, words


@dataclass(frozen=True)
class Morning:
    """Everything is within the officer's reach; `oldest` and times are aware."""

    papers: int
    oldest: datetime | None
    drafts: list[Edition]
    objections: int
    live: int
    cameras: int
    silent: list[tuple[Camera, Status, str]]  # the state in words too
    events: list[tuple[CameraEvent, str]]
    kitchens: int


def morning(user: User, at: datetime) -> Morning:
    reach = Establishment.objects.within(user, Can.SEE_OFFICE)
    waiting = Credential.objects.waiting().filter(establishment__in=reach)
    cameras = Camera.objects.filter(establishment__in=reach, enabled=True).select_related("establishment")
    now = [(camera, camera.status(at)) for camera in cameras]
    editions = Edition.objects.within(user, Can.SEE_OFFICE).filter(state=Edition.State.DRAFT)
    oldest = waiting.first()
    return Morning(
        papers=waiting.count(),
        oldest=oldest.submitted_at if oldest else None,
        drafts=list(editions.select_related("authority").order_by("drafted_at")),
        objections=Objection.objects.filter(listing__establishment__in=reach, state=Objection.State.OPEN).count(),
        live=sum(status.is_live for camera, status in now),
        cameras=len(now),
        silent=[(camera, status, words(status)) for camera, status in now if status.state in SILENT],
        events=[
            (event, words(event))
            for event in CameraEvent.objects.filter(camera__establishment__in=reach)
            .select_related("camera__establishment")
            .order_by("-pk")[:8]
        ],
        kitchens=reach.filter(state=Establishment.State.OPEN).count(),
    )
