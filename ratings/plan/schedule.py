"""Who is due, overdue, or due in a month: each is one question to the database, whatever the number of kitchens.

`due.py` says the rule for one kitchen; here the same rule is SQL. tests/ratings/plan shows that they agree.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from ratings.inspections.models import Inspection
from sunkitchen.accounts.models import Authority
from sunkitchen.core.access import Can
from sunkitchen.registry.models import Establishment

from . import due
from .classes import by_letter, classed

Kitchens = QuerySet[Any]  # with what `with_due` puts to each
PLANNED = (Inspection.Kind.ROUTINE, Inspection.Kind.RANDOM)


def with_due(kitchens: Kitchens) -> Kitchens:
    """Open kitchens with `letter`, `last_visit` (or None) and `due_at`, the moment of the day on which a visit is due."""
    visits = Inspection.objects.closed().filter(establishment=OuterRef("pk"), kind__in=PLANNED).order_by("-visited_at")
    rows = classed(kitchens.filter(state=Establishment.State.OPEN)).annotate(
        last_visit=Subquery(visits.values("visited_at")[:1]), since=Coalesce("opened_at", "registered_at")
    )
    # One look at the visits and one at the classes each, however often the database writes this out: NULL + interval
    # is NULL, so that whoever was never visited falls through to the second.
    by_class = _moment(F("last_visit") + by_letter(due.within))
    return rows.annotate(
        due_at=Coalesce(by_class, _moment(F("since") + Value(due.FIRST)), output_field=DateTimeField())
    )


def _moment(sum_of: Any) -> ExpressionWrapper:
    return ExpressionWrapper(sum_of, output_field=DateTimeField())


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def between(rows: Kitchens, first: date, last: date) -> Kitchens:
    """Those due on one of these days, both included."""
    return rows.filter(due_at__gte=midnight(first), due_at__lt=midnight(last + timedelta(days=1)))


def overdue(authority: Authority, at: datetime) -> Kitchens:
    """Of one authority: those whose last day has passed, the longest first."""
    return late(with_due(Establishment.objects.filter(division__startswith=authority.division)), at)


def late(rows: Kitchens, at: datetime) -> Kitchens:
    today = timezone.localtime(at).date()
    return rows.filter(due_at__lt=midnight(today)).order_by("due_at", "pk")


def soon(rows: Kitchens, at: datetime) -> Kitchens:
    """Those due within thirty days and not late, the next first."""
    today = timezone.localtime(at).date()
    return between(rows, today, today + due.SOON).order_by("due_at", "pk")


def supervised(user: Any) -> Kitchens:
    """The kitchens of the officer's areas."""
    return Establishment.objects.within(user, Can.SEE_OFFICE)


def filtered(rows: Kitchens, *, district: str = "", letter: str = "") -> Kitchens:
    where = Q()
    if district:
        where &= Q(division__startswith=district)
    if letter in due.VISITS:
        where &= Q(letter=letter)
    return rows.filter(where)


def days_of(rows: Kitchens) -> Iterable[tuple[date, int]]:
    """(day, how many kitchens are due on it), by day; days without any are left out."""
    by_day = rows.order_by().annotate(day=TruncDate("due_at")).values("day").annotate(count=Count("pk")).order_by("day")
    return [(row["day"], row["count"]) for row in by_day]


def on_days(rows: Kitchens, first: date, last: date) -> Kitchens:
    """As `between`, for many days: the database reckons each kitchen's day once, not once for either end."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return rows.alias(due_on=TruncDate("due_at")).filter(due_on__in=days)
