"""Track record, pure: what the visits to a kitchen and what went wrong there say together.

A grade that nearly everybody holds tells little; how old it is, and for how long nothing bad is on record, tells more.
It never claims more than the record: nobody is clean before a visit found them so, nor after a bad day until a visit
found them so again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ratings.months import months_later

from .scale import CONFORMS, DOES_NOT, MONTHS_AFTER_INCIDENT, Grade


@dataclass(frozen=True)
class Visit:
    """A closed inspection."""

    day: date
    result: str = CONFORMS  # CONFORMS, MOSTLY or DOES_NOT
    tenths: int | None = None  # 0–100
    letter: str = ""  # A, B, C or "" for no grade
    key_failed: int = 0
    reasons: tuple[str, ...] = ()  # of the grade, as the visit gave them

    @property
    def is_clean(self) -> bool:
        """It conforms, be it mostly, and no key item failed."""
        return self.result != DOES_NOT and not self.key_failed


@dataclass(frozen=True)
class Point:
    """One visit in the history of scores."""

    day: date
    tenths: int
    letter: str


@dataclass(frozen=True)
class Track:
    scores: tuple[Point, ...]  # in the order of their days
    last_visit: date | None
    last_visit_days: int | None  # its age
    clean_since: date | None  # None: nothing is claimed
    visits_in_year: int  # of the last 12 months


def of(
    visits: Iterable[Visit],
    outbreaks: Iterable[date],
    samples: Iterable[date],
    today: date,
    *,
    listed: Iterable[date] = (),
) -> Track:
    """The record as it stands on `today`; what comes later is left out.

    `outbreaks`: the days on which people fell ill, of those that stand. `samples`: the days on which failed ones became
    final. `listed`: the days on which a black list named the kitchen, of the listings that stand.
    """
    known = sorted((visit for visit in visits if visit.day <= today), key=lambda visit: visit.day)
    last = known[-1].day if known else None
    bad = [day for day in (*outbreaks, *samples, *listed) if day <= today]
    return Track(
        scores=tuple(Point(visit.day, visit.tenths, visit.letter) for visit in known if visit.tenths is not None),
        last_visit=last,
        last_visit_days=(today - last).days if last else None,
        clean_since=_clean_since(known, bad),
        visits_in_year=sum(months_later(visit.day, 12) >= today for visit in known),
    )


def _clean_since(visits: list[Visit], bad: list[date]) -> date | None:
    """The first clean visit after the last bad day; on one day the bad counts."""
    last = max([*bad, *(visit.day for visit in visits if not visit.is_clean)], default=None)
    return min((visit.day for visit in visits if visit.is_clean and (last is None or visit.day > last)), default=None)


def current_grade(
    latest: Visit | None, *, has_permit: bool, outbreaks: Iterable[date], today: date, handed_over: bool = False
) -> Grade:
    """The grade that may be shown on `today`, with reasons: what the latest visit gave, until a fact takes it away.

    `latest` is of the present operator: a grade is not handed on, and `handed_over` says that another had one.

    It is never better than the visit gave, so that nobody's grade rises by waiting. Terms: scale.py.
    """
    if latest is None:
        return Grade("", ("new_operator" if handed_over else "not_visited",))
    against = []
    if not has_permit:
        against.append("no_permit_in_force")
    ill = [day for day in outbreaks if day <= today]
    if any(today < months_later(day, MONTHS_AFTER_INCIDENT) for day in ill):
        against.append("incident_within_6_months")
    elif any(day > latest.day for day in ill):
        against.append("incident_since_the_visit")
    if not against:
        return Grade(latest.letter, latest.reasons)
    given = [] if latest.letter else list(latest.reasons)
    return Grade("", tuple(dict.fromkeys([*given, *against])))
