"""The child that touches hostile bytes: any upload goes in, plain JPEG pages come out, or one word why not.

Run as a file of its own (`python -I raster.py …`): it imports nothing of ours, holds no secret, and limits itself
before it opens anything. Whatever a file hides besides its pixels (scripts, EXIF, comments, attachments) ends here.
"""

import json
import os
import resource
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imported where it is used: the parent reads this file for its name alone
    from PIL.Image import Image as Picture

MEMORY_BYTES = 1_500_000_000  # a 64-megapixel PNG needs 256 MB, and as much again while it is reduced
CPU_SECONDS = 45
LARGEST_PAGE_BYTES = 30_000_000
LONG_SIDE = 3000  # pixels: an A4 page at 260 dpi
PDF_SCALE = 200 / 72  # 200 dpi
JPEG_QUALITY = 88

LEAN_SIDE = 480  # pixels: what is looked at to see whether print runs level
LEAN_PAGES = 3  # of one file
MOST_LEAN = 12  # degrees: past that it needs a reader, or a person
CLEARLY = 1.6  # times as strong as the median angle: else there are no lines

HEIF = "HEIF"  # what iPhones save; Pillow learns it from pi-heif
PILLOW_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": HEIF,
    "image/heif": HEIF,
}
PDF = "application/pdf"


class Bad(Exception):
    """`args[0]` is one of: type, pixels, broken, locked, pages, empty. Words for people are made in core.files."""


@dataclass(frozen=True)
class Limits:
    pixels: int
    pages: int


def confine() -> None:
    """From here on this process can neither eat the machine nor leave a core file."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_PAGE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def sniff(source: Path) -> str:
    """MIME type by content; name and declared type count for nothing."""
    import pylibmagic  # noqa: F401  (brings the library that `magic` loads)

    import magic  # isort: skip

    return str(magic.from_file(str(source), mime=True))


def pages_of_image(source: Path, form: str, limits: Limits) -> Iterator["Picture"]:
    from PIL import Image, ImageOps

    if form == HEIF:
        import pi_heif

        # The picture alone: no depth map, no second picture, and no more threads than this child's memory bears.
        pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=2)
    Image.MAX_IMAGE_PIXELS = limits.pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=[form]) as opened:
            image: Picture = opened
            if image.width * image.height > limits.pixels:
                raise Bad("pixels")
            if image.width < 1 or image.height < 1:
                raise Bad("broken")
            # Reduces while decoding where the format can (JPEG), else right after.
            if image.mode in ("P", "PA", "1"):
                image.load()
                image = image.convert("RGBA" if "transparency" in image.info else "RGB")
            image.thumbnail((LONG_SIDE, LONG_SIDE), reducing_gap=2.0)
            yield _fresh(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Bad("pixels") from None
    except MemoryError:
        raise
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the disk's fault, not the picture's
        raise Bad("broken") from None


def pages_of_pdf(source: Path, limits: Limits) -> Iterator["Picture"]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(str(source))
    except pdfium.PdfiumError as error:
        raise Bad("locked" if "password" in str(error).lower() else "broken") from None
    if len(document) < 1:
        raise Bad("empty")
    if len(document) > limits.pages:
        raise Bad("pages")
    for number in range(len(document)):
        try:
            page = document[number]
            width, height = page.get_size()
            if not (0 < width < 1e6 and 0 < height < 1e6):
                raise Bad("broken")
            scale = min(PDF_SCALE, LONG_SIDE / max(width, height))
            picture = page.render(scale=scale).to_pil()
        except pdfium.PdfiumError:
            raise Bad("broken") from None
        yield _fresh(picture)


def _fresh(image: "Picture") -> "Picture":
    """The pixels alone on white paper, in a picture that never knew the file: no EXIF, comment or profile."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16-bit greys: the high byte is what a screen shows
        image = image.point(lambda v: v / 256).convert("L") if image.mode.startswith("I;16") else image.convert("L")
    paper = Image.new("RGB", image.size, "white")
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    if has_alpha:
        image = image.convert("RGBA")
        paper.paste(image, mask=image.getchannel("A"))
    else:
        paper.paste(image.convert("RGB"))
    return paper


def looks_of(picture: "Picture") -> str:
    """64 bits as hex: whether each of 9×8 greys is brighter than its right neighbour. See core.likeness."""
    from PIL import Image

    greys = picture.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (greys[row * 9 + column] > greys[row * 9 + column + 1])
    return f"{bits:016x}"


def lean_of(picture: "Picture") -> float:
    """Degrees clockwise until lines of print run level; 0.0 where none are seen. Upside down it is told as well.

    Rows of print and the gaps between them are darkest against each other at the angle at which they run level.
    """
    from PIL import Image, ImageChops, ImageFilter

    grey = picture.convert("L")
    grey.thumbnail((LEAN_SIDE, LEAN_SIDE), Image.Resampling.BOX)
    # Strokes alone: what is darker than its surroundings, whatever light and table do.
    strokes = ImageChops.subtract(grey.filter(ImageFilter.BoxBlur(7)), grey).point(
        lambda v: min(255, 4 * max(0, v - 8))
    )
    wide, high = strokes.size
    middle = (wide // 8, high // 8, wide - wide // 8, high - high // 8)

    def strength(angle: float) -> float:
        turned = strokes.rotate(-angle, Image.Resampling.BILINEAR).crop(middle)
        rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
        return sum((one - other) ** 2 for one, other in pairwise(rows))

    found = {float(angle): strength(angle) for angle in range(-MOST_LEAN, MOST_LEAN + 1)}
    usual = sorted(found.values())[len(found) // 2]
    best: float = max(found, key=lambda angle: found[angle])
    if abs(best) == MOST_LEAN or found[best] < CLEARLY * usual + 1:
        return 0.0
    fine = {best + step / 5: strength(best + step / 5) for step in range(-4, 5)}
    straight: float = max(fine, key=lambda angle: fine[angle])
    return round(straight, 1)


def rasterise(
    source: Path, target: Path, limits: Limits, allowed: set[str], straight: bool = False
) -> dict[str, object]:
    """Write 1.jpg, 2.jpg … into `target`; {"kind": "image" or "pdf", "pages": n, "looks": of the first}. Bad when it can't be.

    `straight`: it is a paper, and "leans" says for the first pages [degrees clockwise until it is straight, width / height].
    """
    mime = sniff(source)
    if mime not in allowed:
        raise Bad("type", mime)
    pages = pages_of_pdf(source, limits) if mime == PDF else pages_of_image(source, PILLOW_FORMATS[mime], limits)
    count, looks = 0, ""
    leans: list[tuple[float, float]] = []
    for count, page in enumerate(pages, 1):
        looks = looks or looks_of(page)
        if straight and count <= LEAN_PAGES:
            leans.append((lean_of(page), page.width / page.height))
        with (target / f"{count}.jpg").open("xb") as file:
            page.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=False)
            file.flush()
            os.fsync(file.fileno())
    return {"kind": "pdf" if mime == PDF else "image", "pages": count, "looks": looks, "leans": leans}


def main(arguments: list[str]) -> None:
    source, target, pixels, most_pages, straight, *allowed = arguments
    confine()
    try:
        answer = rasterise(
            Path(source), Path(target), Limits(int(pixels), int(most_pages)), set(allowed), straight == "1"
        )
    except Bad as error:
        answer = {"bad": error.args[0], "mime": error.args[1] if len(error.args) > 1 else ""}
    except MemoryError:
        answer = {"bad": "heavy"}
    except OSError as error:
        answer = {"errno": error.errno}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    os.umask(0o077)
    main(sys.argv[1:])
