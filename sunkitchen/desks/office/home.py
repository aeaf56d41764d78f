"""What an office needs to know this morning: queues with their oldest, clocks running out, what stands still.

Counted in the database: the number of queries does not grow with the kitchens, and no list is longer than MOST.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.utils import timezone

from ratings.editions.models import Edition, Listing, Objection
from ratings.editions.path import Clock, clock
from ratings.inspections.models import Inspection
from streams.cameras.models import Camera, CameraEvent, Status
from sunkitchen.accounts.models import User
from sunkitchen.core import workdays
from sunkitchen.core.access import Can, abilities
from sunkitchen.core.access import reach as reach_of
from sunkitchen.core.models import AuditEntry, Notice
from sunkitchen.registry.models import Credential, Establishment, RegisterImport

from ..cameras import tone, words
from . import kitchens as of
from .unreached import Unreached, unreached

MOST = 10  # rows of any list
SOON_WORKDAYS = 2  # a window that ends within so many is shown as ending
PUBLISH_WORKDAYS = 20  # from a visit to its public result
LONGEST_WINDOW = timedelta(days=60)  # no window of any rule set runs longer
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
    drafts: list[tuple[Inspection, date, bool]]  # with the last day to publish, and whether it is over
    unvisited: int


@dataclass(frozen=True)
class Lists:
    drafts: list[Edition]
    drafted: int
    published: int
    objections: int
    objected: list[Objection]
    unserved: int
    oldest_unserved: datetime | None
    ending: list[tuple[Listing, Clock]]
    windows: int  # all that run


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


def morning(user: User, at: datetime) -> Morning:
    reach = Establishment.objects.within(user, Can.SEE_OFFICE)
    letters = Notice.objects.within(user, Can.SEE_OFFICE)
    order = rooms(user)
    return Morning(
        rooms=order,
        papers=_papers(user, reach, at),
        visits=_visits(user, reach, at),
        lists=_lists(user, reach, at),
        cameras=_cameras(reach, at),
        kitchens=_kitchens(user, reach, at),
        unreached=unreached(letters.given_up().order_by("-pk")[:MOST]),
        unreached_count=letters.given_up().count(),
        failing=letters.failing().count(),
        trail=list(AuditEntry.objects.within(user, Can.SEE_AUDIT).order_by("-pk")[:MOST]) if "trail" in order else [],
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
    today = timezone.localtime(at).date()
    rows = []
    for visit in drafts.select_related("establishment", "lead").defer("answers").order_by("visited_at", "pk")[:MOST]:
        last = workdays.add(timezone.localtime(visit.visited_at).date(), PUBLISH_WORKDAYS).day
        rows.append((visit, last, today > last))
    return Visits(open=drafts.count(), drafts=rows, unvisited=of.unvisited(reach, at).count())


def _lists(user: User, reach: of.Rows, at: datetime) -> Lists:
    editions = Edition.objects.within(user, Can.SEE_OFFICE)
    states = editions.aggregate(
        drafted=Count("pk", filter=Q(state=Edition.State.DRAFT)),
        published=Count("pk", filter=Q(state=Edition.State.PUBLISHED)),
    )
    objections = Objection.objects.filter(listing__establishment__in=reach, state=Objection.State.OPEN)
    pending = Listing.objects.filter(establishment__in=reach, edition__state=Edition.State.DRAFT)
    unserved = pending.filter(state=Listing.State.NOTICED).aggregate(count=Count("pk"), oldest=Min("noticed_at"))
    running = _running(pending, at)
    return Lists(
        drafts=list(
            editions.filter(state=Edition.State.DRAFT).select_related("authority").order_by("drafted_at")[:MOST]
        ),
        drafted=states["drafted"],
        published=states["published"],
        objections=objections.count(),
        objected=list(
            objections.select_related("listing__establishment", "listing__edition").order_by("lodged_at", "pk")[:MOST]
        ),
        unserved=unserved["count"],
        oldest_unserved=unserved["oldest"],
        ending=[row for row in running if row[1].days_left <= SOON_WORKDAYS][:MOST],
        windows=len(running),
    )


def _running(pending: Any, at: datetime) -> list[tuple[Listing, Clock]]:
    """Windows to object that run, the first to end first: few, as only drafts of these weeks have them."""
    served = pending.filter(
        state=Listing.State.SERVED, service__served_on__gte=(at - LONGEST_WINDOW).date()
    ).select_related("edition", "establishment", "service", "waiver")
    found = [(row, window) for row in served if (window := clock(row, at))]
    return sorted(found, key=lambda pair: (pair[1].until, pair[0].pk))


def _cameras(reach: of.Rows, at: datetime) -> Cameras:
    rows = Camera.objects.filter(establishment__in=reach)
    silent = rows.silent(at)
    told = silent.select_related("establishment").order_by("since", "pk")[:MOST]
    events = CameraEvent.objects.filter(camera__establishment__in=reach).select_related("camera__establishment")
    return Cameras(
        all=rows.filter(enabled=True).count(),
        live=rows.live(at).count(),
        silent=silent.count(),
        rows=[(camera, camera.status(at), words(camera.status(at))) for camera in told],
        events=[(event, words(event), tone(event)) for event in events.order_by("-pk")[:8]],
    )


def _kitchens(user: User, reach: of.Rows, at: datetime) -> Kitchens:
    states = reach.aggregate(
        open=Count("pk", filter=Q(state=Establishment.State.OPEN)),
        closed=Count("pk", filter=Q(state=Establishment.State.CLOSED)),
    )
    filmed = Camera.objects.filter(enabled=True, establishment__in=reach, establishment__state="open")
    needed, certified = _certificates(user, reach, at)
    return Kitchens(
        open=states["open"],
        closed=states["closed"],
        unclaimed=of.unclaimed(reach, at).count(),
        filmed=filmed.aggregate(count=Count("establishment", distinct=True))["count"],
        expiring=of.expiring(reach, at).count(),
        unpermitted=of.unpermitted(reach, at).count(),
        needed=needed,
        certified=certified,
    )


def _certificates(user: User, reach: of.Rows, at: datetime) -> tuple[int, int]:
    """(people who need a health certificate, those of them with one in force): a minute old at most, as it is the one
    figure that looks at every person."""

    def counted() -> tuple[int, int]:
        people = of.needing(at).filter(establishment__in=reach.filter(state=Establishment.State.OPEN))
        return people.count(), people.filter(of.held(at)).count()

    ids, prefixes = reach_of(user, Can.SEE_OFFICE)
    key = f"office.certificates:{','.join(map(str, [*sorted(prefixes), *sorted(ids)]))}"
    return cache.get_or_set(key, counted, 60) or (0, 0)
