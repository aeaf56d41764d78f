"""What happens to a paper on its way: light, hands, tables, folds, cheap cameras; the levels are those of `_papers`."""

import math
import random
from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter

from bench._paper import Picture


def damaged(picture: Picture, level: int, seed: int) -> bytes:
    """The paper as it arrives, a JPEG."""
    chance = random.Random(f"{level}/{seed}")
    if level == 2:
        picture = _on_table(picture, chance, lean=1.5, keystone=0.01)
        picture = _light(picture, chance, dark=0.12).filter(ImageFilter.GaussianBlur(0.6))
    elif level == 3:
        picture = _on_table(_folded(picture, chance, 2), chance, lean=4, keystone=0.06)
        picture = _light(picture, chance, dark=0.4).filter(ImageFilter.GaussianBlur(0.9))
        picture = _noise(picture, chance, 6)
        picture = picture.rotate(chance.choice([0, 0, 0, 90, 180, 270]), expand=True)
    elif level == 4:
        picture = _on_table(_folded(picture, chance, 3), chance, lean=15, keystone=0.1)
        picture = _sized(_light(picture, chance, dark=0.62), 1500).filter(ImageFilter.GaussianBlur(1.1))
        picture = _noise(picture, chance, 12)
        picture = picture.rotate(chance.choice([0, 0, 90, 180, 270]), expand=True)
    elif level == 5:
        picture = _on_table(_folded(picture, chance, 5), chance, lean=20, keystone=0.16)
        picture = _sized(_light(_glare(picture, chance), chance, dark=0.75), 900).filter(ImageFilter.GaussianBlur(1.8))
        picture = _noise(picture, chance, 22)
    out = BytesIO()
    picture.save(out, "JPEG", quality={1: 90, 2: 80, 3: 70, 4: 50, 5: 25}[level])
    return out.getvalue()


def _sized(picture: Picture, long_side: int) -> Picture:
    scale = long_side / max(picture.size)
    return picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BILINEAR)


def _on_table(picture: Picture, chance: random.Random, *, lean: float, keystone: float) -> Picture:
    """Photographed by hand: turned by up to `lean` degrees, its corners off by up to `keystone` of its size."""
    width, height = picture.size
    margin = 0.06 + keystone
    angle = math.radians(chance.uniform(-lean, lean))
    corners = []
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        x += chance.uniform(-keystone, keystone) * width
        y += chance.uniform(-keystone, keystone) * height
        dx, dy = x - width / 2, y - height / 2
        corners.append((dx * math.cos(angle) - dy * math.sin(angle), dx * math.sin(angle) + dy * math.cos(angle)))
    left, top = min(x for x, _y in corners), min(y for _x, y in corners)
    wide, tall = max(x for x, _y in corners) - left, max(y for _x, y in corners) - top
    size = (round(wide * (1 + 2 * margin)), round(tall * (1 + 2 * margin)))
    placed = [(x - left + wide * margin, y - top + tall * margin) for x, y in corners]
    table = _table(size, chance)
    matrix = _homography(placed, [(0, 0), (width, 0), (width, height), (0, height)])
    flat = picture.transform(size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BICUBIC)
    mask = Image.new("L", picture.size, 255).transform(
        size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BICUBIC
    )
    table.paste(flat, mask=mask)
    return table if max(size) <= 2400 else _sized(table, 2400)


def _homography(source: list[tuple[float, float]], target: list[tuple[float, float]]) -> list[float]:
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return list(np.linalg.solve(np.array(rows), np.array(right)))


def _table(size: tuple[int, int], chance: random.Random) -> Picture:
    grain = np.random.default_rng(chance.randint(0, 999)).normal(0, 9, (max(1, size[1] // 6), 3)).repeat(6, axis=0)
    base = np.array(chance.choice([(122, 92, 66), (80, 84, 90), (170, 160, 148), (60, 50, 46)]), float)
    rows = np.resize(base + grain, (size[1], 3))
    return Image.fromarray(
        np.broadcast_to(rows[:, None, :], (size[1], size[0], 3)).clip(0, 255).astype(np.uint8).copy()
    )


def _folded(picture: Picture, chance: random.Random, folds: int) -> Picture:
    """Creases: a dark line beside a light one, and one side a little in the shade."""
    pixels = np.asarray(picture).astype(np.float32)
    height, width = pixels.shape[:2]
    for number in range(folds):
        across = number % 2 == 0
        length = height if across else width
        at = int(chance.uniform(0.2, 0.8) * length)
        distance = np.arange(length) - at
        gain = (
            1
            - 0.28 * np.exp(-((distance / 2.2) ** 2))
            + 0.08 * np.exp(-(((distance - 7) / 4) ** 2))
            - 0.06 * (distance > 0)
        )
        pixels *= gain[:, None, None] if across else gain[None, :, None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _light(picture: Picture, chance: random.Random, *, dark: float) -> Picture:
    """Uneven light, with the hand's soft shadow; at its darkest `dark` of it is gone."""
    pixels = np.asarray(picture).astype(np.float32)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = chance.uniform(0, 2 * math.pi)
    ramp = (x / width - 0.5) * math.cos(angle) + (y / height - 0.5) * math.sin(angle)
    edge = chance.uniform(-0.2, 0.3)
    shadow = 1 / (1 + np.exp(-(ramp - edge) * 14))
    gain = 1 - dark * (0.35 * (ramp + 0.7) / 1.4 + 0.65 * shadow)
    tint = np.array([1.0, chance.uniform(0.93, 1.0), chance.uniform(0.82, 1.0)], np.float32)
    return Image.fromarray((pixels * gain[..., None] * tint).clip(0, 255).astype(np.uint8))


def _glare(picture: Picture, chance: random.Random) -> Picture:
    pixels = np.asarray(picture).astype(np.float32)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cx, cy = chance.uniform(0.3, 0.7) * width, chance.uniform(0.3, 0.7) * height
    blob = np.exp(-(((x - cx) / (0.22 * width)) ** 2 + ((y - cy) / (0.14 * height)) ** 2))
    return Image.fromarray((pixels + 190 * blob[..., None]).clip(0, 255).astype(np.uint8))


def _noise(picture: Picture, chance: random.Random, strength: float) -> Picture:
    pixels = np.asarray(picture).astype(np.float32)
    grain = np.random.default_rng(chance.randint(0, 9999)).normal(0, strength, pixels.shape[:2])
    return Image.fromarray((pixels + grain[..., None]).clip(0, 255).astype(np.uint8))
