"""Where a listing stands on its way to publication, and what is still in the way. Read, never written here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunkitchen.accounts.models import Authority
from sunkitchen.core import workdays
from sunkitchen.registry.models import Establishment

from . import facts, judge
from .models import Edition, Listing, Objection

ON_BLACK = gettext_lazy("This kitchen stands on a black list whose term has not ended.")

HOUR = 9  # of publication, where no schedule names one


@dataclass(frozen=True)
class Candidate:
    """A kitchen the rules propose, with the facts and the verdict; a person picks."""

    establishment: Establishment
    facts: judge.Facts
    verdict: judge.Verdict


@dataclass(frozen=True)
class Clock:
    """The window to object: its last day, the working days left of it, and whether the calendar may still change."""

    until: Any
    days_left: int
    provisional: bool


def kitchens_of(authority: Authority) -> Any:
    """The open kitchens of the authority's jurisdiction."""
    return Establishment.objects.filter(
        state=Establishment.State.OPEN, division__startswith=authority.division
    ).order_by("signboard", "pk")


def candidates(edition: Edition, at: datetime) -> list[Candidate]:
    """Kitchens that the rules propose and that are not on the edition yet, black first."""
    taken = set(edition.listings.kept().values_list("establishment_id", flat=True))
    kitchens = [kitchen for kitchen in kitchens_of(edition.authority) if kitchen.pk not in taken]
    known = facts.gather(kitchens, at, period=(edition.period_from, edition.period_to))
    decided, listed = spent(edition, kitchens), blackened(kitchens, at)
    proposed = [Candidate(k, known[k.pk], judge.judge(known[k.pk], edition.rules)) for k in kitchens]
    return sorted((c for c in proposed if _is_open(c, decided, listed)), key=lambda c: c.verdict.colour)


def _is_open(candidate: Candidate, decided: set[int], listed: set[int]) -> bool:
    black = candidate.verdict.black
    if not black:
        return bool(candidate.verdict.colour) and candidate.establishment.pk not in listed
    return not all(is_spent(finding.rule, candidate.facts, decided) for finding in black)


def spent(edition: Edition, kitchens: list[Establishment]) -> set[int]:
    """Ids of visits that put one of the kitchens on a black list, be it a draft, or whose listing was overturned."""
    rows = Listing.objects.filter(establishment__in=kitchens, colour=Listing.Colour.BLACK).filter(
        ~Q(state=Listing.State.DROPPED) | Q(objections__state=Objection.State.ACCEPTED)
    )
    of_visits = {rule.code for rule in edition.rules.of(judge.BLACK) if rule.fact == "inspection"}
    found = rows.filter(rule__in=of_visits).values_list("evidence", flat=True)
    return {visit for evidence in found for visit in evidence}


def is_spent(rule: judge.Rule, known: judge.Facts, decided: set[int]) -> bool:
    """Whether the rule would list the kitchen again for a visit that was dealt with: its term would never end."""
    return rule.fact == "inspection" and known.get("inspection_id") in decided


def blackened(kitchens: Iterable[Establishment], at: datetime) -> set[int]:
    """Ids of those that stand on a black list at `at`: no red one speaks beside it."""
    running = Listing.objects.running(at).filter(establishment__in=kitchens, colour=Listing.Colour.BLACK)
    return set(running.values_list("establishment_id", flat=True))


def obstacles(listings: Iterable[Listing], at: datetime) -> dict[int, list[str]]:
    """Why each listing may not be published at `at`, by id, in the reader's language; an empty list when it may."""
    listings = list(listings)
    red = [listing.establishment for listing in listings if listing.colour == Listing.Colour.RED]
    known, black = (facts.gather(red, at), blackened(red, at)) if red else ({}, set())
    return {
        listing.pk: [
            *([str(ON_BLACK)] if listing.establishment_id in black else []),
            *_against_red(listing, known[listing.establishment_id]),
        ]
        if listing.colour == Listing.Colour.RED
        else _against_black(listing, at)
        for listing in listings
    }


def _against_red(listing: Listing, known: judge.Facts) -> list[str]:
    verdict = judge.judge(known, listing.edition.rules)
    against = [finding.rule for finding in (*verdict.against_red, *verdict.black)]
    return [_("A rule of the red list does not hold: %(code)s.") % {"code": rule.code} for rule in against]


def _against_black(listing: Listing, at: datetime) -> list[str]:
    if listing.state == Listing.State.DRAFT:
        return [_("The notice to the operator has not been issued.")]
    if listing.state == Listing.State.NOTICED:
        return [_("The notice has not been served.")]
    if listing.state == Listing.State.OBJECTED:
        return [_("An objection waits for its decision.")]
    window = listing.window
    if window and listing.window_is_open(at):
        return [_("The operator may object until the end of %(day)s.") % {"day": date_format(window.day, "Y-m-d")}]
    return []


def clock(listing: Listing, at: datetime) -> Clock | None:
    """The running window to object, or None when none runs."""
    window = listing.window
    if window is None or not listing.window_is_open(at):
        return None
    today, left = timezone.localtime(at).date(), 0
    while today < window.day:
        today = workdays.add(today, 1).day
        left += 1
    return Clock(window.day, left, window.provisional)


# ── the line of its way ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Stop:
    """A stop on the way of an edition: "done", "now" or "ahead", and in a few words how it stands."""

    name: str
    state: str
    says: str


def line(edition: Edition, listings: list[Listing], course: Any, at: datetime) -> list[Stop]:
    """Draft, notice, objection, approval, publication. `listings` are those kept, `course` what the chain said."""
    black = [listing for listing in listings if listing.colour == Listing.Colour.BLACK]
    unserved = sum(listing.state in (Listing.State.DRAFT, Listing.State.NOTICED) for listing in black)
    objected = sum(listing.state == Listing.State.OBJECTED for listing in black)
    running = sum(listing.window_is_open(at) for listing in black if listing.state == Listing.State.SERVED)
    agreed = sum(bool(row.approval and row.approval.agreed) for row in course)
    refused = any(row.approval and not row.approval.agreed for row in course)
    published = edition.state == Edition.State.PUBLISHED
    found = [
        (
            _("Draft"),
            bool(listings),
            _("%(red)d red, %(black)d black") % {"red": len(listings) - len(black), "black": len(black)},
        ),
        (
            _("Notice"),
            unserved == 0,
            _("%(count)d not served") % {"count": unserved} if unserved else _("served") if black else _("none needed"),
        ),
        (
            _("Objection"),
            unserved + objected + running == 0,
            _("%(count)d to decide") % {"count": objected}
            if objected
            else _("%(count)d windows open") % {"count": running}
            if running
            else _("in time")
            if black
            else _("none needed"),
        ),
        (
            _("Approval"),
            bool(course) and agreed == len(course),
            _("not agreed") if refused else f"{agreed}/{len(course)}" if course else _("no chain"),
        ),
        (_("Publish"), published, _hour(edition)),
    ]
    stops: list[Stop] = []
    for name, is_done, says in found:
        is_next = all(stop.state == "done" for stop in stops)
        stops.append(Stop(name, "done" if published or (is_done and is_next) else "now" if is_next else "ahead", says))
    return stops


def _hour(edition: Edition) -> str:
    hour = edition.published_at or edition.release_at
    return f"{timezone.localtime(hour):%m-%d %H:%M}" if hour else ""


def next_hour(authority: Authority, at: datetime) -> datetime:
    """When the authority publishes next: the hour of its schedule (else HOUR), today or tomorrow."""
    schedule = getattr(authority, "schedule", None)
    here = timezone.localtime(at)
    hour = here.replace(hour=schedule.hour if schedule else HOUR, minute=0, second=0, microsecond=0)
    return hour if hour > here else hour + timedelta(days=1)
