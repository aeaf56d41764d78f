"""The rhythm of the bureau's lists, and a proposal of the open draft that its drafter set aside."""

from ratings.editions import drafting, scheduling
from ratings.editions.models import Edition

from . import parts
from .cast import PATROLS, SUN
from .tale import Tale

ASIDE = "该店下周将搬迁至新址，待新址复核后再作考虑（演示）。"


def plan(tale: Tale) -> None:
    tale.on(tale.moment(parts.drafted_on(1, tale.today), 9, 5), lambda: _arrange(tale))
    tale.on(tale.moment(tale.ago(1), 16), _set_aside)


def _arrange(tale: Tale) -> None:
    scheduling.arrange(
        tale.bureau,
        by=tale.user(SUN),
        rhythm="monthly",
        begins_on=parts.drafted_on(1, tale.today).replace(day=1),
        hour=9,
        drafter=tale.user(PATROLS[0][0]),
    )


def _set_aside() -> None:
    edition = Edition.objects.filter(state=Edition.State.DRAFT).order_by("pk").last()
    red = edition.proposals.filter(colour="red", set_aside_at=None).order_by("pk").last() if edition else None
    if edition and red:
        drafting.set_aside(red, by=edition.drafted_by, why=ASIDE)
