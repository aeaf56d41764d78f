"""The facts that this installation can measure about a kitchen, as the rules name them. What it can't is left out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, FilteredRelation, Q, Sum
from django.utils import timezone

from ratings.inspections.models import Inspection
from ratings.months import months_later
from streams.cameras.online import Rate
from streams.models import Camera
from sunkitchen.registry.models import Credential, Establishment

from .judge import Facts

ONLINE_DAYS = 30  # that a live picture is measured over, where no edition names its own period
ONLINE_LEAST = 600  # minutes that must be known before a rate is told: ten hours, ours

Period = tuple[date, date]  # both days included


def of(
    establishment: Establishment,
    at: datetime,
    *,
    period: Period | None = None,
    visits: Iterable[Inspection] | None = None,
) -> Facts:
    """The facts of one kitchen at `at`."""
    return gather([establishment], at, period=period, visits=visits)[establishment.pk]


def gather(
    establishments: Iterable[Establishment],
    at: datetime,
    *,
    period: Period | None = None,
    visits: Iterable[Inspection] | None = None,
) -> dict[int, Facts]:
    """The facts of many kitchens at `at`, by id, in three queries. None is unknown.

    permit: in_force, expired, revoked; inspection: conforms, mostly, fails; grade: A, B, C or none, both from the
    latest closed visit of 12 months; inspection_id: that visit; cameras: how many are switched on.
    seen_permille: proven of the known minutes of all its cameras over `period` (ONLINE_DAYS up to `at` without one),
    None while fewer than ONLINE_LEAST are known. Version 2 of the rules names another fact, `online_permille`, and
    says that it is not measured: so it stays for what was published by it.
    `visits` are all the closed visits of these kitchens, if they are known already.
    """
    today = timezone.localtime(at).date()
    ids = [establishment.pk for establishment in establishments]
    found: dict[int, dict[str, Any]] = {
        pk: {
            "permit": None,
            "inspection": None,
            "grade": None,
            "inspection_id": None,
            "inspected_on": None,
            "cameras": 0,
            "seen_permille": None,
        }
        for pk in ids
    }
    papers = Credential.objects.filter(establishment__in=ids, kind__in=Credential.PERMITS)
    for paper in papers.order_by("valid_through"):
        standing = {"in_force": "in_force", "expiring": "in_force", "expired": "expired", "revoked": "revoked"}.get(
            paper.standing(today)
        )
        if standing and found[paper.establishment_id]["permit"] != "in_force":
            found[paper.establishment_id]["permit"] = standing
    if visits is None:
        closed = Inspection.objects.closed().filter(establishment__in=ids)
        visits = closed.only("establishment_id", "visited_at", "result", "grade")
    for visit in sorted(visits, key=lambda visit: (visit.visited_at, visit.pk)):
        if visit.visited_at > at:
            continue
        day = timezone.localtime(visit.visited_at).date()
        if months_later(day, 12) >= today:
            found[visit.establishment_id] |= {
                "inspection": visit.result,
                "grade": visit.grade or "none",
                "inspection_id": visit.pk,
                "inspected_on": day.isoformat(),
            }
    first, last = period or (today - timedelta(days=ONLINE_DAYS - 1), today)
    within = FilteredRelation("days", condition=Q(days__day__range=(first, last)))
    # Switching off the camera that fails does not make the others' rate its kitchen's.
    cameras = Camera.objects.filter(establishment__in=ids).annotate(counted=within).values("establishment")
    for row in cameras.annotate(
        on=Count("pk", filter=Q(enabled=True), distinct=True),
        proven=Sum("counted__proven", default=0),
        failed=Sum("counted__failed", default=0),
    ):
        kitchen = found[row["establishment"]]
        kitchen["cameras"] = row["on"]
        if row["proven"] + row["failed"] >= ONLINE_LEAST:
            kitchen["seen_permille"] = Rate(proven=row["proven"], failed=row["failed"]).permille
    return {**found}
