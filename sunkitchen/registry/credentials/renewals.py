"""Renewals in which nothing but the dates moved on: listed beside each other, and approved at once, each by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from . import actions as credentials
from . import compared, twins
from .models import Credential, OnDesk

AT_ONCE = 100  # looked through together
MOST = 600  # looked through for one page
STAYS = ("holder", "items", "issuer")
LATER = "begins_later"  # the code of a check that says nothing against a renewal handed in in time


@dataclass
class Renewal:
    """`paper` follows `older`; `lines` are its fields, of which only dates (and a certificate's number) moved."""

    paper: Credential
    older: Credential
    lines: list[compared.Line]
    read: str  # as `readings.actions.Found.state`
    uncompared: int = 0  # pictures that look like its own, one too many to be compared: the clerk is told
    may_see: bool = False  # its pictures; for the page

    @property
    def moved(self) -> list[compared.Line]:
        return compared.moved(self.lines)

    @property
    def unread(self) -> list[compared.Line]:
        """What moved, and no machine read: the clerk's eyes alone are to find it on the picture."""
        return [line for line in self.moved if line.read is None]

    @property
    def is_read(self) -> bool:
        """No page of it is still being read, and all that moved was found on its pictures."""
        return self.read == "read" and not self.unread


@dataclass(frozen=True)
class Some:
    """A page of them. `after` is where looking goes on; empty: all were looked through."""

    rows: list[Renewal]
    after: str = ""


@dataclass(frozen=True)
class Outcome:
    paper: Credential
    in_force: bool
    refused: str = ""  # in the clerk's language


def some(user: User, at: datetime, *, enough: int, after: str = "") -> Some:
    """As `unchanged`, up to `enough` of them after that place in the queue; MOST renewals are looked through for it."""
    found: list[Renewal] = []
    for _turn in range(MOST // AT_ONCE):
        rows = list(compared.with_pictures(_later(_candidates(user, at), after)[:AT_ONCE]))
        for row, one in _unchanged(rows, user):
            if one is not None and len(found) == enough:
                return Some(found, after)
            found += [one] if one is not None else []
            after = place_of(row)
        if len(rows) < AT_ONCE:
            return Some(found)
    return Some(found, after)


def unchanged(user: User, at: datetime, *, only: Sequence[int] | None = None) -> list[Renewal]:
    """Those that the clerk may approve without looking at each alone, oldest first. The queries do not grow with them.

    No doubt, no twin, nothing changed but dates; nobody else has it open; not the clerk's own, and not endorsed by them.
    Of those named `only`, or of all that wait.
    """
    rows = _candidates(user, at)
    if only is not None:
        rows = rows.filter(pk__in=only)
    return [one for _row, one in _unchanged(list(compared.with_pictures(rows)), user) if one is not None]


def waiting(user: User, at: datetime) -> int:
    """How many renewals the clerk may decide, unchanged or not."""
    return _candidates(user, at).count()


def _candidates(user: User, at: datetime) -> QuerySet[Any]:
    rows = Credential.objects.within(user, Can.REVIEW_PAPERS).waiting().exclude(renews=None)
    rows = rows.filter(renews__state=Credential.State.IN_FORCE).exclude(endorsed_by=user)
    rows = rows.exclude(establishment__in=access.own(user)).exclude(submitted_by=user).exclude(created_by=user)
    opened = OnDesk.objects.filter(until__gt=at).exclude(by=user)
    rows = rows.exclude(pk__in=opened.values("credential")).order_by("submitted_at", "pk")
    return rows.select_related("establishment", "staff_member", "renews", "endorsed_by")


def _unchanged(rows: Sequence[Credential], user: User) -> list[tuple[Credential, Renewal | None]]:
    """Each with what it is, or None."""
    found = {}
    for row in rows:
        assert row.renews
        lines = compared.lines(row, row.renews)
        if follows(row, row.renews, lines):
            found[row.pk] = Renewal(row, row.renews, lines, compared.seen(row).state)
    alike = twins.of([one.paper for one in found.values()], user) if found else {}
    for pk, one in found.items():
        one.uncompared = alike[pk].uncompared
    return [(row, found[row.pk] if row.pk in found and not alike[row.pk].twins else None) for row in rows]


def place_of(row: Credential) -> str:
    """Its place in the queue, for an address."""
    assert row.submitted_at  # it waits
    return f"{row.submitted_at.isoformat()}_{row.pk}"


def _later(rows: QuerySet[Any], after: str) -> QuerySet[Any]:
    """Behind that place; from the beginning where it names none."""
    moment, _sep, number = after.partition("_")
    try:
        since = parse_datetime(moment)
    except ValueError:
        since = None
    if since is None or timezone.is_naive(since) or not (number.isascii() and number.isdigit() and len(number) < 19):
        return rows
    return rows.filter(Q(submitted_at__gt=since) | Q(submitted_at=since, pk__gt=int(number)))


def follows(paper: Credential, older: Credential, lines: Sequence[compared.Line]) -> bool:
    """Whether nothing but the dates moved on, and no machine has a doubt. A certificate's number is new each year."""
    stay = STAYS if paper.kind == Credential.Kind.HEALTH_CERTIFICATE else ("number", *STAYS)
    if any(line.moved and line.name in stay for line in lines):
        return False
    if any(_is_doubt(line, check, paper, older) for line in lines for check in line.checks):
        return False
    if any(line.read and line.read.differs for line in lines):
        return False
    if older.valid_through is None or paper.valid_through is None:
        return False
    return paper.valid_from > older.valid_from and paper.valid_through > older.valid_through


def approve(chosen: Sequence[tuple[int, datetime | None]], *, by: User, at: datetime) -> list[Outcome]:
    """Each of (id, the submission that was seen) by the action that approves one. A refused one keeps none back."""
    still = {one.paper.pk for one in unchanged(by, at, only=[pk for pk, _seen in chosen])}
    rows = Credential.objects.within(by, Can.REVIEW_PAPERS).select_related("establishment", "staff_member")
    papers = rows.in_bulk([pk for pk, _seen in chosen])
    outcomes = []
    for pk, seen in chosen:
        if pk not in papers:
            continue
        try:
            outcomes.append(Outcome(papers[pk], _approve(papers[pk], seen, pk in still, by, at)))
        except Refused as error:
            outcomes.append(Outcome(papers[pk], False, str(error)))
    return outcomes


def _approve(paper: Credential, seen: datetime | None, is_unchanged: bool, by: User, at: datetime) -> bool:
    if seen is None:
        raise Refused(_("Please open the paper again and look at it before you decide."))
    if not is_unchanged:
        raise Refused(_("It changed meanwhile, or a colleague has it open. Please look at it by itself."))
    return credentials.approve(paper, by=by, seen=seen, today=timezone.localdate(at))


def _is_doubt(line: compared.Line, check: Any, paper: Credential, older: Credential) -> bool:
    if check.level == "ok":
        return False
    ends: date | None = older.valid_through
    at_once = ends is not None and paper.valid_from <= ends + timedelta(days=1)
    return not (check.code == LATER and at_once)
