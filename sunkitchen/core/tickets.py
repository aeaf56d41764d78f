"""Opening tickets and viewing sessions: signed, short, safe in a path and in a WebSocket subprotocol (no ':').

A ticket names what it opens and until when. The page's ticket is equal for everybody within one period of the
page's cache, so the page can be cached; opening it makes a session of at most SESSION_SECONDS. Both carry the
`serial` of what they open: raising it revokes every ticket and session at once.

A phone that films has a link and a session of its own kinds: neither opens a picture, no viewer's ticket films.
What is shown to a clerk alone opens with a ticket of its own kind, which only the clerk's page makes.

A guest at a table has a pass: who scanned its sticker may say once how it was. A reported moment is carried into a
report by a token of its own: its number alone carries nothing.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

OPENING, SESSION = "o", "s"
FILM_LINK, FILMING = "f", "g"
CHECKING = "c"
DINED, MOMENT = "d", "m"
FILM_LINK_SECONDS = 600  # from the code on the desk to the phone that scans it
FILMING_SECONDS = 12 * 3600  # a working day
STAFF_OWN = "p"
STAFF_OWN_SECONDS = 180 * 24 * 3600  # beside the form that an employee signed and took home
DINED_SECONDS = 3 * 3600  # a meal, and the way home
MOMENT_SECONDS = 2 * 3600
CHECKING_SECONDS = 300  # until the page asks for another


class BadTicket(Exception):
    """Forged, expired, revoked, or for something else. One answer for all: who forges learns nothing."""


@dataclass(frozen=True)
class Ticket:
    kind: str  # OPENING, SESSION, CHECKING, FILM_LINK, FILMING, DINED or MOMENT
    subject: str  # a code: letters, digits and "-"
    serial: int
    expires: int  # Unix time, seconds


def _mac(body: str) -> str:
    key = hashlib.sha256(b"tickets:" + settings.SECRET_KEY.encode()).digest()
    digest = hmac.new(key, body.encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _write(ticket: Ticket) -> str:
    body = f"{ticket.kind}.{ticket.subject}.{ticket.serial}.{ticket.expires:x}"
    return f"{body}.{_mac(body)}"


def opening(subject: str, serial: int, now: float) -> str:
    """The page's ticket: valid for the page's cache lifetime and a spare, equal for all within one period."""
    period = settings.TICKET_PAGE_SECONDS
    expires = (int(now) // period + 1) * period + settings.TICKET_SPARE_SECONDS
    return _write(Ticket(OPENING, subject, serial, expires))


def session(subject: str, serial: int, now: float) -> str:
    return _write(Ticket(SESSION, subject, serial, int(now) + settings.SESSION_SECONDS))


def checking(subject: str, serial: int, now: float) -> str:
    """Opens the picture of a video check, for the officer whom the page knows."""
    return _write(Ticket(CHECKING, subject, serial, int(now) + CHECKING_SECONDS))


def film_link(subject: str, serial: int, now: float) -> str:
    """Makes whoever opens it within ten minutes the one who films."""
    return _write(Ticket(FILM_LINK, subject, serial, int(now) + FILM_LINK_SECONDS))


def filming(subject: str, serial: int, now: float) -> str:
    """A phone's right to send this camera's picture. Of two sessions the one that ends later is the newer."""
    return _write(Ticket(FILMING, subject, serial, int(now) + FILMING_SECONDS))


def dined(subject: str, now: float) -> str:
    """Whoever scanned this table's sticker within the last hours."""
    return _write(Ticket(DINED, subject, 0, int(now) + DINED_SECONDS))


def moment(subject: str, now: float) -> str:
    """Whoever reported this moment may make a report of it."""
    return _write(Ticket(MOMENT, subject, 0, int(now) + MOMENT_SECONDS))


def staff_own(subject: str, now: float) -> str:
    """An employee's own page: what they were told, and their consent, to be taken back without an account."""
    return _write(Ticket(STAFF_OWN, subject, 0, int(now) + STAFF_OWN_SECONDS))


def subject_of(text: str) -> str:
    """What a ticket says that it is for: to be believed once `read` has read it for that. BadTicket when it says nothing."""
    parts = text.split(".")
    if len(parts) != 5 or not parts[1]:
        raise BadTicket
    return parts[1]


def read(text: str, kind: str, subject: str, serial: int, now: float) -> Ticket:
    """The ticket, if it is genuine, of this kind, for this subject and serial, and not past its end."""
    try:
        body, mac = text.rsplit(".", 1)
        genuine = hmac.compare_digest(mac, _mac(body))
        part_kind, part_subject, part_serial, part_expires = body.split(".")
        ticket = Ticket(part_kind, part_subject, int(part_serial), int(part_expires, 16))
    except (ValueError, TypeError):
        raise BadTicket from None
    if not genuine or (ticket.kind, ticket.subject, ticket.serial) != (kind, subject, serial) or ticket.expires < now:
        raise BadTicket
    return ticket
