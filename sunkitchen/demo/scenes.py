"""Line-drawn kitchens that move, for the demo cameras: frames from a phase in [0, 1), which closes into a loop.

Everything moves by whole turns of the loop, and something always differs between two keyframes, so that the relay's
own check for a still picture sees what a person sees.
"""

from collections.abc import Callable, Iterator

from PIL import Image, ImageDraw

from . import cold_scenes, hot_scenes, serving_scenes
from .drawing import CREAM, FINE, LINE, Pen, font

WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 25, 20

Colour = tuple[int, int, int]
WARM, COLD, TILED, EVENING = (91, 86, 72), (80, 92, 94), (96, 96, 88), (92, 78, 62)

# The wall's colour, what stands still, what moves.
SCENES: dict[str, tuple[Colour, Callable[[Pen], None], Callable[[Pen, float], None]]] = {
    "stove": (WARM, hot_scenes.stove_ground, hot_scenes.stove),
    "steam": (EVENING, hot_scenes.steamers_ground, hot_scenes.steamers),
    "noodles": (WARM, hot_scenes.noodles_ground, hot_scenes.noodles),
    "board": (WARM, cold_scenes.board_ground, cold_scenes.board),
    "rough": (TILED, cold_scenes.rough_ground, cold_scenes.rough),
    "cold": (COLD, cold_scenes.cold_ground, cold_scenes.cold),
    "plating": (EVENING, serving_scenes.plating_ground, serving_scenes.plating),
    "washing": (TILED, serving_scenes.washing_ground, serving_scenes.washing),
}


def frames(scene: str) -> Iterator[Image.Image]:
    """The loop's frames, WIDTH × HEIGHT RGB."""
    wall, ground, moving = SCENES[scene]
    backdrop = _backdrop(wall, ground)
    count = FPS * SECONDS
    for number in range(count):
        frame = backdrop.copy()
        moving(ImageDraw.Draw(frame), number / count)
        yield frame.reduce(FINE)


def _backdrop(wall: Colour, ground: Callable[[Pen], None]) -> Image.Image:
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE))
    pen = ImageDraw.Draw(image)
    bottom = (26, 24, 20)
    for y in range(image.height):
        share = y / image.height
        pen.line(
            [(0, y), (image.width, y)],
            fill=tuple(round(a + (b - a) * share) for a, b in zip(wall, bottom, strict=True)),
        )
    _tiles(pen, wall)
    ground(pen)
    _mark(pen)
    return image


def _tiles(pen: Pen, wall: Colour) -> None:
    joint = tuple(value + 5 for value in wall)
    for row, y in enumerate(range(120, 400, 40)):
        pen.line([(0, y), (1280, y)], fill=joint, width=2)
        for x in range(-40 + row % 2 * 40, 1280, 80):
            pen.line([(x, y), (x, y + 40)], fill=joint, width=2)


def _mark(pen: Pen) -> None:
    pen.rounded_rectangle([1016, 640, 1256, 696], radius=12, fill=(20, 19, 16), outline=LINE, width=2)
    pen.text((1136, 668), "演示 demo", font=font(34), fill=CREAM, anchor="mm")
