"""What anybody may know of a kitchen at one moment, gathered in a handful of queries."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from ratings.editions.judge import Rule
from ratings.models import Inspection, Listing, Objection
from streams.cameras.models import Camera, Status
from streams.cameras.words import of_picture
from sunkitchen.core import tickets
from sunkitchen.registry.models import Credential, Establishment

from . import verdict, words
from .words import Words


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


@dataclass(frozen=True)
class Paper:
    credential: Credential
    standing: str  # in_force, expiring, expired, not_yet, revoked


def papers(establishment: Establishment, today: date) -> list[Paper]:
    """Of each kind the paper that stands, expired or not; a renewal yet to begin, and a revoked one, only where no
    other stands."""
    rows = Credential.objects.filter(
        establishment=establishment, state__in=[Credential.State.IN_FORCE, Credential.State.REVOKED]
    ).order_by("state", "-valid_through")  # "in_force" sorts before "revoked"
    found: dict[str, Paper] = {}
    for paper in sorted((Paper(row, row.standing(today)) for row in rows), key=_rank):
        found.setdefault(paper.credential.kind, paper)
    return [found[kind] for kind in Credential.Kind.values if kind in found]


def _rank(paper: Paper) -> int:
    """In force before all, then what was, then what will be."""
    order = ["in_force", "expiring", "expired", "not_yet", "revoked"]
    return max(order.index(paper.standing), 1)


@dataclass(frozen=True)
class Listed:
    """The listing that speaks for the kitchen, with what it rests on."""

    listing: Listing
    rule: Rule | None  # the black rule; the red list has all of them
    objections: list[Objection]


def listed(establishment: Establishment, now: datetime) -> Listed | None:
    listing = Listing.objects.standing(establishment, now)
    if listing is None:
        return None
    if listing.colour != Listing.Colour.BLACK:
        return Listed(listing, None, [])
    try:
        rule = listing.edition.rules.black(listing.rule)
    except KeyError:
        rule = None
    return Listed(listing, rule, list(listing.objections.order_by("pk")))


@dataclass(frozen=True)
class Record:
    """The latest visit, and for how long nothing bad is on record."""

    latest: Inspection
    day: date
    age: str
    clean: str  # a span in words, or ""


def record(establishment: Establishment, today: date) -> Record | None:
    visits = list(
        Inspection.objects.closed().filter(establishment=establishment).defer("answers").order_by("-visited_at", "-pk")
    )
    if not visits:
        return None
    black = Listing.objects.published().filter(establishment=establishment, colour=Listing.Colour.BLACK)
    days = [timezone.localdate(at) for at in black.values_list("edition__published_at", flat=True)]
    since = verdict.clean_since([verdict.Visit(_day(visit), visit.result) for visit in visits], days)
    latest = visits[0]
    return Record(
        latest,
        _day(latest),
        words.age(_day(latest), today),
        words.span(since, today) if since and since < today else "",
    )


def _day(visit: Inspection) -> date:
    return timezone.localdate(visit.visited_at)
