"""What a kitchen has on a day, read from its rows: papers, photos, people, deliveries, and its word."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..credentials.models import Credential
from ..establishments.models import Establishment
from ..staff.coverage import coverage
from ..suppliers.models import Delivery
from .models import OwnCheck, SharedRegister, Undertaking
from .needed import Check, Given, Held, Paper
from .rules import OWN_CHECK, SHARED, UPLOAD


def of(place: Establishment, today: date) -> Held:
    """In about ten queries; `needed.judge` says what follows from it."""
    checks = {row.requirement: row for row in OwnCheck.objects.filter(establishment=place).order_by("pk")}
    found = {row.credential_id for row in checks.values() if row.credential_id}
    promises = list(Undertaking.objects.of_operator().filter(establishment=place).order_by("pk"))
    staff = coverage(place, today)
    newest = Delivery.objects.counting().filter(establishment=place, received_on__lte=today)
    return Held(
        category=place.category,
        papers=[_paper(row, today, found) for row in place.credentials.of_kitchen().order_by("pk")],
        checks={code: Check(row.pk, row.state, row.due_on, row.said) for code, row in checks.items()},
        given={row.requirement: given(row) for row in promises},
        broken_on=max((_day(row.ended_at) for row in promises if row.state == "broken" and row.ended_at), default=None),
        photos=frozenset(place.photos.shown().values_list("subject", flat=True)),
        posts=frozenset(place.staff.working(today).values_list("post", flat=True)),
        delivered_on=newest.order_by("-received_on").values_list("received_on", flat=True).first(),
        staff=(staff.needed, staff.in_force, staff.expiring),
        cameras=place.cameras.filter(enabled=True).count(),
        is_open=place.state == Establishment.State.OPEN,
        is_bound=place.commitments.filter(ended_at=None, about="camera").exists(),
        registers=frozenset(registers(place).values_list("kind", flat=True)),
    )


def given(row: Undertaking) -> Given:
    return Given(row.pk, row.state, row.due_on, _day(row.ended_at) if row.ended_at else None)


def registers(place: Establishment) -> QuerySet[SharedRegister]:
    """Those of other bureaus in which this kitchen's papers may stand: of its own authority and of those above it."""
    covering = [place.division[:length] for length in range(len(place.division) + 1)]
    loaded = Q(source=SharedRegister.Source.HTTP) | Q(loaded_at__isnull=False)
    return SharedRegister.objects.filter(loaded, ended_at=None, authority__division__in=covering)


def _paper(row: Credential, today: date, found: set[int]) -> Paper:
    way = UPLOAD
    if row.source == Credential.Source.REGISTER:
        way = OWN_CHECK if row.pk in found else SHARED
    return Paper(
        pk=row.pk,
        kind=row.kind,
        standing=row.standing(today),
        way=way,
        valid_from=row.valid_from,
        valid_through=row.valid_through,
        submitted_on=_day(row.submitted_at) if row.submitted_at else None,
    )


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
