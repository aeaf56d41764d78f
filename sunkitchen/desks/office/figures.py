"""An area in figures: online rates, scores around the cut-offs, inspectors and districts compared.

Every figure is one GROUP BY in the database and a fold of few rows here; each is kept for a minute for all officers of
one reach. `drawn` makes them pictures.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from ratings import grading
from ratings.models import Complaint, Inspection
from streams.cameras.online import Rate
from streams.models import CameraDay
from sunkitchen.accounts.models import Authority
from sunkitchen.core.access import Can, reach
from sunkitchen.registry.models import Establishment

SECONDS = 60  # that a figure is kept
ONLINE_DAYS = 7  # full days, up to yesterday
ONLINE_LEAST = 600  # minutes that must be known before a kitchen is named
YEAR = timedelta(days=365)
WORST = 10
FEW = 10  # visits below which an inspector's mean says nothing
NEAR = 3  # tenths on each side of a cut-off
HEAP = 3  # times as many above as below: somebody looks closer
HEAP_LEAST = 20  # visits

Figure = TypeVar("Figure")


@dataclass(frozen=True)
class Worst:
    code: str
    signboard: str
    permille: int


@dataclass(frozen=True)
class Online:
    yesterday: Rate
    districts: list[tuple[str, Rate]]  # (division's name, its last days), the lowest first
    worst: list[Worst]


@dataclass(frozen=True)
class Cut:
    """How many visits scored just above and just below a cut-off."""

    letter: str
    tenths: int
    above: int
    below: int
    visits: int  # all

    @property
    def is_heaped(self) -> bool:
        """Many more just above than just below: no proof of anything, a place to look closer."""
        return self.above >= HEAP_LEAST and self.above > HEAP * self.below

    @property
    def from_to(self) -> tuple[str, str]:
        def said(low: int) -> str:
            return f"{low / 10:.1f}–{(low + NEAR - 1) / 10:.1f}"

        return said(self.tenths), said(self.tenths - NEAR)


@dataclass(frozen=True)
class Scores:
    bins: dict[int, int]  # tenths: visits
    cuts: list[Cut]

    @property
    def visits(self) -> int:
        return sum(self.bins.values())


@dataclass(frozen=True)
class Inspector:
    """As leading officer. `expected`: the mean of all inspectors at the same kinds of kitchen; all in tenths."""

    pk: int
    name: str
    visits: int
    mean: float
    spread: float
    expected: float

    @property
    def apart(self) -> float:
        return self.mean - self.expected


@dataclass(frozen=True)
class Group:
    """A district or a kind of kitchen: its visits of a year, by grade and failure, and its complaints."""

    name: str
    kitchens: int
    visits: int
    grades: dict[str, int]  # A, B, C and "" for none
    fails: int
    complaints: int

    @property
    def per_hundred(self) -> float | None:
        return 100 * self.complaints / self.kitchens if self.kitchens else None

    def share(self, letter: str) -> float:
        return 100 * self.grades.get(letter, 0) / self.visits if self.visits else 0.0


def online(user: Any, at: datetime) -> Online:
    return kept("online", user, lambda: _online(user, at))


def scores(user: Any, at: datetime) -> Scores:
    return kept("scores", user, lambda: _scores(user, at))


def inspectors(user: Any, at: datetime) -> list[Inspector]:
    """Those with enough visits, the mildest first."""
    return kept("inspectors", user, lambda: _inspectors(user, at))


def groups(user: Any, at: datetime) -> tuple[list[Group], list[Group]]:
    """(districts by their codes, kinds of kitchen)."""
    return kept("groups", user, lambda: _groups(user, at))


def kept(name: str, user: Any, count: Callable[[], Figure]) -> Figure:
    """What `count` says of the reader's area, counted once a minute for all of the same reach."""
    ids, prefixes = reach(user, Can.SEE_OFFICE)
    key = f"office.figures.{name}:{','.join(sorted(prefixes))}:{len(prefixes)}:{','.join(map(str, sorted(ids)))}"
    found: Figure | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, SECONDS)
    return found


def _within(user: Any, path: str) -> Q:
    """Rows of the reader's area; `path` leads to the kitchen: "establishment__", or "" for kitchens themselves."""
    ids, prefixes = reach(user, Can.SEE_OFFICE)
    where = Q(**{f"{path}pk__in": ids}) if ids else Q(pk__in=[])
    for prefix in prefixes:
        where = where | Q(**{f"{path}division__startswith": prefix}) if prefix else Q()
        if not prefix:
            break
    return where


def _online(user: Any, at: datetime) -> Online:
    today = timezone.localtime(at).date()
    days = CameraDay.objects.filter(
        _within(user, "camera__establishment__"), day__gte=today - timedelta(days=ONLINE_DAYS), day__lt=today
    )
    last = Q(day=today - timedelta(days=1))
    rows = days.values(division=F("camera__establishment__division")).annotate(
        p=Sum("proven"),
        f=Sum("failed"),
        yesterday_p=Sum("proven", filter=last, default=0),
        yesterday_f=Sum("failed", filter=last, default=0),
    )
    found = list(rows.order_by("division"))
    names = _names()
    kitchens = (
        days.values(code=F("camera__establishment__code"), signboard=F("camera__establishment__signboard"))
        .annotate(p=Sum("proven"), known=Sum("proven") + Sum("failed"))
        .filter(known__gte=ONLINE_LEAST)
        .annotate(permille=F("p") * 1000 / F("known"))
        .order_by("permille", "code")[:WORST]
    )
    districts = [(names.get(row["division"], str(row["division"])), Rate(row["p"], row["f"])) for row in found]
    return Online(
        yesterday=Rate(sum(row["yesterday_p"] for row in found), sum(row["yesterday_f"] for row in found)),
        districts=sorted(districts, key=lambda pair: (pair[1].permille is None, pair[1].permille or 0, pair[0])),
        worst=[Worst(row["code"], row["signboard"], int(row["permille"])) for row in kitchens],
    )


def _visits(user: Any, at: datetime) -> Any:
    """The closed ones of a year."""
    rows = Inspection.objects.closed().filter(_within(user, "establishment__"))
    return rows.filter(visited_at__gt=at - YEAR, visited_at__lte=at).order_by()


def _scores(user: Any, at: datetime) -> Scores:
    bins = dict(_visits(user, at).values_list("score_tenths").annotate(count=Count("pk")))
    cuts = [("A", grading.A_FROM), ("B", grading.B_FROM), ("C", grading.C_FROM)]
    return Scores(bins, [around(bins, letter, tenths) for letter, tenths in cuts])


def around(bins: dict[int, int], letter: str, tenths: int) -> Cut:
    """What lies within NEAR tenths of the cut-off, on each side. Pure."""
    above = sum(bins.get(tenths + step, 0) for step in range(NEAR))
    below = sum(bins.get(tenths - step, 0) for step in range(1, NEAR + 1))
    return Cut(letter, tenths, above, below, sum(bins.values()))


def _inspectors(user: Any, at: datetime) -> list[Inspector]:
    rows = (
        _visits(user, at)
        .values("lead", name=F("lead__name"), category=F("establishment__category"))
        .annotate(n=Count("pk"), total=Sum("score_tenths"), squares=Sum(F("score_tenths") * F("score_tenths")))
    )
    return compared(rows)


def compared(rows: Iterable[dict[str, Any]]) -> list[Inspector]:
    """Rows of (lead, name, category of kitchen) with number, sum and sum of squares of scores. Pure."""
    rows = list(rows)
    of_kind: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    of_lead: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of_kind[row["category"]][0] += row["n"]
        of_kind[row["category"]][1] += row["total"]
        of_lead[row["lead"]].append(row)
    found = []
    for pk, mine in of_lead.items():
        n = sum(row["n"] for row in mine)
        mean = sum(row["total"] for row in mine) / n
        variance = sum(row["squares"] for row in mine) / n - mean * mean
        expected = sum(row["n"] * of_kind[row["category"]][1] / of_kind[row["category"]][0] for row in mine) / n
        found.append(Inspector(pk, mine[0]["name"], n, mean, sqrt(max(variance, 0.0)), expected))
    return sorted((row for row in found if row.visits >= FEW), key=lambda row: (-row.apart, row.pk))


def _groups(user: Any, at: datetime) -> tuple[list[Group], list[Group]]:
    kitchens = Establishment.objects.filter(_within(user, ""), state=Establishment.State.OPEN).order_by()
    open_ones = kitchens.values_list("division", "category").annotate(n=Count("pk"))
    visits = (
        _visits(user, at)
        .values_list("establishment__division", "establishment__category", "grade", "result")
        .annotate(n=Count("pk"))
    )
    complaints = Complaint.objects.filter(
        _within(user, "establishment__"), same_as=None, received_at__gt=at - YEAR, received_at__lte=at
    ).exclude(state=Complaint.State.REFUSED)
    told = (
        complaints.order_by().values_list("establishment__division", "establishment__category").annotate(n=Count("pk"))
    )
    counted = list(open_ones), list(visits), list(told)
    names, kinds = _names(), {str(value): str(value) for value in Establishment.Category.values}
    return _folded(*counted, key=0, names=names), _folded(*counted, key=1, names=kinds)


def _folded(
    kitchens: list[Any], visits: list[Any], complaints: list[Any], *, key: int, names: dict[str, str]
) -> list[Group]:
    found: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"kitchens": 0, "visits": 0, "grades": defaultdict(int), "fails": 0, "complaints": 0}
    )
    for row in kitchens:
        found[row[key]]["kitchens"] += row[2]
    for row in visits:
        group = found[row[key]]
        group["visits"] += row[4]
        group["grades"][row[2]] += row[4]
        group["fails"] += row[4] if row[3] == Inspection.Result.FAILS else 0
    for row in complaints:
        found[row[key]]["complaints"] += row[2]
    return [
        Group(names.get(name, name), **{**fields, "grades": dict(fields["grades"])})
        for name, fields in sorted(found.items())
    ]


def _names() -> dict[str, str]:
    """Divisions by the authority that looks after them; a town below one goes by its code."""
    return dict(Authority.objects.values_list("division", "name"))
