"""Pictures of the demo's shops: drawn fronts, dining rooms, kitchens and notice boards, each marked 演示."""

import random
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageDraw

from . import scenes
from .cast import Kitchen
from .drawing import CREAM, LEAF, LINE, PALE, RED, WOOD, Pen, font

WIDTH, HEIGHT = 1280, 960
SIGNS = ((148, 42, 36), (38, 84, 92), (62, 74, 48), (112, 74, 34), (52, 56, 92))
DUSK, STREET, WALL = (64, 74, 92), (52, 50, 46), (196, 182, 156)


def of(kitchen: Kitchen, *, everything: bool) -> Iterator[tuple[str, bytes]]:
    """(subject, JPEG) of each; the front alone unless `everything` is asked for."""
    yield "front", _picture(_front, kitchen)
    if everything:
        yield "dining", _picture(_dining, kitchen)
        yield "kitchen", _jpeg(next(scenes.frames(kitchen.cameras[0][1] or "stove")).resize((WIDTH, 720)))
        yield "board", _picture(_board, kitchen)


def _picture(draw, kitchen: Kitchen) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), DUSK)
    pen = ImageDraw.Draw(image)
    draw(pen, kitchen)
    pen.rounded_rectangle([WIDTH - 190, HEIGHT - 76, WIDTH - 24, HEIGHT - 24], radius=10, fill=(20, 19, 16))
    pen.text((WIDTH - 107, HEIGHT - 50), "演示 demo", font=font(28), fill=CREAM, anchor="mm")
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=84)
    return out.getvalue()


def _front(pen: Pen, kitchen: Kitchen) -> None:
    sign = SIGNS[kitchen.serial % len(SIGNS)]
    pen.rectangle([0, 780, WIDTH, HEIGHT], fill=STREET)
    pen.rectangle([90, 150, 1190, 780], fill=WALL)
    pen.rectangle([70, 190, 1210, 350], fill=sign, outline=CREAM, width=5)
    size = min(108, 1040 // max(4, len(kitchen.signboard)))
    pen.text((640, 270), kitchen.signboard, font=font(size), fill=CREAM, anchor="mm")
    for left in (140, 760):
        pen.rectangle([left, 410, left + 380, 700], fill=(250, 226, 166), outline=(84, 66, 44), width=12)
        pen.line([(left + 190, 410), (left + 190, 700)], fill=(84, 66, 44), width=8)
        for lamp in (95, 285):
            pen.ellipse([left + lamp - 28, 440, left + lamp + 28, 496], fill=RED)
            pen.line([(left + lamp, 496), (left + lamp, 516)], fill=(214, 170, 70), width=5)
    pen.rectangle([550, 420, 730, 780], fill=(104, 78, 50), outline=(60, 44, 28), width=8)
    pen.rectangle([574, 450, 706, 620], fill=(236, 214, 160))
    pen.text((640, 668), kitchen.address.split(" ", 1)[1], font=font(26), fill=CREAM, anchor="mm")
    for pot in (480, 800):
        pen.polygon([(pot - 36, 720), (pot + 36, 720), (pot + 26, 790), (pot - 26, 790)], fill=(128, 72, 48))
        for leaf in range(5):
            pen.ellipse([pot - 60 + leaf * 22, 640 + leaf % 2 * 18, pot - 20 + leaf * 22, 724], fill=LEAF)


def _dining(pen: Pen, kitchen: Kitchen) -> None:
    dice = random.Random(kitchen.serial)
    pen.rectangle([0, 0, WIDTH, 520], fill=(214, 202, 178))
    pen.rectangle([0, 520, WIDTH, HEIGHT], fill=(150, 122, 90))
    for x in range(0, WIDTH, 160):
        pen.line([(x, 520), (x * 2 - 640, HEIGHT)], fill=(132, 106, 76), width=4)
    for left in (120, 560, 1000):
        pen.rectangle([left, 110, left + 170, 330], fill=(170, 196, 204), outline=WOOD, width=10)
        pen.line([(left + 85, 110), (left + 85, 330)], fill=WOOD, width=6)
    for place, (x, y) in enumerate([(250, 560), (700, 540), (1080, 570), (420, 740), (900, 760)]):
        pen.ellipse([x - 150, y - 52, x + 150, y + 52], fill=WOOD, outline=(92, 66, 40), width=6)
        pen.rectangle([x - 14, y + 50, x + 14, y + 130], fill=(92, 66, 40))
        for dish in range(4):
            at = x - 96 + dish * 64
            pen.ellipse([at - 26, y - 22, at + 26, y + 14], fill=CREAM, outline=LINE, width=3)
            if dice.random() < 0.6:
                pen.ellipse([at - 13, y - 14, at + 13, y + 4], fill=(LEAF, RED, PALE)[dish % 3])
        pen.rectangle([x + 104, y - 44, x + 128, y - 8], fill=(255, 255, 255), outline=LINE)  # its table code
        pen.text((x + 116, y - 26), str(place + 1), font=font(18), fill=(40, 38, 34), anchor="mm")


def _board(pen: Pen, kitchen: Kitchen) -> None:
    pen.rectangle([0, 0, WIDTH, HEIGHT], fill=(206, 198, 182))
    pen.rounded_rectangle([80, 70, 1200, 860], radius=12, fill=(72, 96, 84), outline=WOOD, width=22)
    pen.text((640, 132), "食品安全公示栏", font=font(56), fill=CREAM, anchor="mm")
    sheets = (("营业执照", 150), ("食品经营许可证", 500), ("监督检查结果", 850))
    for title, left in sheets:
        pen.rectangle([left, 200, left + 290, 590], fill=(250, 246, 234), outline=(171, 132, 66), width=6)
        pen.text((left + 145, 250), title, font=font(32), fill=(38, 36, 32), anchor="mm")
        for row in range(6):
            pen.line([(left + 36, 310 + row * 42), (left + 254 - row % 2 * 60, 310 + row * 42)], fill=LINE, width=6)
        pen.ellipse([left + 180, 490, left + 260, 570], outline=RED, width=6)
    for turn in range(7):
        left = 150 + turn * 142
        pen.rectangle([left, 630, left + 122, 800], fill=(250, 246, 234), outline=LINE, width=3)
        pen.ellipse([left + 36, 646, left + 86, 700], fill=PALE, outline=LINE, width=3)
        pen.text((left + 61, 728), "健康证", font=font(24), fill=(38, 36, 32), anchor="mm")
        pen.line([(left + 20, 760), (left + 102, 760)], fill=LINE, width=5)
    pen.text((640, 905), kitchen.signboard, font=font(34), fill=(72, 66, 56), anchor="mm")
