"""What the demo's kitchens are drawn with: the frame, people, pots, steam. In fine pixels, twice the film's."""

import math

import noto_cjk_sans_otc
from PIL import ImageDraw, ImageFont

FINE = 2  # drawn so much larger, then reduced: smooth edges
COUNTER = 500  # the worktop's edge, in fine pixels
SC = 2  # simplified Chinese inside the font collection

CREAM, LINE, PALE, DIM = (244, 239, 226), (207, 199, 178), (233, 226, 207), (112, 105, 90)
RED, LEAF, FLAME = (196, 74, 52), (108, 142, 92), (226, 150, 66)
STEEL, WATER, FISH, WOOD, DARK = (120, 122, 116), (170, 190, 196), (150, 162, 164), (150, 118, 78), (34, 32, 27)

Pen = ImageDraw.ImageDraw


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(noto_cjk_sans_otc.FONT_PATH), size, index=SC)


def turn(t: float, times: int, shift: float = 0.0) -> float:
    """A sine that makes `times` whole turns in the loop."""
    return math.sin(2 * math.pi * (t * times + shift))


def worktop(pen: Pen, fill: tuple[int, int, int] = (52, 49, 41)) -> None:
    pen.rectangle([0, COUNTER, 1280, 720], fill=fill)
    pen.line([(0, COUNTER), (1280, COUNTER)], fill=LINE, width=4)


def cook(pen: Pen, x: float, y: float, lean: float, hands: list[tuple[float, float]]) -> None:
    """A cook in white with hat and mask, the head at (x, y); `hands` are where the arms reach."""
    sway = lean * 10
    pen.polygon(
        [(x - 66, COUNTER), (x - 58, y + 84), (x - 30, y + 56), (x + 30, y + 56), (x + 58, y + 84), (x + 66, COUNTER)],
        fill=CREAM,
    )
    pen.line([(x, y + 70), (x, COUNTER)], fill=LINE, width=3)
    for button in range(3):
        pen.ellipse([x + 12, y + 100 + button * 44, x + 20, y + 108 + button * 44], fill=DIM)
    for side, (hand_x, hand_y) in zip((-1, 1), hands, strict=False):
        shoulder = (x + side * 48, y + 92)
        elbow = ((shoulder[0] + hand_x) / 2 + side * 26, (shoulder[1] + hand_y) / 2 + 26)
        pen.line([shoulder, elbow, (hand_x, hand_y)], fill=CREAM, width=32, joint="curve")
        pen.line([shoulder, elbow, (hand_x, hand_y)], fill=LINE, width=3, joint="curve")
        pen.ellipse([hand_x - 15, hand_y - 15, hand_x + 15, hand_y + 15], fill=PALE)
    head = x + sway
    pen.ellipse([head - 40, y - 38, head + 40, y + 56], fill=PALE)
    pen.pieslice([head - 34, y - 8, head + 34, y + 52], 0, 180, fill=(255, 255, 255))  # the mask
    pen.line([(head - 40, y + 12), (head + 40, y + 12)], fill=(255, 255, 255), width=4)
    for eye in (-15, 15):
        pen.ellipse([head + eye - 4, y - 6, head + eye + 4, y + 2], fill=(60, 55, 46))
    pen.rectangle([head - 40, y - 56, head + 40, y - 26], fill=(255, 255, 255))
    for puff in (-26, 0, 26):
        pen.ellipse([head + puff - 28, y - 100, head + puff + 28, y - 44], fill=(255, 255, 255))


def steam(pen: Pen, x: float, y: float, t: float, times: int, tall: float = 150) -> None:
    for strand in range(3):
        rise = (t * times + strand / 3) % 1
        base = y - rise * tall
        points = [
            (x + (strand - 1) * 30 + 12 * math.sin(step / 3 + 2 * math.pi * rise), base - step * 6)
            for step in range(12)
        ]
        tone = round(70 + 140 * math.sin(math.pi * rise))
        pen.line(points, fill=(tone, tone, tone - 8), width=5, joint="curve")


def flames(pen: Pen, x: float, y: float, t: float) -> None:
    for tongue in range(-3, 4):
        high = 22 + 12 * turn(t, 37 + tongue * 4, tongue / 7)
        at = x + tongue * 20
        pen.polygon([(at - 9, y), (at, y - high), (at + 9, y)], fill=FLAME)


def ladles(pen: Pen, left: int, t: float) -> None:
    for number in range(4):
        x, swing = left + number * 64, 5 * turn(t, 7, number / 5)
        pen.line([(x, 84), (x + swing, 190)], fill=LINE, width=4)
        pen.arc([x + swing - 18, 180, x + swing + 18, 222], 0, 180, fill=LINE, width=4)


def bowl(pen: Pen, x: float, y: float, wide: float, fill: tuple[int, int, int] | None = None) -> None:
    pen.pieslice([x - wide, y - wide * 0.7, x + wide, y + wide * 0.7], 0, 180, fill=fill, outline=LINE, width=4)
