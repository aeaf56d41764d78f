"""What the hourly sweep does about papers that end: the outlived are replaced, kitchens are reminded in time."""

from datetime import date

from django.conf import settings
from django.db import transaction

from sunkitchen.core.workflow import WrongState

from ..establishments.models import Establishment
from ..staff.models import StaffMember
from . import expiry, letters
from .actions import replace
from .models import Credential


def retire(today: date) -> int:
    """Papers whose successor has begun become replaced; how many. Called by the hourly sweep."""
    count = 0
    for row in Credential.objects.outdated(today):
        try:
            with transaction.atomic():
                replace(row, None)
        except WrongState:  # an officer ended it this moment: no reason to leave the others
            continue
        count += 1
    return count


def remind(today: date) -> int:
    """Tell kitchens of papers about to expire, each stage once; how many papers are in a stage today.

    The queries do not grow with the papers, only what is told anew is written: safe to call every hour.
    """
    permits, of_permits = _permits_due(today)
    certificates, of_certificates = _certificates_due(today)
    letters.send([*of_permits, *of_certificates])
    return permits + certificates


def _permits_due(today: date) -> tuple[int, list[letters.Letter]]:
    horizon = settings.PERMIT_REMIND_DAYS + 3 * settings.PERMIT_APPLY_WORKDAYS + 30
    rows = Credential.objects.of_kitchen().expiring_between(today, horizon).unfollowed(today)
    due = []
    for row in rows.exclude(establishment__state=Establishment.State.CLOSED).select_related("establishment"):
        term = expiry.term(
            row.valid_through,
            workdays_before=settings.PERMIT_APPLY_WORKDAYS,
            remind_days=settings.PERMIT_REMIND_DAYS,
        )
        if stage := term.stage(today):
            due.append(letters.expiring(row, stage, term))
    return len(due), due


def _certificates_due(today: date) -> tuple[int, list[letters.Letter]]:
    """One letter for those of a kitchen that end on the same day: people go to the check together."""
    rows = Credential.objects.filter(
        kind=Credential.Kind.HEALTH_CERTIFICATE, staff_member__in=StaffMember.objects.working(today)
    )
    rows = rows.expiring_between(today, settings.CERTIFICATE_REMIND_DAYS).unfollowed(today)
    rows = rows.exclude(establishment__state=Establishment.State.CLOSED)
    together: dict[tuple[Establishment, str, date], list[str]] = {}
    count = 0
    for row in rows.select_related("establishment", "staff_member").order_by("establishment", "staff_member"):
        member, through = row.staff_member, row.valid_through
        assert member and through  # a certificate is somebody's and ends: constraints say so
        stage = expiry.certificate_stage(
            through, today, first=settings.CERTIFICATE_REMIND_DAYS, again=settings.CERTIFICATE_REMIND_AGAIN_DAYS
        )
        if stage:
            together.setdefault((row.establishment, stage, through), []).append(member.name)
            count += 1
    return count, [letters.certificates_end(*key, names) for key, names in together.items()]
