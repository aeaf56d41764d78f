"""Which posts somebody had, and since when: read from the audit trail, which keeps each change of post."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from sunkitchen.core import audit

from .models import StaffMember


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


def _label(post: str) -> str:
    return str(StaffMember.Post(post).label) if post in StaffMember.Post.values else post
