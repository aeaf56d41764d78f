"""Drawn papers to read: five sorts, several layouts each, of invented shops, at five levels of damage.

The layouts follow what such papers look like, not what the parser likes. `SECOND` were drawn after the parser was
written and are never used to mend it: their figures say what it does with papers that nobody thought of.
Levels: 1 a clean scan, 2 a flat photo in good light, 3 a phone photo on a table (perspective, shadow, folds, a stamp
over the text, some of them sideways or upside down), 4 the same in poor light, tilted up to 15°, small and soft,
5 hardly readable even for a person. 1 to 4 are "readable": a person can read every field asked for.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from stdnum.cn import uscc as stdnum_uscc
from stdnum.iso7064 import mod_11_10

LEVELS = (1, 2, 3, 4, 5)
READABLE = (1, 2, 3, 4)
INK, GREY, RED, GOLD = (30, 28, 30), (96, 94, 96), (200, 40, 36), (160, 124, 60)
SERIF = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")  # where the system has it

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
def font(size: int, serif: bool = False) -> ImageFont.FreeTypeFont:
    path = SERIF if serif and SERIF.exists() else Path(noto_cjk_sans_otc.FONT_PATH)
    return ImageFont.truetype(str(path), size, index=2)


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


# ── layouts, the first set ──────────────────────────────────────────────────────────────────────────────────
def food_permit_landscape(f: Facts) -> Paper:
    """The national form of 2015: two columns, the issuer beside its seal."""
    s = Sheet(1680, 1188, (250, 247, 232))
    s.frame(28, 12)
    s.frame(50, 3)
    s.text(840, 150, "食品经营许可证", 84, anchor="mm", gap=0)
    y, size = 280, 32
    for label, value in (
        ("经营者名称：", f.holder),
        ("社会信用代码（身份证号码）：", f.uscc),
        ("法定代表人（负责人）：", f.person),
        ("住所：", f.address),
        ("经营场所：", f.address),
        ("主体业态：", "餐饮服务经营者"),
    ):
        s.text(s.text(120, y, label, size), y, value, size)
        y += 72
    s.wrapped(s.text(120, y, "经营项目：", size), y, f.items, 480, size)
    s.squares(1380, 250, 170, 3)
    y = 460
    for label, value in (
        ("许可证编号：", f.permit),
        ("日常监督管理机构：", "海澜市市场监管所"),
        ("投诉举报电话：", "12315"),
        ("发证机关：", f.issuer),
        ("签发人：", "徐立"),
    ):
        s.text(s.text(920, y, label, size), y, value, size)
        y += 70
    s.text(1060, 900, han(f.start), size)
    s.text(120, 1050, f"有效期至：{han(f.end)}", size)
    s.stamp(1240, 850, f.issuer)
    return Paper(
        "food_permit",
        "landscape",
        s.picture,
        _permit(f) | {"uscc": f.uscc, "valid_from": f.start.isoformat(), "address": f.address},
    )


def _permit(f: Facts) -> dict[str, Any]:
    return {
        "number": f.permit,
        "holder": f.holder,
        "issuer": f.issuer,
        "items": f.items,
        "valid_through": f.end.isoformat(),
    }


def food_permit_portrait(f: Facts) -> Paper:
    """Labels in a column of their own, values in another, letters set wide."""
    s = Sheet(1188, 1680, (247, 250, 244), serif=True)
    s.frame(36, 8, (90, 140, 100))
    s.text(160, 190, "食品经营许可证", 92, gap=0.3)
    s.text(1100, 340, f"编号：{f.permit}", 30, anchor="ra")
    y = 440
    for label, value in (
        ("经营者名称", f.holder),
        ("统一社会信用代码", f.uscc),
        ("法定代表人", f.person),
        ("经营场所", f.address),
        ("主体业态", "小型餐饮"),
    ):
        s.text(120, y, label, 34, fill=GREY)
        s.text(450, y, value, 34)
        y += 100
    s.text(120, y, "经营项目", 34, fill=GREY)
    y = s.wrapped(450, y, f.items, 600, 34) + 40
    s.text(120, y, "有效期限", 34, fill=GREY)
    s.text(450, y, f"{han(f.start)}至{han(f.end)}", 34)
    s.text(1060, 1360, f"发证机关  {f.issuer}", 34, anchor="ra")
    s.text(1060, 1440, f"发证日期  {han(f.start)}", 34, anchor="ra")
    s.stamp(900, 1400, f.issuer, 140)
    return Paper(
        "food_permit",
        "portrait",
        s.picture,
        _permit(f) | {"uscc": f.uscc, "valid_from": f.start.isoformat(), "address": f.address},
    )


def eatery_grid(f: Facts) -> Paper:
    """A form with lines around each cell."""
    s = Sheet(1240, 1654)
    s.text(620, 150, "小餐饮店登记证", 72, anchor="mm")
    s.text(1120, 230, f"登记证编号：{f.eatery}", 28, anchor="ra")
    rows = [
        ("店铺名称", f.holder), ("经营者姓名", f.person), ("经营地址", f.address), ("统一社会信用代码", f.uscc),
        ("经营项目", f.items[:14]), ("经营面积", "46平方米"),
        ("有效期限", f"自{short_han(f.start)}至{short_han(f.end)}"), ("登记机关", f.issuer),
    ]  # fmt: skip
    y = 300
    for label, value in rows:
        s.pen.rectangle([110, y, 1130, y + 110], outline=INK, width=3)
        s.rule(400, y, 400, y + 110, width=3)
        s.text(255, y + 55, label, 30, anchor="mm")
        s.text(430, y + 55, value, 30, anchor="lm")
        y += 110
    s.text(1100, y + 120, short_han(f.start), 32, anchor="ra")
    s.stamp(930, y + 60, f.issuer, 130)
    facts = {"number": f.eatery, "holder": f.holder, "issuer": f.issuer, "items": f.items[:14], "address": f.address, "uscc": f.uscc,
             "valid_from": f.start.isoformat(), "valid_through": f.end.isoformat()}  # fmt: skip
    return Paper("small_eatery", "grid", s.picture, facts)


def eatery_plain(f: Facts) -> Paper:
    s = Sheet(1500, 1060, (249, 246, 238), serif=True)
    s.frame(30, 6, RED)
    s.text(750, 130, "食品小作坊小餐饮登记证", 62, anchor="mm")
    y = 250
    for label, value in (
        ("名        称：", f.holder),
        ("负  责  人：", f.person),
        ("经营场所：", f.address),
        ("经营范围：", f.items[:14]),
        ("登记编号：", f.eatery),
        ("有效期至：", dashed(f.end)),
    ):
        s.text(150, y, label, 36)
        s.text(380, y, value, 36)
        y += 84
    s.text(1340, 840, f"发证部门：{f.issuer}", 34, anchor="ra")
    s.text(1340, 910, f"发证日期：{dashed(f.start)}", 34, anchor="ra")
    s.stamp(1130, 850, f.issuer, 115)
    facts = {"number": f.eatery, "holder": f.holder, "issuer": f.issuer, "items": f.items[:14], "address": f.address,
             "valid_from": f.start.isoformat(), "valid_through": f.end.isoformat()}  # fmt: skip
    return Paper("small_eatery", "plain", s.picture, facts)


SCOPE = "许可项目：餐饮服务（依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以审批结果为准）。"


def licence_landscape(f: Facts) -> Paper:
    """The form of 2019."""
    s = Sheet(1754, 1240, (252, 250, 240))
    s.frame(30, 10)
    s.text(877, 230, "营业执照", 110, anchor="mm")
    s.text(877, 330, "（副  本）", 40, anchor="mm")
    s.text(120, 120, "统一社会信用代码", 30)
    s.text(120, 165, f.uscc, 34)
    s.squares(1430, 110, 180, 5)
    left, right, size = 140, 960, 32
    rows = [("名      称", f.holder), ("类      型", "有限责任公司（自然人独资）"), ("法定代表人", f.person)]
    for place, (label, value) in enumerate(rows):
        s.text(left, 430 + place * 84, label, size, fill=GREY)
        s.text(left + 200, 430 + place * 84, value, size)
    s.text(left, 682, "经营范围", size, fill=GREY)
    s.wrapped(left + 200, 682, SCOPE, 560, size)
    for place, (label, value) in enumerate(
        [
            ("注册资本", "伍拾万元整"),
            ("成立日期", han(f.start)),
            ("营业期限", f"{han(f.start)}至长期"),
            ("住      所", f.address),
        ]
    ):
        s.text(right, 430 + place * 84, label, size, fill=GREY)
        s.text(right + 180, 430 + place * 84, value, size)
    s.text(1080, 960, "登记机关", 36)
    s.text(1230, 1050, f"{f.start.year} 年 {f.start.month} 月 {f.start.day} 日", 34)
    s.stamp(1330, 960, f.issuer, 130)
    facts = {
        "number": f.uscc,
        "holder": f.holder,
        "address": f.address,
        "items": SCOPE,
        "valid_from": f.start.isoformat(),
        "valid_through": "",
    }
    return Paper("business_licence", "landscape", s.picture, facts)


def licence_portrait(f: Facts) -> Paper:
    """A sole trader's: no end is written at all."""
    s = Sheet(1240, 1754, (252, 250, 240), serif=True)
    s.frame(30, 10)
    s.text(620, 260, "营 业 执 照", 104, anchor="mm")
    s.text(620, 370, f"统一社会信用代码  {f.uscc}", 32, anchor="mm")
    y = 480
    for label, value in (
        ("名    称", f.holder),
        ("类    型", "个体工商户"),
        ("经营场所", f.address),
        ("经 营 者", f.person),
        ("组成形式", "个人经营"),
        ("注册日期", short_han(f.start)),
    ):
        s.text(160, y, label, 36)
        s.text(400, y, value, 36)
        y += 92
    s.text(160, y, "经营范围", 36)
    s.wrapped(400, y, SCOPE, 680, 36)
    s.text(780, 1420, "登记机关", 36)
    s.text(720, 1560, short_han(f.start), 36)
    s.stamp(900, 1450, f.issuer, 140)
    facts = {
        "number": f.uscc,
        "holder": f.holder,
        "address": f.address,
        "items": SCOPE,
        "valid_from": f.start.isoformat(),
    }
    return Paper("business_licence", "portrait", s.picture, facts)


def health_card(f: Facts) -> Paper:
    """A laminated card with a photo."""
    s = Sheet(1012, 638, (232, 243, 250))
    s.text(506, 80, "从业人员健康合格证", 52, anchor="mm")
    s.pen.rectangle([50, 150, 270, 450], fill=(190, 200, 210))
    s.pen.ellipse([110, 200, 210, 320], fill=(150, 150, 150))
    s.pen.pieslice([80, 320, 240, 560], 180, 360, fill=(150, 150, 150))
    y, size, until = 150, 30, f.start + timedelta(days=364)
    for label, value in (("姓名：", f.person), ("性别：", "女    年龄：38"), ("身份证号：", f.identity), ("从业类别：", "食品经营"),
                         ("证号：", f.card), ("发证日期：", dashed(f.start)), ("有效期至：", dashed(until)), ("发证机构：", f.hospital)):  # fmt: skip
        s.text(s.text(310, y, label, size), y, value, size)
        y += 56
    s.stamp(820, 480, f.hospital, 100)
    facts = {
        "number": f.card,
        "holder": f.person,
        "issuer": f.hospital,
        "valid_from": f.start.isoformat(),
        "valid_through": until.isoformat(),
    }
    return Paper("health_certificate", "card", s.picture, facts, [f.identity])


def health_screen(f: Facts) -> Paper:
    """An electronic certificate as a phone shows it: labels left, values flush right."""
    s = Sheet(1080, 1920, (255, 255, 255))
    s.pen.rectangle([0, 0, 1080, 220], fill=(52, 120, 200))
    s.text(540, 140, "电子健康证", 50, fill=(255, 255, 255), anchor="mm")
    s.squares(390, 280, 300, 9)
    until = f.start + timedelta(days=364)
    y = 680
    for label, value in (("姓名", f.person), ("性别", "男"), ("身份证号", f.identity[:6] + "********" + f.identity[-4:]), ("健康证编号", f.card),
                         ("从业类别", "餐饮服务"), ("体检日期", dashed(f.start)), ("有效期", f"{dashed(f.start)} 至 {dashed(until)}"), ("体检机构", f.hospital)):  # fmt: skip
        s.text(80, y, label, 38, fill=GREY)
        s.text(1000, y, value, 38, anchor="ra")
        s.rule(80, y + 80, 1000, y + 80, fill=(225, 225, 225))
        y += 120
    facts = {
        "number": f.card,
        "holder": f.person,
        "issuer": f.hospital,
        "valid_from": f.start.isoformat(),
        "valid_through": until.isoformat(),
    }
    return Paper("health_certificate", "screen", s.picture, facts)


def _note(f: Facts, *left_out: str) -> dict[str, Any]:
    asked = [name for name in ("product", "quantity", "unit", "batch") if name not in left_out]
    return {
        "supplier": f.supplier,
        "received_on": f.start.isoformat(),
        "lines": [{name: row[name] for name in asked} for row in f.goods],
    }


def note_grid(f: Facts) -> Paper:
    """A printed form on A5, every cell with its lines."""
    s = Sheet(1680, 1188)
    s.text(840, 80, f"{f.supplier}送货单", 48, anchor="mm")
    s.text(90, 150, f"收货单位：{f.holder}", 28)
    s.text(1000, 150, f"送货日期：{han(f.start)}", 28)
    s.text(1380, 150, f"No.{f.random.randint(10000, 99999)}", 28, fill=RED)
    edges = [80, 170, 520, 640, 780, 930, 1100, 1380, 1600]
    names = ["序号", "品名", "单位", "数量", "单价", "金额", "生产日期/批号", "备注"]
    rows = [names] + [
        [
            str(n),
            g["product"],
            g["unit"],
            g["quantity"],
            g["price"],
            f"{float(g['quantity']) * float(g['price']):.2f}",
            g["batch"],
            "",
        ]
        for n, g in enumerate(f.goods, 1)
    ]
    rows += [["", "合计", "", "", "", f"{sum(float(g['quantity']) * float(g['price']) for g in f.goods):.2f}", "", ""]]
    y = 210
    for cells in rows:
        for left, right, words in zip(edges, edges[1:], cells, strict=False):
            s.pen.rectangle([left, y, right, y + 74], outline=INK, width=2)
            s.text((left + right) / 2, y + 37, words, 28, anchor="mm")
        y += 74
    s.text(90, y + 40, "送货人：刘强        收货人：", 28)
    return Paper("delivery_note", "grid", s.picture, _note(f))


def note_open(f: Facts) -> Paper:
    """A wholesaler's printout without lines; the supplier is one of the labels."""
    s = Sheet(1400, 1200, serif=True)
    s.text(700, 90, "配送清单", 56, anchor="mm")
    s.text(100, 180, f"供货单位：{f.supplier}", 30)
    s.text(100, 230, f"客户名称：{f.holder}", 30)
    s.text(980, 180, f"日期：{dashed(f.start)}", 30)
    columns = {"商品名称": 100, "批次": 480, "数量": 800, "单位": 960, "单价(元)": 1120}
    for name, x in columns.items():
        s.text(x, 310, name, 30)
    s.rule(90, 360, 1310, 360)
    y = 385
    for g in f.goods:
        for x, name in zip(columns.values(), ("product", "batch", "quantity", "unit", "price"), strict=True):
            s.text(x, y, g[name], 30)
        y += 62
    s.rule(90, y + 5, 1310, y + 5)
    s.text(100, y + 25, f"共{len(f.goods)}项   本单一式两联，请当面验收", 26)
    return Paper("delivery_note", "open", s.picture, _note(f))


def note_receipt(f: Facts) -> Paper:
    """A till's narrow strip: quantity and unit written together, no batch."""
    s = Sheet(720, 620 + 60 * len(f.goods), (250, 250, 250))
    s.text(360, 60, f.supplier, 36, anchor="mm")
    s.text(360, 120, "销售小票", 34, anchor="mm")
    s.text(40, 170, f"时间：{dashed(f.start)} 08:12:33", 26)
    for name, x in {"品名": 40, "数量": 330, "单价": 480, "小计": 600}.items():
        s.text(x, 230, name, 28)
    y = 285
    for g in f.goods:
        amount = f"{float(g['quantity']) * float(g['price']):.2f}"
        for x, words in ((40, g["product"]), (330, g["quantity"] + g["unit"]), (480, g["price"]), (600, amount)):
            s.text(x, y, words, 28)
        y += 60
    s.text(40, y + 20, "合计：", 30)
    s.text(40, y + 80, "谢谢惠顾", 28)
    return Paper("delivery_note", "receipt", s.picture, _note(f, "batch"))


FIRST: tuple[Callable[[Facts], Paper], ...] = (
    food_permit_landscape, food_permit_portrait, eatery_grid, eatery_plain, licence_landscape, licence_portrait,
    health_card, health_screen, note_grid, note_open, note_receipt,
)  # fmt: skip


# ── layouts, the second set: drawn after the parser was written, never used to mend it ──────────────────────
def permit_of_2023(f: Facts) -> Paper:
    """The form with a code on the left, two columns of labels above their values."""
    s = Sheet(1754, 1240, (253, 250, 243))
    s.frame(40, 5, RED)
    s.text(877, 120, "食 品 经 营 许 可 证", 76, anchor="mm")
    s.text(877, 190, "（正本）", 34, anchor="mm")
    columns = (
        (
            150,
            [("经营者名称", f.holder), ("住所", f.address), ("经营场所", f.address), ("法定代表人(负责人)", f.person)],
        ),
        (
            980,
            [
                ("许可证编号", f.permit),
                ("统一社会信用代码", f.uscc),
                ("主体业态", "餐饮服务经营者（小型餐馆）"),
                ("监督管理机构", "玉城市场监管所"),
            ],
        ),
    )
    for x, rows in columns:
        y = 260
        for label, value in rows:
            s.text(x, y, label, 26, fill=GREY)
            s.text(x, y + 44, value, 34)
            y += 128
    s.text(150, 780, "经营项目", 26, fill=GREY)
    s.wrapped(150, 824, f.items, 760, 34)
    s.squares(150, 980, 150, 11)
    s.text(980, 900, "发证机关", 26, fill=GREY)
    s.text(980, 944, f.issuer, 34)
    s.text(980, 1020, "有效期限", 26, fill=GREY)
    s.text(980, 1064, f"{short_han(f.start)} 至 {short_han(f.end)}", 34)
    s.stamp(1400, 960, f.issuer, 120)
    return Paper(
        "food_permit",
        "2023",
        s.picture,
        _permit(f) | {"uscc": f.uscc, "valid_from": f.start.isoformat(), "address": f.address},
    )


def permit_bilingual(f: Facts) -> Paper:
    """English under each Chinese label, as tourist cities print it."""
    s = Sheet(1240, 1754, (244, 248, 252))
    s.frame(30, 14, (60, 90, 150))
    s.text(620, 150, "食品经营许可证", 76, anchor="mm")
    s.text(620, 225, "FOOD BUSINESS LICENCE", 34, fill=GREY, anchor="mm")
    y = 320
    for label, english, value in (
        ("许可证编号", "Licence No.", f.permit),
        ("经营者名称", "Name of operator", f.holder),
        ("信用代码", "Credit code", f.uscc),
        ("经营场所", "Premises", f.address),
        ("经营项目", "Business items", f.items),
        ("发证机关", "Issued by", f.issuer),
        ("发证日期", "Date of issue", dotted(f.start)),
        ("有效期至", "Valid until", dotted(f.end)),
    ):
        s.text(100, y, label, 34)
        s.text(100, y + 46, english, 22, fill=GREY)
        y = max(y + 130, s.wrapped(400, y, value, 740, 34) + 50)
    s.stamp(960, 1500, f.issuer, 140)
    return Paper(
        "food_permit",
        "bilingual",
        s.picture,
        _permit(f) | {"uscc": f.uscc, "valid_from": f.start.isoformat(), "address": f.address},
    )


def eatery_board(f: Facts) -> Paper:
    """What hangs on the wall: letters in gold, the number at the foot."""
    s = Sheet(1400, 1000, (255, 252, 240))
    s.frame(20, 20, RED)
    s.text(700, 140, "小 餐 饮 备 案 登 记 证", 60, fill=RED, anchor="mm")
    y = 240
    for label, value in (("单位名称", f.holder), ("地    址", f.address), ("经营类别", f.items[:7])):
        x = s.text(140, y, label, 36)
        s.text(x + 40, y, value, 36)
        s.rule(x + 20, y + 56, 1250, y + 56, fill=GREY)
        y += 110
    s.text(140, 590, f"有效期自 {dashed(f.start)}  至 {dashed(f.end)} 止", 34)
    s.text(140, 680, f"备案编号：{f.eatery}", 32)
    s.text(1250, 800, f.issuer, 38, anchor="ra")
    s.text(1250, 870, f"{f.start.year}年{f.start.month}月{f.start.day}日", 34, anchor="ra")
    s.stamp(1060, 830, f.issuer, 125)
    facts = {"number": f.eatery, "holder": f.holder, "issuer": f.issuer, "items": f.items[:7], "address": f.address,
             "valid_from": f.start.isoformat(), "valid_through": f.end.isoformat()}  # fmt: skip
    return Paper("small_eatery", "board", s.picture, facts)


def licence_screen(f: Facts) -> Paper:
    """The electronic licence as a phone shows it."""
    s = Sheet(1080, 2000)
    s.pen.rectangle([0, 0, 1080, 300], fill=(190, 40, 40))
    s.text(540, 170, "电子营业执照", 64, fill=(255, 255, 255), anchor="mm")
    y = 380
    for label, value in (
        ("企业名称", f.holder), ("统一社会信用代码", f.uscc), ("企业类型", "有限责任公司"), ("法定代表人", f.person), ("注册资本", "50万元人民币"),
        ("成立日期", dashed(f.start)), ("营业期限至", dashed(date(f.start.year + 20, f.start.month, min(28, f.start.day)))), ("住所", f.address), ("登记机关", f.issuer),
    ):  # fmt: skip
        s.text(70, y, label, 34, fill=GREY)
        s.text(70, y + 50, value, 40)
        s.rule(70, y + 125, 1010, y + 125, fill=(230, 230, 230))
        y += 150
    facts = {"number": f.uscc, "holder": f.holder, "address": f.address, "issuer": f.issuer, "valid_from": f.start.isoformat(),
             "valid_through": date(f.start.year + 20, f.start.month, min(28, f.start.day)).isoformat()}  # fmt: skip
    return Paper("business_licence", "screen", s.picture, facts)


def licence_old(f: Facts) -> Paper:
    """A sole trader's duplicate, as it was printed before 2019: labels in brackets' column, values indented."""
    s = Sheet(1600, 1130, (250, 244, 230), serif=True)
    s.frame(34, 4)
    s.text(800, 140, "营 业 执 照", 80, anchor="mm")
    s.text(1480, 210, "（副本）统一社会信用代码 " + f.uscc, 28, anchor="ra")
    y = 270
    for label, value in (
        ("名      称", f.holder),
        ("经营者姓名", f.person),
        ("组 成 形 式", "个人经营"),
        ("经 营 场 所", f.address),
        ("注 册 日 期", han(f.start)),
    ):
        s.text(180, y, label, 32)
        s.text(420, y, value, 32)
        y += 78
    s.text(180, y, "经 营 范 围", 32)
    s.wrapped(
        420, y, "中餐类制售；凉菜、烧卤熟肉制售。（依法须经批准的项目，经相关部门批准后方可开展经营活动）", 900, 32
    )
    s.text(1000, 900, f"登记机关：{f.issuer}", 30)
    s.stamp(1250, 900, f.issuer, 120)
    facts = {"number": f.uscc, "holder": f.holder, "address": f.address, "issuer": f.issuer, "valid_from": f.start.isoformat(),
             "items": "中餐类制售；凉菜、烧卤熟肉制售。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"}  # fmt: skip
    return Paper("business_licence", "old", s.picture, facts)


def health_sheet(f: Facts) -> Paper:
    """A form with two labels a row, and the term in words."""
    s = Sheet(1240, 1000)
    s.text(620, 100, "食品从业人员健康检查证明", 54, anchor="mm")
    y = 200
    for left, right in (
        (("姓  名", f.person), ("性  别", "女")),
        (("编  号", f.card), ("年  龄", "41")),
        (("行  业", "餐饮"), ("体检结论", "合格")),
        (("体检日期", short_han(f.start)), ("有效期", "一年")),
    ):
        for x, (label, value) in ((90, left), (680, right)):
            s.pen.rectangle([x, y, x + 180, y + 90], outline=INK, width=2)
            s.pen.rectangle([x + 180, y, x + 590 if x == 90 else 1150, y + 90], outline=INK, width=2)
            s.text(x + 90, y + 45, label, 30, anchor="mm")
            s.text(x + 200, y + 45, value, 30, anchor="lm")
        y += 90
    s.text(100, y + 60, "经健康检查，未发现有碍食品安全的疾病。", 30)
    s.text(1140, y + 160, f"检查单位（盖章）：{f.hospital}", 30, anchor="ra")
    s.stamp(980, y + 190, f.hospital, 100)
    until = date(f.start.year + 1, f.start.month, min(28, f.start.day))
    until = (
        date(f.start.year + 1, f.start.month, f.start.day) if (f.start.month, f.start.day) != (2, 29) else until
    ) - timedelta(days=1)
    facts = {
        "number": f.card,
        "holder": f.person,
        "issuer": f.hospital,
        "valid_from": f.start.isoformat(),
        "valid_through": until.isoformat(),
    }
    return Paper("health_certificate", "sheet", s.picture, facts)


def note_two_heads(f: Facts) -> Paper:
    """A market stall's printed pad: the stall on top, headings with their units, many empty rows."""
    s = Sheet(1240, 1500, (255, 250, 250))
    s.text(620, 90, f.supplier, 46, anchor="mm")
    s.text(620, 160, "销  售  单", 50, fill=RED, anchor="mm")
    s.text(80, 220, f"客户：{f.holder}", 28)
    s.text(1160, 220, f"{f.start.year} 年 {f.start.month} 月 {f.start.day} 日", 28, anchor="ra")
    edges = [70, 430, 700, 820, 960, 1170]
    rows = [["货品名称", "生产批号", "单位", "数量", "金额（元）"]]
    rows += [
        [g["product"], g["batch"], g["unit"], g["quantity"], f"{float(g['quantity']) * float(g['price']):.2f}"]
        for g in f.goods
    ]
    rows += [[""] * 5] * (10 - len(f.goods)) + [["合计金额（大写）", "", "", "", ""]]
    y = 280
    for cells in rows:
        for left, right, words in zip(edges, edges[1:], cells, strict=False):
            s.pen.rectangle([left, y, right, y + 82], outline=(150, 60, 60), width=2)
            s.text(left + 14, y + 41, words, 30, anchor="lm")
        y += 82
    s.text(80, y + 40, "地址：海澜市农贸市场12号摊位   电话：0570-8888888", 26)
    s.stamp(1000, 250, f.supplier, 95)
    return Paper("delivery_note", "pad", s.picture, _note(f))


def note_wide(f: Facts) -> Paper:
    """From a trading system, landscape, many columns, batch and day apart."""
    s = Sheet(1900, 1100)
    s.text(950, 70, "出 库 单", 50, anchor="mm")
    s.text(60, 130, f"发货单位：{f.supplier}", 26)
    s.text(760, 130, f"购货单位：{f.holder}", 26)
    s.text(1500, 130, f"开单日期：{dotted(f.start)}", 26)
    columns = {
        "行号": 60,
        "商品编码": 150,
        "商品名称": 330,
        "规格": 700,
        "单位": 860,
        "数量": 980,
        "单价": 1110,
        "金额": 1250,
        "批号": 1420,
        "保质期": 1700,
    }
    for name, x in columns.items():
        s.text(x, 200, name, 26)
    y = 255
    for n, g in enumerate(f.goods, 1):
        cells = [
            str(n),
            f"SP{1000 + n}",
            g["product"],
            "散装",
            g["unit"],
            g["quantity"],
            g["price"],
            f"{float(g['quantity']) * float(g['price']):.2f}",
            g["batch"],
            "7天",
        ]
        for x, words in zip(columns.values(), cells, strict=True):
            s.text(x, y, words, 26)
        y += 54
    s.text(60, y + 20, f"合计数量：{len(f.goods)}    制单：admin    送货：    签收：", 26)
    return Paper("delivery_note", "wide", s.picture, _note(f))


SECOND: tuple[Callable[[Facts], Paper], ...] = (
    permit_of_2023, permit_bilingual, eatery_board, licence_screen, licence_old, health_sheet, note_two_heads, note_wide,
)  # fmt: skip


# ── damage ──────────────────────────────────────────────────────────────────────────────────────────────────
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
    from io import BytesIO

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
