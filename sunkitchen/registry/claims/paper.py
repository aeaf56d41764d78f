"""Invitations on A4, one a page, for window envelopes: the address at its place, the code, its QR, both languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import noto_cjk_sans_otc
from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos

from sunkitchen.core import qr

SIMPLIFIED_CHINESE = 2  # which font of the collection
LEFT, WIDTH = 20.0, 170.0  # mm
WINDOW = 45.0, 85.0, 40.0  # mm: top, width and height of the envelope's window (DIN 5008 form A and B, and DL)
CODE = 34.0  # mm, the QR code
INK, INK_2, RULE = (29, 27, 22), (92, 87, 75), (190, 184, 170)


@dataclass(frozen=True)
class Letter:
    operator_name: str
    signboard: str
    address: str
    number: str  # of the permit, or the credit code
    code: str  # as printed
    through: date  # the last day on which it opens the kitchen
    is_demo: bool


class _Sheet(FPDF):
    def __init__(self) -> None:
        super().__init__(format="A4")
        self.add_font("cjk", fname=noto_cjk_sans_otc.FONT_PATH, collection_font_number=SIMPLIFIED_CHINESE)
        self.set_creator("Sunkitchen")
        self.set_title("认领通知 · Invitations")
        self.set_margins(LEFT, 20)
        self.set_auto_page_break(False)
        self.c_margin = 0

    def say(self, text: str, size: float, colour: tuple[int, int, int] = INK, *, gap: float = 2.0) -> None:
        """A paragraph of the letter's width."""
        self.set_font("cjk", size=size)
        self.set_text_color(*colour)
        lead = size * 0.58
        self.multi_cell(WIDTH, lead, text, align=Align.L, wrapmode=_wrap(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_y(self.get_y() + gap)


def _wrap(text: str) -> WrapMode:
    """English breaks between words, Chinese anywhere."""
    return WrapMode.WORD if text[:20].isascii() else WrapMode.CHAR


def sheets(letters: Sequence[Letter], *, authority: str, address: str, written_on: date) -> bytes:
    """A PDF of the letters in their order. `address` is where a code is typed in; it is printed beside its QR code."""
    pdf = _Sheet()
    squares = qr.matrix(address)
    for letter in letters:
        pdf.add_page()
        if letter.is_demo:
            _demo(pdf)
        _head(pdf, letter, authority)
        pdf.set_xy(LEFT, 98)
        pdf.say("请认领贵单位在“阳光厨房”的页面", 16, gap=3)
        pdf.say(
            f"贵单位的许可信息（{letter.number}）已由本局登记，并在“阳光厨房”公示。请经营者本人打开下方网址登录，"
            "输入许可证编号或统一社会信用代码，以及下方的认领码，即可管理本店页面、接入后厨画面。本局已有的证照无需再次提交。",
            10.5,
            gap=3,
        )
        pdf.say(
            f"Your kitchen stands in our register and has a public page. Sign in at {address.split('://', 1)[-1]}, type "
            "your permit number or credit code and the code below, and the page is yours to keep. Papers that we hold are "
            "not asked for again.",
            9,
            INK_2,
            gap=5,
        )
        _code(pdf, letter, squares, address)
        pdf.say("认领免费。本局不会打电话或发短信向您索要认领码，也不会要求转账。", 10.5, gap=1)
        pdf.say("Claiming is free. We never ask for this code or for money by phone or message.", 9, INK_2, gap=10)
        pdf.say(authority, 11, gap=1)
        pdf.say(f"{written_on.year} 年 {written_on.month} 月 {written_on.day} 日", 10.5)
    return bytes(pdf.output())


def _head(pdf: _Sheet, letter: Letter, authority: str) -> None:
    pdf.set_xy(LEFT, 18)
    pdf.say(authority, 11, INK_2)
    top, width, height = WINDOW
    lines = [letter.address, letter.operator_name, f"（{letter.signboard}）" if letter.signboard else "", "经营者  收"]
    y = top + 4
    for text, size in zip(lines, (10.5, 11, 10.5, 10.5), strict=True):
        if not text:
            continue
        pdf.set_font("cjk", size=size)
        pdf.set_text_color(*INK)
        pdf.set_xy(LEFT + 2, y)
        pdf.multi_cell(width - 4, 5.4, _two_lines(pdf, text, width - 5), align=Align.L, wrapmode=WrapMode.CHAR)
        y = min(pdf.get_y() + 1.2, top + height - 5)


def _two_lines(pdf: FPDF, text: str, width: float) -> str:
    """What a window shows of it."""
    while pdf.get_string_width(text) > 1.9 * width:
        text = text[:-2] + "…"
    return text


def _code(pdf: _Sheet, letter: Letter, squares: qr.Matrix, address: str) -> None:
    top = pdf.get_y()
    pdf.set_draw_color(*RULE)
    pdf.set_line_width(0.2)
    pdf.rect(LEFT, top, WIDTH, CODE + 12)
    unit = CODE / len(squares)
    pdf.set_fill_color(*INK)
    for column, row, length in qr.runs(squares):
        pdf.rect(LEFT + 6 + column * unit, top + 6 + row * unit, length * unit, unit * 1.02, style="F")
    x = LEFT + CODE + 16
    for text, size, colour, down in (
        ("认领码 Code", 9.0, INK_2, 7.0),
        (letter.code, 24.0, INK, 12.0),
        (f"许可证编号 / 代码  {letter.number}", 9.5, INK, 26.0),
        (address.split("://", 1)[-1], 9.5, INK, 31.5),
        (f"有效期至 valid through {letter.through:%Y-%m-%d}，仅可使用一次 once", 9.0, INK_2, 37.5),
    ):
        pdf.set_font("cjk", size=size)
        pdf.set_text_color(*colour)
        pdf.set_xy(x, top + down)
        pdf.cell(h=size * 0.5, text=text)
    pdf.set_y(top + CODE + 18)


def _demo(pdf: _Sheet) -> None:
    pdf.set_font("cjk", size=92)
    pdf.set_text_color(244, 240, 231)
    with pdf.rotation(35, 105, 160):
        pdf.text(38, 172, "演示 DEMO")
