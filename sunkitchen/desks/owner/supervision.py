"""Clocks of supervision that run for kitchens: retest windows, orders to mend, findings, a visit that was asked for.

What was served on a former operator is not the present one's to mend; the kitchen's history shows it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, Min

from ratings.models import Finding, Outbreak, Rectification, Reminder, Sample
from sunkitchen.registry.models import Establishment, of_present


@dataclass(frozen=True)
class Clocks:
    """Each by the kitchen's id."""

    samples: dict[int, list[tuple[Sample, date]]] = field(default_factory=lambda: defaultdict(list))
    reminders: dict[int, list[Reminder]] = field(default_factory=lambda: defaultdict(list))
    findings: dict[int, list[tuple[int, date, int]]] = field(default_factory=lambda: defaultdict(list))
    rectifications: dict[int, Rectification] = field(default_factory=dict)
    outbreaks: dict[int, date] = field(default_factory=dict)  # the day of the latest that stands


def gather(places: Iterable[Establishment], today: date) -> Clocks:
    """Five queries for all."""
    ids = [place.pk for place in places]
    found = Clocks()
    served = Sample.objects.of_operator().filter(establishment__in=ids, state=Sample.State.SERVED)
    for sample in served.order_by("served_on", "pk"):
        window = sample.window
        if window and window.day >= today:
            found.samples[sample.establishment_id].append((sample, window.day))
    for reminder in Reminder.objects.of_operator().filter(establishment__in=ids).standing().order_by("mend_by", "pk"):
        found.reminders[reminder.establishment_id].append(reminder)
    own = of_present(kitchen="inspection__establishment", moment="inspection__visited_at")
    rows = Finding.objects.filter(own, inspection__establishment__in=ids, fixed_on=None, mend_by__isnull=False)
    for place, visit, last, count in (
        rows.order_by()
        .values_list("inspection__establishment", "inspection")
        .annotate(last=Min("mend_by"), count=Count("pk"))
        .order_by("last", "inspection")
    ):
        found.findings[place].append((visit, last, count))
    asked = Rectification.objects.filter(listing__establishment__in=ids, state=Rectification.State.ASKED)
    for row in asked.select_related("listing"):
        found.rectifications[row.listing.establishment_id] = row
    ill = Outbreak.objects.standing().of_operator().filter(establishment__in=ids).order_by()
    found.outbreaks.update(ill.values_list("establishment").annotate(last=Max("occurred_on")))
    return found
