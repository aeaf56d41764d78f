"""What anybody may know of a kitchen at one moment, gathered in a handful of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from ratings.editions.judge import Rule
from ratings.models import Inspection, Listing, Objection
from streams.cameras import label as labels
from streams.cameras import labelled
from streams.cameras import strip as strips
from streams.cameras.models import Camera, CameraDay, Status
from streams.cameras.words import of_picture
from sunkitchen.core import tickets
from sunkitchen.registry.models import Credential, Establishment
from sunkitchen.registry.requirements import told

from . import words
from .words import Words

IN_FORCE = ("in_force", "expiring", "renewal_pending")


@dataclass(frozen=True)
class Picture:
    """The box at the top: one camera, and what may be said of it."""

    camera: Camera
    status: Status
    said: Words
    ticket: str
    poster: str  # its path, "" when there never was one
    taken: str  # when that picture was taken, in words


def picture(camera: Camera, now: datetime) -> Picture:
    return Picture(
        camera=camera,
        status=camera.status(now),
        said=words.of_camera(camera, now),
        ticket=tickets.opening(camera.code, camera.serial, now.timestamp()),
        poster=poster(camera),
        taken=of_picture(camera.poster_at, now),
    )


def poster(camera: Camera) -> str:
    """The path of its last picture; another one's for each picture, so that no cache shows an old one as new."""
    if camera.poster_at is None:
        return ""
    path = reverse("kitchen_poster", args=[camera.establishment.code, camera.code])
    return f"{path}?at={int(camera.poster_at.timestamp())}"


def strip(cameras: list[Camera], shown: Picture | None, now: datetime) -> strips.Strip | None:
    """Of all the cameras that a diner may watch; None where there is none. One query."""
    if not cameras:
        return None
    rows = CameraDay.objects.filter(camera__in=cameras, day__gte=strips.first_day(now))
    return strips.of(rows, cameras, shown.camera if shown else None, now)


@dataclass(frozen=True)
class Open:
    """The label 有明厨亮灶 of a kitchen whose cameras a diner may watch."""

    holds: bool
    words: str


def label(cameras: list[Camera], now: datetime) -> Open | None:
    """None where there is no camera to speak of. The cameras come `labelled.annotated`."""
    if not cameras:
        return None
    found = labels.best(labelled.of(camera, now) for camera in cameras)
    return Open(found.holds, labelled.sentence(found, now))


@dataclass(frozen=True)
class Paper:
    credential: Credential
    standing: str  # in_force, expiring, renewal_pending, expired, not_yet, revoked


def papers(establishment: Establishment, today: date) -> list[Paper]:
    """Of each of the kitchen's kinds the paper that stands, expired or not; a renewal yet to begin, and a revoked one, only where no
    other stands."""
    rows = Credential.objects.filter(
        establishment=establishment,
        kind__in=Credential.OF_KITCHEN,  # a health certificate is a person's: never shown
        state__in=[Credential.State.IN_FORCE, Credential.State.REVOKED],
    )
    newest = sorted(
        rows, key=lambda row: (row.state == row.State.IN_FORCE, row.valid_through or date.max), reverse=True
    )
    found: dict[str, Paper] = {}
    for paper in sorted((Paper(row, row.standing(today)) for row in newest), key=_rank):
        found.setdefault(paper.credential.kind, paper)
    return [found[kind] for kind in Credential.Kind.values if kind in found]


def ended_with(former: Any, paper: Paper) -> bool:
    """It was the `former` operator's, and ended with them: nothing to say of the present one."""
    ended_at = paper.credential.revoked_at
    return former is not None and paper.standing == "revoked" and ended_at is not None and ended_at <= former.until


def promised(establishment: Establishment, papers: list[Paper], today: date) -> list[told.Told]:
    """The operator's word for papers of which none is in force."""
    held = {paper.credential.kind for paper in papers if paper.standing in IN_FORCE}
    return [word for word in told.of(establishment, today) if held.isdisjoint(word.kinds)]


def _rank(paper: Paper) -> int:
    """In force before all, then what was, then what will be."""
    order = ["in_force", "expiring", "renewal_pending", "expired", "not_yet", "revoked"]
    return max(order.index(paper.standing), 1)


@dataclass(frozen=True)
class Listed:
    """The listing that speaks for the kitchen, with what it rests on."""

    listing: Listing
    rule: Rule | None  # the black rule; the red list has all of them
    objections: list[Objection]


def listings(establishment: Establishment) -> list[Listing]:
    """Every published one, black before red, the newest first."""
    rows = (
        Listing.objects.published().visible().filter(establishment=establishment).select_related("edition__authority")
    )
    found = list(rows.order_by("colour", "-edition__published_at"))  # "black" sorts before "red"
    for listing in found:
        listing.establishment = establishment
    return found


def listed(rows: list[Listing], visits: list[Inspection], now: datetime) -> Listed | None:
    """Of all `listings` the one that `Listing.objects.standing` would name, without asking the database for it."""
    today = timezone.localdate(now)
    for listing in rows:
        published = listing.edition.published_at
        if listing.term_until is None or listing.term_until < today or published is None or published > now:
            continue
        if listing.colour != Listing.Colour.BLACK:
            if listing.is_suspended(now, visits):
                continue
            return Listed(listing, None, [])
        try:
            rule = listing.edition.rules.black(listing.rule)
        except KeyError:
            rule = None
        return Listed(listing, rule, list(listing.objections.order_by("pk")))
    return None
