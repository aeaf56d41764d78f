"""What the demo's inspectors photographed: a corner of a kitchen as it was found, and as it was when they came again."""

import random
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from .drawing import CREAM, LINE, STEEL, WOOD, font

WIDTH, HEIGHT = 1024, 768
TILE, GROUT, GREASE, FLOOR = (222, 224, 218), (188, 190, 182), (126, 88, 42), (128, 124, 116)


def picture(subject: str, *, mended: bool) -> bytes:
    """A JPEG of the stove's wall, `subject` on its slip; greasy and untidy unless it was `mended`."""
    dice = random.Random(subject)
    image = Image.new("RGB", (WIDTH, HEIGHT), TILE)
    pen = ImageDraw.Draw(image)
    for line in range(0, WIDTH, 96):
        pen.line([(line, 0), (line, 520)], fill=GROUT, width=3)
    for line in range(40, 520, 96):
        pen.line([(0, line), (WIDTH, line)], fill=GROUT, width=3)
    pen.rectangle([0, 620, WIDTH, HEIGHT], fill=FLOOR)
    if not mended:
        stains = Image.new("RGBA", image.size)
        brush = ImageDraw.Draw(stains)
        for _drop in range(150):
            x, y, size = dice.gauss(540, 200), dice.gauss(400, 90), dice.randint(4, 26)
            brush.ellipse([x - size, y - size, x + size, y + size], fill=(*GREASE, dice.randint(50, 130)))
            if dice.random() < 0.4:
                brush.line([(x, y), (x, y + dice.randint(30, 130))], fill=(*GREASE, 90), width=dice.randint(3, 8))
        stains = stains.filter(ImageFilter.GaussianBlur(3))
        image.paste(stains, mask=stains)
    pen.rectangle([0, 500, WIDTH, 640], fill=STEEL)
    pen.line([(0, 500), (WIDTH, 500)], fill=LINE, width=6)
    for ring in (220, 540, 860):
        pen.ellipse([ring - 110, 515, ring + 110, 575], fill=(52, 52, 50), outline=(34, 34, 32), width=6)
    pen.polygon([(440, 470), (640, 470), (610, 545), (470, 545)], fill=(60, 60, 58))
    pen.line([(640, 480), (790, 430)], fill=WOOD, width=16)
    if not mended:
        for crate in (80, 700):
            pen.rectangle([crate, 650, crate + 210, 750], fill=(160, 116, 66), outline=(92, 66, 40), width=6)
    pen.rectangle([28, 28, 470, 96], fill=CREAM)
    pen.text((44, 62), subject[:16], font=font(26), fill=(38, 36, 32), anchor="lm")
    pen.rounded_rectangle([WIDTH - 190, HEIGHT - 72, WIDTH - 20, HEIGHT - 20], radius=10, fill=(20, 19, 16))
    pen.text((WIDTH - 105, HEIGHT - 46), "演示 demo", font=font(26), fill=CREAM, anchor="mm")
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
