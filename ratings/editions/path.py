"""Where a listing stands on its way to publication, and what is still in the way. Read, never written here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import Authority
from sunkitchen.core import workdays
from sunkitchen.registry.models import Establishment

from . import facts, judge
from .models import Edition, Listing


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
    known = facts.gather(kitchens, at)
    proposed = [Candidate(k, known[k.pk], judge.judge(known[k.pk], edition.rules)) for k in kitchens]
    return sorted((c for c in proposed if c.verdict.colour), key=lambda c: c.verdict.colour)


def obstacles(listing: Listing, at: datetime) -> list[str]:
    """Why the listing may not be published at `at`, in the reader's language; empty when it may."""
    if listing.colour == Listing.Colour.RED:
        verdict = judge.judge(facts.of(listing.establishment, at), listing.edition.rules)
        against = [finding.rule for finding in (*verdict.against_red, *verdict.black)]
        return [_("A rule of the red list does not hold: %(code)s.") % {"code": rule.code} for rule in against]
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
