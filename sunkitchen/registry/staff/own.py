"""An employee's own page, by a signed link without an account: what they were told, and the way to take it back."""

from datetime import datetime

from sunkitchen.core import tickets
from sunkitchen.core.tickets import BadTicket

from .models import StaffMember


def link(member: StaffMember, now: datetime) -> str:
    """The token of their page, for half a year."""
    return tickets.staff_own(f"staff-{member.pk}", now.timestamp())


def member_of(token: str, now: datetime) -> StaffMember:
    """Whose page it is. BadTicket when the token is forged, over, or of somebody whose data were erased."""
    subject = tickets.subject_of(token)
    tickets.read(token, tickets.STAFF_OWN, subject, 0, now.timestamp())
    member = (
        StaffMember.objects.select_related("establishment")
        .filter(pk=int(subject.removeprefix("staff-")), erased_at=None)
        .first()
    )
    if member is None:
        raise BadTicket
    return member
