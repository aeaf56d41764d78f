"""All that may be told of a kitchen's past: visits with what was mended, final samples, complaints by half years, lists."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ratings.complaints import told as complaints
from ratings.inspections import findings
from ratings.inspections.findings import Found
from ratings.models import Amendment, Inspection, Listing
from ratings.reviews import totals
from ratings.sampling import told as samples
from sunkitchen.registry.models import Establishment

from . import record

NOTICED_FOR = timedelta(days=365)  # that a withdrawal stands here, so that whoever read the listing can read of it too


@dataclass(frozen=True)
class Seen:
    visit: Inspection
    found: list[Found]


def of(establishment: Establishment, now: datetime) -> dict[str, Any]:
    """The context of the page, in eight queries."""
    visits = record.visits(establishment)
    found = findings.of(visits)
    return {
        "kitchen": establishment,
        "formers": establishment.operatorships.all(),
        "visits": [Seen(visit, found.get(visit.pk, [])) for visit in visits],
        "samples": samples.of(establishment, now),
        "complaints": complaints.of(establishment, now),
        "totals": totals.of(establishment, now),
        "listings": Listing.objects.shown(now)
        .filter(establishment=establishment)
        .select_related("edition__authority")
        .order_by("-edition__published_at"),
        "withdrawn": withdrawn(establishment, now),
    }


def withdrawn(establishment: Establishment, now: datetime) -> Any:
    """Withdrawals of the last year, the newest first; none whose record was erased, for that would name it again."""
    rows = Amendment.objects.filter(
        listing__establishment=establishment,
        listing__identity__isnull=False,
        kind=Amendment.Kind.WITHDRAWAL,
        at__gt=now - NOTICED_FOR,
        at__lte=now,
    )
    return rows.select_related("listing__edition__authority").order_by("-at", "-pk")
