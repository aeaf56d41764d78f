"""The rhythm of an authority's editions: set by its publishers; at a period's end the draft opens by itself."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import audit, notices
from sunkitchen.core.access import CAPABILITIES, Can
from sunkitchen.core.workflow import Refused

from . import drafting, guards, periods
from .drafts import Schedule
from .models import Edition

HOURS = range(24)
EARLIEST = date(2000, 1, 1)


@transaction.atomic
def arrange(
    authority: Authority,
    *,
    by: User,
    rhythm: str,
    begins_on: date,
    hour: int,
    drafter: User,
    paused: bool = False,
    at: datetime | None = None,
) -> Schedule:
    """Set how often the authority publishes, from which day on, at which hour, and who answers for the drafts."""
    guards.must(by, Can.ARRANGE_LISTS, authority)
    if rhythm not in Schedule.Rhythm.values:
        raise Refused(_("How often do the lists come out?"))
    if hour not in HOURS or not EARLIEST <= begins_on <= date(2100, 1, 1):
        raise Refused(_("The hour lies between 0 and 23, and the first period begins on a day of this century."))
    if not guards.may(drafter, Can.DRAFT_EDITION, authority):
        raise Refused(_("The drafter must be an inspector of this authority."))
    told = {"rhythm": rhythm, "begins_on": begins_on, "hour": hour, "drafter": drafter, "paused": paused}
    schedule, _new = Schedule.objects.update_or_create(
        authority=authority, defaults={**told, "changed_by": by, "changed_at": at or timezone.now()}
    )
    audit.record(by, "lists.arranged", authority, **{**told, "drafter": drafter.pk, "begins_on": begins_on.isoformat()})
    return schedule


def open_due(at: datetime) -> list[Edition]:
    """Open one draft for each schedule whose period has ended; how many sweeps run at once makes no difference."""
    waiting = Schedule.objects.filter(paused=False).order_by("pk").values_list("pk", flat=True)
    found = [_open_next(pk, at) for pk in list(waiting)]
    return [edition for edition in found if edition is not None]


@transaction.atomic
def _open_next(pk: int, at: datetime) -> Edition | None:
    """Locked, so that the second sweep finds the first one's edition."""
    schedule = Schedule.objects.select_for_update(of=("self",)).select_related("authority", "drafter").get(pk=pk)
    period = due(schedule, at)
    if schedule.paused or period is None:
        return None
    if not guards.may(schedule.drafter, Can.DRAFT_EDITION, schedule.authority):
        _nobody_drafts(schedule, period)
        return None
    edition = drafting.draft(schedule.authority, by=schedule.drafter, period_from=period[0], period_to=period[1], at=at)
    _tell(
        schedule.drafter,
        "drafted",
        _("A draft of the red and black lists is open"),
        _("Of {first} to {last}. What the rules propose waits for you."),
        event=f"{edition.pk}",
        page=("office_proposals", [edition.pk]),
        about=schedule,
        words={"first": period[0], "last": period[1]},
    )
    return edition


def due(schedule: Schedule, at: datetime) -> periods.Period | None:
    """The period whose draft is to be opened, if any: the first that ended and that no edition reaches."""
    covered = Edition.objects.filter(authority=schedule.authority).aggregate(last=Max("period_to"))["last"]
    return periods.due(schedule.rhythm, schedule.begins_on, timezone.localtime(at).date(), covered)


def upcoming(schedule: Schedule, at: datetime) -> periods.Period:
    """The period whose draft opens next, once it has ended."""
    today = timezone.localtime(at).date()
    begun = periods.first(schedule.rhythm, schedule.begins_on)
    return max(begun, periods.holding(schedule.rhythm, schedule.begins_on, today))


def _nobody_drafts(schedule: Schedule, period: periods.Period) -> None:
    """Said once a period, to everybody who may draft and to those who may name another drafter."""
    roles = [role for role, able in CAPABILITIES.items() if able & {Can.DRAFT_EDITION, Can.ARRANGE_LISTS}]
    posts = schedule.authority.posts.held().filter(role__in=roles).select_related("user")
    for person in {post.user_id: post.user for post in posts}.values():
        _tell(
            person,
            "undrafted",
            _("Nobody drafts the red and black lists"),
            _("The period {first} to {last} has ended, and whoever drafted before holds no such post any more."),
            event=f"{schedule.authority_id}.{period[0]}",
            page=("office_schedule", []),
            about=schedule,
            words={"first": period[0], "last": period[1]},
        )


def _tell(
    person: User,
    kind: str,
    subject: Any,
    body: Any,
    *,
    event: str,
    page: tuple[str, list[Any]],
    about: Schedule,
    words: dict[str, Any],
) -> None:
    with translation.override(person.language):
        link = reverse(page[0], args=page[1])
    notices.tell(
        person,
        f"listing.{kind}",
        subject,
        format_lazy(body, **words),
        dedupe=f"listing.{kind}.{event}",
        link=link,
        about=about,
    )
