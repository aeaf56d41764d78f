"""Which posts somebody had and since when, from the audit trail; who looked at their papers, in words."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunkitchen.core import audit, seen
from sunkitchen.core.access import Role

from .models import FilmingConsent, StaffMember

ROLES: dict[str, Promise] = {
    Role.OWNER: gettext_lazy("the owner"),
    Role.MANAGER: gettext_lazy("a manager"),
    Role.CLERK: gettext_lazy("a clerk of the bureau"),
    Role.INSPECTOR: gettext_lazy("an inspector"),
    Role.PUBLISHER: gettext_lazy("a publisher"),
    Role.AUDITOR: gettext_lazy("an auditor"),
    Role.ADMIN: gettext_lazy("the site's administrator"),
}


@dataclass(frozen=True)
class Held:
    """A post, from its first day to the day before `until`; None is to this day, or to the day of leaving."""

    post: str  # its label
    since: date
    until: date | None


def posts(member: StaffMember) -> list[Held]:
    """The newest first. One query."""
    changes = [
        (timezone.localdate(entry.at), entry.detail["post"])
        for entry in audit.trail(member).filter(verb="staff.edited")
        if entry.detail.get("post")
    ]
    held, since = [], member.joined_on
    for day, (before, _after) in changes:
        day = max(day, since)
        if day > since:  # corrected on the first day: that was never their post
            held.append(Held(_label(before), since, day))
            since = day
    held.append(Held(member.get_post_display(), since, member.left_on))
    return held[::-1]


@dataclass(frozen=True)
class EndedConsent:
    """A consent to be filmed that holds no more, and why: `withdrawn` by the person, `handed_over` with the operator
    to whom it was given, or `left` with the work itself."""

    consent: FilmingConsent
    how: str
    at: datetime | date


def ended_consents(member: StaffMember, today: date) -> list[EndedConsent]:
    """The newest first. Two queries."""
    rows = list(member.consents.select_related("form").order_by("-pk"))
    with_operator = set(member.consents.ended_with_operator().values_list("pk", flat=True))
    found = []
    for row in rows:
        if row.withdrawn_at is not None:
            found.append(EndedConsent(row, "handed_over" if row.pk in with_operator else "withdrawn", row.withdrawn_at))
        elif member.left_on is not None and member.left_on <= today:
            found.append(EndedConsent(row, "left", member.left_on))
    return found


def _label(post: str) -> str:
    return str(StaffMember.Post(post).label) if post in StaffMember.Post.values else post


def lookers(member: StaffMember) -> list[tuple[str, seen.Look]]:
    """(who, in words without a name; their look) at the pictures of this person's papers, the newest first. One query."""
    return [(str(ROLES.get(look.role, _("somebody"))), look) for look in seen.looks(member)]
