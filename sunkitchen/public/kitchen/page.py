"""What anybody may know of a kitchen at one moment, gathered in a handful of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from streams.models import Camera
from sunkitchen.core import tickets
from sunkitchen.registry.models import Credential, Establishment

from . import words
from .words import Words


@dataclass(frozen=True)
class Glance:
    """One kitchen in a list."""

    establishment: Establishment
    tone: str
    words: str
    seal: str = ""


def glances(kitchens: Iterable[Establishment], now: datetime) -> list[Glance]:
    """Each with the best that its cameras have to say: live before starting before dark. One query for all."""
    kitchens = list(kitchens)
    by_kitchen: dict[int, list[Camera]] = {}
    for camera in Camera.objects.public().filter(establishment__in=kitchens):
        by_kitchen.setdefault(camera.establishment_id, []).append(camera)
    return [_glance(kitchen, by_kitchen.get(kitchen.pk, []), now) for kitchen in kitchens]


def _glance(kitchen: Establishment, cameras: list[Camera], now: datetime) -> Glance:
    if kitchen.state == Establishment.State.CLOSED:
        return Glance(kitchen, "", str(Establishment.State.CLOSED.label))
    if not cameras:
        return Glance(kitchen, "", str(words.NO_CAMERA))
    said = sorted((words.of_camera(camera, now) for camera in cameras), key=lambda w: ("ok", "", "warn").index(w.tone))
    return Glance(kitchen, said[0].tone, said[0].short)


@dataclass(frozen=True)
class Picture:
    """The box at the top: one camera, or nothing to show."""

    camera: Camera
    said: Words
    is_live: bool
    is_down: bool  # interrupted or off for a reason: the old picture is greyed
    ticket: str
    poster: str  # path, "" when there never was one


def picture(camera: Camera, now: datetime) -> Picture:
    status = camera.status(now)
    said = words.of_camera(camera, now)
    return Picture(
        camera=camera,
        said=said,
        is_live=status.is_live,
        is_down=said.tone == "warn",
        ticket=tickets.opening(camera.code, camera.serial, now.timestamp()),
        poster="",
    )


@dataclass(frozen=True)
class Paper:
    credential: Credential
    standing: str  # in_force, expiring, expired, not_yet, revoked

    @property
    def counts(self) -> bool:
        return self.standing in ("in_force", "expiring")


def papers(establishment: Establishment, today: date) -> list[Paper]:
    """Of each kind the paper that stands, expired or not; a revoked one only where no other stands."""
    rows = Credential.objects.filter(
        establishment=establishment, state__in=[Credential.State.IN_FORCE, Credential.State.REVOKED]
    ).order_by("kind", "state", "-valid_through")  # "in_force" sorts before "revoked"
    newest: dict[str, Credential] = {}
    for row in rows:
        newest.setdefault(row.kind, row)
    order = list(Credential.Kind)
    kinds = sorted(newest, key=lambda kind: order.index(Credential.Kind(kind)))
    return [Paper(newest[kind], newest[kind].standing(today)) for kind in kinds]
