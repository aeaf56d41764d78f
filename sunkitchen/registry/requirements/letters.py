"""What a kitchen is told about its undertakings and about what the bureau looked up. Said once each."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..letters import tell_kitchen
from .models import OwnCheck, Undertaking
from .rules import Requirement, Words

# In the words of whoever reads the letter, not of whoever caused it.
day: Callable[[date], Any] = lazy(lambda value: date_format(value, "DATE_FORMAT"), str)
title: Callable[[Words], Any] = lazy(lambda words: words.said(get_language() or ""), str)
PAGE = "kitchen_requirements"


def signed(row: Undertaking, rule: Requirement) -> None:
    body = format_lazy(
        _("{kitchen}: {name} has undertaken to bring “{title}” by {day}. The words that were signed stay on the page."),
        kitchen=row.establishment.signboard,
        name=row.signed_name,
        title=title(rule.title),
        day=day(row.due_on),
    )
    _tell(row, "signed", _("An undertaking was signed"), body)


def due(row: Undertaking, words: Words, stage: int) -> None:
    """`stage`: at most so many days are left."""
    body = format_lazy(
        _("{kitchen}: “{title}” is promised by {day}. Please bring it in time: after that day it counts as missing."),
        kitchen=row.establishment.signboard,
        title=title(words),
        day=day(row.due_on),
    )
    _tell(row, f"due_{stage}", _("An undertaking is due"), body)


def broken(row: Undertaking, words: Words, months: int) -> None:
    body = format_lazy(
        _(
            "{kitchen}: “{title}” was promised by {day} and has not come. It counts as missing, a clerk is told, and no "
            "undertaking is offered for {months} months. Please hand it in."
        ),
        kitchen=row.establishment.signboard,
        title=title(words),
        day=day(row.due_on),
        months=months,
    )
    _tell(row, "broken", _("An undertaking was not kept"), body)


def released(row: Undertaking, words: Words) -> None:
    body = format_lazy(
        _("{kitchen}: the authority released you from your undertaking about “{title}”. Reason: {reason}"),
        kitchen=row.establishment.signboard,
        title=title(words),
        reason=row.ended_why,
    )
    _tell(row, "released", _("You were released from an undertaking"), body)


def confirmed(row: OwnCheck, words: Words) -> None:
    body = format_lazy(
        _("{kitchen}: the bureau found “{title}” itself. Nothing has to be handed in."),
        kitchen=row.establishment.signboard,
        title=title(words),
    )
    _tell(row, "confirmed", _("The bureau found your paper"), body)


def not_found(row: OwnCheck, words: Words) -> None:
    body = format_lazy(
        _("{kitchen}: the bureau looked for “{title}” and did not find it: {said} Please hand it in."),
        kitchen=row.establishment.signboard,
        title=title(words),
        said=row.said,
    )
    _tell(row, "not_found", _("The bureau did not find your paper"), body)


def _tell(row: Undertaking | OwnCheck, verb: str, subject: Any, body: Any) -> None:
    noun = "undertaking" if isinstance(row, Undertaking) else "own_check"
    tell_kitchen(row.establishment, f"{noun}.{verb}", subject, body, event=row.pk, page=PAGE)
