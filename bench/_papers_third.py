"""A third set, drawn when the reader had been mended by the two others: other towns, faces, papers and layouts.

`_papers` says what was made of them at first sight. They come damaged in other ways, too: `_papers_damage_third`.
"""

from collections.abc import Callable
from datetime import date, timedelta

from PIL import Image, ImageDraw

from bench._paper import (
    GREY,
    INK,
    Facts,
    Paper,
    Sheet,
    dashed,
    dotted,
    font,
    han,
    of_card,
    of_note,
    of_permit,
    short_han,
)

BLUE, FAINT = (36, 62, 140), (214, 220, 212)
NUMERALS = "〇一二三四五六七八九十"


class OtherFacts(Facts):
    """The same sorts of facts in other words."""

    def __init__(self, seed: int):
        super().__init__(7000 + seed)
        pick = self.random.choice
        self.shop = pick("春和景明 竹里馆 炊烟记 金满楼 灶台边 百味园 一品鲜 梧桐树下 喜相逢 田螺姑娘".split())
        self.holder = f"云岫县{self.shop}" + pick("火锅店 餐饮服务有限公司 快餐店 烧烤店 茶餐厅 早餐店".split())
        self.person = pick("胡雪梅 丁宇航 魏子涵 司徒明 邓桂兰 冯少聪 蒋玉".split())
        self.address = (
            f"云岫县清溪镇{pick('人民中路 建设北街 桃花巷 迎宾大道 学府路'.split())}"
            f"{self.random.randint(2, 260)}号{pick(['', '一楼', '101室', '2幢商铺'])}"
        )
        self.items = pick(
            [
                "热食类食品制售，冷荤类食品制售",
                "散装食品销售（含散装熟食），热食类食品制售",
                "糕点类食品制售（不含裱花蛋糕），自制饮品制售",
            ]
        )
        self.issuer = pick(["云岫县市场监督管理局", "云岫县行政审批局"])
        self.hospital = pick(["云岫县人民医院体检中心", "清溪镇中心卫生院", "云岫县妇幼保健院"])
        self.supplier = pick("云岫县晨露果蔬有限公司 大河渔业合作社 新禾粮油经营部 清溪冷鲜肉批发部".split())
        names = "草鱼 排骨 鸡腿 鸡蛋 大白菜 胡萝卜 面粉 菜籽油 香醋 老豆腐 青椒 粉丝 冰糖 香菇".split()
        for row, product in zip(self.goods, self.random.sample(names, len(self.goods)), strict=True):
            row["product"] = product
        self.eatery = f"云小餐证字〔{self.start.year}〕第{self.random.randint(1, 9999):04d}号"
        self.card = f"{self.random.randint(10, 99)}{self.start.year}{self.random.randint(0, 999999):06d}"


def in_characters(day: date) -> str:
    """二〇二五年三月十二日, as seals and old forms have it."""

    def small(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十") + (NUMERALS[ones] if ones else "")

    return "".join(NUMERALS[int(d)] for d in str(day.year)) + f"年{small(day.month)}月{small(day.day)}日"


def guilloche(s: Sheet, colour: tuple[int, int, int] = FAINT) -> None:
    """The fine pattern that printed forms have behind their words."""
    for y in range(0, s.picture.height, 26):
        points = [(x, y + 9 * ((x // 26) % 2)) for x in range(0, s.picture.width + 26, 26)]
        s.pen.line(points, fill=colour, width=2)


def permit_ruled(f: Facts) -> Paper:
    """Labels flush right before a colon, values in bold on dotted lines, over a printed pattern."""
    s = Sheet(1754, 1240, (246, 250, 240), serif=True)
    guilloche(s)
    s.frame(46, 8, (120, 150, 110))
    s.pen.text((877, 140), "食品经营许可证（副本）", font=font(70, True, True), fill=INK, anchor="mm")
    y = 270
    for label, value in (
        ("经营者名称", f.holder),
        ("统一社会信用代码", f.uscc),
        ("法定代表人（负责人）", f.person),
        ("经营场所", f.address),
        ("主体业态", "餐饮服务经营者"),
        ("经营项目", f.items),
        ("许可证编号", f.permit),
        ("有效期至", han(f.end)),
    ):
        s.text(600, y, label + "：", 34, anchor="ra")
        s.pen.text((620, y), value, font=font(36, True, True), fill=INK)
        for x in range(612, 1600, 12):
            s.rule(x, y + 54, x + 4, y + 54, fill=GREY)
        y += 86
    s.text(1180, 1010, f.issuer, 36, anchor="ma")
    s.text(1180, 1080, han(f.start), 34, anchor="ma")
    s.stamp(1200, 1040, f.issuer, 130)
    facts = of_permit(f) | {"uscc": f.uscc, "valid_from": f.start.isoformat(), "address": f.address}
    return Paper("food_permit", "ruled", s.picture, facts)


def permit_table(f: Facts) -> Paper:
    """Printed from the bureau's site: a table of two pairs a row, grey labels, the long ones over the whole width."""
    s = Sheet(1240, 1754)
    s.text(620, 120, "食品经营许可信息", 50, anchor="mm")
    y = 200
    for left, right in (
        (("许可证编号", f.permit), ("经营者名称", f.holder)),
        (("社会信用代码", f.uscc), ("法定代表人", f.person)),
        (("签发日期", dashed(f.start)), ("有效期至", dashed(f.end))),
        (("经营场所", f.address), None),
        (("经营项目", f.items), None),
        (("发证机关", f.issuer), ("许可状态", "有效")),
    ):
        cells = [(70, 250, 620 if right else 1170, left)] + ([(620, 800, 1170, right)] if right else [])
        for x0, x1, x2, (label, value) in cells:
            s.pen.rectangle([x0, y, x1, y + 96], fill=(232, 234, 238), outline=GREY, width=2)
            s.pen.rectangle([x1, y, x2, y + 96], outline=GREY, width=2)
            s.text(x0 + 14, y + 48, label, 26, anchor="lm")
            if s_width(value, 26) > x2 - x1 - 24:
                s.wrapped(x1 + 12, y + 12, value, x2 - x1 - 24, 26, 1.35)
            else:
                s.text(x1 + 12, y + 48, value, 26, anchor="lm")
        y += 96
    s.text(70, y + 40, "以上信息以发证机关登记为准。", 24, fill=GREY)
    facts = of_permit(f) | {"uscc": f.uscc, "valid_from": f.start.isoformat(), "address": f.address}
    return Paper("food_permit", "table", s.picture, facts)


def s_width(words: str, size: int) -> float:
    return font(size).getlength(words)


def eatery_plaque(f: Facts) -> Paper:
    """Centred, wide-set, the day written in characters."""
    s = Sheet(1600, 1130, (240, 246, 252))
    s.frame(24, 14, BLUE)
    s.pen.text((800, 130), "小餐饮经营许可证", font=font(78, False, True), fill=BLUE, anchor="mm")
    s.text(800, 215, f"证号：{f.eatery}", 32, anchor="mm")
    y = 300
    for label, value in (
        ("商户名称", f.holder),
        ("负责人", f.person),
        ("经营地点", f.address),
        ("许可项目", f.items),
        ("有效期", f"{dotted(f.start)} — {dotted(f.end)}"),
    ):
        s.text(330, y, label, 34, fill=BLUE, anchor="ma", gap=0)
        s.text(500, y, value, 36)
        y += 96
    s.text(1130, 880, f.issuer, 36, anchor="ma")
    s.text(1130, 950, in_characters(f.start), 34, anchor="ma")
    s.stamp(1130, 900, f.issuer, 120)
    facts = {"number": f.eatery, "holder": f.holder, "issuer": f.issuer, "items": f.items, "address": f.address,
             "valid_from": f.start.isoformat(), "valid_through": f.end.isoformat()}  # fmt: skip
    return Paper("small_eatery", "plaque", s.picture, facts)


LONG_SCOPE = "一般项目：餐饮管理；外卖递送服务；食用农产品零售。许可项目：餐饮服务。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"


def licence_register(f: Facts) -> Paper:
    """What the public register prints: pairs with colons, two a row, the scope at its foot."""
    s = Sheet(1500, 1060, serif=True)
    s.text(60, 50, "营业执照信息", 44)
    s.rule(60, 110, 1440, 110)
    end = date(f.start.year + 30, f.start.month, min(28, f.start.day))
    y = 150
    for left, right in (
        (("统一社会信用代码", f.uscc), ("企业名称", f.holder)),
        (("类型", "个体工商户"), ("经营者", f.person)),
        (("注册资本", "10万元人民币"), ("成立日期", han(f.start))),
        (("营业期限自", han(f.start)), ("营业期限至", han(end))),
        (("登记机关", f.issuer), ("登记状态", "存续（在营、开业、在册）")),
        (("住所", f.address), None),
    ):
        s.text(60, y, f"{left[0]}：{left[1]}", 28)
        if right:
            s.text(760, y, f"{right[0]}：{right[1]}", 28)
        y += 82
    s.wrapped(60, y, f"经营范围：{LONG_SCOPE}", 1360, 28)
    facts = {"number": f.uscc, "holder": f.holder, "address": f.address, "issuer": f.issuer, "items": LONG_SCOPE,
             "valid_from": f.start.isoformat(), "valid_through": end.isoformat()}  # fmt: skip
    return Paper("business_licence", "register", s.picture, facts)


def licence_upright(f: Facts) -> Paper:
    """Bold labels of letters set apart, values that wrap, the day spread under the seal."""
    s = Sheet(1300, 1840, (254, 249, 236), serif=True)
    guilloche(s, (246, 236, 210))
    s.frame(40, 16, (190, 60, 50))
    s.text(650, 250, "营业执照", 120, anchor="mm")
    s.text(650, 360, "（正　本）", 44, anchor="mm")
    s.text(650, 430, f"统一社会信用代码：{f.uscc}", 34, anchor="mm")
    y = 540
    for label, value in (
        ("名　　　称", f.holder),
        ("类　　　型", "有限责任公司(自然人投资或控股)"),
        ("住　　　所", f.address),
        ("法定代表人", f.person),
        ("注册资本", "壹佰万元整"),
        ("成立日期", han(f.start)),
        ("营业期限", f"{han(f.start)}至{han(date(f.start.year + 10, f.start.month, min(28, f.start.day)))}"),
        ("经营范围", LONG_SCOPE),
    ):
        s.pen.text((130, y), label, font=font(34, True, True), fill=INK)
        y = max(y + 84, s.wrapped(370, y, value, 800, 34, 1.45) + 20)
    s.text(840, 1480, "登记机关", 38)
    s.text(760, 1600, f"{f.start.year}　年　{f.start.month:02d}　月　{f.start.day:02d}　日", 36)
    s.stamp(940, 1540, f.issuer, 140)
    facts = {"number": f.uscc, "holder": f.holder, "address": f.address, "items": LONG_SCOPE, "valid_from": f.start.isoformat(),
             "valid_through": date(f.start.year + 10, f.start.month, min(28, f.start.day)).isoformat()}  # fmt: skip
    return Paper("business_licence", "upright", s.picture, facts)


def health_booklet(f: Facts) -> Paper:
    """Two languages on one line, values underlined, the photo on the right."""
    s = Sheet(1100, 760, (250, 246, 230))
    s.pen.text((550, 80), "健 康 合 格 证", font=font(54, True, True), fill=(20, 110, 60), anchor="mm")
    s.pen.rectangle([820, 150, 1030, 430], fill=(200, 206, 214))
    until = f.start + timedelta(days=364)
    y = 160
    for label, value in (
        ("姓名 Name", f.person),
        ("编号 No.", f.card),
        ("类别 Type", "食品经营从业人员"),
        ("体检日期 Date", short_han(f.start)),
        ("有效期至 Valid until", short_han(until)),
        ("发证单位 Issued by", f.hospital),
    ):
        x = s.text(70, y, label, 28, fill=GREY) + 24
        s.text(x, y - 2, value, 32)
        s.rule(x - 6, y + 44, x + max(220, s_width(value, 32)) + 6, y + 44, fill=GREY)
        y += 84
    s.stamp(890, 600, f.hospital, 100)
    return Paper("health_certificate", "booklet", s.picture, of_card(f, until))


def health_pass(f: Facts) -> Paper:
    """A card of blue labels above their values, two a row."""
    s = Sheet(1012, 700, (236, 250, 246))
    s.pen.rectangle([0, 0, 1012, 110], fill=(0, 128, 110))
    s.text(506, 55, "食品从业人员健康证", 46, fill=(255, 255, 255), anchor="mm")
    until = f.start + timedelta(days=364)
    y = 150
    for left, right in (
        (("姓　名", f.person), ("证　号", f.card)),
        (("行　业", "餐饮业"), ("结　论", "合格")),
        (("发证日期", dotted(f.start)), ("有效期至", dotted(until))),
        (("发证机构", f.hospital), None),
    ):
        for x, pair in ((60, left), (540, right)):
            if pair:
                s.text(x, y, pair[0], 24, fill=(0, 110, 96))
                s.text(x, y + 36, pair[1], 34)
        y += 126
    return Paper("health_certificate", "pass", s.picture, of_card(f, until))


def note_carbon(f: Facts) -> Paper:
    """A carbon copy: blue ink on pink, columns ruled but rows not, the batch first."""
    s = Sheet(1480, 1040, (252, 232, 234))
    s.text(740, 70, "送  货  单", 54, fill=BLUE, anchor="mm")
    s.text(80, 140, f"供货方：{f.supplier}", 28, fill=BLUE)
    s.text(80, 190, f"收货单位：{f.holder}", 28, fill=BLUE)
    s.text(1400, 140, f"单号：XS{f.random.randint(100000, 999999)}", 26, fill=BLUE, anchor="ra")
    s.text(1400, 190, f"送货日期：{short_han(f.start)}", 28, fill=BLUE, anchor="ra")
    columns = (
        ("生产批号", 80),
        ("货物名称", 380),
        ("单位", 720),
        ("数量", 850),
        ("单价", 1010),
        ("金额", 1180),
        ("备注", 1340),
    )
    bottom = 260 + 66 * (len(f.goods) + 2)
    for _name, x in (*columns, ("", 1420)):
        s.rule(x - 12, 250, x - 12, bottom, fill=BLUE)
    s.rule(68, 250, 1408, 250, fill=BLUE)
    s.rule(68, 314, 1408, 314, fill=BLUE)
    s.rule(68, bottom, 1408, bottom, fill=BLUE)
    for name, x in columns:
        s.text(x, 264, name, 28, fill=BLUE)
    for n, g in enumerate(f.goods):
        amount = f"{float(g['quantity']) * float(g['price']):.2f}"
        cells = (g["batch"], g["product"], g["unit"], g["quantity"], g["price"], amount)
        for (_name, x), words in zip(columns, cells, strict=False):
            s.text(x, 330 + 66 * n, words, 28, fill=BLUE)
    s.text(80, bottom + 20, "收货人签字：            送货人：", 26, fill=BLUE)
    return Paper("delivery_note", "carbon", s.picture, of_note(f))


def note_till(f: Facts) -> Paper:
    """A thermal printer's coarse letters: a product's name in one line, what it cost in the next."""
    rows = [
        f.supplier,
        "销货清单",
        f"日期:{dashed(f.start)} 06:41",
        "-" * 30,
        "品名      数量    单价    金额",
        "-" * 30,
    ]
    for n, g in enumerate(f.goods, 1):
        amount = f"{float(g['quantity']) * float(g['price']):.2f}"
        rows += [f"{n}.{g['product']}", f"{'':10}{g['quantity'] + g['unit']:<7}{g['price']:<8}{amount}"]
    rows += ["-" * 30, f"合计: {len(f.goods)}项", "欢迎再次光临"]
    small = Image.new("L", (264, 30 + 26 * len(rows)), 255)
    pen = ImageDraw.Draw(small)
    pen.fontmode = "1"
    for place, words in enumerate(rows):
        pen.text((8, 12 + 26 * place), words, font=font(16, mono=True), fill=40)
    s = Sheet(small.width * 3, small.height * 3)
    s.picture = small.resize(s.picture.size, Image.Resampling.BILINEAR).convert("RGB")
    return Paper("delivery_note", "till", s.picture, of_note(f, "batch"))


def note_striped(f: Facts) -> Paper:
    """From a shop system: a dark head, striped rows, numbers flush right, three facts of the batch apart."""
    s = Sheet(1654, 1169)
    s.text(827, 70, "配送出库单", 46, anchor="mm")
    s.text(70, 130, f"供应商：{f.supplier}", 26)
    s.text(70, 176, f"收货方：{f.holder}", 26)
    s.text(1090, 130, f"配送日期：{dashed(f.start)}", 26)
    s.text(1090, 176, f"司机：{f.person}", 26)
    edges = [70, 150, 520, 640, 790, 960, 1300, 1584]
    heads = ["序号", "商品名称", "单位", "数量", "单价", "批次号", "产地"]
    s.pen.rectangle([70, 240, 1584, 304], fill=(52, 72, 94))
    for left, right, words in zip(edges, edges[1:], heads, strict=False):
        s.text((left + right) / 2, 272, words, 26, fill=(255, 255, 255), anchor="mm")
    y = 304
    for n, g in enumerate(f.goods, 1):
        if n % 2 == 0:
            s.pen.rectangle([70, y, 1584, y + 62], fill=(234, 238, 243))
        cells = [str(n), g["product"], g["unit"], g["quantity"], g["price"], g["batch"], "本省"]
        for at, words in enumerate(cells):
            left, right = edges[at], edges[at + 1]
            if at in (3, 4):
                s.text(right - 20, y + 31, words, 26, anchor="rm")
            else:
                s.text(left + 16, y + 31, words, 26, anchor="lm")
        y += 62
    s.text(70, y + 30, "签收说明：货到当面点清。", 24, fill=GREY)
    s.stamp(1300, y - 30, f.supplier, 100)
    return Paper("delivery_note", "striped", s.picture, of_note(f))


THIRD: tuple[Callable[[Facts], Paper], ...] = (
    permit_ruled, permit_table, eatery_plaque, licence_register, licence_upright, health_booklet, health_pass,
    note_carbon, note_till, note_striped,
)  # fmt: skip
