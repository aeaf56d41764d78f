"""What an owner needs to know this morning: per kitchen what is missing, what expires, whether its camera is live."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ratings.editions.models import Listing
from streams.cameras.models import Camera, Status
from sunkitchen.accounts.models import User
from sunkitchen.registry.models import Credential, Establishment

from ..cameras import SILENT, words


@dataclass(frozen=True)
class Task:
    """One thing to do. `level` is bad (the public sees it), warn (soon) or plain."""

    level: str
    words: str
    link: str


@dataclass(frozen=True)
class Kitchen:
    establishment: Establishment
    tasks: list[Task]
    cameras: list[tuple[Camera, Status, str]]  # with its state now, and in words
    standing: str  # of its food permit, "" without any


def kitchens(user: User, at: datetime) -> list[Kitchen]:
    """Those the user acts for, in the order of their names."""
    rows = Establishment.objects.filter(memberships__user=user, memberships__ended_at=None).distinct()
    rows = rows.prefetch_related("credentials", "cameras").order_by("signboard", "pk")
    noticed = Listing.objects.filter(establishment__in=rows, state=Listing.State.SERVED)
    noticed = noticed.select_related("edition", "service", "waiver")
    return [
        _kitchen(row, [one for one in noticed if one.establishment_id == row.pk and one.window_is_open(at)], at)
        for row in rows
    ]


def _kitchen(place: Establishment, listings: list[Listing], at: datetime) -> Kitchen:
    today = timezone.localtime(at).date()
    papers = sorted(place.credentials.all(), key=lambda row: row.pk, reverse=True)
    permits = [row for row in papers if row.kind in Credential.PERMITS]
    cameras = [(camera, camera.status(at)) for camera in place.cameras.all()]
    spoken = [(camera, status, words(status)) for camera, status in cameras]
    standings = [permit.standing(today) for permit in permits]
    order = ["in_force", "expiring", "expired", "submitted", "returned", "not_yet", "draft"]
    standing = next((one for one in order if one in standings), "")
    tasks = [
        *_of_listings(listings),
        *_of_papers(place, papers, standing, today),
        *_of_cameras(place, cameras),
    ]
    return Kitchen(place, tasks, spoken, standing)


def _of_listings(listings: list[Listing]) -> list[Task]:
    return [
        Task(
            "bad",
            _("A notice was served: you can answer it before it is published."),
            reverse("listing_desk", args=[row.pk]),
        )
        for row in listings
    ]


def _of_papers(place: Establishment, papers: list[Credential], standing: str, today: date) -> list[Task]:
    tasks = []
    if standing in ("", "draft", "expired"):
        expired, none = _("The food business permit has expired."), _("Hand in the food business permit.")
        tasks.append(Task("bad", expired if standing == "expired" else none, reverse("paper_new", args=[place.code])))
    for paper in papers:
        link = reverse("paper", args=[place.code, paper.pk])
        if paper.state == Credential.State.RETURNED:
            tasks.append(
                Task("bad", _("%(paper)s was returned. Please correct it.") % {"paper": paper.get_kind_display()}, link)
            )
        elif paper.valid_through and paper.standing(today) == "expiring" and not _followed(paper, papers):
            day = date_format(paper.valid_through, "DATE_FORMAT")
            tasks.append(
                Task("warn", _("%(paper)s expires on %(day)s.") % {"paper": paper.get_kind_display(), "day": day}, link)
            )
    return tasks


def _followed(paper: Credential, papers: list[Credential]) -> bool:
    """Whether its renewal is on the way already."""
    return any(
        other.kind == paper.kind
        and other.state in (Credential.State.SUBMITTED, Credential.State.IN_FORCE)
        and (other.valid_through or date.max) > (paper.valid_through or date.max)
        for other in papers
    )


def _of_cameras(place: Establishment, cameras: list[tuple[Camera, Status]]) -> list[Task]:
    link = reverse("cameras", args=[place.code])
    if not cameras:
        return [Task("warn", _("Add a camera, so that guests can see the kitchen."), link)]
    return [
        Task("bad", _("%(zone)s: %(state)s") % {"zone": camera.get_zone_display(), "state": words(status)}, link)
        for camera, status in cameras
        if status.state in SILENT
    ]
