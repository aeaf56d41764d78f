"""The risk class of every kitchen, in one query: its newest row, or the first class by its kind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, DurationField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from sunkitchen.registry.models import Establishment

from .models import Risk

# The first class by the kind of kitchen, until a person gives another: many guests at once, or guests who can't
# choose (children, patients), weigh more than a menu. A project's choice, as data.
FIRST = {
    "drinks": "A",
    "snack": "B",
    "small": "B",
    "medium": "B",
    "canteen": "B",
    "large": "C",
    "catering": "C",
    "central": "C",
    "school": "D",
}
WEIGHTS = {"A": 1, "B": 2, "C": 3, "D": 4}  # in a draw


def classed(kitchens: QuerySet[Establishment]) -> QuerySet[Any]:
    """With `letter`: A to D."""
    first = Case(
        *(When(category=category, then=Value(letter)) for category, letter in FIRST.items()), default=Value("C")
    )
    return kitchens.annotate(letter=Coalesce(Subquery(_newest().values("letter")[:1]), first, output_field=CharField()))


def by_letter(of: Callable[[str], timedelta]) -> Coalesce:
    """What `of` says of the kitchen's class, as an expression that looks at the rows of classes once."""
    said = Case(*(When(letter=letter, then=Value(of(letter))) for letter in WEIGHTS), output_field=DurationField())
    first = Case(
        *(When(category=category, then=Value(of(letter))) for category, letter in FIRST.items()),
        default=Value(of("C")),
        output_field=DurationField(),
    )
    newest = Subquery(_newest().annotate(said=said).values("said")[:1], output_field=DurationField())
    return Coalesce(newest, first, output_field=DurationField())


def _newest() -> QuerySet[Risk]:
    return Risk.objects.filter(establishment=OuterRef("pk")).order_by("-set_at", "-pk")


def history(establishment: Establishment) -> QuerySet[Risk]:
    """Every class that was given, the newest first."""
    return Risk.objects.filter(establishment=establishment).select_related("set_by").order_by(F("set_at").desc(), "-pk")


def letter_of(establishment: Establishment) -> str:
    """A to D, as it counts now."""
    row = history(establishment).first()
    return row.letter if row else FIRST.get(establishment.category, "C")
