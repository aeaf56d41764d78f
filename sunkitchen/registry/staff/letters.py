"""What a kitchen is told of its staff."""

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..letters import tell_kitchen
from .models import StaffMember


def withdrawn(member: StaffMember) -> None:
    """Somebody took their consent back by themselves. Mails travel far: the name is masked."""
    body = format_lazy(
        _(
            "{person} ({post}) of {kitchen} has withdrawn the consent to be filmed. While this person works before the"
            " cameras, the live picture stays off. Nobody may be treated worse for it."
        ),
        person=member.masked,
        post=StaffMember.Post(member.post).label,
        kitchen=member.establishment.signboard,
    )
    subject = _("Somebody withdrew the consent to be filmed")
    event = f"{member.pk}:{timezone.now():%Y%m%d%H%M%S}"
    tell_kitchen(member.establishment, "staff.consent_withdrawn", subject, body, event=event, page="staff")
