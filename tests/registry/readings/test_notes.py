"""From lines to a delivery note: rows and columns, what is taken apart, what is doubted."""

import math

import pytest

from sunkitchen.registry.readings import papers, words
from sunkitchen.registry.readings.layout import Line, Page
from tests.registry.readings.lines import line, read, said, table, turned

NOTE = [
    line("海澜鲜达水产有限公司送货单", 250, 40, height=40),
    line("收货单位：海澜海上明月餐饮有限公司", 60, 110),
    line("送货日期：2026年11月20日", 560, 110),
    *table(("品名", "数量", "单位", "生产日期/批号"), ("带鱼", "12.50", "kg", "20261119"), ("冻虾仁", "3", "包", "P261101A"), ("合计", "15.5")),
]  # fmt: skip


@pytest.mark.parametrize("angle", [0, 4, -10, 180])
def test_a_delivery_notes_lines_are_read(angle):
    fields = read("delivery_note", *turned(NOTE, angle))
    assert said(fields) == {"supplier": "海澜鲜达水产有限公司", "received_on": "2026-11-20"}
    assert [said(row) for row in fields["lines"]] == [
        {"product": "带鱼", "quantity": "12.5", "unit": "kg", "batch": "20261119"},
        {"product": "冻虾仁", "quantity": "3", "unit": "包", "batch": "P261101A"},
    ]


def test_a_quantity_with_its_unit_is_taken_apart():
    [row] = read("delivery_note", *table(("品名", "数量", "单价"), ("土鸡蛋", "2箱", "180.00")))["lines"]
    assert said(row) == {"product": "土鸡蛋", "quantity": "2", "unit": "箱"}


def test_a_cell_that_stays_empty_stays_empty():
    rows = read(
        "delivery_note", *table(("品名", "数量", "单位", "批号"), ("带鱼", "", "kg", "20261119"), ("牛腩", "5", "", ""))
    )["lines"]
    assert [said(row) for row in rows] == [
        {"product": "带鱼", "unit": "kg", "batch": "20261119"},
        {"product": "牛腩", "quantity": "5"},
    ]


def test_a_column_of_codes_is_not_the_goods():
    [row] = read(
        "delivery_note", *table(("商品编码", "商品名称", "数量", "批号"), ("SP1001", "大黄鱼", "3", "20261119"))
    )["lines"]
    assert said(row) == {"product": "大黄鱼", "quantity": "3", "batch": "20261119"}


def test_headings_in_the_middle_of_their_columns_are_those_of_cells_at_their_left():
    heads = [line(text, x, 200) for text, x in (("序号", 60), ("商品名称", 230), ("单位", 470), ("数量", 590))]
    cells = [line("1", 62, 250), line("老豆腐", 130, 250), line("包", 450, 250), line("3", 640, 250, wide=14)]
    [row] = read("delivery_note", *heads, *cells)["lines"]
    assert said(row) == {"product": "老豆腐", "unit": "包", "quantity": "3"}


def test_a_till_prints_the_quantity_under_its_product():
    heads = table(("品名", "数量", "单价", "金额"))
    goods = [line("1.排骨", 60, 250), line("7.5kg", 300, 300), line("68.80", 450, 300), line("516.00", 560, 300),
             line("2.老豆腐", 60, 350), line("2袋", 300, 400), line("75.80", 450, 400), line("151.60", 560, 400)]  # fmt: skip
    rows = read("delivery_note", *heads, *goods)["lines"]
    assert [said(row) for row in rows] == [
        {"product": "排骨", "quantity": "7.5", "unit": "kg"},
        {"product": "老豆腐", "quantity": "2", "unit": "袋"},
    ]


def test_units_that_were_seen_as_one_line_stand_in_their_rows():
    rows = [("品名", "数量", "批号"), ("带鱼", "12", "20261119"), ("冻虾仁", "3", "20261120")]
    stacked = Line("条包", 0.99, ((700, 250), (724, 250), (724, 324), (700, 324)))
    found = read("delivery_note", *table(*rows), line("单位", 695, 200), stacked)["lines"]
    assert [row["unit"]["value"] for row in found] == ["条", "包"]
    assert {words.how_sure(row["unit"]) for row in found} == {words.CHECK}


def test_a_quantity_that_its_price_contradicts_is_doubted():
    rows = read("delivery_note", *table(
        ("品名", "数量", "单价", "金额"), ("带鱼", "12", "5.00", "60.00"), ("牛腩", "5", "20.00", "300.00"),
    ))["lines"]  # fmt: skip
    assert [words.how_sure(row["quantity"]) for row in rows] == [words.CLEAR, words.CHECK]


@pytest.mark.parametrize("depth", [0, 14, 28])
def test_a_table_on_a_bent_paper_keeps_its_rows(depth):
    def bent(each):
        shape = [(x, y + depth * math.sin(x / 1000 * 1.6 * math.pi)) for x, y in each.box]
        return Line(each.text, each.confidence, tuple(shape))

    fields = read("delivery_note", *map(bent, NOTE))
    assert [said(row)["batch"] for row in fields["lines"]] == ["20261119", "P261101A"]


def test_a_title_is_not_the_label_that_it_resembles():
    fields = read(
        "delivery_note",
        line("销售单", 300, 110, height=40),
        line("菜配送中", 560, 115),
        line("老王豆制品厂", 300, 40, height=40),
    )
    assert said(fields) == {"supplier": "老王豆制品厂"}


def test_the_receiver_is_not_the_supplier():
    fields = read(
        "delivery_note", line("客户名称：海澜海上明月餐饮有限公司", 60, 60), line("供货单位：老王豆制品厂", 60, 110)
    )
    assert said(fields)["supplier"] == "老王豆制品厂"


def test_lines_of_several_pages_add_up():
    page = Page(tuple(NOTE), 1.0)
    fields = papers.read("delivery_note", [page, page])
    assert [row["product"]["page"] for row in fields["lines"]] == [1, 1, 2, 2]
    assert papers.shifted(fields, 3)["lines"][-1]["product"]["page"] == 5
    assert fields["supplier"]["page"] == 1, "the first of equals"
