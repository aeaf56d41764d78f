"""One kitchen in a list or on a wall: its name, the best its cameras have to say, its seal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from ratings.editions.standing import standings
from streams.cameras import labelled
from streams.models import Camera
from sunkitchen.registry.models import Establishment, changing_hands

from . import seen, words
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
    hours: str = ""  # open or closed at this hour; "" where nobody said
    camera: Camera | None = None  # the one that speaks for the kitchen; None where a diner may watch none


def best_seen(kitchens: QuerySet[Establishment], now: datetime) -> QuerySet[Establishment]:
    """Those whose picture is live first, then those that have one, the rest; the newest first among equals."""
    cameras = Camera.objects.public().filter(establishment=OuterRef("pk"))
    order = Case(
        When(Exists(cameras.filter(seen.live(now))), then=Value(0)),
        When(Exists(cameras.filter(seen.holds(now))), then=Value(1)),
        When(Exists(cameras), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return kitchens.annotate(seen_order=order).order_by("seen_order", "-opened_at", "-pk")


def glances(kitchens: Iterable[Establishment], now: datetime) -> list[Glance]:
    """Each with the best of its cameras (live before at rest before interrupted) and its seal. Five queries for all,
    one more where some are closed."""
    kitchens = list(kitchens)
    by_id = {kitchen.pk: kitchen for kitchen in kitchens}
    shown = Exists(Camera.objects.public().filter(pk=OuterRef("pk")))
    cameras: dict[int, list[Camera]] = {}
    seen_by = labelled.annotated(Camera.objects.filter(establishment__in=by_id))
    for camera in seen_by.annotate(is_shown=shown).order_by("pk"):
        camera.establishment = by_id[camera.establishment_id]
        cameras.setdefault(camera.establishment_id, []).append(camera)
    standing = standings(kitchens, now)
    seals = {pk: listing.colour for pk, listing in standing.items()}
    changing = changing_hands(kitchens)
    return [
        Glance(kitchen, "", words.closed(kitchen.pk in changing), seals.get(kitchen.pk, ""))
        if kitchen.state == Establishment.State.CLOSED
        else _glance(kitchen, cameras.get(kitchen.pk, []), seals.get(kitchen.pk, ""), now)
        for kitchen in kitchens
    ]


def _glance(kitchen: Establishment, cameras: list[Camera], seal: str, now: datetime) -> Glance:
    hours = words.of_hours(kitchen.hours, now)
    if not cameras:
        return Glance(kitchen, "", str(words.NO_CAMERA), seal, hours=hours)
    shown = [camera for camera in cameras if camera.is_shown]  # type: ignore[attr-defined]  # annotated
    if not shown:
        why = words.WITHHELD if any(camera.enabled for camera in cameras) else words.SWITCHED_OFF
        return Glance(kitchen, "warn", str(why), seal, is_down=True, hours=hours)
    (tone, said), camera = min(
        ((words.label(camera, now), camera) for camera in shown), key=lambda pair: TONES.index(pair[0][0])
    )
    return Glance(kitchen, tone, said, seal, poster(camera), tone == "warn", hours, camera)
