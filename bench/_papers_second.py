"""Layouts that were drawn after the parser was written: `_papers` says what it made of them first."""

from collections.abc import Callable
from datetime import date, timedelta

from bench._paper import (
    GREY,
    INK,
    RED,
    Facts,
    Paper,
    Sheet,
    dashed,
    dotted,
    han,
    of_card,
    of_note,
    of_permit,
    short_han,
)


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
        of_permit(f) | {"uscc": f.uscc, "valid_from": f.start.isoformat(), "address": f.address},
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
        of_permit(f) | {"uscc": f.uscc, "valid_from": f.start.isoformat(), "address": f.address},
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
    return Paper("health_certificate", "sheet", s.picture, of_card(f, until))


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
    return Paper("delivery_note", "pad", s.picture, of_note(f))


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
    return Paper("delivery_note", "wide", s.picture, of_note(f))


SECOND: tuple[Callable[[Facts], Paper], ...] = (
    permit_of_2023, permit_bilingual, eatery_board, licence_screen, licence_old, health_sheet, note_two_heads, note_wide,
)  # fmt: skip
