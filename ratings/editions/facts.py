"""The facts that this installation can measure about a kitchen, as the rules name them.

A fact whose name ends in `_ids` is the evidence of another: which samples, complaints, outbreaks or reminders it was
made of, so that what was decided once never lists a kitchen again (decided.py). They are numbers with blanks between.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from ratings.inspections.models import Inspection
from ratings.months import months_later, months_reaching
from streams.cameras.online import Rate
from sunkitchen.registry.models import Establishment

from . import measured
from .judge import Facts, Value
from .measured import Period, Row, Where

ONLINE_DAYS = 30  # that a live picture and a ledger are measured over, where no edition names its own period
ONLINE_LEAST = 600  # minutes that must be known before a rate is told: ten hours, ours
MONTHS = 12  # that samples, complaints and outbreaks are counted over, where no edition names its own period
DENSE = 2  # a range of ids may hold so many times the kitchens that are meant; beyond that each is named

Known = dict[str, Value]
NOTHING: Known = {
    "permit": None,
    "inspection": None,
    "grade": None,
    "inspection_id": None,
    "inspected_on": None,
    "cameras": 0,
    "seen_permille": None,
    "failed_samples": 0,
    "failed_samples_ids": None,
    "open_cases": 0,
    "upheld_complaints": 0,
    "serious_complaints": 0,
    "serious_complaints_ids": None,
    "ledger_days": None,
    "ledger_weekly_permille": None,
    "outbreaks": 0,
    "outbreaks_ids": None,
    "certificates_missing": None,
    "certificates_missing_since_reminder": None,
    "certificates_missing_since_reminder_ids": None,
    "seen_since_reminder": None,
    "seen_since_reminder_ids": None,
}


def of(
    establishment: Establishment,
    at: datetime,
    *,
    period: Period | None = None,
    visits: Iterable[Inspection] | None = None,
) -> Facts:
    """The facts of one kitchen at `at`. `visits`, where they are in hand, are closed ones `of_operator`."""
    return gather([establishment], at, period=period, visits=visits)[establishment.pk]


def gather(
    establishments: Iterable[Establishment],
    at: datetime,
    *,
    period: Period | None = None,
    visits: Iterable[Inspection] | None = None,
) -> dict[int, Facts]:
    """The facts of many kitchens at `at`, by id, in two queries. None is unknown.

    permit: in_force, expired, revoked; inspection: conforms, mostly, fails; grade: A, B, C or none, both from the
    latest closed visit of 12 months; inspection_id: that visit; cameras: how many are switched on.
    seen_permille: proven of the known minutes of all its cameras over `period` (ONLINE_DAYS up to `at` without one),
    None while fewer than ONLINE_LEAST are known. Version 2 of the rules names another fact, `online_permille`, and
    says that it is not measured: so it stays for what was published by it.
    failed_samples: failed for good in the period (MONTHS up to `at` without one; so too what follows); outbreaks: that
    occurred or were confirmed in it; upheld_complaints: found true in it, serious_complaints: of those, the serious.
    open_cases: cases opened on reports, not closed. ledger_days: days of the period (ONLINE_DAYS without one) with a delivery;
    ledger_weekly_permille: those for each whole week, in thousandths, from the first delivery on where that lies in the
    period; both None where no ledger is kept here, the latter also while no week is whole.
    certificates_missing: people at work whose post needs a certificate that is not in force; None where nobody is
    named in such a post. certificates_missing_since_reminder: the same, None unless a standing reminder's time to mend
    is over. seen_since_reminder: as seen_permille, of the days after such a reminder's last day to mend, None unless a
    standing commitment or statute binds the kitchen to a camera.
    `visits` are all the closed visits of these kitchens, if they are known already: then it is one query.
    """
    ids = [establishment.pk for establishment in establishments]
    return _gathered(ids, measured.among(ids), at, period, visits)


def gather_ids(ids: Sequence[int], at: datetime, *, period: Period | None = None) -> dict[int, Facts]:
    """As `gather`, of ids in ascending order; where hardly any others lie between them they are asked for as a range."""
    if not ids:
        return {}
    dense = ids[-1] - ids[0] < DENSE * len(ids)
    where = measured.between(ids[0], ids[-1]) if dense else measured.among(ids)
    return _gathered(ids, where, at, period, None)


def spans(at: datetime, period: Period | None) -> measured.Spans:
    today = timezone.localtime(at).date()
    lately = period or (today - timedelta(days=ONLINE_DAYS - 1), today)
    return measured.Spans(today, lately, period or (months_reaching(today, MONTHS), today), lately)


def _gathered(
    ids: Iterable[int], where: Where, at: datetime, period: Period | None, visits: Iterable[Inspection] | None
) -> dict[int, Facts]:
    over = spans(at, period)
    found = {pk: _Kitchen(over) for pk in ids}
    for row in measured.rows(where, over):
        if kitchen := found.get(row.kitchen):
            TAKEN[row.asked](kitchen, row)
    latest = measured.visits(where, at) if visits is None else _latest(visits, at)
    for pk, *visit in latest:
        if kitchen := found.get(pk):
            kitchen.visited(*visit)
    return {pk: kitchen.facts() for pk, kitchen in found.items()}


def _latest(visits: Iterable[Inspection], at: datetime) -> list[tuple[int, int, datetime, str, str]]:
    """As `measured.visits`, of visits in hand."""
    today = timezone.localtime(at).date()
    newest: dict[int, Inspection] = {}
    for visit in sorted(visits, key=lambda visit: (visit.visited_at, visit.pk)):
        if visit.visited_at <= at and months_later(timezone.localtime(visit.visited_at).date(), 12) >= today:
            newest[visit.establishment_id] = visit
    return [(pk, v.pk, v.visited_at, v.result, v.grade) for pk, v in newest.items()]


class _Kitchen:
    """One kitchen's facts while its answers come in, in whatever order."""

    __slots__ = ("begun", "camera_reminder", "days", "kept_before", "known", "listed", "over", "permit", "reminders")

    def __init__(self, over: measured.Spans):
        self.over = over
        self.known: Known = dict(NOTHING)
        self.permit: tuple[bool, date, int] | None = None  # the one that speaks
        self.listed: dict[str, list[int]] = {}  # evidence by its fact
        self.days, self.begun, self.kept_before = 0, date.max, False
        self.camera_reminder: tuple[date, int] | None = None
        self.reminders: list[int] = []

    def visited(self, pk: int, at: datetime, result: str, grade: str) -> None:
        self.known["inspection"], self.known["grade"], self.known["inspection_id"] = result, grade or "none", pk
        self.known["inspected_on"] = timezone.localtime(at).date().isoformat()

    def take_permit(self, row: Row) -> None:
        """One in force speaks for all; else the one that lasted longest."""
        rank = row.word == "in_force", row.on_day or date.max, row.one
        if self.permit is None or rank > self.permit:
            self.permit, self.known["permit"] = rank, row.word

    def take_cameras(self, row: Row) -> None:
        self.known["cameras"] = row.one

    def take_seen(self, row: Row) -> None:
        self.known["seen_permille"] = rate(row.one, row.two)

    def take_listed(self, row: Row) -> None:
        self.listed.setdefault(row.asked, []).append(row.one)

    def take_complaint(self, row: Row) -> None:
        self.listed.setdefault("upheld_complaints", []).append(row.one)
        if row.two:
            self.listed.setdefault("serious_complaints", []).append(row.one)

    def take_open_cases(self, row: Row) -> None:
        self.known["open_cases"] = row.one

    def take_ledger(self, row: Row) -> None:
        self.days, self.begun = row.one, row.on_day or date.max

    def take_kept_before(self, row: Row) -> None:
        self.kept_before = True

    def take_staff(self, row: Row) -> None:
        self.known["certificates_missing"] = row.two

    def take_reminder(self, row: Row) -> None:
        self.reminders.append(row.one)

    def take_seen_since(self, row: Row) -> None:
        """Of several reminders the one that gave the longest time: what came before it is forgiven."""
        rank = row.on_day or date.min, row.one
        if self.camera_reminder is None or rank > self.camera_reminder:
            self.camera_reminder, seen = rank, rate(row.two, row.three)
            self.known["seen_since_reminder"] = seen
            self.known["seen_since_reminder_ids"] = None if seen is None else str(row.one)

    def facts(self) -> Known:
        known = self.known
        for name, ids in self.listed.items():
            known[name] = len(ids)
            if f"{name}_ids" in known:
                known[f"{name}_ids"] = evidence(ids)
        if self.reminders and known["certificates_missing"] is not None:
            known["certificates_missing_since_reminder"] = known["certificates_missing"]
            known["certificates_missing_since_reminder_ids"] = evidence(self.reminders)
        if self.days or self.kept_before:
            first, last = self.over.ledger
            weeks = ((last - (first if self.kept_before else self.begun)).days + 1) // 7
            known["ledger_days"] = self.days
            known["ledger_weekly_permille"] = self.days * 1000 // weeks if weeks else None
        return known


TAKEN: dict[str, Callable[[_Kitchen, Row], None]] = {
    "permit": _Kitchen.take_permit,
    "cameras": _Kitchen.take_cameras,
    "seen": _Kitchen.take_seen,
    "failed_samples": _Kitchen.take_listed,
    "open_cases": _Kitchen.take_open_cases,
    "upheld_complaints": _Kitchen.take_complaint,
    "outbreaks": _Kitchen.take_listed,
    "ledger": _Kitchen.take_ledger,
    "kept_before": _Kitchen.take_kept_before,
    "staff": _Kitchen.take_staff,
    "reminded_of_certificates": _Kitchen.take_reminder,
    "seen_since_reminder": _Kitchen.take_seen_since,
}


def rate(proven: int, failed: int) -> int | None:
    """Permille of the known minutes, None while too few are known."""
    return Rate(proven=proven, failed=failed).permille if proven + failed >= ONLINE_LEAST else None


def evidence(ids: Iterable[int]) -> str:
    return " ".join(map(str, sorted(ids)))
