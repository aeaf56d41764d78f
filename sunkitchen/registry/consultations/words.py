"""A talk's messages and its state, as each side reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Consultation, Message

Side, Deed = Message.Side, Message.Deed
AT_ONCE = 100  # messages that a page or one look at the rows shows


@dataclass(frozen=True)
class Line:
    """One message for one reader. `begins` a day where the one before it was of another."""

    message: Message
    is_mine: bool  # of the reader's side
    who: str
    words: str  # of what was done; "" for a message that is nothing but its text
    text: str
    begins: bool
    is_house: bool

    @property
    def tone(self) -> str:
        tones: dict[str, str] = {Deed.LOOKS_FINE: "ok", Deed.PLEASE_CHANGE: "warn"}
        return tones.get(self.message.deed, "")


def lines(
    rows: Iterable[Message], talk: Consultation, reader: Any, side: str, before: datetime | None = None
) -> list[Line]:
    """`before`: when the message before these was written."""
    found, last = [], timezone.localdate(before) if before else None
    for row in rows:
        day = timezone.localdate(row.at)
        found.append(_line(row, talk, reader, side, begins=day != last))
        last = day
    return found


def _line(row: Message, talk: Consultation, reader: Any, side: str, *, begins: bool) -> Line:
    in_office, is_house = side == Side.BUREAU, row.side == Side.HOUSE
    if row.side == Side.BUREAU and not in_office:
        who = str(talk.authority)  # an officer's name is the office's own
    elif row.author_id == reader.pk and not is_house:
        who = _("You")
    else:
        who = str(row.author or "")
    text = "" if row.deed == Deed.HANDED_OVER and not in_office else row.text
    return Line(row, row.side == side, who, _deed(row, in_office), text, begins, is_house)


def _deed(row: Message, in_office: bool) -> str:
    who = {"who": row.author, "to": row.to}
    if row.deed == Deed.TAKEN:
        return _("%(who)s took it up.") % who if in_office else _("A clerk looks after your question now.")
    if row.deed == Deed.HANDED_OVER:
        if not in_office:
            return _("Your question was handed over to a colleague.")
        return (
            _("%(who)s took it over.") % who
            if row.to_id == row.author_id
            else _("%(who)s handed it over to %(to)s.") % who
        )
    if row.deed == Deed.CLOSED and row.author is None:
        return _("Closed, because nobody wrote for a long time. The asker's next message opens it again.")
    if row.deed == Deed.CLOSED:
        return _("%(who)s closed the talk.") % who if in_office else _("The bureau closed the talk.")
    if row.deed == Deed.LOOKS_FINE:
        return _("Looks fine: you can hand it in.")
    if row.deed == Deed.PLEASE_CHANGE:
        return _("Please change this before you hand it in:")
    return ""


def rows_of(talk: Consultation, *, after: int | None = None, before: int | None = None) -> list[Message]:
    """The next ones after an id, or the last ones (before an id), in their order; at most AT_ONCE."""
    rows = Message.objects.filter(consultation=talk).select_related("author", "to").prefetch_related("files__file")
    if after is not None:
        return list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(reversed(rows.order_by("-pk")[:AT_ONCE]))


def drawn(line: Line, talk: Consultation) -> str:
    """As the page and the socket show it."""
    return render_to_string("registry/_talk_message.html", {"line": line, "talk": talk})


def standing(talk: Consultation, side: str) -> str:
    """Its state for people."""
    if talk.state == Consultation.State.ASKED and side == Side.BUREAU:
        return _("Waits for an answer")
    if talk.state == Consultation.State.CLOSED:
        return _("Ended")
    return str(talk.get_state_display())
