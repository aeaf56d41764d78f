"""The sign 您已进入监控区域 for a kitchen's door: who films, why, where it is shown, what is not done, how to object.

Both languages stand on it, so that no reader is asked which. Drawn in the millimetres of A4; A5 is the same, smaller.
Source of what it must say: PIPL art. 7, 17 and 26 (a prominent sign where cameras film a public place).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import noto_cjk_sans_otc
from fpdf import FPDF

from sunkitchen.core import qr

SIMPLIFIED_CHINESE = 2  # which font of the collection
SIZES = {"a4": ("A4", 1.0), "a5": ("A5", 148 / 210)}
LEFT, WIDTH = 22.0, 166.0  # mm of A4
COLUMN = 112.0  # of the words; the code stands to their right
CODE = 40.0
TOP, FOOT = 76.0, 260.0  # between them stand the facts
SHRINKING = [1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5]

INK, INK_2, RULE, SUN, HALO, PAPER = (
    (29, 27, 22),
    (92, 87, 75),
    (190, 184, 170),
    (242, 169, 0),
    (252, 233, 184),
    (255, 255, 255),
)
TITLE, TITLE_EN = "您已进入监控区域", "You are entering an area under camera"
DEMO, DEMO_EN = "演示", "Demonstration: this shop is invented"


@dataclass(frozen=True)
class Sign:
    """What differs from kitchen to kitchen. `zones` are (Chinese, English) names; `contact` may be empty."""

    kitchen: str
    operator: str
    address: str  # of its page, as the code says it
    shown: str  # the same, as people read it
    zones: Sequence[tuple[str, str]]
    contact: str = ""
    is_demo: bool = False


def pdf(sign: Sign, size: str = "a4") -> bytes:
    """One page. KeyError for a size that is not of SIZES."""
    paper, scale = SIZES[size]
    page = FPDF(format=paper)
    page.set_title(f"{sign.kitchen} · {TITLE}")
    page.set_creator("Sunkitchen")
    page.set_auto_page_break(False)
    page.c_margin = 0
    page.add_font("cjk", fname=noto_cjk_sans_otc.FONT_PATH, collection_font_number=SIMPLIFIED_CHINESE)
    page.add_page()
    _Drawing(page, scale).draw(sign)
    return bytes(page.output())


def facts(sign: Sign) -> list[tuple[str, str, str, str]]:
    """(Chinese heading, Chinese words, English heading, English words) of every line of the sign."""
    zones = "、".join(zh for zh, _en in sign.zones) or "尚未设置"
    zones_en = ", ".join(en for _zh, en in sign.zones) or "none set up yet"
    ask = f"，或致电 {sign.contact}" if sign.contact else ""
    ask_en = f", or call {sign.contact}" if sign.contact else ""
    return [
        ("谁在拍摄", sign.operator, "Who films", "The operator of this kitchen, as named above."),
        ("拍摄区域", zones, "What is filmed", f"{zones_en}."),
        (
            "为何拍摄",
            "明厨亮灶：让顾客看见后厨，共同监督食品安全。",
            "Why",
            "So that guests see the kitchen they eat from: food safety, watched by all.",
        ),
        (
            "何处播放",
            "仅在本店公开网页上实时播放，任何人扫码可见。",
            "Where it is shown",
            "Live on the kitchen's public page: anybody may scan the code.",
        ),
        (
            "我们不做",
            "不录声音，不提供公开回放；不拍包间、更衣室、卫生间、收银台和客席。",
            "What is not done",
            "No sound, no public replay; no private rooms, changing rooms, rest rooms, tills or guests' seats.",
        ),
        (
            "员工权利",
            "员工出镜须本人单独书面同意，可随时撤回；撤回后停止播放。",
            "Staff",
            "Each one's separate written consent; withdrawn at any time, and the picture goes off.",
        ),
        (
            "如有异议",
            f"请告知店员{ask}，或通过右侧二维码页面联系监管部门。",
            "To object",
            f"Tell the staff{ask_en}, or reach the authority through the page of the code.",
        ),
    ]


class _Drawing:
    """Words and lines on one page, in millimetres of A4."""

    def __init__(self, page: FPDF, scale: float) -> None:
        self.page, self.k = page, scale

    def draw(self, sign: Sign) -> None:
        self._frame()
        self._camera(LEFT + 2, 33)
        self._fit(TITLE, LEFT + 40, 33, WIDTH - 40, 40, INK)
        self._fit(TITLE_EN, LEFT + 40.5, 51, WIDTH - 42, 16.5, INK_2)
        self._line(68)
        told = facts(sign)
        # As large as all of it fits: names of a hundred signs are rare, and then the words are smaller.
        size = next((size for size in SHRINKING if self._height(told, size) <= FOOT - TOP), SHRINKING[-1])
        y = TOP
        for row in told:
            y = self._fact(*row, y, size)
        self._code(sign, LEFT + WIDTH - CODE, 77)
        self._foot(sign)
        if sign.is_demo:
            self._demo()

    def _frame(self) -> None:
        self.page.set_draw_color(*INK)
        self.page.set_line_width(1.1 * self.k)
        self._rect(11, 11, 188, 275, "D")
        self.page.set_line_width(0.25 * self.k)
        self._rect(13, 13, 184, 271, "D")

    def _camera(self, x: float, y: float) -> None:
        """A dome on its arm, with the sun of the brand for a lens."""
        self.page.set_fill_color(*INK)
        self._rect(x, y, 30, 5, "F")
        self._rect(x + 5, y + 5, 20, 4, "F")
        self.page.ellipse(self.k * (x + 2), self.k * (y - 4.5), self.k * 26, self.k * 27, style="F")
        self.page.set_fill_color(*PAPER)
        self._rect(x, y - 6, 30, 6, "F")
        self._rect(x + 1, y + 7.4, 28, 0.9, "F")
        self.page.set_fill_color(*HALO)
        self.page.circle(self.k * (x + 15), self.k * (y + 14), self.k * 4.6, style="F")
        self.page.set_fill_color(*SUN)
        self.page.circle(self.k * (x + 15), self.k * (y + 14), self.k * 3.1, style="F")

    def _height(self, told: Sequence[tuple[str, str, str, str]], size: float) -> float:
        """What all the lines need in words of that size, the rule under the last one not counted."""
        width = COLUMN - 27
        needed = sum(
            len(self._broken(words, width, 14 * size)) * 6.4 + len(self._broken(words_en, width, 9 * size)) * 4.2 + 7.6
            for _zh, words, _en, words_en in told
        )
        return (needed - 4.2) * size

    def _fact(self, zh: str, words: str, en: str, words_en: str, y: float, size: float) -> float:
        """Chinese over English, and how far down the next one begins."""
        if y > TOP:
            self.page.set_draw_color(*RULE)
            self.page.set_line_width(0.2 * self.k)
            above = y - 4.2 * size
            self.page.line(self.k * LEFT, self.k * above, self.k * (LEFT + COLUMN), self.k * above)
        self._text(zh, LEFT, y, 12.5 * size, INK_2)
        for line in self._broken(words, COLUMN - 27, 14 * size):
            self._text(line, LEFT + 27, y - 0.5 * size, 14 * size, INK)
            y += 6.4 * size
        y += 0.4 * size
        self._fit(en, LEFT, y, 25, 8.5 * size, INK_2)
        for line in self._broken(words_en, COLUMN - 27, 9 * size):
            self._text(line, LEFT + 27, y, 9 * size, INK_2)
            y += 4.2 * size
        return y + 7.2 * size

    def _code(self, sign: Sign, x: float, y: float) -> None:
        squares = qr.matrix(sign.address)
        unit = CODE / len(squares)
        self.page.set_fill_color(*INK)
        for column, row, length in qr.runs(squares):
            # A hair of overlap: no white seams between rows when a printer rounds.
            self._rect(x + column * unit, y + row * unit, length * unit, unit * 1.02, "F")
        self._fit("扫码看后厨直播", x, y + CODE + 5, CODE, 13, INK)
        self._fit("Scan to see the kitchen live", x, y + CODE + 11.5, CODE, 8.5, INK_2)
        self._fit(sign.shown, x, y + CODE + 17, CODE, 8.5, INK)

    def _foot(self, sign: Sign) -> None:
        self._line(262)
        self._sun(LEFT + 2.5, 271.5)
        self._fit(sign.kitchen, LEFT + 8, 268, 92, 14, INK)
        self._fit("阳光厨房 Sunkitchen", LEFT + 126, 269, 40, 10, INK_2)
        self._fit(sign.operator, LEFT + 8, 275, 120, 9, INK_2)

    def _demo(self) -> None:
        self.page.set_fill_color(*SUN)
        self._rect(LEFT, 17.5, WIDTH, 9, "F")
        self._fit(f"{DEMO} · {DEMO_EN}", LEFT + 4, 19.4, WIDTH - 8, 13, INK)

    # ── strokes ─────────────────────────────────────────────────────────────────────────────────────────────
    def _sun(self, x: float, y: float) -> None:
        for colour, radius in ((HALO, 2.6), (SUN, 1.7)):
            self.page.set_fill_color(*colour)
            self.page.circle(self.k * x, self.k * y, self.k * radius, style="F")

    def _rect(self, x: float, y: float, width: float, height: float, style: str) -> None:
        self.page.rect(self.k * x, self.k * y, self.k * width, self.k * height, style=style)

    def _line(self, y: float) -> None:
        self.page.set_draw_color(*INK)
        self.page.set_line_width(0.4 * self.k)
        self.page.line(self.k * LEFT, self.k * y, self.k * (LEFT + WIDTH), self.k * y)

    def _text(self, text: str, x: float, y: float, size: float, colour: tuple[int, int, int]) -> None:
        self.page.set_text_color(*colour)
        self.page.set_font("cjk", size=size * self.k)
        self.page.set_xy(self.k * x, self.k * y)
        self.page.cell(h=self.k * size * 0.4, text=text)

    def _fit(self, text: str, x: float, y: float, width: float, size: float, colour: tuple[int, int, int]) -> None:
        """On one line, smaller where it must."""
        self.page.set_font("cjk", size=size * self.k)
        needed = self.page.get_string_width(text) / self.k
        self._text(text, x, y, size * min(1.0, width / max(needed, 0.1)), colour)

    def _broken(self, text: str, width: float, size: float) -> list[str]:
        """Lines no longer than `width`: between words where there are spaces, else between signs."""
        self.page.set_font("cjk", size=size * self.k)
        lines, line = [], ""
        for piece in _pieces(text):
            if line and self.page.get_string_width(line + piece.rstrip()) > width * self.k:
                lines.append(line.rstrip())
                line = ""
            line += piece
        return [*lines, line.rstrip()]


CLOSING = "，。；：、！？）》」"


def _pieces(text: str) -> list[str]:
    """Words of Latin letters with the space after them, other signs one by one; no line begins with a full stop."""
    pieces: list[str] = []
    for sign in text:
        joins = pieces and (sign in CLOSING or (sign != " " and sign.isascii() and pieces[-1][-1:].isascii()))
        if (joins and not pieces[-1].endswith(" ")) or (pieces and sign == " "):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces
