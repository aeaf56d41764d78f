"""Table stickers on A4, eight a sheet, as vectors: to cut along hairlines and stick on tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import noto_cjk_sans_otc
from fpdf import FPDF

from sunkitchen.core import qr

SIMPLIFIED_CHINESE = 2  # which font of the collection
COLUMNS, ROWS = 2, 4
MARGIN_X, MARGIN_Y = 9.0, 10.5  # mm that home printers leave white
CARD_W, CARD_H = (210 - 2 * MARGIN_X) / COLUMNS, (297 - 2 * MARGIN_Y) / ROWS
CODE = 44.0  # mm, quiet zone not counted
PAD = 6.0

INK, INK_2, RULE, SUN, HALO = (29, 27, 22), (92, 87, 75), (190, 184, 170), (242, 169, 0), (252, 233, 184)
BRAND = "阳光厨房 Sunkitchen"
PROMISE = "看后厨 · 不点餐 · 不付款"
PROMISE_EN = "See the kitchen. No orders, no payment."


@dataclass(frozen=True)
class Card:
    address: str  # what the code says
    table: str


def sheet(cards: Sequence[Card], *, kitchen: str, host: str) -> bytes:
    """A PDF of the cards in their order. `host` is printed beside each code, so that a guest can compare."""
    pdf = FPDF(format="A4")
    pdf.set_title(f"{kitchen} · 桌贴")
    pdf.set_creator("Sunkitchen")
    pdf.set_auto_page_break(False)
    pdf.c_margin = 0
    pdf.add_font("cjk", fname=noto_cjk_sans_otc.FONT_PATH, collection_font_number=SIMPLIFIED_CHINESE)
    per_page = COLUMNS * ROWS
    for start in range(0, len(cards), per_page):
        pdf.add_page()
        _cut_marks(pdf)
        for place, card in enumerate(cards[start : start + per_page]):
            x = MARGIN_X + (place % COLUMNS) * CARD_W
            y = MARGIN_Y + (place // COLUMNS) * CARD_H
            _card(pdf, x, y, card, kitchen, host)
    return bytes(pdf.output())


def _cut_marks(pdf: FPDF) -> None:
    """Hairlines in the margins and small crosses where cards meet: nothing runs through a card."""
    pdf.set_draw_color(*RULE)
    pdf.set_line_width(0.1)
    right, bottom = MARGIN_X + COLUMNS * CARD_W, MARGIN_Y + ROWS * CARD_H
    for column in range(COLUMNS + 1):
        x = MARGIN_X + column * CARD_W
        pdf.line(x, MARGIN_Y - 5, x, MARGIN_Y - 1.5)
        pdf.line(x, bottom + 1.5, x, bottom + 5)
        for row in range(1, ROWS):
            y = MARGIN_Y + row * CARD_H
            pdf.line(x, y - 1.5, x, y + 1.5)
    for row in range(ROWS + 1):
        y = MARGIN_Y + row * CARD_H
        pdf.line(MARGIN_X - 5, y, MARGIN_X - 1.5, y)
        pdf.line(right + 1.5, y, right + 5, y)
        if 0 < row < ROWS:
            for column in range(1, COLUMNS):
                x = MARGIN_X + column * CARD_W
                pdf.line(x - 1.5, y, x + 1.5, y)


def _card(pdf: FPDF, x: float, y: float, card: Card, kitchen: str, host: str) -> None:
    top = y + (CARD_H - CODE) / 2
    _code(pdf, card.address, x + PAD, top)
    left, width = x + PAD + CODE + 5.5, CARD_W - PAD - CODE - 5.5 - 4.5
    _sun(pdf, left + 2.2, top + 2.2)
    _text(pdf, BRAND, left + 6.2, top + 0.7, width - 6.2, 7.5, INK_2)
    _table(pdf, card.table, left, top + 7.6, width)
    _name(pdf, kitchen, left, top + 21.6, width)
    _text(pdf, PROMISE, left, top + 31.3, width, 8.6, INK)
    _text(pdf, PROMISE_EN, left, top + 35.6, width, 6, INK_2)
    _text(pdf, host, left, top + 41, width, 7.5, INK)


def _code(pdf: FPDF, text: str, x: float, y: float) -> None:
    squares = qr.matrix(text)
    unit = CODE / len(squares)
    pdf.set_fill_color(*INK)
    for column, row, length in qr.runs(squares):
        # A hair of overlap: no white seams between rows when a printer rounds.
        pdf.rect(x + column * unit, y + row * unit, length * unit, unit * 1.02, style="F")


def _sun(pdf: FPDF, x: float, y: float) -> None:
    pdf.set_fill_color(*HALO)
    pdf.circle(x, y, 2.2, style="F")
    pdf.set_fill_color(*SUN)
    pdf.circle(x, y, 1.45, style="F")


def _table(pdf: FPDF, table: str, x: float, y: float, width: float) -> None:
    """The table's name as large as it fits; a bare number gets the word for table beside it."""
    pdf.set_text_color(*INK)
    suffix = " 号桌" if table.isdigit() else ""
    pdf.set_font("cjk", size=30)
    needed = pdf.get_string_width(table)
    room = width - (11 if suffix else 0)
    size = min(30.0, 30.0 * room / max(needed, 0.1))
    if size < 12:
        _two_lines(pdf, table, x, y + 1.2, width, 12.0, 5.2)
        return
    pdf.set_font("cjk", size=size)
    pdf.set_xy(x, y)
    pdf.cell(h=12, text=table)
    if suffix:
        after = pdf.get_x()
        pdf.set_font("cjk", size=11)
        pdf.set_xy(after, y + size * 0.055)
        pdf.cell(h=12, text=suffix)


def _name(pdf: FPDF, name: str, x: float, y: float, width: float) -> None:
    """The signboard on one line, or smaller on two."""
    pdf.set_text_color(*INK)
    for size in (12.0, 10.0):
        pdf.set_font("cjk", size=size)
        if pdf.get_string_width(name) <= width:
            pdf.set_xy(x, y)
            pdf.cell(h=7, text=name)
            return
    _two_lines(pdf, name, x, y - 0.6, width, 8.5, 4)


def _two_lines(pdf: FPDF, text: str, x: float, y: float, width: float, size: float, height: float) -> None:
    """Broken where the first line is full; cut with … past the second."""
    pdf.set_font("cjk", size=size)
    if pdf.get_string_width(text) > 1.9 * width:
        pdf.set_font("cjk", size=size * 0.8)
    first = _fitting(pdf, text, width)
    rest = text[len(first) :].strip()
    if pdf.get_string_width(rest) > width:
        rest = _fitting(pdf, rest, width - pdf.get_string_width("…")) + "…"
    for line, part in enumerate(filter(None, (first, rest))):
        pdf.set_xy(x, y + line * height)
        pdf.cell(h=height, text=part)


def _fitting(pdf: FPDF, text: str, width: float) -> str:
    end = 1
    while end < len(text) and pdf.get_string_width(text[: end + 1]) <= width:
        end += 1
    return text[:end]


def _text(pdf: FPDF, text: str, x: float, y: float, width: float, size: float, colour: tuple[int, int, int]) -> None:
    pdf.set_text_color(*colour)
    pdf.set_font("cjk", size=size)
    if (needed := pdf.get_string_width(text)) > width:
        pdf.set_font("cjk", size=size * width / needed)
    pdf.set_xy(x, y)
    pdf.cell(h=3, text=text)
