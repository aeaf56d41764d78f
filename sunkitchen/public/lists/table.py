"""An edition as a table: one row a listing, columns that keep their order."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from ratings.models import Edition
from sunkitchen.core.spreadsheet import csv_bytes

from . import said
from .entries import Entry


def csv(edition: Edition, listings: Sequence[Entry]) -> bytes:
    """CSV in the reader's language. A listing whose name may not be told keeps its row without it."""
    return csv_bytes(headings(), (row(edition, entry) for entry in listings))


def headings() -> list[str]:
    return [
        _("Edition"),
        _("Colour"),
        _("Signboard"),
        _("Legal name"),
        _("Address"),
        _("Reason"),
        _("Rule"),
        _("Basis"),
        _("Document"),
        _("Statement"),
        _("Last day"),
        _("State"),
        _("Page"),
    ]


def row(edition: Edition, entry: Entry) -> list[str | date | None]:
    """Its cells, in the order of `headings`."""
    listing, identity = entry.listing, entry.identity
    return [
        f"{edition.year}-{edition.number}",
        listing.get_colour_display(),
        identity.signboard if identity else "",
        identity.legal_name if identity else "",
        identity.address if identity else "",
        listing.reason,
        said.rule(entry),
        entry.rule.basis if entry.rule else "",
        listing.document_number,
        " / ".join(said.statements(entry)),
        listing.term_until,
        entry.standing,
        entry.address,
    ]
