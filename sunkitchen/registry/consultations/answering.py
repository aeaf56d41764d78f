"""When an authority answers, and how soon it usually does."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunkitchen.accounts.models import Authority
from sunkitchen.core import workdays

from . import office_time
from .models import Message, OfficeHours
from .office_time import OfficeTime

LOOKED_BACK = timedelta(days=30)
MOST = 2000  # answers that the figure is made of, the newest


def works(day: date) -> bool:
    return workdays.is_workday(day) is not None


def office_time_of(authority: Authority) -> OfficeTime:
    row = OfficeHours.objects.filter(authority=authority).first()
    return OfficeTime(row.hours if row else office_time.USUAL, works)


def waited(authority: Authority, since: datetime, at: datetime) -> int:
    """Office minutes between the two moments."""
    return office_time_of(authority).minutes(timezone.localtime(since), timezone.localtime(at))


def usual_minutes(authority: Authority, at: datetime) -> int | None:
    """Within how many office minutes it usually answers, by the last 30 days; None from too few answers."""
    rows = Message.objects.filter(
        consultation__authority=authority,
        side=Message.Side.BUREAU,
        waited__isnull=False,
        at__gt=at - LOOKED_BACK,
        at__lte=at,
    )
    return office_time.usual_minutes(
        [waited or 0 for waited in rows.order_by("-pk").values_list("waited", flat=True)[:MOST]]
    )


@dataclass(frozen=True)
class Answering:
    """How it stands with an authority's answers at a moment, in words of the reader's language."""

    authority: Authority
    name: str
    is_open: bool
    until: str  # when that changes
    usual: str  # "" where too few answers tell


def of(authority: Authority, at: datetime, language: str = "") -> Answering:
    time, local = office_time_of(authority), timezone.localtime(at)
    is_open, change = time.is_open(local), time.next_change(local)
    name = (authority.name_en if language == "en" else "") or authority.name
    return Answering(
        authority, name, is_open, _until(is_open, change, local.date()), _usual(usual_minutes(authority, at))
    )


def _until(is_open: bool, change: datetime | None, today: date) -> str:
    if change is None:
        return _("Somebody answers around the clock.") if is_open else _("Nobody answers in the coming weeks.")
    clock = time_format(change.time(), "H:i")
    if is_open:
        return _("Somebody answers now, until %(time)s.") % {"time": clock}
    if change.date() == today:
        return _("Answers begin again today at %(time)s.") % {"time": clock}
    if change.date() == today + timedelta(days=1):
        return _("Answers begin again tomorrow at %(time)s.") % {"time": clock}
    said = {"day": date_format(change.date(), "MONTH_DAY_FORMAT"), "time": clock}
    return _("Answers begin again on %(day)s at %(time)s.") % said


def _usual(minutes: int | None) -> str:
    if minutes is None:
        return ""
    if minutes < 120:
        said = ngettext(
            "Usually answered within %(n)d minute of office time.",
            "Usually answered within %(n)d minutes of office time.",
            minutes,
        )
        return said % {"n": minutes}
    hours = -(-minutes // 60)
    said = ngettext(
        "Usually answered within %(n)d hour of office time.",
        "Usually answered within %(n)d hours of office time.",
        hours,
    )
    return said % {"n": hours}
