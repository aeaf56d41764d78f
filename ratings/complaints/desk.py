"""What a business may know of complaints about it. Of a report: its category and its week, once it was looked into.

Before that even its existence would warn of the visit, and a fresh one would tell which table it was.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from ratings.reviews.totals import this_week
from sunkitchen.core import secrets
from sunkitchen.registry.models import Establishment

from .actions import OPEN
from .models import Complainant, Complaint

MOST = 100
S = Complaint.State


@dataclass(frozen=True)
class Row:
    complaint: int | None  # a dispute's, to answer it; never a report's
    kind: str
    category: str
    week: date  # its Monday
    state: str = ""  # a dispute's, in words
    name: str = ""  # with consent
    may_answer: bool = False
    is_true: bool | None = None


def disputes(establishment: Establishment, *, named: bool) -> list[Row]:
    """Those that were accepted, the newest first. `named`: the reader may read a name that its bearer lets them."""
    rows = Complaint.objects.filter(
        establishment=establishment, kind=Complaint.Kind.DISPUTE, accepted_at__isnull=False
    ).order_by("-received_at", "-pk")[:MOST]
    found = list(rows)
    names: dict[int, str] = {}
    if named:
        agreed = Complainant.objects.filter(complaint__in=found, may_be_named=True, erased_at=None)
        names = {who.complaint_id: secrets.unseal(who.sealed_name) for who in agreed}
    return [
        Row(
            row.pk,
            str(row.get_kind_display()),
            str(row.get_category_display()),
            week_of(row.received_at),
            str(row.get_state_display()),
            names.get(row.pk, ""),
            row.state in OPEN,
            row.upheld,
        )
        for row in found
    ]


def reports(establishment: Establishment, at: datetime) -> list[Row]:
    """Category and week of reports that were looked into, of weeks that are over."""
    rows = Complaint.objects.filter(
        establishment=establishment,
        kind=Complaint.Kind.LEAD,
        state__in=[S.RESOLVED, S.CLOSED],
        received_at__lt=this_week(at),
        resolved_at__lt=this_week(at),
    ).order_by("-received_at")[:MOST]
    found = {(week_of(row.received_at), row.category): row for row in rows}
    return [
        Row(None, str(row.get_kind_display()), str(row.get_category_display()), week)
        for (week, _category), row in sorted(found.items(), key=lambda item: item[0], reverse=True)
    ]


def week_of(at: datetime) -> date:
    day = timezone.localdate(at)
    return day - timedelta(days=day.weekday())
