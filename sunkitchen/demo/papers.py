"""Pictures of papers for the demo: drawn, not photographed, and stamped 演示 so that nobody takes them for real."""

from io import BytesIO

from PIL import Image, ImageDraw

from .drawing import font

WIDTH, HEIGHT = 1400, 990
PAPER, INK, GOLD, STAMP = (250, 246, 234), (38, 36, 32), (171, 132, 66), (196, 46, 40)


def picture(title: str, issuer: str, facts: list[tuple[str, str]]) -> bytes:
    """A JPEG of the paper: its title, one line a fact, the issuer under a round stamp."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    for inset, width in ((24, 10), (44, 3)):
        pen.rectangle([inset, inset, WIDTH - inset, HEIGHT - inset], outline=GOLD, width=width)
    pen.text((WIDTH / 2, 130), title, font=font(68), fill=INK, anchor="mm")
    for number, (name, value) in enumerate(facts):
        y = 240 + number * 74
        pen.text((150, y), name, font=font(32), fill=GOLD)
        pen.text((430, y), value, font=font(32), fill=INK)
    pen.text((WIDTH - 150, HEIGHT - 150), issuer, font=font(34), fill=INK, anchor="rm")
    _stamp(image, (WIDTH - 380, HEIGHT - 190))
    _watermark(image)
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _stamp(image: Image.Image, centre: tuple[int, int]) -> None:
    layer = Image.new("RGBA", image.size)
    pen = ImageDraw.Draw(layer)
    x, y = centre
    pen.ellipse([x - 120, y - 120, x + 120, y + 120], outline=(*STAMP, 210), width=8)
    pen.text((x, y - 14), "演示", font=font(84), fill=(*STAMP, 210), anchor="mm")
    pen.text((x, y + 62), "非真实证照", font=font(28), fill=(*STAMP, 210), anchor="mm")
    image.paste(layer, mask=layer)


def _watermark(image: Image.Image) -> None:
    layer = Image.new("RGBA", image.size)
    ImageDraw.Draw(layer).text(
        (WIDTH / 2, HEIGHT / 2), "演示 DEMO", font=font(230), fill=(171, 132, 66, 44), anchor="mm"
    )
    turned = layer.rotate(24)
    image.paste(turned, mask=turned)
