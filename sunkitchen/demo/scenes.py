"""Line-drawn kitchens that move, for the demo cameras: frames from a phase in [0, 1), which closes into a loop.

Everything moves by whole turns of the loop, and something always differs between two keyframes, so that the relay's
own check for a still picture sees what a person sees.
"""

import math
from collections.abc import Callable, Iterator

import noto_cjk_sans_otc
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 25, 20
FINE = 2  # drawn so much larger, then reduced: smooth edges
COUNTER = 500  # the worktop's edge, in fine pixels
SC = 2  # simplified Chinese inside the font collection

CREAM, LINE, PALE, DIM = (244, 239, 226), (207, 199, 178), (233, 226, 207), (112, 105, 90)
RED, LEAF, FLAME = (196, 74, 52), (108, 142, 92), (226, 150, 66)

Pen = ImageDraw.ImageDraw
Scene = Callable[[Pen, float], None]


def frames(scene: str) -> Iterator[Image.Image]:
    """The loop's frames, WIDTH × HEIGHT RGB."""
    ground, moving = SCENES[scene]
    backdrop = _backdrop(ground)
    count = FPS * SECONDS
    for number in range(count):
        frame = backdrop.copy()
        moving(ImageDraw.Draw(frame), number / count)
        yield frame.reduce(FINE)


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(noto_cjk_sans_otc.FONT_PATH), size, index=SC)


def turn(t: float, times: int, shift: float = 0.0) -> float:
    """A sine that makes `times` whole turns in the loop."""
    return math.sin(2 * math.pi * (t * times + shift))


def _backdrop(ground: Callable[[Pen], None]) -> Image.Image:
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE))
    pen = ImageDraw.Draw(image)
    top, bottom = (91, 86, 72), (26, 24, 20)
    for y in range(image.height):
        share = y / image.height
        pen.line(
            [(0, y), (image.width, y)], fill=tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        )
    _tiles(pen)
    ground(pen)
    _mark(pen)
    return image


def _tiles(pen: Pen) -> None:
    for row, y in enumerate(range(120, 400, 40)):
        pen.line([(0, y), (1280, y)], fill=(96, 91, 77), width=2)
        for x in range(-40 + row % 2 * 40, 1280, 80):
            pen.line([(x, y), (x, y + 40)], fill=(96, 91, 77), width=2)


def _mark(pen: Pen) -> None:
    pen.rounded_rectangle([1016, 640, 1256, 696], radius=12, fill=(20, 19, 16), outline=LINE, width=2)
    pen.text((1136, 668), "演示 demo", font=font(34), fill=CREAM, anchor="mm")


# ── people and things ───────────────────────────────────────────────────────────────────────────────────────
def _cook(pen: Pen, x: float, y: float, lean: float, hands: list[tuple[float, float]]) -> None:
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


def _steam(pen: Pen, x: float, y: float, t: float, times: int, tall: float = 150) -> None:
    for strand in range(3):
        rise = (t * times + strand / 3) % 1
        base = y - rise * tall
        points = [
            (x + (strand - 1) * 30 + 12 * math.sin(step / 3 + 2 * math.pi * rise), base - step * 6)
            for step in range(12)
        ]
        tone = round(70 + 140 * math.sin(math.pi * rise))
        pen.line(points, fill=(tone, tone, tone - 8), width=5, joint="curve")


def _flames(pen: Pen, x: float, y: float, t: float) -> None:
    for tongue in range(-3, 4):
        high = 22 + 12 * turn(t, 37 + tongue * 4, tongue / 7)
        at = x + tongue * 20
        pen.polygon([(at - 9, y), (at, y - high), (at + 9, y)], fill=FLAME)


def _ladles(pen: Pen, left: int, t: float) -> None:
    for number in range(4):
        x, swing = left + number * 64, 5 * turn(t, 7, number / 5)
        pen.line([(x, 84), (x + swing, 190)], fill=LINE, width=4)
        pen.arc([x + swing - 18, 180, x + swing + 18, 222], 0, 180, fill=LINE, width=4)


def _bowl(pen: Pen, x: float, y: float, wide: float, fill: tuple[int, int, int] | None = None) -> None:
    pen.pieslice([x - wide, y - wide * 0.7, x + wide, y + wide * 0.7], 0, 180, fill=fill, outline=LINE, width=4)


# ── two kitchens ────────────────────────────────────────────────────────────────────────────────────────────
def _stove_ground(pen: Pen) -> None:
    pen.line([(60, 84), (1220, 84)], fill=LINE, width=4)  # the rail
    pen.polygon([(300, 0), (980, 0), (1060, 64), (220, 64)], fill=(64, 60, 50), outline=LINE, width=3)  # the hood
    pen.rectangle([0, COUNTER, 1280, 720], fill=(46, 43, 36))
    pen.line([(0, COUNTER), (1280, COUNTER)], fill=LINE, width=4)
    for x in (120, 460, 800, 1140):
        pen.rounded_rectangle([x - 110, 560, x + 110, 700], radius=10, outline=DIM, width=3)
        pen.ellipse([x - 8, 574, x + 8, 590], fill=DIM)


def _stove(pen: Pen, t: float) -> None:
    _ladles(pen, 90, t)
    _ladles(pen, 1000, t + 0.3)
    _bowl(pen, 1090, 440, 90)  # the soup
    pen.line([(1000, 440), (1180, 440)], fill=LINE, width=5)
    _steam(pen, 1090, 420, t, 5)
    x = 560 + 120 * turn(t, 1)
    wok_x, lift = x + 50, max(0.0, turn(t, 13)) * 34
    _steam(pen, wok_x, 380, t, 8, 190)
    _cook(pen, x, 200, turn(t, 3), [(wok_x - 120, 430 - lift), (wok_x + 70, 410 - lift * 1.4)])
    _flames(pen, wok_x, 500, t)
    for crumb in range(7):  # what the wok tosses
        high = abs(turn(t, 13, crumb / 40)) * (60 + crumb * 9)
        at = wok_x - 54 + crumb * 18 + 6 * turn(t, 13, crumb / 5)
        pen.ellipse([at - 9, 430 - high - lift, at + 9, 446 - high - lift], fill=(RED, LEAF, PALE)[crumb % 3])
    _bowl(pen, wok_x, 432 - lift, 106, (34, 32, 27))
    pen.line([(wok_x - 106, 432 - lift), (wok_x - 160, 416 - lift)], fill=LINE, width=10)
    _bowl(pen, 190, 446, 70, (60, 56, 46))
    for leaf in range(5):
        pen.ellipse([140 + leaf * 22, 424 - leaf % 2 * 10, 168 + leaf * 22, 448], fill=LEAF)


def _board_ground(pen: Pen) -> None:
    for y, jars in ((150, 7), (260, 6)):
        pen.line([(760, y), (1230, y)], fill=LINE, width=4)
        for jar in range(jars):
            pen.rounded_rectangle([784 + jar * 64, y - 52, 826 + jar * 64, y - 4], radius=6, outline=LINE, width=3)
            pen.line([(784 + jar * 64, y - 38), (826 + jar * 64, y - 38)], fill=DIM, width=3)
    pen.rounded_rectangle([60, 110, 330, 420], radius=10, outline=LINE, width=4)  # the cupboard for disinfected dishes
    for y in (180, 250, 320):
        pen.line([(76, y), (314, y)], fill=DIM, width=3)
        for plate in range(8):
            pen.arc([88 + plate * 27, y - 48, 118 + plate * 27, y - 4], 60, 300, fill=LINE, width=3)
    pen.rectangle([0, COUNTER, 1280, 720], fill=(52, 49, 41))
    pen.line([(0, COUNTER), (1280, COUNTER)], fill=LINE, width=4)


def _board(pen: Pen, t: float) -> None:
    other = 1000 + 150 * turn(t, 1, 0.4)
    _cook(pen, other, 230, turn(t, 2), [(other - 76, 470), (other + 76, 470 + 8 * turn(t, 9))])
    pen.ellipse([other - 110, 466, other + 110, 498], fill=PALE, outline=LINE, width=3)  # a plate being dressed
    for bite in range(6):
        pen.ellipse(
            [other - 70 + bite * 24, 464 - bite % 2 * 8, other - 50 + bite * 24, 484], fill=(RED, LEAF)[bite % 2]
        )
    x = 500 + 40 * turn(t, 1)
    chop = max(0.0, turn(t, 31)) * 56
    _cook(pen, x, 200, turn(t, 2, 0.2), [(x - 80, 474), (x + 60, 440 - chop)])
    pen.rounded_rectangle([330, 482, 720, 504], radius=8, fill=(150, 118, 78), outline=LINE, width=3)
    cut = (t * 2) % 1  # the fish gets shorter, then the next one lies there
    tail = 700 - 240 * cut
    pen.ellipse([380, 440, tail, 490], fill=(150, 162, 164), outline=LINE, width=3)
    pen.polygon([(tail - 12, 465), (tail + 34, 440), (tail + 34, 490)], fill=(150, 162, 164), outline=LINE)
    pen.ellipse([404, 454, 414, 464], fill=(30, 30, 28))
    pen.polygon(
        [(x + 40, 420 - chop), (x + 150, 420 - chop), (x + 150, 478 - chop), (x + 52, 478 - chop)],
        fill=PALE,
        outline=DIM,
    )
    pen.line([(x + 30, 430 - chop), (x - 6, 436 - chop)], fill=(90, 70, 46), width=14)
    pen.arc([110, 380, 250, 540], 0, 180, fill=DIM, width=3)  # the sink
    drop = (t * 11) % 1  # the tap above the sink
    pen.line([(180, 440), (180, 400), (230, 400)], fill=LINE, width=8)
    pen.ellipse([172, 446 + drop * 40, 188, 462 + drop * 40], fill=(170, 190, 196))


SCENES: dict[str, tuple[Callable[[Pen], None], Scene]] = {
    "stove": (_stove_ground, _stove),
    "board": (_board_ground, _board),
}
