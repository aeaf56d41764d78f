"""An edition as one long picture, for a chat group: whom it names, until when, and a code to today's state."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import noto_cjk_sans_otc
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from ratings.models import Edition, Listing
from sunkitchen.core import qr

from . import said
from .entries import Entry

WIDTH, PAD = 1080, 72  # pixels
SIMPLIFIED_CHINESE = 2
MOST = 40  # listings of a colour that are named; the code leads to the rest
PAPER, CARD, INK, INK_2, RULE = (251, 249, 244), (255, 255, 255), (29, 27, 22), (92, 87, 75), (226, 220, 205)
RED, DEEP, BLACK, SUN = (178, 34, 30), (132, 20, 18), (32, 30, 26), (242, 169, 0)
TALLEST = 30_000  # pixels


class Scroll:
    """A canvas that is written from the top down. One without height only measures: `y` is where the writing ends."""

    def __init__(self, height: int = 1) -> None:
        self.image = Image.new("RGB", (WIDTH, height), PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.y = 0
        self.fonts: dict[int, ImageFont.FreeTypeFont] = {}

    def font(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self.fonts:
            self.fonts[size] = ImageFont.truetype(str(noto_cjk_sans_otc.FONT_PATH), size, index=SIMPLIFIED_CHINESE)
        return self.fonts[size]

    def line(self, text: str, size: int, fill: tuple[int, int, int], *, x: int = PAD, bold: int = 0) -> None:
        """The text on as many lines as it needs between `x` and the right margin."""
        for part in self.broken(text, size, WIDTH - PAD - x):
            self.pen.text((x, self.y), part, font=self.font(size), fill=fill, stroke_width=bold, stroke_fill=fill)
            self.y += round(size * 1.45)

    def broken(self, text: str, size: int, width: int) -> list[str]:
        """Between words where there are some, else between characters."""
        lines, rest, font = [], text.strip(), self.font(size)
        while rest and font.getlength(rest) > width:
            end = max(1, int(len(rest) * width / font.getlength(rest)))
            while end < len(rest) and font.getlength(rest[: end + 1]) <= width:
                end += 1
            while end > 1 and font.getlength(rest[:end]) > width:
                end -= 1
            blank = rest.rfind(" ", 0, end + 1)
            if rest.isascii() and blank > 0:
                end = blank
            lines.append(rest[:end].rstrip())
            rest = rest[end:].lstrip()
        return [*lines, rest]

    def code(self, text: str, x: int, y: int, size: int) -> None:
        squares = qr.matrix(text)
        unit = size // (len(squares) + 2 * qr.QUIET)
        self.pen.rectangle(
            [x, y, x + unit * (len(squares) + 2 * qr.QUIET), y + unit * (len(squares) + 2 * qr.QUIET)], fill=CARD
        )
        for column, row, length in qr.runs(squares):
            left, top = x + (column + qr.QUIET) * unit, y + (row + qr.QUIET) * unit
            self.pen.rectangle([left, top, left + length * unit - 1, top + unit - 1], fill=INK)


def png(edition: Edition, listings: Sequence[Entry], at: datetime) -> bytes:
    """A PNG, 1080 pixels wide, in the reader's language. Names whose term has ended at `at` are not on it."""
    named = [entry for entry in listings if entry.identity and not entry.is_suspended]
    measured = Scroll()
    _write(measured, edition, named, at)
    scroll = Scroll(min(measured.y, TALLEST))
    _write(scroll, edition, named, at)
    if any(entry.listing.establishment.is_demo for entry in listings):
        _mark(scroll.image)
    out = BytesIO()
    scroll.image.quantize(96).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(scroll: Scroll, edition: Edition, named: Sequence[Entry], at: datetime) -> None:
    _head(scroll, edition, named)
    for colour, heading, fill in (
        (Listing.Colour.BLACK, _("Black list"), BLACK),
        (Listing.Colour.RED, _("Red list"), RED),
    ):
        of_colour = [entry for entry in named if entry.listing.colour == colour]
        if of_colour:
            _section(scroll, f"{heading} {len(of_colour)}", fill)
            for entry in of_colour[:MOST]:
                _entry(scroll, entry, fill)
            if len(of_colour) > MOST:
                more = {"count": len(of_colour) - MOST}
                scroll.line(_("and %(count)d more: scan the code") % more, 30, INK_2)
    _foot(scroll, edition, named, at)


def _head(scroll: Scroll, edition: Edition, named: Sequence[Entry]) -> None:
    height = 430
    for y in range(height):
        share = y / height
        fill = tuple(round(a + (b - a) * share) for a, b in zip(RED, DEEP, strict=True))
        scroll.pen.line([(0, y), (WIDTH, y)], fill=fill)
    for ring in range(5):  # the sun of the house, low at the right
        radius = 90 + ring * 55
        tone = tuple(round(a + (b - a) * (0.16 - ring * 0.03)) for a, b in zip(RED, SUN, strict=True))
        scroll.pen.arc([940 - radius, 80 - radius, 940 + radius, 80 + radius], 0, 360, fill=tone, width=22)
    scroll.pen.ellipse([940 - 52, 80 - 52, 940 + 52, 80 + 52], fill=SUN)
    scroll.y = 76
    scroll.line(said.authority_name(edition.authority), 34, (255, 232, 205))
    scroll.y += 16
    scroll.line(_("Red and black lists of food safety"), 74, (255, 255, 255), bold=1)
    numbered = _("Edition %(number)d of %(year)d") % {"number": edition.number, "year": edition.year}
    scroll.line(numbered, 44, (255, 243, 226))
    count = {colour: sum(entry.listing.colour == colour for entry in named) for colour in Listing.Colour.values}
    published = timezone.localtime(edition.published_at) if edition.published_at else None
    facts = [
        _("Published %(at)s") % {"at": f"{published:%Y-%m-%d}" if published else ""},
        _("red list %(count)d") % {"count": count["red"]},
        _("black list %(count)d") % {"count": count["black"]},
    ]
    scroll.line(" · ".join(facts), 30, (255, 225, 200))
    scroll.y = height + 40


def _section(scroll: Scroll, heading: str, fill: tuple[int, int, int]) -> None:
    scroll.y += 12
    scroll.pen.rectangle([PAD, scroll.y + 6, PAD + 12, scroll.y + 56], fill=fill)
    scroll.line(heading, 44, fill, x=PAD + 32, bold=1)
    scroll.y += 10


def _entry(scroll: Scroll, entry: Entry, fill: tuple[int, int, int]) -> None:
    scroll.pen.line([(PAD, scroll.y), (WIDTH - PAD, scroll.y)], fill=RULE, width=2)
    scroll.y += 22
    scroll.line(said.name(entry), 38, INK, bold=1)
    if entry.identity:
        scroll.line(entry.identity.address, 27, INK_2)
    scroll.y += 4
    scroll.line(entry.listing.reason, 30, INK)
    if entry.rule:
        scroll.line(f"{entry.rule.code} · {entry.listing.document_number}", 26, INK_2)
        for text in said.statements(entry):
            scroll.line(f"{_('Statement')}  {text}", 26, INK_2)
    scroll.line(said.term(entry), 26, fill)
    scroll.y += 22


def _foot(scroll: Scroll, edition: Edition, named: Sequence[Entry], at: datetime) -> None:
    scroll.y += 20
    top, side = scroll.y, 300
    scroll.pen.rectangle([0, top, WIDTH, top + side + 96], fill=CARD)
    scroll.code(said.address(edition), PAD - 20, top + 40, side)
    scroll.y = top + 62
    left = PAD + side + 16
    scroll.line(_("As of %(at)s") % {"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"}, 30, INK, x=left, bold=1)
    if until := said.valid(named, at):
        scroll.line(until, 30, RED, x=left, bold=1)
    scroll.line(_("Scan for today's state: names leave when their term ends or their facts change."), 28, INK_2, x=left)
    scroll.line(_("The red list is a result of checks, not a recommendation."), 28, INK_2, x=left)
    scroll.line(settings.SITE_HOST, 30, INK, x=left)
    scroll.y = max(scroll.y + 30, top + side + 96)


def _mark(image: Image.Image) -> None:
    """演示 across the picture, every so often: a cut-out of it carries one too."""
    font = ImageFont.truetype(str(noto_cjk_sans_otc.FONT_PATH), 120, index=SIMPLIFIED_CHINESE)
    stamp = Image.new("L", (900, 900))
    ImageDraw.Draw(stamp).text((450, 450), "演示 DEMO", font=font, fill=22, anchor="mm")
    stamp = stamp.rotate(28)
    for top in range(300, image.height, 760):
        image.paste((120, 96, 40), (90, top - 300), stamp)
