"""Papers of a fifth city, drawn when the parser was done: nothing was mended by them. Set as a page of runs of text."""

from collections.abc import Callable
from datetime import date, timedelta

from bench._paper import GREY, Facts, Paper, Sheet, dotted, of_card, of_note, of_permit, short_han

Row = tuple[str, ...]


class FifthFacts(Facts):
    def __init__(self, seed: int):
        super().__init__(90_000 + seed)
        pick = self.random.choice
        self.holder = f"澄州高新区{pick('半山 鼎记 阿婆家 竹林深处'.split())}{pick('家常菜馆 米粉店 餐饮文化有限公司 早点铺'.split())}"
        self.person = pick("龙海波 尹素芳 诸葛敏 白玉莲".split())
        self.address = f"澄州高新区{pick('科苑路 莲花三路 东湖大道'.split())}{self.random.randint(5, 300)}号{pick(['B座102', '负一层', '南侧'])}"
        self.items = pick(
            ["热食类食品制售", "热食类食品制售；自制饮品制售（不含鲜榨饮料）", "冷食类食品制售，热食类食品制售"]
        )
        self.issuer = pick(["澄州高新区市场监督管理局", "澄州高新技术产业开发区行政审批局"])
        self.hospital = pick(["澄州市第三人民医院", "高新区疾病预防控制中心"])
        self.supplier = pick("澄州鑫达冻品商行 澄州市田园配送有限公司".split())
        self.eatery = f"CZ-{self.start.year}-{self.random.randint(0, 99999):05d}"
        self.card = f"CZJK{self.start.year}{self.random.randint(0, 99999):05d}"


def pages(size: tuple[int, int], title: str, rows: list[Row], *, at: tuple[int, ...], step: int, size_of: int) -> Sheet:
    """Each row's texts at the same places across; what a place has no room for goes on in the next line."""
    s = Sheet(*size, serif=size_of % 2 == 1)
    s.text(size[0] / 2, 90, title, size_of + 22, anchor="mm")
    y: float = 190
    for row in rows:
        low = y
        for place, words in enumerate(row):
            right = at[place + 1] if place + 1 < len(at) else size[0] - 70
            wide = (right if len(row) > 1 else size[0]) - at[place] - 24
            low = max(low, s.wrapped(at[place], y, words, wide, size_of, 1.35))
        y = low + step
    return s


def permit_pairs(f: Facts) -> Paper:
    s = pages((1600, 1000), "食品经营许可证（正本）", [
        ("主体名称", f.holder, "证书号码", f.permit), ("经营负责人", f.person, "统一信用代码", f.uscc),
        ("实际经营地址", f.address, "核准经营项目", f.items), ("核发日期", dotted(f.start), "有效截止日期", dotted(f.end)),
        ("核发机关", f.issuer),
    ], at=(80, 290, 830, 1060), step=60, size_of=29)  # fmt: skip
    s.stamp(420, 800, f.issuer, 100)
    return Paper("food_permit", "pairs", s.picture, of_permit(f) | {"address": f.address, "uscc": f.uscc})


def eatery_said(f: Facts) -> Paper:
    """As a sentence says it, with few labels."""
    s = pages((1240, 1200), "小餐饮登记证明", [
        (f"登记号：{f.eatery}",), (f"经营单位：{f.holder}",), (f"所在地址：{f.address}",), (f"准许经营内容：{f.items}",),
        (f"本证自{short_han(f.start)}起至{short_han(f.end)}止有效。",), (f"登记单位：{f.issuer}",),
    ], at=(110,), step=44, size_of=34)  # fmt: skip
    s.stamp(900, 900, f.issuer, 110)
    facts = {"number": f.eatery, "holder": f.holder, "address": f.address, "items": f.items, "issuer": f.issuer,
             "valid_from": f.start.isoformat(), "valid_through": f.end.isoformat()}  # fmt: skip
    return Paper("small_eatery", "said", s.picture, facts)


def licence_copy(f: Facts) -> Paper:
    s = pages((1240, 1650), "营业执照（副本）", [
        ("信用代码", f.uscc), ("企业名称", f.holder), ("企业类型", "个人独资"), ("企业住所", f.address), ("投资人", f.person),
        ("业务范围", f"餐饮服务；{f.items}"), ("设立日期", short_han(f.start)), ("经营期限", "长期"), ("发照机关", f.issuer),
    ], at=(120, 400), step=52, size_of=33)  # fmt: skip
    s.stamp(860, 1350, f.issuer, 120)
    facts = {"number": f.uscc, "holder": f.holder, "address": f.address, "items": f"餐饮服务；{f.items}",
             "issuer": f.issuer, "valid_from": f.start.isoformat(), "valid_through": ""}  # fmt: skip
    return Paper("business_licence", "copy", s.picture, facts)


def health_stacked(f: Facts) -> Paper:
    """Labels over their values, three to a row."""
    until: date = f.start + timedelta(days=364)
    s = pages((1200, 760), "食品从业人员健康证明", [
        ("受检者", "工种", "健康证明号"), (f.person, "服务员", f.card), ("签发日期", "有效期限截止", "体检医院"),
        (dotted(f.start), dotted(until), f.hospital),
    ], at=(80, 420, 760), step=34, size_of=30)  # fmt: skip
    s.text(80, 680, "涂改、转借无效", 24, GREY)
    return Paper("health_certificate", "stacked", s.picture, of_card(f, until))


def note_list(f: Facts) -> Paper:
    goods: list[Row] = [(g["product"], g["quantity"], g["unit"], g["batch"]) for g in f.goods]
    s = pages((1240, 420 + 110 * len(goods)), "出货单", [
        (f"出货单位：{f.supplier}",), (f"出货日期：{short_han(f.start)}",), ("货品", "数量", "单位", "批次号"), *goods,
    ], at=(100, 480, 700, 880), step=32, size_of=32)  # fmt: skip
    return Paper("delivery_note", "list", s.picture, of_note(f))


FIFTH: tuple[Callable[[Facts], Paper], ...] = (permit_pairs, eatery_said, licence_copy, health_stacked, note_list)
