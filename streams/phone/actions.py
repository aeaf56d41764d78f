"""A phone becomes a kitchen's camera: who makes its link, and what the link is worth. Nothing of it is stored."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from streams.cameras.models import Camera
from sunkitchen.core import audit, tickets
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Establishment


@transaction.atomic
def invite_phone(camera: Camera, *, by: Any, at: datetime) -> str:
    """The token of a link that lets one phone film: it opens for ten minutes, and ends with the camera's serial."""
    if camera.source != Camera.Source.PHONE:
        raise Refused(_("Only a camera that is a phone has such a code."))
    if not camera.enabled:
        raise Refused(_("Switch the camera on first."))
    if camera.establishment.state == Establishment.State.CLOSED:
        raise Refused(_("This kitchen is closed."))
    audit.record(by, "camera.phone_invited", camera)
    return tickets.film_link(camera.code, camera.serial, at.timestamp())


def begin(code: str, token: str, at: datetime) -> str:
    """A session that films, for a link that still opens. BadTicket for everything else, an unknown camera too."""
    camera = _camera(code)
    tickets.read(token, tickets.FILM_LINK, camera.code, camera.serial, at.timestamp())
    return tickets.filming(camera.code, camera.serial, at.timestamp())


def filming(code: str, token: str, at: datetime) -> Camera:
    """The camera that this session films for. BadTicket."""
    camera = _camera(code)
    tickets.read(token, tickets.FILMING, camera.code, camera.serial, at.timestamp())
    return camera


def _camera(code: str) -> Camera:
    rows = Camera.every.select_related("establishment").filter(code=code, source=Camera.Source.PHONE, enabled=True)
    camera = rows.first()
    # A closed kitchen shows nothing to guests; a clerk may still ask to see what it is to open with.
    if camera is None or (camera.establishment.state == Establishment.State.CLOSED and not camera.is_check):
        raise tickets.BadTicket
    return camera
