"""What anybody may know of an operator's word: which paper is promised, until when, and whether the word was kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from ..establishments.models import Establishment
from . import rules
from .models import Undertaking

MOST = 3  # words of one kitchen that are told, the newest: papers that may be promised are fewer
FACTS = {"requirement": F("requirement"), "due_on": F("due_on"), "state": F("state")}


@dataclass(frozen=True)
class Told:
    title: str
    due_on: date
    is_broken: bool
    kinds: tuple[str, ...]  # of the papers that would keep it: not told where one of them is shown in force


def marked(kitchens: QuerySet[Establishment]) -> QuerySet[Establishment]:
    """With the words that `of` tells, so that it asks no more for them."""
    newest = _words().filter(establishment=OuterRef("pk")).values(fact=JSONObject(**FACTS))
    return kitchens.annotate(**{_column(n): Subquery(newest[n : n + 1]) for n in range(MOST)})


def of(place: Establishment, today: date) -> list[Told]:
    """The present operator's word for each paper: open until it is decided, or broken. No query for one that is `marked`."""
    papers = {rule.code: rule for rule in rules.of(place.division, today).of(place.category) if rule.papers}
    language = get_language() or ""
    found: dict[str, Told] = {}
    for row in _held(place):
        if rule := papers.get(row["requirement"]):
            broken = row["state"] == Undertaking.State.BROKEN
            due_on = date.fromisoformat(str(row["due_on"]))
            found.setdefault(rule.code, Told(rule.title.said(language), due_on, broken, rule.papers))
    return sorted(found.values(), key=lambda told: told.due_on)


def _held(place: Establishment) -> Iterable[dict[str, Any]]:
    """The newest first."""
    if hasattr(place, _column(0)):
        return [row for n in range(MOST) if (row := getattr(place, _column(n)))]
    return list(_words().filter(establishment=place).values(*FACTS)[:MOST])


def _words() -> Any:
    states = [Undertaking.State.OPEN, Undertaking.State.BROKEN]
    return Undertaking.objects.of_operator().filter(state__in=states).order_by("-signed_at", "-pk")


def _column(n: int) -> str:
    return f"told_word_{n}"
