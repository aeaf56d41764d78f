"""The words of an edition, for every form it goes out in: paper, picture, table, feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ratings.models import Edition, Listing
from sunkitchen.accounts.models import Authority

from .entries import Entry


@dataclass(frozen=True)
class Line:
    text: str
    size: float = 9.0  # points
    is_strong: bool = False


def authority_name(authority: Authority) -> str:
    english = (get_language() or "").startswith("en")
    return (authority.name_en if english else "") or authority.name


def title(edition: Edition) -> str:
    """For a file, a feed, a link: authority and number."""
    named = _("Red and black lists, edition %(number)d of %(year)d") % {"number": edition.number, "year": edition.year}
    return f"{authority_name(edition.authority)} · {named}"


def address(edition: Edition, name: str = "edition") -> str:
    """Its page's address (or that of another form, by URL name), whole, in the reader's language."""
    return settings.SITE_URL + reverse(name, args=[edition.authority.slug, edition.year, edition.number])


def rule(entry: Entry) -> str:
    """The black rule with its clause; "" on the red list, where all of them hold."""
    if entry.rule is None:
        return ""
    if (get_language() or "").startswith("en"):
        return f"{entry.rule.code}: {entry.rule.en}"
    return f"{entry.rule.clause}：{entry.rule.zh}"


def term(entry: Entry) -> str:
    day = {"day": entry.listing.term_until}
    return _("Term ended %(day)s") % day if entry.is_over else _("Shown until %(day)s") % day


def valid(listings: Sequence[Entry], at: datetime) -> str:
    """The last day on which nothing that is named here has ended: for paper and pictures. "" when nobody is named."""
    today = timezone.localdate(at)
    days = [e.listing.term_until for e in listings if e.identity and e.listing.term_until]
    days = [day for day in days if day >= today]
    return _("Valid until %(day)s; after that ask the page.") % {"day": min(days)} if days else ""


def name(entry: Entry) -> str:
    if entry.hiding:
        return _("Name taken down")
    return entry.identity.signboard if entry.identity else _("Name no longer shown")


def statements(entry: Entry) -> list[str]:
    """What the operator answered, each with its outcome; none once the name is gone, for it may tell who it was."""
    if entry.identity is None or entry.listing.colour != Listing.Colour.BLACK:
        return []
    said = [
        f"{one.statement} ({one.get_state_display()}, {one.decided_at:%Y-%m-%d})" if one.decided_at else one.statement
        for one in entry.listing.objections.all()
    ]
    return said or [_("None was given.")]


def lines_of(entry: Entry) -> list[Line]:
    """A listing from its name down to its last day."""
    lines = [Line(name(entry), 13, True)]
    if entry.identity:
        lines += [Line(entry.identity.legal_name), Line(entry.identity.address)]
    lines += [Line(text, 9, True) for text in entry.notices]
    if entry.is_suspended:
        lines.append(Line(_("Suspended: not every condition holds at the moment."), 9, True))
    lines.append(Line(entry.listing.reason, 10, True))
    if entry.rule:
        lines += [
            Line(rule(entry)),
            Line(f"{_('Basis')}  {entry.rule.basis}"),
            Line(f"{_('Document')}  {entry.listing.document_number}"),
        ]
    lines += [Line(f"{_('Statement')}  {text}") for text in statements(entry)]
    if not entry.hiding:
        lines.append(Line(term(entry)))
    return lines
