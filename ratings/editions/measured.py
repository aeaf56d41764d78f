"""What the rows say of kitchens, each question asked of a whole set of them at once: one SQL for one page and for a city.

What was found with a former operator speaks neither against nor for the present one (`of_present`).

Every question answers in the same columns, so that all of them are one trip to the database. Whose rows they are is
said by `where`: `among(ids)` or `between(first, last)`, so that a page and a draft can never measure differently.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils import timezone

from ratings.complaints.models import Complaint
from ratings.inspections.models import Inspection
from ratings.months import months_reaching
from ratings.outbreaks.models import Outbreak
from ratings.reminders.models import About, Commitment, Reminder
from ratings.sampling.models import Sample
from streams.models import Camera, CameraDay
from sunkitchen.registry.models import Credential, Delivery, Establishment, StaffMember, of_present

Where = Callable[[str], Q]  # which kitchens, said of the path to their id
Period = tuple[date, date]  # both days included
INVESTIGATED = (Complaint.State.ACCEPTED, Complaint.State.ASSIGNED, Complaint.State.INVESTIGATING)
ANSWERED = (Complaint.State.RESOLVED, Complaint.State.CLOSED)
COLUMNS = ("asked", "kitchen", "on_day", "word", "one", "two", "three")


def among(ids: Iterable[int]) -> Where:
    found = list(ids)
    return lambda path: Q(**{f"{path}__in": found})


def between(first: int, last: int) -> Where:
    """Every kitchen with an id from `first` to `last`, also those that nobody asked about."""
    return lambda path: Q(**{f"{path}__gte": first, f"{path}__lte": last})


class Row(NamedTuple):
    """One answer; what the columns hold is the question's, see there."""

    asked: str
    kitchen: int
    on_day: date | None
    word: str
    one: int
    two: int
    three: int


@dataclass(frozen=True)
class Spans:
    """Over which days each fact is measured."""

    today: date
    online: Period
    events: Period  # samples, complaints, outbreaks
    ledger: Period


def rows(where: Where, spans: Spans) -> Iterator[Row]:
    """Every answer but the visits', in one query, in no order."""
    first, *others = _questions(where, spans)
    return map(Row._make, first.union(*others, all=True))


def visits(where: Where, at: datetime) -> QuerySet[Any, Any]:
    """(kitchen, id, moment, result, grade) of each one's latest closed visit of the twelve months before `at`."""
    newest = Window(RowNumber(), partition_by=F("establishment"), order_by=[F("visited_at").desc(), F("pk").desc()])
    since = midnight(months_reaching(timezone.localtime(at).date(), 12))
    closed = (
        Inspection.objects.closed()
        .of_operator()
        .filter(where("establishment"), visited_at__gte=since, visited_at__lte=at)
    )
    latest = closed.order_by().annotate(turn=newest).filter(turn=1)
    return latest.values_list("establishment_id", "pk", "visited_at", "result", "grade")


def midnight(day: date) -> datetime:
    """When that day begins here."""
    return timezone.make_aware(datetime.combine(day, time()))


def _questions(where: Where, spans: Spans) -> list[QuerySet[Any, Any]]:
    return [
        _permits(where, spans.today),
        _cameras(where),
        _seen(where, spans.online),
        _failed_samples(where, spans.events),
        _open_cases(where),
        _upheld_complaints(where, spans.events),
        _outbreaks(where, spans.events),
        _deliveries(where, spans.ledger),
        _kept_before(where, spans.ledger),
        _staff(where, spans.today),
        _reminded_of_certificates(where, spans.today),
        _seen_since_reminder(where, spans.today),
    ]


def _permits(where: Where, today: date) -> QuerySet[Any, Any]:
    """Each permit that was ever in force: how it stands, until which day, its id."""
    begun = Q(state=Credential.State.IN_FORCE, valid_from__lte=today) | Q(state=Credential.State.REVOKED)
    standing = Case(
        When(state=Credential.State.REVOKED, then=Value("revoked")),
        When(valid_through__lt=today, continued_by=None, then=Value("expired")),
        default=Value("in_force"),
        output_field=CharField(),
    )
    papers = Credential.objects.filter(where("establishment"), begun, kind__in=Credential.PERMITS)
    return _each(papers, "permit", on_day=F("valid_through"), word=standing, one=F("pk"))


def _cameras(where: Where) -> QuerySet[Any, Any]:
    """How many are switched on."""
    return _summed(Camera.objects.filter(where("establishment"), enabled=True), "cameras", one=Count("pk"))


def _seen(where: Where, period: Period) -> QuerySet[Any, Any]:
    """Proven and failed minutes of all cameras, also of those switched off: that does not make the others' rate theirs."""
    present = of_present(kitchen="camera__establishment", day="day")
    days = CameraDay.objects.filter(where("camera__establishment"), present, day__range=period)
    return _summed(days, "seen", "camera__establishment_id", one=Sum("proven"), two=Sum("failed"))


def _failed_samples(where: Where, period: Period) -> QuerySet[Any, Any]:
    """The id of each that failed for good in the period."""
    failed = Sample.objects.failed().of_operator().filter(where("establishment"), final_on__range=period)
    return _each(failed, "failed_samples", one=F("pk"))


def _open_cases(where: Where) -> QuerySet[Any, Any]:
    """How many reports led to a case 立案 that is not resolved. One that is only being looked into counts not: a red
    seal that fell silent would warn the kitchen that somebody reported it."""
    of_operator = Complaint.objects.of_operator().filter(where("establishment"))
    taken_up = of_operator.filter(state__in=INVESTIGATED, case_opened_at__isnull=False)
    return _summed(taken_up, "open_cases", one=Count("pk"))


def _upheld_complaints(where: Where, period: Period) -> QuerySet[Any, Any]:
    """The id of each that was found true in the period, and 1 when it was serious."""
    within = Q(resolved_at__gte=midnight(period[0]), resolved_at__lt=midnight(period[1] + timedelta(days=1)))
    upheld = Complaint.objects.upheld().of_operator().filter(where("establishment"), within, state__in=ANSWERED)
    grave = Case(When(serious=True, then=Value(1)), default=Value(0))
    return _each(upheld, "upheld_complaints", one=F("pk"), two=grave)


def _outbreaks(where: Where, period: Period) -> QuerySet[Any, Any]:
    """The id of each that occurred in the period, or was confirmed in it: a laboratory may need longer than a week."""
    confirmed = Q(confirmed_at__gte=midnight(period[0]), confirmed_at__lt=midnight(period[1] + timedelta(days=1)))
    standing = Outbreak.objects.standing().of_operator().filter(where("establishment"))
    standing = standing.filter(Q(occurred_on__range=period) | confirmed)
    return _each(standing, "outbreaks", one=F("pk"))


def _deliveries(where: Where, period: Period) -> QuerySet[Any, Any]:
    """Days with a delivery, and the first of them."""
    own = Delivery.objects.counting().filter(of_present(day="received_on"))
    entered = own.filter(where("establishment"), received_on__range=period)
    return _summed(entered, "ledger", on_day=Min("received_on"), one=Count("received_on", distinct=True))


def _kept_before(where: Where, period: Period) -> QuerySet[Any, Any]:
    """Kitchens whose ledger here is older than the period."""
    own = Delivery.objects.counting().filter(of_present(day="received_on"))
    earlier = own.filter(establishment=OuterRef("pk"), received_on__lt=period[0])
    return _each(Establishment.objects.filter(where("pk"), Exists(earlier)), "kept_before", "pk")


def _staff(where: Where, today: date) -> QuerySet[Any, Any]:
    """People at work in posts that need a health certificate, and how many of them have none in force."""
    certificates = Credential.objects.in_force(today).filter(
        kind=Credential.Kind.HEALTH_CERTIFICATE, staff_member=OuterRef("pk")
    )
    members = StaffMember.objects.working(today).filter(where("establishment"), post__in=StaffMember.NEED_CERTIFICATE)
    return _summed(members, "staff", one=Count("pk"), two=Count("pk", filter=~Exists(certificates)))


def _reminded_of_certificates(where: Where, today: date) -> QuerySet[Any, Any]:
    """The id of each standing reminder whose time to mend is over."""
    return _each(_lapsed(where, About.CERTIFICATES, today), "reminded_of_certificates", one=F("pk"))


def _seen_since_reminder(where: Where, today: date) -> QuerySet[Any, Any]:
    """For each such reminder of a kitchen that is bound to a camera: its last day, id, proven and failed minutes since."""
    bound = Commitment.objects.standing().filter(
        establishment=OuterRef("establishment"), about=About.CAMERA, signed_on__lte=today
    )
    days = "establishment__cameras__days"
    since = _lapsed(where, About.CAMERA, today).filter(
        Exists(bound), **{f"{days}__day__gt": F("mend_by"), f"{days}__day__lte": today}
    )
    grouped = since.order_by().values(kitchen=F("establishment_id"), on_day=F("mend_by"), one=F("pk"))
    summed = grouped.annotate(
        asked=_text("seen_since_reminder"),
        word=_text(""),
        two=Sum(f"{days}__proven"),
        three=Sum(f"{days}__failed"),
    )
    return summed.values_list(*COLUMNS)


def _lapsed(where: Where, about: About, today: date) -> Any:
    """What a former operator was told, and did not mend, is not the present one's failing."""
    told = Reminder.objects.of_operator().standing()
    return told.filter(where("establishment"), about=about, mend_by__lt=today)


# ── the same columns for all ────────────────────────────────────────────────────────────────────────────────


def _text(text: str) -> Value:
    return Value(text, output_field=CharField())


def _columns(asked: str, given: dict[str, Any]) -> dict[str, Any]:
    nothing = {
        "on_day": Value(None, output_field=DateField()),
        "word": _text(""),
        **{name: Value(0, output_field=BigIntegerField()) for name in ("one", "two", "three")},
    }
    return {"asked": _text(asked), **nothing, **given}


def _each(found: QuerySet[Any], asked: str, kitchen: str = "establishment_id", **given: Any) -> QuerySet[Any, Any]:
    """One answer a row."""
    named = found.order_by().annotate(kitchen=F(kitchen), **_columns(asked, given))
    return named.values_list(*COLUMNS)


def _summed(found: QuerySet[Any], asked: str, kitchen: str = "establishment_id", **given: Any) -> QuerySet[Any, Any]:
    """One answer a kitchen."""
    grouped = found.order_by().values(kitchen=F(kitchen)).annotate(**_columns(asked, given))
    return grouped.values_list(*COLUMNS)
