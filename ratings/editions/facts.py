"""The facts that this installation can measure about a kitchen, as the rules name them. What it can't is left out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from ratings.inspections.models import Inspection
from ratings.months import months_later
from streams.models import Camera
from sunkitchen.registry.models import Credential, Establishment

from .judge import Facts


def of(establishment: Establishment, at: datetime) -> Facts:
    """The facts of one kitchen at `at`."""
    return gather([establishment], at)[establishment.pk]


def gather(establishments: Iterable[Establishment], at: datetime) -> dict[int, Facts]:
    """The facts of many kitchens at `at`, by id, in three queries. None is unknown.

    permit: in_force, expired, revoked; inspection: conforms, mostly, fails; grade: A, B, C or none, both from the
    latest closed visit of 12 months; inspection_id: that visit; cameras: how many are switched on.
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
    visits = Inspection.objects.closed().filter(establishment__in=ids, visited_at__lte=at).order_by("visited_at", "pk")
    for visit in visits.only("establishment_id", "visited_at", "result", "grade"):
        day = timezone.localtime(visit.visited_at).date()
        if months_later(day, 12) >= today:
            found[visit.establishment_id] |= {
                "inspection": visit.result,
                "grade": visit.grade or "none",
                "inspection_id": visit.pk,
                "inspected_on": day.isoformat(),
            }
    cameras = Camera.objects.filter(establishment__in=ids, enabled=True)
    for row in cameras.values("establishment").annotate(count=Count("pk")):
        found[row["establishment"]]["cameras"] = row["count"]
    return {**found}
