"""What is on record of an owner's kitchens, gathered for all of them in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from ratings import grading
from ratings.editions.models import Listing
from ratings.editions.path import Clock, clock
from ratings.editions.standing import standings
from ratings.grading import track
from ratings.inspections.models import Inspection
from ratings.models import Rectification, Reminder, Sample
from streams.cameras.models import Camera, Status
from streams.incidents.models import Incident
from sunkitchen.registry.credentials import expiry
from sunkitchen.registry.models import Credential, Establishment, Photo, RecallNotice
from sunkitchen.registry.staff.coverage import Coverage, coverages
from sunkitchen.registry.suppliers.ledger import Ledger, summaries

from . import outlook, supervision
from .outlook import Outlook

BEST = ["in_force", "expiring", "renewal_pending", "expired", "submitted", "returned", "not_yet", "draft"]
WANTED_PHOTOS = [Photo.Subject.FRONT, Photo.Subject.DINING, Photo.Subject.KITCHEN, Photo.Subject.BOARD]


@dataclass(frozen=True)
class Facts:
    """Of one kitchen at `at`."""

    place: Establishment
    at: datetime
    papers: list[Credential]  # of the kitchen itself, the newest first
    cameras: list[tuple[Camera, Status]]
    notices: list[tuple[Listing, Clock]]  # served, and the window to answer is open
    objections: int  # lodged and not answered yet
    listed: Listing | None  # what speaks for it on the red and black lists
    visit: Inspection | None  # the latest closed one
    staff: Coverage
    ledger: Ledger
    photos: set[str] = field(default_factory=set)  # the subjects shown
    incidents: int = 0  # open ones of its cameras, not answered yet
    outlook: Outlook | None = None  # against the rules of the next edition; None for a closed one
    samples: list[tuple[Sample, date]] = field(default_factory=list)  # failed, with the last day to ask for a retest
    reminders: list[Reminder] = field(default_factory=list)  # standing, the first to be mended first
    findings: list[tuple[int, date, int]] = field(default_factory=list)  # (visit, to be mended by, how many)
    rectification: Rectification | None = None  # asked for, and nobody has looked yet
    outbreak: date | None = None  # the latest that stands
    recalls: list[RecallNotice] = field(default_factory=list)  # running ones that wait for the kitchen's answer

    @property
    def today(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def permit(self) -> Credential | None:
        """The paper that allows to serve food, as far as there is one: in force before all others."""
        permits = [row for row in self.papers if row.kind in Credential.PERMITS and self.standing(row) in BEST]
        return min(permits, key=lambda row: BEST.index(self.standing(row)), default=None)

    @property
    def permit_standing(self) -> str:
        return self.standing(self.permit) if self.permit else ""

    @property
    def grade(self) -> grading.Grade:
        """What may be shown now, as the kitchen's own page shows it."""
        visit = self.visit
        latest = None
        if visit:
            day = timezone.localtime(visit.visited_at).date()
            latest = track.Visit(day, visit.result, letter=visit.grade, reasons=tuple(visit.reasons))
        holds = self.permit_standing in Credential.HOLDS
        outbreaks = [self.outbreak] if self.outbreak else []
        return track.current_grade(latest, has_permit=holds, outbreaks=outbreaks, today=self.today)

    def standing(self, paper: Credential) -> str:
        return paper.standing(self.today)

    def term(self, paper: Credential) -> expiry.Term | None:
        """When its renewal is due; None for a paper that never ends."""
        if paper.valid_through is None:
            return None
        return expiry.term(
            paper.valid_through,
            workdays_before=settings.PERMIT_APPLY_WORKDAYS,
            remind_days=settings.PERMIT_REMIND_DAYS,
        )

    def renewal(self, paper: Credential) -> Credential | None:
        """What was brought to follow it: waiting, or approved already."""
        following = (
            row
            for row in self.papers
            if row.kind == paper.kind
            and row.state in (Credential.State.SUBMITTED, Credential.State.IN_FORCE)
            and (row.valid_through or date.max) > (paper.valid_through or date.max)
        )
        return next(following, None)

    @property
    def missing_photos(self) -> list[str]:
        return [str(subject.label) for subject in WANTED_PHOTOS if subject not in self.photos]


def gather(places: Iterable[Establishment], at: datetime) -> list[Facts]:
    """In the order of the places. The number of queries does not grow with them."""
    places = list(places)
    today = timezone.localtime(at).date()
    papers, cameras = _papers(places), _cameras(places, at)
    noticed, objected = _noticed(places, at)
    listed, visits, staff = standings(places, at), _visits(places), coverages(places, today)
    incidents = _incidents(places)
    ledgers, photos = summaries(places, today), _photos(places)
    outlooks = outlook.of([place for place in places if place.state == Establishment.State.OPEN], at)
    clocks = supervision.gather(places, today)
    recalls = _recalls(places)
    return [
        Facts(
            place=place,
            at=at,
            papers=papers[place.pk],
            cameras=cameras[place.pk],
            notices=noticed[place.pk],
            objections=objected[place.pk],
            listed=listed.get(place.pk),
            visit=visits.get(place.pk),
            staff=staff[place.pk],
            ledger=ledgers.get(place.pk, Ledger()),
            photos=photos[place.pk],
            incidents=incidents.get(place.pk, 0),
            outlook=outlooks.get(place.pk),
            samples=clocks.samples[place.pk],
            reminders=clocks.reminders[place.pk],
            findings=clocks.findings[place.pk],
            rectification=clocks.rectifications.get(place.pk),
            outbreak=clocks.outbreaks.get(place.pk),
            recalls=recalls[place.pk],
        )
        for place in places
    ]


def _papers(places: list[Establishment]) -> dict[int, list[Credential]]:
    found: dict[int, list[Credential]] = defaultdict(list)
    rows = Credential.objects.filter(establishment__in=places, kind__in=Credential.OF_KITCHEN)
    for row in rows.exclude(state=Credential.State.REPLACED).order_by("-pk"):
        found[row.establishment_id].append(row)
    return found


def _cameras(places: list[Establishment], at: datetime) -> dict[int, list[tuple[Camera, Status]]]:
    found: dict[int, list[tuple[Camera, Status]]] = defaultdict(list)
    for row in Camera.objects.filter(establishment__in=places).order_by("pk"):
        found[row.establishment_id].append((row, row.status(at)))
    return found


def _noticed(
    places: list[Establishment], at: datetime
) -> tuple[dict[int, list[tuple[Listing, Clock]]], dict[int, int]]:
    found: dict[int, list[tuple[Listing, Clock]]] = defaultdict(list)
    objected: dict[int, int] = defaultdict(int)
    rows = Listing.objects.filter(
        establishment__in=places, state__in=[Listing.State.SERVED, Listing.State.OBJECTED]
    ).select_related("edition", "service", "waiver")
    for row in rows.order_by("pk"):
        if row.state == Listing.State.OBJECTED:
            objected[row.establishment_id] += 1
        elif window := clock(row, at):
            found[row.establishment_id].append((row, window))
    return found, objected


def _incidents(places: list[Establishment]) -> dict[int, int]:
    open_ones = Incident.objects.open().filter(camera__establishment__in=places, answered_at=None)
    return dict(open_ones.values_list("camera__establishment").annotate(count=Count("pk")).order_by())


def _recalls(places: list[Establishment]) -> dict[int, list[RecallNotice]]:
    found: dict[int, list[RecallNotice]] = defaultdict(list)
    rows = RecallNotice.objects.filter(establishment__in=places, answer="", recall__ended_at=None)
    for row in rows.select_related("recall").order_by("pk"):
        found[row.establishment_id].append(row)
    return found


def _visits(places: list[Establishment]) -> dict[int, Inspection]:
    closed = (
        Inspection.objects.closed().of_operator().filter(establishment=OuterRef("pk")).order_by("-visited_at", "-pk")
    )
    latest = Establishment.objects.filter(pk__in=[place.pk for place in places]).annotate(
        latest=Subquery(closed.values("pk")[:1])
    )
    rows = Inspection.objects.filter(pk__in=latest.values("latest")).defer("answers")
    return {row.establishment_id: row for row in rows}


def _photos(places: list[Establishment]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    shown = Photo.objects.shown().filter(establishment__in=places).order_by()
    for place, subject in shown.values_list("establishment", "subject").distinct():
        found[place].add(subject)
    return found
