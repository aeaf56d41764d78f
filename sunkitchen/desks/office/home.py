"""What an office needs to know this morning: what is due, queues with their oldest, what stands still.

Counted in the database: the number of queries does not grow with the kitchens, and no list is longer than MOST.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, Min, Q

from ratings.editions.models import Edition, Objection
from ratings.inspections.models import Inspection
from streams.cameras.models import Camera, CameraEvent, Status
from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can, abilities
from sunkitchen.core.access import reach as reach_of
from sunkitchen.core.models import AuditEntry, Notice
from sunkitchen.registry.models import Credential, Establishment, RegisterImport

from ..cameras import tone, words
from . import due, figures, figures_page
from . import kitchens as of
from .unreached import Unreached, unreached

MOST = 10  # rows of any list
LATELY = 60  # seconds
# What the person's posts let them do comes first.
ROOMS = {
    "papers": Can.REVIEW_PAPERS,
    "visits": Can.INSPECT,
    "lists": Can.PUBLISH_EDITION,
    "trail": Can.SEE_AUDIT,
}


@dataclass(frozen=True)
class Queue:
    """How many wait, and since when the oldest does."""

    words: str
    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Papers:
    count: int
    oldest: datetime | None
    kinds: list[Queue]
    waiting: int  # kitchens registered and not open yet
    imports: list[RegisterImport]  # not done, and the last one that is


@dataclass(frozen=True)
class Visits:
    open: int
    unvisited: int


@dataclass(frozen=True)
class Lists:
    drafts: list[Edition]
    drafted: int
    published: int
    objections: int


@dataclass(frozen=True)
class Cameras:
    all: int
    live: int
    silent: int
    rows: list[tuple[Camera, Status, str]]  # silent, the longest first
    events: list[tuple[CameraEvent, str, str]]  # with words and their tone


@dataclass(frozen=True)
class Kitchens:
    open: int
    closed: int
    unclaimed: int
    filmed: int  # open ones with a camera switched on
    expiring: int
    unpermitted: int
    needed: int  # people who need a health certificate
    certified: int  # of those, with one in force


@dataclass(frozen=True)
class Morning:
    """Everything is within the officer's reach; times are aware."""

    due: due.Day
    rooms: list[str]
    papers: Papers
    visits: Visits
    lists: Lists
    cameras: Cameras
    kitchens: Kitchens
    unreached: list[Unreached]
    unreached_count: int
    failing: int  # notices that are tried again
    trail: list[AuditEntry]
    online: str  # yesterday's rate of the area, "" where nothing is known


def morning(user: User, at: datetime) -> Morning:
    reach = Establishment.objects.within(user, Can.SEE_OFFICE)
    letters = Notice.objects.within(user, Can.SEE_OFFICE)
    order = rooms(user)
    return Morning(
        due=due.of(user, at),
        rooms=order,
        papers=_papers(user, reach, at),
        visits=_visits(user, reach, at),
        lists=_lists(user, reach, at),
        cameras=_cameras(user, reach, at),
        kitchens=_kitchens(user, reach, at),
        unreached=unreached(letters.given_up().order_by("-pk")[:MOST]),
        unreached_count=letters.given_up().count(),
        failing=letters.failing().count(),
        trail=list(AuditEntry.objects.within(user, Can.SEE_AUDIT).order_by("-pk")[:MOST]) if "trail" in order else [],
        online=figures_page.percent_of(figures.online(user, at).yesterday),
    )


def rooms(user: User) -> list[str]:
    """The parts of the page in the order of the person's own work; the trail for those alone who may see it."""
    able = abilities(user)
    order = sorted(ROOMS, key=lambda room: ROOMS[room] not in able)
    return [room for room in order if room != "trail" or Can.SEE_AUDIT in able]


def _papers(user: User, reach: of.Rows, at: datetime) -> Papers:
    waiting = Credential.objects.filter(establishment__in=reach, state=Credential.State.SUBMITTED)
    kinds = waiting.order_by().values("kind").annotate(count=Count("pk"), oldest=Min("submitted_at"))
    queues = [Queue(str(Credential.Kind(row["kind"]).label), row["count"], row["oldest"]) for row in kinds]
    queues.sort(key=lambda queue: queue.oldest or at)
    imports = RegisterImport.objects.within(user, Can.SEE_OFFICE).select_related("authority").order_by("-pk")
    return Papers(
        count=sum(queue.count for queue in queues),
        oldest=queues[0].oldest if queues else None,
        kinds=queues,
        waiting=of.waiting(reach, at).count(),
        imports=list(imports[:3]),
    )


def _visits(user: User, reach: of.Rows, at: datetime) -> Visits:
    drafts = Inspection.objects.within(user, Can.SEE_OFFICE).filter(state=Inspection.State.DRAFT)
    return Visits(
        open=drafts.count(), **_lately(user, "visits", lambda: {"unvisited": of.unvisited(reach, at).count()})
    )


def _lists(user: User, reach: of.Rows, at: datetime) -> Lists:
    editions = Edition.objects.within(user, Can.SEE_OFFICE)
    states = editions.aggregate(
        drafted=Count("pk", filter=Q(state=Edition.State.DRAFT)),
        published=Count("pk", filter=Q(state=Edition.State.PUBLISHED)),
    )
    drafts = editions.filter(state=Edition.State.DRAFT).select_related("authority").order_by("drafted_at")
    return Lists(
        drafts=list(drafts[:MOST]),
        drafted=states["drafted"],
        published=states["published"],
        objections=Objection.objects.filter(listing__establishment__in=reach, state=Objection.State.OPEN).count(),
    )


def _cameras(user: User, reach: of.Rows, at: datetime) -> Cameras:
    rows = Camera.objects.filter(establishment__in=reach)
    silent = rows.silent(at)
    told = silent.select_related("establishment").order_by("since", "pk")[:MOST]
    events = CameraEvent.objects.filter(camera__establishment__in=reach).select_related("camera__establishment")
    return Cameras(
        **_lately(user, "cameras", lambda: {"all": rows.filter(enabled=True).count(), "live": rows.live(at).count()}),
        silent=silent.count(),
        rows=[(camera, camera.status(at), words(camera.status(at))) for camera in told],
        events=[(event, words(event), tone(event)) for event in events.order_by("-pk")[:8]],
    )


def _kitchens(user: User, reach: of.Rows, at: datetime) -> Kitchens:
    def counted() -> dict[str, int]:
        states = reach.aggregate(
            open=Count("pk", filter=Q(state=Establishment.State.OPEN)),
            closed=Count("pk", filter=Q(state=Establishment.State.CLOSED)),
        )
        filmed = Camera.objects.filter(enabled=True, establishment__in=reach, establishment__state="open")
        people = of.needing(at).filter(establishment__in=reach.filter(state=Establishment.State.OPEN))
        return {
            **states,
            "unclaimed": of.unclaimed(reach, at).count(),
            "filmed": filmed.aggregate(count=Count("establishment", distinct=True))["count"],
            "needed": people.count(),
            "certified": people.filter(of.held(at)).count(),
        }

    return Kitchens(
        expiring=of.expiring(reach, at).count(),  # these two are work: what was just done is gone from them
        unpermitted=of.unpermitted(reach, at).count(),
        **_lately(user, "kitchens", counted),
    )


def _lately(user: User, what: str, counted: Callable[[], dict[str, int]]) -> dict[str, int]:
    """Figures that look at every kitchen of the area: a minute old at most, and the same for all who work there."""
    ids, prefixes = reach_of(user, Can.SEE_OFFICE)
    key = f"office.{what}:{','.join(map(str, [*sorted(prefixes), *sorted(ids)]))}"
    return cache.get_or_set(key, counted, LATELY) or counted()
