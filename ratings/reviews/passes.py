"""A guest's pass: whoever scanned a table's sticker within the last three hours. Signed, no row, no cookie; used once."""

import hashlib
from datetime import datetime

from sunkitchen.core import codes, tickets
from sunkitchen.core.tickets import BadTicket
from sunkitchen.registry.models import Sticker


def of(sticker: Sticker, at: datetime) -> str:
    """A new one with each scan, so that each speaks for itself."""
    return tickets.dined(f"{sticker.pk}-{codes.fresh(10)}", at.timestamp())


def read(text: str, at: datetime) -> Sticker:
    """The sticker that was scanned, valid to this moment. BadTicket when it is forged, over, revoked, or the kitchen closed."""
    subject = tickets.subject_of(text)
    tickets.read(text, tickets.DINED, subject, 0, at.timestamp())
    sticker = Sticker.objects.valid().filter(pk=int(subject.partition("-")[0])).select_related("establishment").first()
    if sticker is None:
        raise BadTicket
    found: Sticker = sticker
    return found


def is_ours(text: str) -> bool:
    """Whether we signed it, over or not: only who scanned a code can send one."""
    try:
        tickets.read(text, tickets.DINED, tickets.subject_of(text), 0, 0)
    except BadTicket:
        return False
    return True


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
