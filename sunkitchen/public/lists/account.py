"""An edition as text for a public account: title, lists, link; nothing that has to be called back but the names shown now."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from ratings.models import Edition, Listing

from . import said
from .entries import Entry


def text(edition: Edition, listings: Sequence[Entry], at: datetime) -> str:
    """Plain text in the reader's language, as an editor of a public account pastes it. Only names shown at `at`."""
    lines = [said.title(edition), ""]
    for colour, heading in ((Listing.Colour.BLACK, _("Black list")), (Listing.Colour.RED, _("Red list"))):
        named = [e for e in listings if e.listing.colour == colour and e.identity and not e.is_suspended]
        if named:
            lines += [
                f"【{heading}】",
                *(line for number, entry in enumerate(named, 1) for line in _of(number, entry)),
                "",
            ]
    lines += [
        said.valid(listings, at),
        _("As of %(at)s") % {"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"},
        _("The red list is a result of checks, not a recommendation."),
        _(
            "This list is the bureau's published result of checks. "
            "It is not the list of seriously dishonest parties and carries no joint sanction."
        ),
        _("Today's state, with the statements of the operators: %(address)s") % {"address": said.address(edition)},
        _("Or scan the code of the picture."),
    ]
    return "\n".join(line for line in lines if line is not None).strip() + "\n"


def _of(number: int, entry: Entry) -> list[str]:
    address = entry.identity.address if entry.identity else ""
    lines = [f"{number}. {said.name(entry)} · {address}", entry.listing.reason]
    if entry.rule:
        lines += [said.rule(entry), *(f"{_('Statement')}  {one}" for one in said.statements(entry))]
    return [*lines, *entry.notices, said.term(entry)]
