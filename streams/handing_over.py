"""What ends in this layer when a kitchen goes to a new operator: its cameras' pictures, links and video checks."""

from datetime import datetime
from typing import Any

from django.db.models import F

from streams.cameras.models import Camera
from streams.videochecks import actions as checks
from streams.videochecks.models import VideoCheck
from sunkitchen.core import audit
from sunkitchen.registry.models import HandOver


def follow(handover: HandOver, by: Any, at: datetime) -> None:
    """Its cameras stay and are off until the new owner switches them on; whoever watched or filmed does no longer.

    Inside the transaction that hands it over.
    """
    for camera in Camera.objects.filter(establishment=handover.establishment_id):
        # A key that the former operator's box knows opens nothing either.
        Camera.objects.filter(pk=camera.pk).update(
            enabled=False, serial=F("serial") + 1, push_key_hash="", wanted_until=None
        )
        audit.record(by, "camera.changed_hands", camera)
    for check in VideoCheck.objects.filter(establishment=handover.establishment_id, state__in=checks.OPEN):
        checks.end_with_operator(check, at)
