"""An edition as a document for the office: what the page says, in a table a list, with page numbers and a demo's mark."""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from ratings.models import Edition, Listing

from . import said
from .entries import Entry

RED, INK_2, WHITE = RGBColor(0xB3, 0x26, 0x1E), RGBColor(0x5C, 0x57, 0x4B), RGBColor(0xFF, 0xFF, 0xFF)
FONT, EAST = "Times New Roman", "宋体"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML has no place for them
WIDTHS = (Cm(1.1), Cm(5.4), Cm(10.5))


def docx(edition: Edition, listings: Sequence[Entry], at: datetime) -> bytes:
    """In the reader's language, A4."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), EAST)
    is_demo = any(entry.listing.establishment.is_demo for entry in listings)
    _head(paper, edition, listings, at, is_demo)
    for colour, heading in ((Listing.Colour.BLACK, _("Black list")), (Listing.Colour.RED, _("Red list"))):
        of_colour = [entry for entry in listings if entry.listing.colour == colour]
        if of_colour:
            _say(paper.add_paragraph(), f"{heading} {len(of_colour)}", 14, bold=True, before=12)
            _table(paper, of_colour, "B3261E" if colour == Listing.Colour.RED else "201E1A")
    last = _(
        "This list is the bureau's published result of checks. "
        "It is not the list of seriously dishonest parties and carries no joint sanction."
    )
    _say(paper.add_paragraph(), last, 9, colour=INK_2, before=12)
    _foot(section, edition, is_demo)
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _head(paper: Any, edition: Edition, listings: Sequence[Entry], at: datetime, is_demo: bool) -> None:
    if is_demo:
        _say(paper.add_paragraph(), "演示 DEMO", 16, bold=True, colour=INK_2, centred=True)
    _say(paper.add_paragraph(), said.authority_name(edition.authority), 12, colour=INK_2, centred=True)
    _say(paper.add_paragraph(), _("Red and black lists of food safety"), 24, bold=True, colour=RED, centred=True)
    numbered = _("Edition %(number)d of %(year)d") % {"number": edition.number, "year": edition.year}
    _say(paper.add_paragraph(), numbered, 13, centred=True)
    facts = [
        _("Period %(start)s to %(end)s") % {"start": edition.period_from, "end": edition.period_to},
        _("As of %(at)s") % {"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"},
        said.valid(listings, at),
        said.address(edition),
    ]
    _say(paper.add_paragraph(), " · ".join(filter(None, facts)), 9, colour=INK_2, centred=True)


def _table(paper: Any, entries: Sequence[Entry], fill: str) -> None:
    table = paper.add_table(rows=1, cols=3, style="Table Grid")
    for cell, text in zip(table.rows[0].cells, (_("No."), _("Kitchen"), _("Reason")), strict=True):
        _say(cell.paragraphs[0], text, 10, bold=True, colour=WHITE)
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
    again = OxmlElement("w:tblHeader")  # on every page
    table.rows[0]._tr.get_or_add_trPr().append(again)
    for number, entry in enumerate(entries, 1):
        cells = table.add_row().cells
        whole = OxmlElement("w:cantSplit")
        table.rows[-1]._tr.get_or_add_trPr().append(whole)
        _say(cells[0].paragraphs[0], str(number), 10)
        who = [said.name(entry)]
        if entry.identity:
            who += [entry.identity.legal_name, entry.identity.address]
        for column, lines in ((1, [(text, not index) for index, text in enumerate(who)]), (2, _why(entry, len(who)))):
            for index, (text, strong) in enumerate(lines):
                place = cells[column].paragraphs[0] if index == 0 else cells[column].add_paragraph()
                _say(place, text, 10.5 if strong else 9, bold=strong, colour=None if strong else INK_2)
    for row in table.rows:
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = width


def _why(entry: Entry, skipped: int) -> list[tuple[str, bool]]:
    return [(line.text, line.is_strong) for line in said.lines_of(entry)[skipped:]]


def _say(
    paragraph: Any,
    text: str,
    size: float,
    *,
    bold: bool = False,
    colour: RGBColor | None = None,
    centred: bool = False,
    before: float = 0,
) -> None:
    run = paragraph.add_run(CONTROL.sub("", text))
    run.font.size, run.bold, run.font.name = Pt(size), bold, FONT
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), EAST)
    if colour is not None:
        run.font.color.rgb = colour
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(2)


def _foot(section: Any, edition: Edition, is_demo: bool) -> None:
    """The edition's name and the page's number; on a demo's pages 演示 in their head too."""
    foot = section.footer.paragraphs[0]
    _say(foot, f"{said.title(edition)} · ", 8, colour=INK_2, centred=True)
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = words or None
        foot.add_run()._r.append(part)
    if is_demo:
        _say(section.header.paragraphs[0], "演示 DEMO", 10, bold=True, colour=INK_2, centred=True)
