"""The clocks that the law sets to a complaint, in Chinese working days, from the row alone.

Source: SAMR Order 20 of 2022 (投诉举报处理暂行办法) until Order 121 is checked for each; the days are settings.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import workdays
from sunkitchen.core.workdays import Workday

from .models import Complainant, Complaint

WORDS = {
    "accept": _("accept or refuse by"),
    "mediate": _("mediation ends by"),
    "verify": _("verified by"),
    "tell": _("tell the reporter by"),
}
SOON = 2  # working days before its end a clock calls


@dataclass(frozen=True)
class Clock:
    name: str  # a key of WORDS
    by: Workday  # the last day of the term

    @property
    def words(self) -> str:
        return str(WORDS[self.name])

    def days_left(self, today: date) -> int:
        """Working days after today until the last one; negative when it is over."""
        return between(today, self.by.day)


def running(complaint: Complaint) -> list[Clock]:
    """Those that count now, the next one first. One that follows another has none of its own but its acceptance."""
    state, States = complaint.state, Complaint.State
    found = []
    if state == States.RECEIVED:
        found.append(Clock("accept", workdays.add(_day(complaint.received_at), settings.COMPLAINT_ACCEPT_WORKDAYS)))
    if state not in Complaint.ENDED:
        if complaint.kind == Complaint.Kind.LEAD:
            times = 2 if complaint.extended_at else 1
            days = settings.COMPLAINT_VERIFY_WORKDAYS * times
            found.append(Clock("verify", workdays.add(_day(complaint.received_at), days)))
        elif complaint.accepted_at:
            by = workdays.add(_day(complaint.accepted_at), settings.COMPLAINT_MEDIATION_WORKDAYS)
            found.append(Clock("mediate", by))
    if complaint.case_opened_at and not complaint.told_at and is_named(complaint):
        by = workdays.add(_day(complaint.case_opened_at), settings.COMPLAINT_TELL_WORKDAYS)
        found.append(Clock("tell", by))
    return sorted(found, key=lambda clock: clock.by.day)


def due(complaint: Complaint) -> date | None:
    """The next day by which the law wants something done; None when nothing is due."""
    return next((clock.by.day for clock in running(complaint)), None)


def is_named(complaint: Complaint) -> bool:
    """Whether somebody can be told: a name, with a number or an address."""
    try:
        who = complaint.complainant
    except Complainant.DoesNotExist:
        return False
    return bool(who.sealed_name and (who.sealed_mobile or who.sealed_email))


def between(today: date, day: date) -> int:
    """Working days after `today` up to and with `day`; as negative a number when it lies behind."""
    early, late = min(today, day), max(today, day)
    count = sum(1 for ahead in range((late - early).days) if workdays.is_workday(early + timedelta(days=ahead + 1)))
    return count if day >= today else -max(count, 1)


def _day(at: datetime) -> date:
    return timezone.localdate(at)
