"""The kitchens of an office, by what it wants to know of them: every word is one condition in the database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.inspections.models import Inspection
from streams.cameras.models import Camera
from sunkitchen.registry.establishments.models import EstablishmentQuerySet
from sunkitchen.registry.models import Credential, Establishment, StaffMember
from sunkitchen.registry.numbers import compact

EXPIRING_DAYS = 30
UNVISITED = timedelta(days=2 * 365)  # everybody is fully checked at least once in two years

Rows = EstablishmentQuerySet
State = Establishment.State


def unclaimed(rows: Rows, at: datetime) -> Rows:
    return rows.unclaimed().exclude(state=State.CLOSED)


def waiting(rows: Rows, at: datetime) -> Rows:
    """Registered by somebody, and not open yet: the permit is missing or under review."""
    claimed = Q(memberships__ended_at=None, memberships__isnull=False)
    return rows.filter(claimed, state=State.REGISTERED).distinct()


def expiring(rows: Rows, at: datetime) -> Rows:
    """Their permit ends within 30 days, and nobody brought the next one."""
    today = timezone.localtime(at).date()
    following = Credential.objects.filter(
        establishment=OuterRef("establishment"),
        kind=OuterRef("kind"),
        state__in=[Credential.State.SUBMITTED, Credential.State.IN_FORCE],
    ).filter(Q(valid_through=None) | Q(valid_through__gt=OuterRef("valid_through")))
    ending = Credential.objects.filter(
        ~Exists(following),
        establishment=OuterRef("pk"),
        kind__in=Credential.PERMITS,
        state=Credential.State.IN_FORCE,
        valid_through__gte=today,
        valid_through__lte=today + timedelta(days=EXPIRING_DAYS),
    )
    return rows.filter(Exists(ending)).exclude(state=State.CLOSED)


def unpermitted(rows: Rows, at: datetime) -> Rows:
    """Open, and without a permit in force on record."""
    today = timezone.localtime(at).date()
    held = Credential.objects.in_force(today).filter(establishment=OuterRef("pk"), kind__in=Credential.PERMITS)
    return rows.filter(~Exists(held), state=State.OPEN)


def unvisited(rows: Rows, at: datetime) -> Rows:
    """Open for two years or visited before, and not visited within two years."""
    visits = Inspection.objects.closed().filter(establishment=OuterRef("pk"))
    known = Q(opened_at__lt=at - UNVISITED) | Exists(visits)
    return rows.filter(known, ~Exists(visits.filter(visited_at__gte=at - UNVISITED)), state=State.OPEN)


def silent(rows: Rows, at: datetime) -> Rows:
    return rows.filter(Exists(Camera.objects.silent(at).filter(establishment=OuterRef("pk"))))


def uncertified(rows: Rows, at: datetime) -> Rows:
    """Somebody there needs a health certificate and has none in force."""
    lacking = needing(at).filter(~held(at), establishment=OuterRef("pk"))
    return rows.filter(Exists(lacking), state=State.OPEN)


def needing(at: datetime) -> QuerySet[StaffMember]:
    """Who works today in a post that needs a health certificate."""
    return StaffMember.objects.working(timezone.localtime(at).date()).filter(post__in=StaffMember.NEED_CERTIFICATE)


def held(at: datetime) -> Exists:
    """Whether the person (`pk` of the outer row) has a certificate in force."""
    certificates = Credential.objects.in_force(timezone.localtime(at).date())
    return Exists(certificates.filter(kind=Credential.Kind.HEALTH_CERTIFICATE, staff_member=OuterRef("pk")))


# What the page of kitchens can show, with its name for people.
SHOWS: dict[str, tuple[Any, Callable[[Rows, datetime], Rows]]] = {
    "all": (_("All"), lambda rows, at: rows),
    "waiting": (_("Not open yet"), waiting),
    "unclaimed": (_("Unclaimed"), unclaimed),
    "expiring": (_("Permit expiring"), expiring),
    "unpermitted": (_("No permit in force"), unpermitted),
    "unvisited": (_("Not visited for two years"), unvisited),
    "silent": (_("Camera silent"), silent),
    "uncertified": (_("Health certificates missing"), uncertified),
    "closed": (_("Closed"), lambda rows, at: rows.filter(state=State.CLOSED)),
}


def shown(rows: Rows, show: str, words: str, at: datetime) -> Rows:
    """Those of a word of SHOWS whose name, address, code or number has `words`; in the order of their names."""
    rows = SHOWS[show][1](rows, at)
    if words:
        number = compact(words)
        papers = Credential.objects.filter(establishment=OuterRef("pk"), kind__in=Credential.OF_KITCHEN, number=number)
        named = Q(found_by__icontains=words) | Q(signboard__icontains=words) | Q(code=words.lower())
        rows = rows.filter(named | Q(uscc=number) | Exists(papers))
    return rows.order_by(F("signboard"), "pk")
