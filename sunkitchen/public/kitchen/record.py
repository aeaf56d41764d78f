"""The track record of a kitchen as its page tells it: the grade that holds now, the age of the last visit, clean since."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from ratings import grading
from ratings.grading import track
from ratings.models import Inspection, Listing, Outbreak, Sample
from sunkitchen.registry.models import Establishment, Operatorship
from sunkitchen.registry.requirements import told

from . import words
from .page import IN_FORCE, Paper

MOST = 12  # visits that the line of scores shows
WIDTH, HEIGHT, EDGE = 320, 64, 6  # of that line, in its own units
LOWEST = 50  # tenths at its foot


@dataclass(frozen=True)
class Line:
    """The scores of the latest visits as a line, and in words for who sees no picture."""

    points: str  # of an SVG polyline
    dots: list[tuple[str, str]]
    cuts: list[str]  # the heights of the thresholds of A and C
    words: str


@dataclass(frozen=True)
class Former:
    """Who ran the kitchen before, until when."""

    name: str
    until: datetime


@dataclass(frozen=True)
class Record:
    latest: Inspection  # the present operator's, or the last of all where none has visited them
    former: "Former | None"  # where the kitchen was handed over
    is_formers: bool  # no visit has found the present operator yet
    day: date
    age: str
    letter: str  # of the grade that holds now; "" for none
    grade: str  # in words
    why_not: list[str]  # where there is no grade
    clean: str  # a span in words, or ""
    clean_since: date | None
    visits_in_year: int
    line: Line | None  # from the second visit on


def marked(kitchens: Any) -> Any:
    """With what is promised, and the last days that count against a kitchen: its page asks no more often for them."""
    return told.marked(kitchens).annotate(
        last_outbreak=Subquery(_latest(Outbreak.objects.standing().of_operator(), "occurred_on")),
        last_failed_sample=Subquery(_latest(Sample.objects.failed().of_operator(), "final_on")),
        former_name=Subquery(_handed_over().values("operator_name")[:1]),
        former_until=Subquery(_handed_over().values("until")[:1]),
    )


def _handed_over() -> Any:
    return Operatorship.objects.filter(establishment=OuterRef("pk")).order_by("-until")


def former(establishment: Establishment) -> Former | None:
    """Of a kitchen that is `marked`, or asked for here."""
    if not hasattr(establishment, "former_until"):
        row = establishment.operatorships.first()
        return Former(row.operator_name, row.until) if row else None
    until = establishment.former_until
    return Former(str(getattr(establishment, "former_name", "")), until) if until else None


def _latest(rows: Any, field: str) -> Any:
    mine = rows.filter(establishment=OuterRef("pk")).order_by().values("establishment")
    return mine.annotate(latest=Max(field)).values("latest")


def visits(establishment: Establishment) -> list[Inspection]:
    """Every closed one, the newest first."""
    rows = Inspection.objects.closed().filter(establishment=establishment).defer("answers")
    return list(rows.order_by("-visited_at", "-pk"))


def of_operator(visits: list[Inspection], former: Former | None) -> list[Inspection]:
    """Those that found the kitchen as its present operator keeps it."""
    return [visit for visit in visits if former is None or visit.visited_at >= former.until]


def of(
    establishment: Establishment, visits: list[Inspection], listings: list[Listing], papers: list[Paper], today: date
) -> Record | None:
    """`visits`, `listings` and `papers` are all of the kitchen's own; None before the first visit."""
    if not visits:
        return None
    if not hasattr(establishment, "last_outbreak"):
        establishment = marked(Establishment.objects.all()).get(pk=establishment.pk)
    ill, failed = getattr(establishment, "last_outbreak", None), getattr(establishment, "last_failed_sample", None)
    before = former(establishment)
    own = of_operator(visits, before)
    rows = [_visit(visit) for visit in own]
    since = timezone.localdate(before.until) if before else date.min
    found = track.of(
        rows,
        [ill] if ill else [],
        [failed] if failed else [],
        today,
        listed=[
            timezone.localdate(row.edition.published_at)
            for row in listings
            if row.colour == Listing.Colour.BLACK and timezone.localdate(row.edition.published_at) >= since
        ],
    )
    holds = any(paper.credential.kind in paper.credential.PERMITS and paper.standing in IN_FORCE for paper in papers)
    grade = track.current_grade(
        rows[0] if rows else None,
        has_permit=holds,
        outbreaks=[ill] if ill else [],
        today=today,
        handed_over=before is not None,
    )
    latest = own[0] if own else visits[0]
    day = timezone.localdate(latest.visited_at)
    return Record(
        latest=latest,
        former=before,
        is_formers=not own,
        day=day,
        age=words.age(day, today),
        letter=grade.letter,
        grade=str(Inspection.Grade(grade.letter).label) if grade.letter else _("No grade"),
        why_not=[] if grade.letter else [str(grading.REASONS[code]) for code in grade.reasons],
        clean=words.span(found.clean_since, today) if found.clean_since and found.clean_since < today else "",
        clean_since=found.clean_since,
        visits_in_year=found.visits_in_year,
        line=_line(found.scores[-MOST:]),
    )


def _visit(visit: Inspection) -> track.Visit:
    return track.Visit(
        day=timezone.localdate(visit.visited_at),
        result=visit.result,
        tenths=visit.score_tenths,
        letter=visit.grade,
        key_failed=visit.key_failed,
        reasons=tuple(visit.reasons),
    )


def _line(scores: tuple[track.Point, ...]) -> Line | None:
    if len(scores) < 2:
        return None
    first, last = scores[0].day, scores[-1].day
    days = max((last - first).days, 1)
    dots = [
        (f"{EDGE + (WIDTH - 2 * EDGE) * (point.day - first).days / days:.1f}", _height(point.tenths))
        for point in scores
    ]
    said = "; ".join(f"{point.day:%Y-%m-%d} {point.tenths / 10:.1f}" for point in scores)
    return Line(
        points=" ".join(f"{x},{y}" for x, y in dots),
        dots=dots,
        cuts=[_height(grading.A_FROM), _height(grading.C_FROM)],
        words=_("Scores of the visits: %(scores)s") % {"scores": said},
    )


def _height(tenths: int) -> str:
    share = (max(tenths, LOWEST) - LOWEST) / (100 - LOWEST)
    return f"{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share:.1f}"
