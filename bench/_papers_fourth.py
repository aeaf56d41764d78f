"""Papers of a fourth city, drawn by who had not read the parser: other words, other places for them, other faces."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PIL import Image, ImageChops, ImageDraw

from bench._paper import GREY, INK, Facts, Paper, Sheet, dashed, font, of_card, of_note, of_permit, short_han
from bench._papers_third import in_characters


class FourthFacts(Facts):
    """The same sorts of facts, as another province words them."""

    def __init__(self, seed: int):
        super().__init__(40_000 + seed)
        pick = self.random.choice
        self.shop = pick("大槐树 稻花香 赵记 老灶台 河畔人家 聚福楼 小满 青瓦房".split())
        self.holder = (
            f"霁川市临溪区{self.shop}{pick('餐馆 饮食店 牛肉面店 餐饮服务部 酒楼有限责任公司 包子铺'.split())}"
        )
        self.person = pick("马成龙 段秋菊 沙丽娜 上官云 蔡志鹏 覃红梅".split())
        self.address = f"霁川市临溪区{pick('北大街 钟鼓路 水磨巷 西津大道'.split())}{self.random.randint(3, 580)}号{pick(['附2号', '商铺', '一层'])}"
        self.items = pick(
            [
                "热食类食品制售、凉菜类食品制售",
                "简餐制售（不含生食），自制饮品制售",
                "热食类食品制售，半成品制售，预包装食品销售",
            ]
        )
        self.issuer = pick(["霁川市临溪区市场监督管理局", "霁川市行政审批服务局", "临溪区食品药品监督管理局"])
        self.hospital = pick(["霁川市疾病预防控制中心", "临溪区中医医院", "北大街社区卫生服务站"])
        self.supplier = pick("霁川市四季青农产品有限公司 临溪区诚信副食批发部 牧歌牛羊肉专业合作社".split())
        self.eatery = f"JCX{self.start.year}{self.random.randint(0, 999999):06d}"
        self.card = f"霁{self.start.year}第{self.random.randint(0, 99999):05d}号"
        names = "羊排 面筋 菠菜 土豆 洋葱 辣椒面 挂面 豆瓣酱 鸡胸肉 花椒 木耳 腐竹".split()
        for row, product in zip(self.goods, self.random.sample(names, len(self.goods)), strict=True):
            row["product"] = product


def points(day: date) -> str:
    return f"{day:%Y.%m.%d}"


def watermarked(s: Sheet, words: str) -> None:
    """The same pale words slantwise over all of it."""
    layer = Image.new("RGB", s.picture.size, "white")
    tile = Image.new("RGB", (len(words) * 50, 60), "white")
    ImageDraw.Draw(tile).text((8, 6), words, font=font(40), fill=(226, 226, 232))
    tile = tile.rotate(24, expand=True, fillcolor="white")
    for y in range(60, s.picture.height, tile.height + 110):
        for x in range(20, s.picture.width, tile.width + 60):
            layer.paste(tile, (x, y))
    s.picture = ImageChops.multiply(s.picture, layer)
    s.pen = ImageDraw.Draw(s.picture)


def cells(
    s: Sheet, x: int, y: int, wide: tuple[int, int], rows: Sequence[tuple[str, str]], size: int, tall: int
) -> int:
    for label, value in rows:
        s.pen.rectangle([x, y, x + sum(wide), y + tall], outline=INK, width=2)
        s.rule(x + wide[0], y, x + wide[0], y + tall)
        s.text(x + wide[0] / 2, y + tall / 2, label, size, anchor="mm")
        lines = -(-font(size, s.serif).getlength(value) // (wide[1] - 40))
        s.wrapped(x + wide[0] + 16, y + tall / 2 - lines * size * 0.65, value, wide[1] - 40, size, 1.3)
        y += tall
    return y


def permit_cells(f: Facts) -> Paper:
    """All of it in a table; letters of short labels spaced, what does not fit goes on below."""
    s = Sheet(1240, 1700, serif=True)
    s.text(620, 130, "食 品 经 营 许 可 证", 64, anchor="mm")
    s.text(620, 200, "（副  本）", 32, anchor="mm")
    y = cells(s, 100, 260, (300, 740), [
        ("证    号", f.permit), ("单位名称", f.holder), ("社会信用代码", f.uscc), ("负 责 人", f.person),
        ("经 营 地 址", f.address), ("许可项目", f.items + "；以上项目均不含网络经营"), ("有 效 期 限", f"自{short_han(f.start)}至{short_han(f.end)}"),
        ("签发机关", f.issuer),
    ], 32, 124)  # fmt: skip
    s.text(1140, y + 60, short_han(f.start), 30, anchor="ra")
    s.stamp(900, y - 40, f.issuer, 125)
    facts = of_permit(f) | {"items": f.items + "；以上项目均不含网络经营", "uscc": f.uscc, "address": f.address}
    return Paper("food_permit", "cells", s.picture, facts)


def permit_under(f: Facts) -> Paper:
    """Two columns, each label small and grey over its value; no colons anywhere."""
    s = Sheet(1500, 1080, (246, 250, 246))
    watermarked(s, "霁川市场监管")
    s.text(80, 70, "食品经营许可证", 60)
    s.text(80, 150, "FOOD BUSINESS LICENSE", 26, fill=GREY)
    pairs = [
        ("许可证号", f.permit), ("经营者", f.holder), ("信用代码", f.uscc), ("法定代表人/负责人", f.person),
        ("经营场所", f.address), ("主体业态", "餐饮服务经营者（小型餐饮）"), ("许可范围", f.items), ("发证部门", f.issuer),
        ("发证日期", points(f.start)), ("有效日期至", points(f.end)),
    ]  # fmt: skip
    for at, (label, value) in enumerate(pairs):
        x, y = 80 + 720 * (at % 2), 230 + 150 * (at // 2)
        s.text(x, y, label, 24, fill=GREY)
        s.wrapped(x, y + 38, value, 640, 32, 1.25)
    s.stamp(1250, 880, f.issuer, 110)
    return Paper("food_permit", "under", s.picture, of_permit(f) | {"valid_from": f.start.isoformat()})


def eatery_small_card(f: Facts) -> Paper:
    """A card of a wallet's size, its date in characters."""
    s = Sheet(1080, 700, (255, 248, 236), serif=True)
    s.text(540, 80, "食品小经营店登记卡", 50, anchor="mm")
    s.text(540, 136, f"编号 {f.eatery}", 28, anchor="mm")
    y = 190
    rows = [("字号名称", f.holder), ("经 营 者", f.person), ("地    址", f.address), ("经营种类", f.items)]
    for label, value in rows:
        s.text(70, y, label, 30)
        y = s.wrapped(250, y, value, 760, 30, 1.3) + 18
    s.text(70, y, f"有效期  {in_characters(f.start)}至{in_characters(f.end)}", 30)
    s.text(1010, 600, f.issuer, 30, anchor="ra")
    s.stamp(850, 570, f.issuer, 92)
    facts = {"number": f.eatery, "holder": f.holder, "items": f.items, "address": f.address, "issuer": f.issuer,
             "valid_from": f.start.isoformat(), "valid_through": f.end.isoformat()}  # fmt: skip
    return Paper("small_eatery", "card", s.picture, facts)


def eatery_record(f: Facts) -> Paper:
    """A filing's receipt: colons of half width, words of an office."""
    s = Sheet(1240, 1500)
    s.text(620, 120, "小餐饮经营备案凭证", 60, anchor="mm")
    y = 260
    for label, value in (("备案编号", f.eatery), ("店    名", f.holder), ("统一代码", f.uscc), ("经营人", f.person), ("店铺地址", f.address),
                         ("备案项目", f.items), ("备案日期", points(f.start)), ("有效期至", points(f.end)), ("备案部门", f.issuer)):  # fmt: skip
        s.text(130, y, f"{label}: ", 34)
        s.wrapped(340, y, value, 560, 34, 1.35)
        y += 112
    s.stamp(950, y - 60, f.issuer, 120)
    facts = {"number": f.eatery, "holder": f.holder, "items": f.items, "address": f.address, "issuer": f.issuer,
             "uscc": f.uscc, "valid_through": f.end.isoformat()}  # fmt: skip
    return Paper("small_eatery", "record", s.picture, facts)


def licence_two_tongues(f: Facts) -> Paper:
    """Under each label the same in English."""
    s = Sheet(1700, 1200, (250, 250, 244), serif=True)
    s.frame(30, 8)
    s.text(850, 140, "营 业 执 照", 80, anchor="mm")
    s.text(850, 215, "BUSINESS LICENSE", 30, GREY, anchor="mm")
    s.text(120, 260, "统一社会信用代码", 26)
    s.text(120, 298, f.uscc, 34)
    rows = [("名    称", "Name", f.holder), ("类    型", "Type", "有限责任公司（自然人独资）"), ("住    所", "Address", f.address),
            ("法定代表人", "Legal Representative", f.person), ("注册资本", "Capital", "伍拾万元整"), ("成立日期", "Established", short_han(f.start)),
            ("营业期限", "Term", f"{short_han(f.start)}至长期"), ("经营范围", "Scope", f"一般项目：餐饮管理；{f.items}（凭许可证经营）")]  # fmt: skip
    y = 370
    for label, english, value in rows:
        s.text(140, y, label, 30)
        s.text(140, y + 38, english, 18, GREY)
        s.wrapped(400, y + 4, value, 1040, 30, 1.3)
        y += 88
    s.text(1500, 1110, f"登记机关  {f.issuer}", 28, anchor="ra")
    s.stamp(1420, 960, f.issuer, 115)
    facts = {"number": f.uscc, "holder": f.holder, "address": f.address, "valid_from": f.start.isoformat(),
             "items": f"一般项目：餐饮管理；{f.items}（凭许可证经营）", "valid_through": ""}  # fmt: skip
    return Paper("business_licence", "two_tongues", s.picture, facts)


def licence_individual(f: Facts) -> Paper:
    """One person's business: the number on top without a word, labels flush right."""
    s = Sheet(1200, 1700)
    s.text(600, 170, "个体工商户营业执照", 66, anchor="mm")
    s.text(600, 260, f"（统一社会信用代码 {f.uscc}）", 30, anchor="mm")
    y = 380
    for label, value in (("经营者姓名", f.person), ("字号", f.holder), ("组成形式", "个人经营"), ("经营场所地址", f.address),
                         ("经营范围及方式", f"{f.items}。"), ("注册日期", short_han(f.start))):  # fmt: skip
        s.text(420, y, label, 32, anchor="ra")
        y = s.wrapped(460, y, value, 620, 32, 1.4) + 48
    s.text(1060, 1400, f.issuer, 34, anchor="ra")
    s.text(1060, 1460, in_characters(f.start), 32, anchor="ra")
    s.stamp(880, 1400, f.issuer, 130)
    facts = {"number": f.uscc, "holder": f.holder, "address": f.address, "items": f"{f.items}。"}
    return Paper("business_licence", "individual", s.picture, facts)


def health_cells(f: Facts) -> Paper:
    """A table of four columns: two labels and two values to a row."""
    s = Sheet(1240, 800, (252, 252, 255), serif=True)
    s.text(620, 80, "从业人员预防性健康检查合格证", 46, anchor="mm")
    until = f.start + timedelta(days=364)
    rows = [("体检人", f.person, "性  别", "女"), ("编  号", f.card, "工  种", "厨师"), ("身份证", f.identity, "年  龄", "41"),
            ("发证日期", dashed(f.start), "有效日期", dashed(until))]  # fmt: skip
    y = 150
    for row in rows:
        for at, (x, wide) in enumerate(((60, 160), (220, 480), (700, 160), (860, 320))):
            s.pen.rectangle([x, y, x + wide, y + 96], outline=INK, width=2)
            s.text(x + wide / 2, y + 48, row[at], 30, anchor="mm")
        y += 96
    s.text(1160, y + 60, f"体检单位（盖章）：{f.hospital}", 30, anchor="ra")
    s.stamp(980, y + 90, f.hospital, 95)
    return Paper("health_certificate", "cells", s.picture, of_card(f, until), [f.identity])


def health_badge(f: Facts) -> Paper:
    """A badge upright: a photo on top, then words in the middle."""
    s = Sheet(700, 1080, (238, 250, 240))
    s.text(350, 70, "健 康 证", 56, anchor="mm")
    s.pen.rectangle([250, 130, 450, 390], fill=(190, 200, 190))
    until = f.start + timedelta(days=364)
    y = 440
    for label, value in (("姓 名", f.person), ("证书编号", f.card), ("从业类别", "餐饮"), ("体检日期", points(f.start)),
                         ("有效期限至", points(until)), ("检查机构", f.hospital)):  # fmt: skip
        s.text(60, y, label, 30, GREY)
        s.text(250, y, value, 30)
        y += 84
    s.stamp(540, 900, f.hospital, 88)
    return Paper("health_certificate", "badge", s.picture, of_card(f, until))


def note_sale(f: Facts) -> Paper:
    """A sales sheet; the number of each row in front, the seller below."""
    s = Sheet(1500, 1120, serif=True)
    s.text(750, 80, "销 货 清 单", 54, anchor="mm")
    s.text(80, 150, f"购货单位 {f.holder}", 28)
    s.text(1420, 150, f"开单日期 {points(f.start)}", 28, anchor="ra")
    columns = [
        ("序号", 80, 90),
        ("货物名称", 170, 330),
        ("生产批号", 500, 260),
        ("计量单位", 760, 190),
        ("数 量", 950, 190),
        ("金额", 1140, 270),
    ]
    y = 210
    for at in range(len(f.goods) + 1):
        g = f.goods[at - 1]
        values = (str(at), g["product"], g["batch"], g["unit"], g["quantity"], g["price"])
        for (name, x, wide), value in zip(columns, values, strict=True):
            s.pen.rectangle([x, y, x + wide, y + 66], outline=INK, width=2)
            s.text(x + wide / 2, y + 33, value if at else name, 28, anchor="mm")
        y += 66
    s.text(80, y + 40, f"销货单位（章） {f.supplier}", 28)
    s.text(900, y + 40, "收货人签字", 28)
    s.stamp(480, y + 60, f.supplier, 85)
    return Paper("delivery_note", "sale", s.picture, of_note(f))


FOURTH: tuple[Callable[[Facts], Paper], ...] = (
    permit_cells, permit_under, eatery_small_card, eatery_record, licence_two_tongues, licence_individual,
    health_cells, health_badge, note_sale,
)  # fmt: skip
