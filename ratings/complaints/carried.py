"""A moment that a guest reported, carried into a report of theirs by a signed token: its number alone carries nothing."""

from datetime import datetime

from streams.models import Moment
from sunkitchen.core import tickets
from sunkitchen.core.tickets import BadTicket
from sunkitchen.registry.models import Establishment


def token(moment: Moment, at: datetime) -> str:
    return tickets.moment(str(moment.pk), at.timestamp())


def read(text: str, place: Establishment, at: datetime) -> Moment | None:
    """The moment, if the token is genuine, young, and of one of this kitchen's cameras; else None."""
    try:
        subject = tickets.subject_of(text)
        tickets.read(text, tickets.MOMENT, subject, 0, at.timestamp())
    except BadTicket:
        return None
    return Moment.objects.filter(pk=int(subject), clip__camera__establishment=place).first()
