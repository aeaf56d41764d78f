"""What a kitchen's people are told when the authority closes it, or lets it open again."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..letters import tell_kitchen
from .models import Establishment


def closed(place: Establishment) -> None:
    body = format_lazy(
        _("{kitchen} is closed since today. Reason: {reason} Papers and records stay. Questions go to the authority."),
        kitchen=place.signboard,
        reason=place.closing_reason,
    )
    tell_kitchen(
        place, "establishment.closed", _("The authority has closed your kitchen"), body, event=f"{place.closed_at}"
    )


def reopened(place: Establishment, closed_at: datetime | None) -> None:
    body = format_lazy(_("{kitchen} may open again."), kitchen=place.signboard)
    tell_kitchen(place, "establishment.reopened", _("Your kitchen may open again"), body, event=f"{closed_at}")
