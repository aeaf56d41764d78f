"""One kitchen in a list: its name, the best its cameras have to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from streams.models import Camera
from sunkitchen.registry.models import Establishment

from ..lists.standing import standings
from . import words
from .page import poster

TONES = ("ok", "", "warn")  # the best first


@dataclass(frozen=True)
class Glance:
    establishment: Establishment
    tone: str
    words: str
    seal: str = ""  # red, black or none
    poster: str = ""
    is_down: bool = False


def glances(kitchens: Iterable[Establishment], now: datetime) -> list[Glance]:
    """Each with the best of its cameras (live before starting before dark) and its seal. Five queries for all."""
    kitchens = list(kitchens)
    cameras: dict[int, list[Camera]] = {}
    for camera in Camera.objects.filter(establishment__in=kitchens).select_related("establishment"):
        cameras.setdefault(camera.establishment_id, []).append(camera)
    standing = standings(kitchens, now)
    seals = {pk: listing.colour for pk, listing in standing.items()}
    return [_glance(kitchen, cameras.get(kitchen.pk, []), seals.get(kitchen.pk, ""), now) for kitchen in kitchens]


def _glance(kitchen: Establishment, cameras: list[Camera], seal: str, now: datetime) -> Glance:
    if kitchen.state == Establishment.State.CLOSED:
        return Glance(kitchen, "", str(Establishment.State.CLOSED.label), seal)
    if not cameras:
        return Glance(kitchen, "", str(words.NO_CAMERA), seal)
    said, camera = min(
        ((words.of_camera(camera, now), camera) for camera in cameras), key=lambda pair: TONES.index(pair[0].tone)
    )
    picture = poster(camera) if camera.enabled else ""
    return Glance(kitchen, said.tone, said.short, seal, picture, said.tone == "warn")
