"""The demo's rows, made by the same actions that people's clicks call, each as of its moment in the year behind us."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from sunkitchen.core import notices
from sunkitchen.registry.credentials import expiring

from . import (
    complaints,
    crew,
    desk,
    drafting,
    draws,
    handing_over,
    ledger,
    lists,
    minutes,
    needs,
    opening,
    people,
    questions,
    recall,
    register,
    samples,
    town,
    video,
    visits,
)
from .tale import Tale

READ_UNTIL = 6  # days ago


@transaction.atomic
def tell(at: datetime, *, count: int = town.SIZE, say: Callable[[str], None] = lambda text: None) -> Tale:
    """Everything of the first `count` kitchens, all or nothing; `say` hears how far it is."""
    tale = Tale(at, town.kitchens()[:count])
    for chapter in (
        opening,
        register,
        crew,
        people,
        desk,
        handing_over,
        video,
        visits,
        draws,
        samples,
        lists,
        ledger,
        needs,
        recall,
        minutes,
        complaints,
        drafting,
        questions,
    ):
        chapter.plan(tale)
    tale.on(tale.moment(tale.ago(READ_UNTIL), 12), lambda: _read(tale))
    tale.on(at, lambda: _remind(tale))
    month = None
    for day in tale.told():
        if month != (month := (day.year, day.month)):
            say(f"  … {day:%Y-%m}")
    return tale


def _read(tale: Tale) -> None:
    """People look at their desks: only what came in the last days is new to them."""
    for user in tale.users.values():
        notices.read(by=user)


def _remind(tale: Tale) -> None:
    """What the hourly sweep has said by now. Letters to the few with an address are the worker's to send."""
    expiring.retire(tale.today)
    expiring.remind(tale.today)
