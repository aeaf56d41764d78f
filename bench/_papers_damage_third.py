"""Other harm than `_papers_damage` does: scanners askew, bent paper, a hand's shadow, screens' moiré, moving cameras.

The levels mean the same: 1 a scan, 2 a good photo, 3 a hasty one, 4 a bad one that a person still reads, 5 nobody's.
"""

import math
import random
from io import BytesIO

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bench._paper import Picture, font
from bench._papers_damage import _folded, _noise, _on_table, _sized


def damaged_otherwise(picture: Picture, level: int, seed: int) -> bytes:
    """The paper as it arrives, a JPEG."""
    chance = random.Random(f"third/{level}/{seed}")
    turn = chance.choice([0, 0, 90, 180, 270])
    quality = {1: 72, 2: 80, 3: 60, 4: 45, 5: 20}[level]
    if level == 1:
        picture = picture.convert("L").convert("RGB")
        picture = picture.rotate(
            chance.uniform(-1.2, 1.2), expand=True, fillcolor=(228, 228, 228), resample=Image.Resampling.BICUBIC
        )
    elif level == 2:
        picture = _on_table(_bent(picture, chance, 0.012), chance, lean=2.5, keystone=0.015)
        picture = _warm(picture, 0.82).filter(ImageFilter.GaussianBlur(0.5))
    elif level == 3:
        picture = _struck(_folded(picture, chance, 3), chance)
        picture = _on_table(_bent(picture, chance, 0.02), chance, lean=6, keystone=0.07)
        picture = _hand(picture, chance, 0.45).filter(ImageFilter.GaussianBlur(0.8))
        picture = _noise(picture, chance, 5).rotate(turn, expand=True)
    elif level == 4:
        picture = _on_table(_bent(_struck(picture, chance), chance, 0.02), chance, lean=10, keystone=0.08)
        picture = _moire(_hand(_sized(picture, 1600), chance, 0.4), chance, 16)
        picture = _noise(_shaken(picture, chance, 3), chance, 6)
        picture = _again(picture, 55).rotate(turn, expand=True)
    else:
        picture = _on_table(_folded(_bent(picture, chance, 0.04), chance, 5), chance, lean=20, keystone=0.15)
        picture = _moire(_hand(_sized(picture, 850), chance, 0.7), chance, 40)
        picture = _noise(_shaken(picture, chance, 7), chance, 18).rotate(turn, expand=True)
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _bent(picture: Picture, chance: random.Random, depth: float) -> Picture:
    """A paper that does not lie flat: its lines run in a shallow wave, its valleys in the shade."""
    pixels = np.asarray(picture).astype(np.float32)
    height, width = pixels.shape[:2]
    phase, waves = chance.uniform(0, 2 * math.pi), chance.uniform(0.5, 1.1)
    along = np.sin(np.arange(width) / width * 2 * math.pi * waves + phase)
    shift = depth * height * along
    margin = math.ceil(depth * height) + 1
    edge = tuple(int(value) for value in pixels[2, 2])
    bent = np.empty((height + 2 * margin, width, 3), np.float32)
    bent[:] = edge
    rows = np.arange(height + 2 * margin)[:, None] - margin + shift[None, :]
    low = np.clip(np.floor(rows), 0, height - 2).astype(int)
    part = np.clip(rows - low, 0, 1)[..., None]
    columns = np.arange(width)[None, :]
    bent = pixels[low, columns] * (1 - part) + pixels[low + 1, columns] * part
    bent *= (1 - 3 * depth * (1 + np.cos(np.arange(width) / width * 2 * math.pi * waves + phase)))[None, :, None]
    return Image.fromarray(bent.clip(0, 255).astype(np.uint8))


def _warm(picture: Picture, dark: float) -> Picture:
    """A lamp's yellow light."""
    return Image.fromarray((np.asarray(picture) * np.array([1.0, 0.95, dark])).clip(0, 255).astype(np.uint8))


def _struck(picture: Picture, chance: random.Random) -> Picture:
    """Somebody's square stamp across the words, in violet, a little askew."""
    width, height = picture.size
    size = max(24, min(width, height) // 26)
    tile = Image.new("RGB", (size * 9, size * 3), "white")
    pen = ImageDraw.Draw(tile)
    pen.rectangle([4, 4, tile.width - 5, tile.height - 5], outline=(150, 70, 160), width=4)
    pen.text((tile.width / 2, tile.height / 2), "仅供核验使用", font=font(size), fill=(150, 70, 160), anchor="mm")
    tile = tile.rotate(chance.uniform(-12, 12), expand=True, fillcolor="white")
    at = (int(chance.uniform(0.1, 0.5) * width), int(chance.uniform(0.25, 0.7) * height))
    layer = Image.new("RGB", picture.size, "white")
    layer.paste(tile, at)
    return ImageChops.multiply(picture, layer)


def _hand(picture: Picture, chance: random.Random, dark: float) -> Picture:
    """The shadow of the hand that holds the telephone: a finger's width of it reaches into the page."""
    width, height = picture.size
    shade = Image.new("L", picture.size, 255)
    pen = ImageDraw.Draw(shade)
    x, y = chance.uniform(0.2, 0.9) * width, chance.uniform(0.4, 1.0) * height
    gone = round(255 * (1 - dark))
    pen.ellipse([x - 0.35 * width, y - 0.12 * height, x + 0.35 * width, y + 0.5 * height], fill=gone)
    pen.line([(x, y), (x - 0.3 * width, y - 0.4 * height)], fill=gone, width=width // 9)
    shade = shade.filter(ImageFilter.GaussianBlur(width / 60))
    return ImageChops.multiply(picture, Image.merge("RGB", [shade] * 3))


def _moire(picture: Picture, chance: random.Random, strength: float) -> Picture:
    """A screen's grid against the camera's: coloured waves, each colour's a little apart."""
    pixels = np.asarray(picture).astype(np.float32)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, wide = chance.uniform(0, math.pi), chance.uniform(5, 11)
    for colour in range(3):
        run = (x * math.cos(angle + 0.03 * colour) + y * math.sin(angle + 0.03 * colour)) / wide
        wave = np.sin(2 * math.pi * run + 0.9 * np.sin(y / 90)) * np.sin(2 * math.pi * (x - y) / (wide * 13))
        pixels[..., colour] += strength * wave
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _shaken(picture: Picture, chance: random.Random, length: int) -> Picture:
    """The camera moved while it looked."""
    angle = chance.uniform(0, 2 * math.pi)
    total = np.zeros((picture.height, picture.width, 3), np.float32)
    for step in range(length):
        away = step - (length - 1) / 2
        total += np.asarray(ImageChops.offset(picture, round(away * math.cos(angle)), round(away * math.sin(angle))))
    return Image.fromarray((total / length).clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))


def _again(picture: Picture, quality: int) -> Picture:
    """Sent by a messenger, and saved again."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")
