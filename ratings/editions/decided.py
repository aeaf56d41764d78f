"""What was decided once lists nobody again: a visit, a sample, a complaint, an outbreak, a reminder puts a kitchen on
the black list one time, else its term would never end. docs/decisions/0022 says why."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from ratings.complaints.models import Complaint
from ratings.outbreaks.models import Outbreak
from ratings.reminders.models import Reminder
from ratings.sampling.models import Sample

from . import judge, ruleset
from .models import Listing, Objection


def evidence(fact: str, known: judge.Facts) -> set[int] | None:
    """Ids of what the fact is made of; None for a fact that is a state and no event, as a permit's."""
    if fact == "inspection":
        visit = known.get("inspection_id")
        return {visit} if isinstance(visit, int) else set()
    if fact not in OFFICERS:
        return None
    ids = known.get(f"{fact}_ids")
    return {int(one) for one in ids.split()} if isinstance(ids, str) else set()


class Decided:
    """What put the kitchens on a black list already: published, drafted, or overturned by an objection."""

    def __init__(self, kitchens: Q, at: datetime):
        """`kitchens`: of the listings, which kitchens' are meant."""
        self.events: dict[tuple[int, str], set[int]] = defaultdict(set)
        self.standing: set[tuple[int, str]] = set()
        black = Listing.objects.filter(kitchens, colour=Listing.Colour.BLACK)
        speaking = set(black.running(at).values_list("pk", flat=True))
        self.blackened: set[int] = set()  # who stands on a black list at `at`: no red one speaks beside it
        overturned = Q(objections__state=Objection.State.ACCEPTED)
        rows = black.filter(~Q(state=Listing.State.DROPPED) | overturned).values_list(
            "pk", "establishment_id", "edition__rule_version", "rule", "facts", "evidence", "state"
        )
        for pk, kitchen, version, code, known, visits, state in rows.distinct():
            fact = ruleset.load(version).black(code).fact
            ids = evidence(fact, known)
            if pk in speaking:
                self.blackened.add(kitchen)
            if ids is not None:
                self.events[kitchen, fact] |= ids | (set(visits) if fact == "inspection" else set())
            elif pk in speaking or state not in (Listing.State.PUBLISHED, Listing.State.DROPPED):
                self.standing.add((kitchen, fact))

    def covers(self, kitchen: int, rule: judge.Rule, known: judge.Facts) -> bool:
        """Whether the rule has nothing new to say: all its evidence was decided, or what it says is said already."""
        ids = evidence(rule.fact, known)
        if ids is None:
            return (kitchen, rule.fact) in self.standing
        return bool(ids) and ids <= self.events.get((kitchen, rule.fact), set())


def of_kitchens(ids: Iterable[int], at: datetime) -> Decided:
    return Decided(Q(establishment__in=list(ids)), at)


def of_division(division: str, at: datetime) -> Decided:
    return Decided(Q(establishment__division__startswith=division), at)


# Who made the evidence of a fact: they took part.
OFFICERS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "failed_samples": (Sample, ("lead_id", "second_id", "served_by_id")),
    "serious_complaints": (Complaint, ("assigned_to_id",)),
    "outbreaks": (Outbreak, ("confirmed_by_id",)),
    "seen_since_reminder": (Reminder, ("recorded_by_id",)),
    "certificates_missing_since_reminder": (Reminder, ("recorded_by_id",)),
}


def officers(listing: Listing) -> set[int]:
    """Whoever took the samples, handled the complaints, confirmed the outbreaks or issued the reminders of a black
    listing: who took part decides no objection and publishes nothing."""
    people: set[int | None] = set()
    if listing.colour == Listing.Colour.BLACK:
        fact = listing.edition.rules.black(listing.rule).fact
        if fact in OFFICERS:
            model, fields = OFFICERS[fact]
            ids = evidence(fact, listing.facts) or set()
            for row in model._base_manager.filter(pk__in=ids).values_list(*fields):
                people |= set(row)
    return {person for person in people if person is not None}
