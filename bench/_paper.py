"""What the drawn papers are made of: what one invented shop's papers say, and a sheet to draw it on."""

import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from stdnum.cn import uscc as stdnum_uscc
from stdnum.iso7064 import mod_11_10

INK, GREY, RED, GOLD = (30, 28, 30), (96, 94, 96), (200, 40, 36), (160, 124, 60)
# Where the system has them; else all is set in the one face that is installed with us.
SERIF = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
BOLD_SERIF, BOLD_SANS = SERIF.with_name("NotoSerifCJK-Bold.ttc"), SERIF.with_name("NotoSansCJK-Bold.ttc")
CHINESE, CHINESE_MONO = 2, 7  # faces of the collection

Picture = Image.Image


@dataclass
class Paper:
    sort: str
    layout: str
    picture: Picture
    facts: dict[str, Any]  # what must be read, as Reading.fields' values; "lines": a list of the same
    hide: list[str] = field(default_factory=list)  # what stands there and must never be in any field


# ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────
SHOPS = "海上明月 老码头 小渔村 东门外婆家 阿福面馆 望潮楼 三分田 橘子洲小厨 一碗山河 渔歌子 半亩荷塘 石板街 南风里 七里香".split()
KINDS = "餐饮有限公司 餐饮管理有限公司 饭店 小吃店 酒家 面馆 餐饮店".split()
STREETS = "南兴路 解放东路 海港大道 双桥街 榴岛大道 文化巷 环城西路".split()
PEOPLE = "王晓明 陈丽华 李建国 赵敏 孙伟 周海燕 吴志强 郑秀英 欧阳文静 林涛".split()
ITEMS = [
    "热食类食品制售",
    "热食类食品制售，冷食类食品制售，自制饮品制售",
    "热食类食品制售；生食类食品制售；糕点类食品制售（含裱花类糕点）",
    "预包装食品（含冷藏冷冻食品）销售，热食类食品制售",
]
SUPPLIERS = (
    "海澜鲜达水产有限公司 绿野蔬菜配送中心 海澜市丰源粮油商行 顺发肉联厂 海澜佳禾食品有限公司 老王豆制品厂".split()
)
GOODS = [
    ("带鱼", "kg"), ("大黄鱼", "条"), ("猪五花肉", "kg"), ("土鸡蛋", "箱"), ("上海青", "斤"), ("西红柿", "kg"),
    ("东北大米", "袋"), ("金龙花生油", "桶"), ("老抽酱油", "瓶"), ("冻虾仁", "包"), ("嫩豆腐", "盒"), ("鸭血", "盒"),
    ("白砂糖", "袋"), ("牛腩", "kg"), ("小葱", "斤"), ("速冻水饺", "袋"),
]  # fmt: skip


class Facts:
    """What one shop's papers say, by its seed."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        pick = self.random.choice
        self.shop = pick(SHOPS)
        kind = pick(KINDS)
        self.holder = f"海澜市{self.shop}{kind}" if "公司" in kind else f"海澜市城关{self.shop}{kind}"
        self.person = pick(PEOPLE)
        self.address = f"海澜市玉城街道{pick(STREETS)}{self.random.randint(1, 399)}号"
        self.items = pick(ITEMS)
        self.issuer = "海澜市市场监督管理局"
        self.hospital = pick(["海澜市疾病预防控制中心", "海澜市第二人民医院", "玉城街道社区卫生服务中心"])
        digits = "2999901" + f"{self.random.randint(0, 999999):06d}"
        self.permit = f"JY{digits}{mod_11_10.calc_check_digit(digits)}"
        body = "92999901" + "".join(self.random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
        self.uscc = body + stdnum_uscc.calc_check_digit(body)
        self.start = date(2019, 1, 3) + timedelta(days=self.random.randint(0, 2500))
        self.end = date(self.start.year + 5, self.start.month, min(self.start.day, 28)) - timedelta(days=1)
        self.eatery = f"浙小餐饮登字{self.random.randint(2019, 2026)}第{self.random.randint(0, 99999):05d}号"
        self.card = f"HL{self.random.randint(2024, 2026)}{self.random.randint(0, 9999999):07d}"
        self.identity = f"33999919{self.random.randint(70, 99)}0{self.random.randint(1, 9)}1{self.random.randint(0, 9)}{self.random.randint(1000, 9999)}"
        self.supplier = pick(SUPPLIERS)
        self.goods = [
            {
                "product": product,
                "unit": unit,
                "quantity": pick(["1", "2", "3", "5", "10", "12", "20", "2.5", "7.5", "12.8"]),
                "batch": pick(["{:%Y%m%d}", "{:%Y-%m-%d}", "P{:%y%m%d}A"]).format(
                    self.start + timedelta(days=self.random.randint(-9, 0))
                ),
                "price": f"{self.random.randint(2, 80)}.{self.random.choice(['00', '50', '80'])}",
            }
            for product, unit in self.random.sample(GOODS, self.random.randint(3, 8))
        ]


def han(day: date) -> str:
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"


def short_han(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def dashed(day: date) -> str:
    return day.isoformat()


def dotted(day: date) -> str:
    return f"{day.year}.{day.month}.{day.day}"


# ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────
@cache
def font(size: int, serif: bool = False, bold: bool = False, mono: bool = False) -> ImageFont.FreeTypeFont:
    path = (BOLD_SERIF if bold else SERIF) if serif else BOLD_SANS
    if not path.exists() or not (serif or bold):
        path = Path(noto_cjk_sans_otc.FONT_PATH)
    return ImageFont.truetype(str(path), size, index=CHINESE_MONO if mono and not serif else CHINESE)


class Sheet:
    def __init__(self, width: int, height: int, paper: tuple[int, int, int] = (252, 251, 247), serif: bool = False):
        self.picture = Image.new("RGB", (width, height), paper)
        self.pen = ImageDraw.Draw(self.picture)
        self.serif = serif

    def text(
        self, x: float, y: float, words: str, size: int = 30, fill: Any = INK, anchor: str = "la", gap: float = 0
    ) -> float:
        """Where it ended. `gap` is between letters, by the letter's size."""
        face = font(size, self.serif)
        if not gap:
            self.pen.text((x, y), words, font=face, fill=fill, anchor=anchor)
            return x + face.getlength(words)
        for letter in words:
            self.pen.text((x, y), letter, font=face, fill=fill, anchor=anchor)
            x += face.getlength(letter) + gap * size
        return x

    def wrapped(self, x: float, y: float, words: str, width: float, size: int = 30, step: float = 1.5) -> float:
        face, line = font(size, self.serif), ""
        for letter in words:
            if face.getlength(line + letter) > width:
                self.text(x, y, line, size)
                y, line = y + size * step, ""
            line += letter
        self.text(x, y, line, size)
        return y + size * step

    def frame(self, inset: int, width: int, fill: Any = GOLD) -> None:
        right, bottom = self.picture.width - inset, self.picture.height - inset
        self.pen.rectangle([inset, inset, right, bottom], outline=fill, width=width)

    def rule(self, x0: float, y0: float, x1: float, y1: float, fill: Any = INK, width: int = 2) -> None:
        self.pen.line([(x0, y0), (x1, y1)], fill=fill, width=width)

    def squares(self, x: int, y: int, side: int, seed: int) -> None:
        """What looks like a QR code."""
        dots, cell = random.Random(seed), side // 25
        for row in range(25):
            for column in range(25):
                if dots.random() < 0.5:
                    at = (x + column * cell, y + row * cell)
                    self.pen.rectangle([*at, at[0] + cell - 1, at[1] + cell - 1], fill=INK)

    def stamp(self, x: float, y: float, words: str, radius: int = 120) -> None:
        """A round seal over whatever is there: ink darkens what it covers, and covers nothing."""
        layer = Image.new("RGB", self.picture.size, "white")
        pen = ImageDraw.Draw(layer)
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], outline=RED, width=max(4, radius // 18))
        star = [
            (
                x + math.sin(point * math.pi / 5) * radius * (0.34 if point % 2 == 0 else 0.13),
                y - math.cos(point * math.pi / 5) * radius * (0.34 if point % 2 == 0 else 0.13),
            )
            for point in range(10)
        ]
        pen.polygon(star, fill=RED)
        for place, letter in enumerate(words):
            angle = math.radians(-120 + 240 * place / max(1, len(words) - 1))
            size = round(radius * 0.26)
            tile = Image.new("RGB", (size * 2, size * 2), "white")
            ImageDraw.Draw(tile).text((size, size), letter, font=font(size), fill=RED, anchor="mm")
            tile = tile.rotate(-math.degrees(angle), fillcolor="white")
            at = (x + math.sin(angle) * radius * 0.76 - size, y - math.cos(angle) * radius * 0.76 - size)
            under = layer.crop((round(at[0]), round(at[1]), round(at[0]) + 2 * size, round(at[1]) + 2 * size))
            layer.paste(ImageChops.multiply(under, tile), (round(at[0]), round(at[1])))
        layer = layer.filter(ImageFilter.GaussianBlur(0.7))
        self.picture = ImageChops.multiply(self.picture, layer)
        self.pen = ImageDraw.Draw(self.picture)


def of_permit(f: Facts) -> dict[str, Any]:
    return {
        "number": f.permit,
        "holder": f.holder,
        "issuer": f.issuer,
        "items": f.items,
        "valid_through": f.end.isoformat(),
    }


def of_note(f: Facts, *left_out: str) -> dict[str, Any]:
    asked = [name for name in ("product", "quantity", "unit", "batch") if name not in left_out]
    return {
        "supplier": f.supplier,
        "received_on": f.start.isoformat(),
        "lines": [{name: row[name] for name in asked} for row in f.goods],
    }


def of_card(f: Facts, until: date) -> dict[str, Any]:
    return {
        "number": f.card,
        "holder": f.person,
        "issuer": f.hospital,
        "valid_from": f.start.isoformat(),
        "valid_through": until.isoformat(),
    }
