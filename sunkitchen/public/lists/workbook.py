"""An edition as a workbook for the office: title, a table that filters, pages that print with number and heading row."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ratings.models import Edition, Listing

from . import said, table
from .entries import Entry

WIDTHS = (10, 9, 20, 26, 30, 42, 30, 30, 24, 34, 12, 12, 36)  # in letters, one a column
INK, INK_2, RED, BLACK, PAPER, RULE = "1D1B16", "5C574B", "B3261E", "201E1A", "F6F2E8", "D8D2C2"
HEAD = 4  # the heading row


def xlsx(edition: Edition, listings: Sequence[Entry], at: datetime) -> bytes:
    """In the reader's language. Every text stays text, whatever it begins with."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = f"{edition.year}-{edition.number}"
    _title(sheet, edition, listings, at)
    for column, heading in enumerate(table.headings(), 1):
        cell = _write(sheet, HEAD, column, heading)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=INK)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[column - 1]
    line = Side(style="thin", color=RULE)
    for number, entry in enumerate(listings, HEAD + 1):
        for column, value in enumerate(table.row(edition, entry), 1):
            cell = _write(sheet, number, column, value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.border = Border(bottom=line)
            if number % 2:
                cell.fill = PatternFill("solid", fgColor=PAPER)
        colour = RED if entry.listing.colour == Listing.Colour.RED else BLACK
        sheet.cell(number, 2).font = Font(bold=True, color=colour)
    _for_paper(sheet, edition, len(listings))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # never a formula
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))  # nor when somebody edits it
    else:
        cell.value = value  # type: ignore[assignment]  # int, date and None are taken, too
    return cell


def _title(sheet: Worksheet, edition: Edition, listings: Sequence[Entry], at: datetime) -> None:
    is_demo = any(entry.listing.establishment.is_demo for entry in listings)
    heading = ("演示 DEMO · " if is_demo else "") + said.title(edition)
    facts = [
        _("As of %(at)s") % {"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"},
        said.valid(listings, at),
        said.address(edition),
    ]
    last = get_column_letter(len(WIDTHS))
    for row, text, font in (
        (1, heading, Font(bold=True, size=18, color=RED)),
        (2, " · ".join(filter(None, facts)), Font(size=10, color=INK_2)),
    ):
        sheet.merge_cells(f"A{row}:{last}{row}")
        _write(sheet, row, 1, text).font = font
    sheet.row_dimensions[1].height, sheet.row_dimensions[HEAD].height = 32, 26


def _for_paper(sheet: Worksheet, edition: Edition, rows: int) -> None:
    sheet.freeze_panes = f"D{HEAD + 1}"
    sheet.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(WIDTHS))}{HEAD + max(rows, 1)}"
    sheet.print_title_rows = f"{HEAD}:{HEAD}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text = f"{edition.authority.slug} {edition.year}-{edition.number}"
    sheet.oddFooter.right.text = "&P / &N"
