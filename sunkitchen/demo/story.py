"""The demo's rows, made by the same actions that people's clicks call, each as of its moment in the year behind us."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from . import crew, ledger, lists, opening, register, town, visits
from .tale import Tale


@transaction.atomic
def tell(at: datetime, *, count: int = town.SIZE, say: Callable[[str], None] = lambda text: None) -> Tale:
    """Everything of the first `count` kitchens, all or nothing; `say` hears how far it is."""
    tale = Tale(at, town.kitchens()[:count])
    for chapter in (opening, register, crew, visits, lists, ledger):
        chapter.plan(tale)
    month = None
    for day in tale.told():
        if month != (month := (day.year, day.month)):
            say(f"  … {day:%Y-%m}")
    return tale
