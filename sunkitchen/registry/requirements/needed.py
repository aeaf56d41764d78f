"""How a kitchen stands to one requirement on a day: met by which way, promised, asked for, or missing. Pure."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .rules import (
    ALWAYS,
    BOUND,
    CAMERA,
    FILMED,
    LEDGER,
    OPEN,
    OWN_CHECK,
    PAPER,
    PHOTO,
    POST,
    SHARED,
    STAFF,
    UNDERTAKING,
    UPLOAD,
    Requirement,
)

# What a requirement's state may be, the best first; the words are `words.STATES`.
MET, EXPIRING, RENEWAL, PROMISED = "met", "expiring", "renewal_pending", "promised"
WAITING, NOT_YET, ASKED = "waiting", "not_yet", "asked"
RETURNED, EXPIRED, REVOKED, BROKEN, NOT_FOUND, MISSING = (
    *("returned", "expired", "revoked", "broken", "not_found", "missing"),
)
GOOD = (MET, EXPIRING, RENEWAL)  # of a paper, or of a thing that is there
LEVELS = {
    **dict.fromkeys((MET, RENEWAL), "ok"),
    **dict.fromkeys((EXPIRING, PROMISED, WAITING, NOT_YET, ASKED), "warn"),
    **dict.fromkeys((RETURNED, EXPIRED, REVOKED, BROKEN, NOT_FOUND, MISSING), "bad"),
}
# What a paper's standing means here. One that was replaced, or is a draft, is not there.
OF_STANDING = {
    "in_force": MET,
    "expiring": EXPIRING,
    "renewal_pending": RENEWAL,
    "submitted": WAITING,
    "not_yet": NOT_YET,
    "returned": RETURNED,
    "expired": EXPIRED,
    "revoked": REVOKED,
}
RANK = (MET, RENEWAL, EXPIRING, WAITING, NOT_YET, RETURNED, REVOKED, EXPIRED)


@dataclass(frozen=True)
class Paper:
    """A paper of the kitchen as it stands on the day; `way`: how it came. `submitted_on`: None for a draft."""

    pk: int
    kind: str
    standing: str
    way: str
    valid_from: date
    valid_through: date | None = None
    submitted_on: date | None = None


@dataclass(frozen=True)
class Check:
    """The newest time the bureau was asked to look a thing up."""

    pk: int
    state: str  # open, confirmed, not_found, dropped
    due_on: date
    said: str = ""


@dataclass(frozen=True)
class Given:
    """An undertaking, as its row says: open, kept, broken or released."""

    pk: int
    state: str
    due_on: date
    ended_on: date | None = None


@dataclass(frozen=True)
class Held:
    """What a kitchen has on a day."""

    category: str
    papers: Sequence[Paper] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)  # by the requirement's code, the newest
    given: Mapping[str, Given] = field(default_factory=dict)  # by the requirement's code, the newest
    broken_on: date | None = None  # when an undertaking of any kind was broken last
    photos: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    delivered_on: date | None = None
    staff: tuple[int, int, int] = (0, 0, 0)  # whose post needs a certificate, who holds one, whose ends soon
    cameras: int = 0  # switched on
    is_open: bool = True
    is_bound: bool = False  # to show its kitchen
    registers: frozenset[str] = frozenset()  # kinds of paper for which there is another bureau's register


@dataclass(frozen=True)
class Standing:
    """What came of it. `way` is how it is met, or how it is under way; `offers` are the ways that are open now."""

    state: str
    way: str = ""
    until: date | None = None  # the last day of the paper, of the undertaking, or by which the bureau looks
    paper: int | None = None
    check: int | None = None
    given: int | None = None
    count: tuple[int, int] | None = None  # of staff: held, needed
    offers: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        return LEVELS[self.state]

    @property
    def is_met(self) -> bool:
        """The thing itself is there today: a promise is not."""
        return self.state in GOOD


def applies(rule: Requirement, held: Held) -> bool:
    """Whether this kitchen is asked for it at all."""
    if held.category not in rule.categories:
        return False
    return {ALWAYS: True, OPEN: held.is_open, BOUND: held.is_bound, FILMED: held.cameras > 0}[rule.when]


def judge(rule: Requirement, held: Held, today: date, barred_months: int) -> Standing:
    """How the kitchen stands to it. The thing itself goes before a promise, and a promise before nothing."""
    found = {PAPER: _paper, STAFF: _staff, LEDGER: _ledger}.get(rule.sort, _thing)(rule, held, today)
    promise = held.given.get(rule.code)
    check = held.checks.get(rule.code)
    if not found.is_met and found.state != REVOKED:
        if promise is not None and promise.state == "open":
            found = _promised(found, promise, today)
        elif promise is not None and promise.state == "broken" and found.state in (MISSING, EXPIRED):
            found = Standing(BROKEN, UNDERTAKING, promise.due_on, found.paper, given=promise.pk, count=found.count)
        if found.state in (MISSING, EXPIRED, BROKEN) and check is not None:
            found = _checked(found, check)
    return replace(found, offers=offers(rule, held, found, today, barred_months))


def offers(rule: Requirement, held: Held, found: Standing, today: date, barred_months: int) -> tuple[str, ...]:
    """The ways that are open: none where it is met and stays so."""
    if found.state in (MET, RENEWAL):
        return ()
    if found.state in (WAITING, NOT_YET):
        return ()  # somebody reads it already, or it begins by itself
    closed = set()
    if not set(rule.papers) & held.registers:
        closed.add(SHARED)
    if found.state == ASKED or found.state == EXPIRING:
        closed.add(OWN_CHECK)
    if not may_promise(found, held, today, barred_months):
        closed.add(UNDERTAKING)
    return tuple(way for way in rule.ways if way not in closed)


def may_promise(found: Standing, held: Held, today: date, barred_months: int) -> bool:
    """Only what is missing is promised; never what was revoked, not twice, and by nobody who broke their word lately."""
    if found.state in (PROMISED, REVOKED, WAITING, ASKED, NOT_YET, *GOOD):
        return False
    if any(promise.state == "open" and today > promise.due_on for promise in held.given.values()):
        return False  # broken, though no sweep has written it down yet
    return held.broken_on is None or today > months_after(held.broken_on, barred_months)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# ── each sort ───────────────────────────────────────────────────────────────────────────────────────────────
def _paper(rule: Requirement, held: Held, today: date) -> Standing:
    rows = [row for row in held.papers if row.kind in rule.papers and row.standing in OF_STANDING]
    if not rows:
        return Standing(MISSING)
    # What stands today before what waits, what waits before what was; of what was, the newest speaks.
    alive = [row for row in rows if RANK.index(OF_STANDING[row.standing]) <= RANK.index(RETURNED)]
    if alive:
        best = min(alive, key=lambda row: (RANK.index(OF_STANDING[row.standing]), -row.pk))
    else:
        best = max(rows, key=lambda row: (row.valid_through or date.max, row.valid_from, row.pk))
    return Standing(OF_STANDING[best.standing], best.way, best.valid_through, best.pk)


def _staff(rule: Requirement, held: Held, today: date) -> Standing:
    needed, holding, soon = held.staff
    if not needed:
        return Standing(MISSING, count=(0, 0))
    if holding < needed:
        return Standing(MISSING, count=(holding, needed))
    return Standing(EXPIRING if soon else MET, UPLOAD, count=(holding, needed))


def _ledger(rule: Requirement, held: Held, today: date) -> Standing:
    last = held.delivered_on
    if last is None:
        return Standing(MISSING)
    return Standing(MET if (today - last).days <= rule.days else EXPIRED, UPLOAD, last)


def _thing(rule: Requirement, held: Held, today: date) -> Standing:
    there = {PHOTO: rule.what in held.photos, POST: rule.what in held.posts, CAMERA: held.cameras > 0}[rule.sort]
    return Standing(MET, UPLOAD) if there else Standing(MISSING)


# ── what is not there yet ───────────────────────────────────────────────────────────────────────────────────
def _promised(found: Standing, promise: Given, today: date) -> Standing:
    if today <= promise.due_on:
        if found.state in (WAITING, RETURNED, NOT_YET):
            return Standing(found.state, found.way, found.until, found.paper, given=promise.pk)
        return Standing(PROMISED, UNDERTAKING, promise.due_on, found.paper, given=promise.pk, count=found.count)
    if found.state in (WAITING, NOT_YET):  # handed in: the clerk's time is not held against the kitchen
        return Standing(found.state, found.way, found.until, found.paper, given=promise.pk)
    return Standing(BROKEN, UNDERTAKING, promise.due_on, found.paper, given=promise.pk, count=found.count)


def _checked(found: Standing, check: Check) -> Standing:
    if check.state == "open":
        return Standing(ASKED, OWN_CHECK, check.due_on, found.paper, check.pk, found.given)
    if check.state == "not_found" and found.state == MISSING:
        return Standing(NOT_FOUND, OWN_CHECK, None, found.paper, check.pk, found.given)
    return found


def keeps(rule: Requirement, held: Held, promise: Given, today: date, barred_months: int) -> str:
    """What became of an open undertaking: kept, broken, or open still. A paper handed in by its day waits for the clerk."""
    thing = judge(rule, replace(held, given={}, checks={}), today, barred_months)
    if thing.is_met:
        return "kept"
    if today <= promise.due_on:
        return "open"
    in_time = [
        row
        for row in held.papers
        if row.kind in rule.papers
        and row.standing in ("submitted", "not_yet")
        and row.submitted_on is not None
        and row.submitted_on <= promise.due_on
    ]
    return "open" if in_time else "broken"
