"""A kitchen's desk at a glance: one card for each of its rooms, with one fact, what is missing first."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunkitchen.core.access import Can, can

from ..credentials.models import Credential
from ..requirements.actions import needed
from ..staff.coverage import coverage
from ..suppliers.ledger import summary
from .models import Establishment

STALE_DAYS = 7  # without a delivery: a kitchen that cooks buys
LEVELS = ("bad", "warn", "")
Fact = tuple[str, str]  # words, level


@dataclass(frozen=True)
class Card:
    """`level` is bad (missing, and the public sees it), warn (missing, or soon) or "" (in order)."""

    title: str
    link: str
    fact: str
    level: str


def cards(place: Establishment, user: Any, today: date) -> list[Card]:
    """Those that the user may open, what is missing first."""
    rooms = [
        (_("What is needed"), "kitchen_requirements", _of_needs(place, today), Can.SEE_KITCHEN),
        (_("Papers"), "", _of_papers(place, today), Can.SEE_PAPERS),
        (_("Cameras"), "cameras", _of_cameras(place), Can.SEE_KITCHEN),
        (_("Staff"), "staff", _of_staff(place, today), Can.SEE_KITCHEN),
        (_("Ledger"), "ledger", _of_ledger(place, today), Can.SEE_KITCHEN),
        (_("Supervision"), "kitchen_duties", _of_supervision(place, today), Can.SEE_KITCHEN),
        (_("What guests say"), "kitchen_complaints", (_("Satisfaction, complaints"), ""), Can.SEE_KITCHEN),
        (_("Photos"), "photos", _of_photos(place), Can.SEE_KITCHEN),
        (_("Table codes"), "stickers", _of_stickers(place), Can.PRINT_STICKERS),
        (_("“You are filmed” sign"), "filmed_sign", (_("To print and to put up"), ""), Can.SEE_KITCHEN),
        (_("Badge and embed"), "kitchen_share", (_("For your site, your menus, your door"), ""), Can.SEE_KITCHEN),
        (_("Managers"), "people", _of_people(place), Can.RUN_KITCHEN),
    ]
    found = [
        Card(title, reverse(name, args=[place.code]) if name else "#papers", *fact)
        for title, name, fact, capability in rooms
        if can(user, capability, place)
    ]
    if place.state == Establishment.State.CLOSED:
        return [replace(card, level="") for card in found]  # nothing is missing where nobody cooks
    return sorted(found, key=lambda card: LEVELS.index(card.level))


def _of_needs(place: Establishment, today: date) -> Fact:
    rows = needed(place, today)
    if missing := sum(row.level == "bad" for row in rows):
        words = ngettext("%(count)s thing is missing", "%(count)s things are missing", missing)
        return words % {"count": missing}, "bad"
    if under_way := sum(not row.is_met for row in rows):
        return ngettext("%(count)s is under way", "%(count)s are under way", under_way) % {"count": under_way}, "warn"
    return _("Everything is in order."), ""


def _of_papers(place: Establishment, today: date) -> Fact:
    papers = [(paper, paper.standing(today)) for paper in place.credentials.of_kitchen()]
    permits = [standing for paper, standing in papers if paper.kind in Credential.PERMITS]
    if returned := sum(standing == "returned" for _paper, standing in papers):
        return ngettext("%(count)s was returned", "%(count)s were returned", returned) % {"count": returned}, "bad"
    if not set(Credential.HOLDS) & set(permits):
        if "submitted" in permits:
            return _("The food permit is being reviewed"), "warn"
        return _("No food permit in force"), "bad"
    if "renewal_pending" in permits and "in_force" not in permits:
        return _("The food permit's renewal is being reviewed"), "warn"
    if "expiring" in permits and "in_force" not in permits:
        return _("The food permit expires soon"), "warn"
    valid = sum(standing in Credential.HOLDS for _paper, standing in papers)
    return ngettext("%(count)s in force", "%(count)s in force", valid) % {"count": valid}, ""


def _of_cameras(place: Establishment) -> Fact:
    count = place.cameras.count()
    if not count:
        return _("Guests see no kitchen yet"), "warn"
    return ngettext("%(count)s camera", "%(count)s cameras", count) % {"count": count}, ""


def _of_staff(place: Establishment, today: date) -> Fact:
    found = coverage(place, today)
    if not found.people:
        return _("Nobody is entered yet"), "warn"
    if found.lacking:
        words = ngettext(
            "%(count)s without a health certificate", "%(count)s without a health certificate", found.lacking
        )
        return words % {"count": found.lacking}, "bad"
    if found.unasked:
        words = ngettext("%(count)s not asked about the camera", "%(count)s not asked about the camera", found.unasked)
        return words % {"count": found.unasked}, "warn"
    words = _("Health certificates: %(valid)s of %(needed)s in force")
    return words % {"valid": found.in_force, "needed": found.needed}, "warn" if found.expiring else ""


def _of_ledger(place: Establishment, today: date) -> Fact:
    last = summary(place, today).last
    if last is None:
        return _("No delivery yet"), "warn"
    age = (today - last).days
    if not age:
        return _("Last delivery today"), ""
    words = ngettext("Last delivery %(days)s day ago", "Last delivery %(days)s days ago", age) % {"days": age}
    return words, "warn" if age > STALE_DAYS else ""


def _of_supervision(place: Establishment, today: date) -> Fact:
    asked = list(place.reminders.filter(ended_at=None).values_list("mend_by", flat=True))
    if not asked:
        return _("Nothing has to be mended"), ""
    words = ngettext("%(count)s thing to mend", "%(count)s things to mend", len(asked)) % {"count": len(asked)}
    return words, "bad" if min(asked) < today else "warn"


def _of_photos(place: Establishment) -> Fact:
    count = place.photos.shown().count()
    if not count:
        return _("No photos yet"), ""
    return ngettext("%(count)s photo", "%(count)s photos", count) % {"count": count}, ""


def _of_stickers(place: Establishment) -> Fact:
    count = place.stickers.filter(revoked_at=None).count()
    if not count:
        return _("No table codes yet"), ""
    return ngettext("%(count)s valid code", "%(count)s valid codes", count) % {"count": count}, ""


def _of_people(place: Establishment) -> Fact:
    count = place.memberships.filter(ended_at=None).count()
    words = ngettext("%(count)s person acts for it", "%(count)s people act for it", count)
    return words % {"count": count}, ""
