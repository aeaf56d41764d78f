"""Kitchens drawn with Pillow, looked at as the relay does: 64×36 cells of luma, each the mean of what it covers."""

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

SIZE = (640, 360)


def kitchen(seed=1, *, shift=(0, 0)):
    """Shelves with pots, a stove under a hood, tiles, a worktop; each seed arranges them differently."""
    chance = random.Random(seed)
    wide = Image.new("L", (960, 540), chance.randint(120, 170))
    draw = ImageDraw.Draw(wide)
    tile = chance.choice([28, 36, 44])
    tone = chance.randint(95, 115)
    for x in range(0, 960, tile):
        draw.line((x, 0, x, 330), fill=tone)
    for y in range(0, 330, tile):
        draw.line((0, y, 960, y), fill=tone)
    for shelf in range(chance.randint(2, 3)):
        y = 80 + shelf * 85 + chance.randint(-25, 25)
        draw.rectangle((60, y, 900, y + 8), fill=60)
        x = 70
        while x < 860:
            w, h = chance.randint(18, 60), chance.randint(18, 60)
            draw.rectangle((x, y - h, x + w, y), fill=chance.choice([30, 70, 190, 220, 240]))
            x += w + chance.randint(6, 50)
    top = chance.randint(300, 370)
    draw.rectangle((0, top, 960, top + 20), fill=215)
    draw.rectangle((0, top + 21, 960, 540), fill=chance.randint(60, 90))
    wide_door, x = chance.randint(70, 170), chance.randint(0, 90)
    while x < 940:
        draw.rectangle((x, top + 35, x + wide_door, 520), outline=170, width=4, fill=chance.randint(50, 120))
        draw.ellipse((x + 20, top - 27, x + 80, top + 7), fill=chance.choice([20, 35, 230]))
        x += wide_door + chance.randint(15, 60)
    x, y = 160 + shift[0], 90 + shift[1]
    return wide.crop((x, y, x + SIZE[0], y + SIZE[1]))


def person(picture, x, *, width=110, coat=235):
    """A cook in white, head to apron, somewhere in front."""
    picture = picture.copy()
    draw = ImageDraw.Draw(picture)
    draw.ellipse((x + width * 0.3, 40, x + width * 0.7, 40 + width * 0.5), fill=150)
    draw.rectangle((x + width * 0.3, 22, x + width * 0.7, 52), fill=250)
    draw.rounded_rectangle((x, 95, x + width, 360), 24, fill=coat)
    draw.line((x + width / 2, 110, x + width / 2, 360), fill=150, width=3)
    return picture


def crowd(seed):
    """Three or four cooks on the move over a third to a half of the picture."""

    def step(picture):
        chance = random.Random(seed)
        for number in range(chance.randint(2, 4)):
            picture = person(picture, chance.randint(-40, 560), width=chance.randint(70, 110), coat=200 + 10 * number)
        return picture

    return step


def exposed(picture, *, gain=1.0, lift=0):
    """Another exposure: contrast first, then light."""
    return picture.point([min(255, max(0, round(level * gain + lift))) for level in range(256)])


def lamp(picture, seed=0):
    """A lamp above one side: light that falls off across the picture."""
    glow = Image.linear_gradient("L").rotate(90 * (seed % 4)).resize(picture.size)
    return ImageChops.add(
        ImageEnhance.Brightness(picture).enhance(0.6), glow.point([level // 3 for level in range(256)])
    )


def steam(picture):
    """The lower half behind a bright haze."""
    haze = Image.new("L", picture.size, 215)
    return Image.blend(picture, haze, 0.55)


def noisy(picture, sigma, seed=0):
    chance = random.Random(seed)
    return Image.frombytes(
        "L", picture.size, bytes(min(255, max(0, round(v + chance.gauss(0, sigma)))) for v in picture.tobytes())
    )


def encoded(picture, quality=12):
    """As a poor encoder leaves it."""
    store = io.BytesIO()
    picture.save(store, "JPEG", quality=quality)
    return Image.open(store).convert("L")


def hand(picture, seed=0):
    """Something close before the lens: one soft tone, a little brighter to one side."""
    tone = 40 + 37 * (seed % 5)
    glow = Image.linear_gradient("L").rotate(90 * (seed % 4)).resize(picture.size)
    return Image.blend(Image.new("L", picture.size, tone), glow, 0.15)


def bag(picture, seed=0):
    """A plastic bag over the camera: what is behind is a blur of light."""
    milky = Image.new("L", picture.size, 180)
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(45)), milky, 0.5)


def tape(picture, share=0.85):
    """A strip before most of the lens, its edge out of focus; a rest of the kitchen looks past it."""
    strip = Image.new("L", picture.size, 0)
    ImageDraw.Draw(strip).rectangle((0, 0, int(picture.width * share), picture.height), fill=255)
    return Image.composite(Image.new("L", picture.size, 120), picture, strip.filter(ImageFilter.GaussianBlur(12)))


def gray(picture):
    """As ffmpeg's area scaling makes it."""
    return picture.resize((64, 36), Image.Resampling.BOX).tobytes()
