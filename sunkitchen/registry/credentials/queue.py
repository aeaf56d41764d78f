"""The queue of papers that wait: what a clerk asked to see of it, in the order in which they came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from sunkitchen.accounts.models import User
from sunkitchen.core import access
from sunkitchen.core.access import Can

from . import compared, promise
from .models import Credential, OnDesk


@dataclass(frozen=True)
class Wish:
    """What a clerk wants to see of the queue: the fields of QueueForm."""

    kind: str = ""
    category: str = ""
    division: str = ""
    whose: str = ""
    renewals: bool = False
    doubts: bool = False
    q: str = ""


@dataclass(frozen=True)
class Waiting:
    """A paper as the queue shows it."""

    paper: Credential
    days: int  # working days that it waits
    pressing: str  # ok, warn, bad: against the promise
    doubts: list[str]
    opened_by: User | None  # who has it open
    is_own: bool  # of a kitchen that the reader acts for: a colleague decides
    is_endorsed: bool  # the reader was the first of two officers


@dataclass(frozen=True)
class Counts:
    all: int
    late: int  # longer than promised
    kinds: dict[str, int]
    divisions: dict[str, int]
    second: int  # one officer approved, another one is waited for
    renewals: int


AT_ONCE = 100  # papers looked into together
MOST_LOOKED = 1000  # papers looked into for one page
MOST_DOUBTFUL = 200


def rows(user: User, wish: Wish, at: datetime) -> QuerySet[Any] | list[Credential]:
    """Those that wait and are wished for, oldest first. A list where every paper had to be looked into: then of the
    oldest MOST_LOOKED alone, as `is_cut` tells."""
    found = _wished(user, wish, at)
    return list(islice(_doubtful(found), MOST_DOUBTFUL)) if wish.doubts else found


def is_cut(found: QuerySet[Any] | list[Credential], wish: Wish, user: User, at: datetime) -> bool:
    """Whether `rows` left papers out that nobody looked into."""
    if isinstance(found, QuerySet):
        return False
    return len(found) == MOST_DOUBTFUL or _wished(user, wish, at).count() > MOST_LOOKED


def _doubtful(found: QuerySet[Any]) -> Iterator[Credential]:
    for start in range(0, MOST_LOOKED, AT_ONCE):
        some = list(compared.with_pictures(found[start : start + AT_ONCE]))
        yield from (row for row in some if compared.doubts(row))
        if len(some) < AT_ONCE:
            return


def _wished(user: User, wish: Wish, at: datetime) -> QuerySet[Any]:
    found = _waiting(user)
    if wish.kind:
        found = found.filter(kind=wish.kind)
    if wish.category:
        found = found.filter(establishment__category=wish.category)
    if wish.division:
        found = found.filter(establishment__division__startswith=wish.division)
    if wish.renewals:
        found = found.exclude(renews=None)
    if wish.whose:
        found = _whose(found, wish.whose, user, at)
    for word in wish.q.split()[:5]:
        named = Q(establishment__found_by__contains=word.lower()) | Q(establishment__code=word.lower())
        found = found.filter(named | Q(number__icontains=word))
    return found.select_related("establishment", "staff_member", "on_desk__by", "endorsed_by", "renews")


def shown(papers: Sequence[Credential], user: User, at: datetime) -> list[Waiting]:
    """What the queue says of each paper of a page of it; the queries do not grow with them."""
    today = timezone.localdate(at)
    own = access.own(user)
    return [
        Waiting(
            paper=row,
            days=promise.waited(since, today),
            pressing=promise.pressing(since, today, settings.REVIEW_WORKDAYS),
            doubts=compared.doubts(row),
            opened_by=_opened_by(row, at),
            is_own=row.establishment_id in own or user.pk in (row.submitted_by_id, row.created_by_id),
            is_endorsed=row.endorsed_by_id == user.pk,
        )
        for row in papers
        for since in [_since(row)]
    ]


def page(papers: Any) -> list[Credential]:
    """Of a slice: with pictures and what was read on them, for `shown`."""
    return list(compared.with_pictures(papers)) if isinstance(papers, QuerySet) else list(papers)


def counts(user: User, at: datetime) -> Counts:
    """Of all that waits, whatever is wished for. Three queries."""
    waiting = _waiting(user).order_by()
    late = promise.overdue_before(timezone.localdate(at), settings.REVIEW_WORKDAYS)
    said = waiting.aggregate(
        all=Count("pk"),
        late=Count("pk", filter=Q(submitted_at__lt=late)),
        second=Count("pk", filter=Q(endorsed_by__isnull=False)),
        renewals=Count("pk", filter=Q(renews__isnull=False)),
    )
    kinds = dict(waiting.values_list("kind").annotate(count=Count("pk")))
    divisions = dict(waiting.values_list("establishment__division").annotate(count=Count("pk")))
    return Counts(kinds=kinds, divisions=divisions, **said)


def following(user: User, wish: Wish, at: datetime, after: Credential) -> Credential | None:
    """The next one in the wished order that the clerk may decide and no colleague has open."""
    if after.submitted_at is None:
        return None
    later = Q(submitted_at__gt=after.submitted_at) | Q(submitted_at=after.submitted_at, pk__gt=after.pk)
    found = _wished(user, wish, at).filter(later)
    found = found.filter(pk__in=Credential.objects.within(user, Can.REVIEW_PAPERS).values("pk"))
    elsewhere = OnDesk.objects.filter(until__gt=at).exclude(by=user)
    found = found.exclude(establishment__in=access.own(user)).exclude(endorsed_by=user)
    found = found.exclude(submitted_by=user).exclude(created_by=user)
    found = found.exclude(pk__in=elsewhere.values("credential"))
    return next(_doubtful(found), None) if wish.doubts else found.first()


def _waiting(user: User) -> QuerySet[Any]:
    return Credential.objects.within(user, Can.SEE_PAPERS).waiting().order_by("submitted_at", "pk")


def _whose(found: QuerySet[Any], whose: str, user: User, at: datetime) -> QuerySet[Any]:
    if whose == "second":
        return found.exclude(endorsed_by=None)
    opened = OnDesk.objects.filter(until__gt=at)
    if whose == "mine":
        return found.filter(pk__in=opened.filter(by=user).values("credential"))
    if whose == "colleague":
        return found.filter(pk__in=opened.exclude(by=user).values("credential"))
    return found.exclude(pk__in=opened.values("credential"))


def _opened_by(row: Credential, at: datetime) -> User | None:
    desk = getattr(row, "on_desk", None)
    return desk.by if desk is not None and desk.until > at else None


def _since(row: Credential) -> date:
    assert row.submitted_at  # it waits
    return timezone.localdate(row.submitted_at)
