"""How a kitchen's people stand: who needs a health certificate and holds one, who is filmed and consented."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from ..credentials.models import Credential
from ..establishments.models import Establishment
from .models import FilmingConsent, StaffMember

SOON = timedelta(days=30)  # as Credential.standing


@dataclass(frozen=True)
class Coverage:
    """Counts of people who work there on a day. `expiring` are among `in_force`; `objecting` are not `consented`."""

    needed: int = 0  # whose post needs a health certificate
    in_force: int = 0  # of those, with one in force on that day
    expiring: int = 0  # of those, whose last one ends within 30 days
    filmed: int = 0  # whose post stands before the cameras
    consented: int = 0  # of those, whose consent stands
    objecting: int = 0  # of those, who withdrew it: the live picture is off
    people: int = 0  # everybody who works there

    @property
    def is_full(self) -> bool:
        return self.in_force == self.needed

    @property
    def lacking(self) -> int:
        """Without a certificate in force."""
        return self.needed - self.in_force

    @property
    def unasked(self) -> int:
        """Filmed without any word of theirs on record."""
        return self.filmed - self.consented - self.objecting


def coverage(establishment: Establishment, on: date) -> Coverage:
    """Of one kitchen on that day, in one query."""
    return coverages([establishment], on)[establishment.pk]


def coverages(establishments: Iterable[Establishment], on: date) -> dict[int, Coverage]:
    """Of many kitchens on that day, by id, in one query; a kitchen without people has an empty one."""
    ids = [place.pk for place in establishments]
    counts: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    rows = certified(StaffMember.objects.filter(establishment__in=ids).working(on), on)
    fields = ("establishment", "post", "through", "holds", "consenting", "refusing")
    for row in rows.values(*fields):
        needed, filmed = row["post"] in StaffMember.NEED_CERTIFICATE, row["post"] in StaffMember.FILMED
        found = {
            "needed": needed,
            "people": True,
            "in_force": needed and row["holds"],
            "expiring": needed and row["holds"] and row["through"] - on <= SOON,
            "filmed": filmed,
            "consented": filmed and row["consenting"],
            "objecting": filmed and row["refusing"] and not row["consenting"],
        }
        mine = counts[row["establishment"]]
        for name, counted in found.items():
            mine[name] = mine.get(name, 0) + bool(counted)
    return {pk: Coverage(**mine) for pk, mine in counts.items()}


def certified(members: QuerySet[StaffMember], on: date) -> Any:
    """Each with `holds` (a certificate in force on that day), `through` (the end of the last approved one),
    `consenting` and `refusing` (a consent stands; the person withdrew one)."""
    approved = Credential.objects.filter(
        kind=Credential.Kind.HEALTH_CERTIFICATE, staff_member=OuterRef("pk"), state=Credential.State.IN_FORCE
    )
    last = approved.order_by().values("staff_member").annotate(last=Max("valid_through")).values("last")
    consents = FilmingConsent.objects.filter(staff_member=OuterRef("pk"))
    return members.annotate(
        holds=Exists(approved.filter(Q(valid_from__lte=on) & Q(valid_through__gte=on))),
        through=Subquery(last),
        consenting=Exists(consents.filter(withdrawn_at=None)),
        refusing=Exists(consents.withdrawn()),
    )


@dataclass(frozen=True)
class PublicMember:
    """What anybody may read of a person, where the kitchen shows it: never a scan, a number, a birth date."""

    post: str  # its label
    name: str  # masked: 张*
    through: date | None  # the certificate's last day
    standing: str  # in_force, expiring, expired, or "" without any


def public_staff(establishment: Establishment, on: date) -> list[PublicMember]:
    """Those whose post needs a certificate, by post; empty where the kitchen shows its coverage alone. One query."""
    if not establishment.shows_staff:
        return []
    working = establishment.staff.working(on).filter(post__in=StaffMember.NEED_CERTIFICATE)
    order: list[str] = list(StaffMember.NEED_CERTIFICATE)
    rows = sorted(certified(working, on), key=lambda row: (order.index(row.post), row.pk))
    return [PublicMember(row.get_post_display(), row.masked, row.through, standing(row, on)) for row in rows]


def standing(member: Any, on: date) -> str:
    """Of the certificate of a `certified` row: in_force, expiring, expired, not_yet, or "" without an approved one."""
    through: date | None = member.through
    if member.holds:
        return "expiring" if through is not None and through - on <= SOON else "in_force"
    if through is None:
        return ""
    return "expired" if through < on else "not_yet"
