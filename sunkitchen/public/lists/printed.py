"""An edition on A4, to hang on a wall: what the page says, with the day it was printed and a code to today's state."""

from collections.abc import Sequence
from datetime import datetime

import noto_cjk_sans_otc
from django.utils import timezone
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import Align, TextMode, WrapMode, XPos, YPos

from ratings.models import Edition, Listing
from sunkitchen.core import qr

from .entries import Entry
from .said import authority_name, lines_of, title, valid

SIMPLIFIED_CHINESE = 2  # which font of the collection
MARGIN, WIDTH = 18.0, 210 - 2 * 18.0  # mm
CODE = 21.0  # mm, a listing's square code
SEAL_W, SEAL_H, GAP = 15.0, 8.0, 5.0
TEXT_W = WIDTH - SEAL_W - CODE - 2 * GAP
INK, INK_2, RULE, RED, BLACK = (29, 27, 22), (92, 87, 75), (206, 200, 186), (178, 34, 30), (32, 30, 26)


class Sheet(FPDF):
    """A4 pages with the edition's name and the page's number at their foot, and 演示 across a demo's."""

    def __init__(self, foot: str, is_demo: bool):
        super().__init__(format="A4")
        self.foot, self.is_demo = foot, is_demo
        self.add_font("cjk", fname=noto_cjk_sans_otc.FONT_PATH, collection_font_number=SIMPLIFIED_CHINESE)
        self.set_creator("Sunkitchen")
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=22)
        self.c_margin = 0

    def header(self) -> None:
        if not self.is_demo:
            return
        self.set_font("cjk", size=92)
        self.set_text_color(244, 240, 231)
        with self.rotation(35, 105, 160):
            self.text(38, 172, "演示 DEMO")

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font("cjk", size=8)
        self.set_text_color(*INK_2)
        self.cell(WIDTH / 2, 4, self.foot)
        self.cell(WIDTH / 2, 4, f"{self.page_no()} / {{nb}}", align=Align.R)


def pdf(edition: Edition, listings: Sequence[Entry], *, address: str, is_signed: bool, at: datetime) -> bytes:
    """The edition as a PDF in the reader's language. `address` is its page's, whole."""
    is_demo = any(entry.listing.establishment.is_demo for entry in listings)
    sheet = Sheet(address.split("://", 1)[-1], is_demo)
    sheet.set_title(title(edition))
    sheet.add_page()
    _head(sheet, edition, listings, is_signed, at)
    for colour, heading in ((Listing.Colour.BLACK, _("Black list")), (Listing.Colour.RED, _("Red list"))):
        of_colour = [entry for entry in listings if entry.listing.colour == colour]
        if of_colour:
            _heading(sheet, f"{heading}  {len(of_colour)}", RED if colour == Listing.Colour.RED else BLACK)
            for entry in of_colour:
                _entry(sheet, entry)
    _check(sheet, edition, address, is_signed)
    return bytes(sheet.output())


def _head(sheet: Sheet, edition: Edition, listings: Sequence[Entry], is_signed: bool, at: datetime) -> None:
    _line(sheet, authority_name(edition.authority), 11, INK_2, align=Align.C)
    sheet.ln(3)
    with sheet.local_context(text_mode=TextMode.FILL_STROKE, line_width=0.35, draw_color=RED):
        _line(sheet, _("Red and black lists of food safety"), 27, RED, align=Align.C, height=13)
    numbered = _("Edition %(number)d of %(year)d") % {"number": edition.number, "year": edition.year}
    _line(sheet, numbered, 13, INK, align=Align.C, height=8)
    sheet.ln(2)
    y = sheet.get_y()
    sheet.set_draw_color(*RED)
    for offset, thick in ((0.0, 0.9), (1.5, 0.25)):
        sheet.set_line_width(thick)
        sheet.line(MARGIN, y + offset, MARGIN + WIDTH, y + offset)
    sheet.ln(5)
    published = timezone.localtime(edition.published_at) if edition.published_at else at
    facts = [
        _("Published %(at)s") % {"at": f"{published:%Y-%m-%d %H:%M}"},
        _("Period %(start)s to %(end)s") % {"start": edition.period_from, "end": edition.period_to},
        _("rules %(version)s") % {"version": edition.rule_version},
    ]
    _line(sheet, " · ".join(facts), 9, INK_2, align=Align.C)
    printed = _("As of %(at)s") % {"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"}
    recommends = _(
        "The red list is a result of checks, not a recommendation. What counts is the state on the kitchen's own page."
    )
    _line(sheet, f"{printed} · {recommends}", 9, INK_2, align=Align.C)
    if until := valid(listings, at):
        _line(sheet, until, 10, RED, align=Align.C, height=7)
    sheet.ln(3)


def _heading(sheet: Sheet, text: str, colour: tuple[int, int, int]) -> None:
    if sheet.will_page_break(45):
        sheet.add_page()
    sheet.ln(3)
    with sheet.local_context(text_mode=TextMode.FILL_STROKE, line_width=0.2, draw_color=colour):
        _line(sheet, text, 15, colour, height=9)


def _entry(sheet: Sheet, entry: Entry) -> None:
    """One listing, never broken across two pages."""
    parts = lines_of(entry)
    height = max(CODE + 6, sum(_height(sheet, part.text, part.size) for part in parts) + 6)
    if sheet.will_page_break(height):
        sheet.add_page()
    top = sheet.get_y()
    sheet.set_draw_color(*RULE)
    sheet.set_line_width(0.2)
    sheet.line(MARGIN, top, MARGIN + WIDTH, top)
    _seal(sheet, entry, top + 3)
    if entry.identity:
        _code(sheet, entry.address, MARGIN + WIDTH - CODE, top + 3, CODE)
    sheet.set_xy(MARGIN, top + 3)
    for part in parts:
        sheet.set_x(MARGIN + SEAL_W + GAP)
        _line(sheet, part.text, part.size, INK if part.is_strong else INK_2, width=TEXT_W)
    sheet.set_y(max(sheet.get_y(), top + CODE + 3) + 3)


def _seal(sheet: Sheet, entry: Entry, y: float) -> None:
    colour = RED if entry.listing.colour == Listing.Colour.RED else BLACK
    sheet.set_fill_color(*colour)
    sheet.rect(MARGIN, y, SEAL_W, SEAL_H, style="F", round_corners=True, corner_radius=1.4)
    sheet.set_font("cjk", size=10)
    sheet.set_text_color(255, 255, 255)
    sheet.set_xy(MARGIN, y)
    sheet.cell(SEAL_W, SEAL_H, entry.listing.get_colour_display(), align=Align.C)


def _code(sheet: Sheet, text: str, x: float, y: float, size: float) -> None:
    squares = qr.matrix(text)
    unit = size / len(squares)
    sheet.set_fill_color(*INK)
    for column, row, length in qr.runs(squares):
        sheet.rect(x + column * unit, y + row * unit, length * unit, unit * 1.02, style="F")


def _check(sheet: Sheet, edition: Edition, address: str, is_signed: bool) -> None:
    """How anybody finds out whether this sheet says what was published."""
    if sheet.will_page_break(40):
        sheet.add_page()
    sheet.ln(4)
    top = sheet.get_y()
    _code(sheet, address, MARGIN, top, 24)
    if is_signed and edition.entry:
        said = _("Signed · log entry %(seq)d") % {"seq": edition.entry.seq} + f" · SHA-256 {edition.entry.leaf_hash}"
    else:
        said = _("The signature follows within a minute")
    texts = [
        address,
        said,
        _("A name leaves this list when its term ends or its facts change: the code leads to today's state."),
        _(
            "This list is the bureau's published result of checks. "
            "It is not the list of seriously dishonest parties and carries no joint sanction."
        ),
    ]
    for text in texts:
        sheet.set_x(MARGIN + 24 + GAP)
        _line(sheet, text, 8, INK_2, width=WIDTH - 24 - GAP)


def _line(
    sheet: Sheet,
    text: str,
    size: float,
    colour: tuple[int, int, int],
    *,
    align: Align = Align.L,
    height: float = 0.0,
    width: float = WIDTH,
) -> None:
    sheet.set_font("cjk", size=size)
    sheet.set_text_color(*colour)
    sheet.multi_cell(
        width,
        height or size * 0.53,
        text,
        align=align,
        wrapmode=_wrap(text),
        new_x=XPos.LEFT if align == Align.L else XPos.LMARGIN,
        new_y=YPos.NEXT,
    )


def _height(sheet: Sheet, text: str, size: float) -> float:
    sheet.set_font("cjk", size=size)
    found = sheet.multi_cell(TEXT_W, size * 0.53, text, wrapmode=_wrap(text), dry_run=True, output="HEIGHT")
    return float(found)  # type: ignore[arg-type]  # what `output` decides, its types do not know


def _wrap(text: str) -> WrapMode:
    """Chinese breaks between any two characters, other languages between words."""
    return WrapMode.WORD if text.isascii() else WrapMode.CHAR
