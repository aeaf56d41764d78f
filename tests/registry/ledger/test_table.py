"""A kitchen brings its purchases as a table: judged line by line, entered by day and supplier, all or nothing."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Delivery, Supplier
from sunkitchen.registry.suppliers import actions as suppliers
from sunkitchen.registry.suppliers import table as purchases
from sunkitchen.registry.tables import actions as tables
from sunkitchen.registry.tables import sorts, words
from tests.conftest import TODAY

HEAD = ["进货日期", "供货商", "品名", "数量", "单位", "批号", "凭证", "类别"]
OIL = [f"{TODAY}", "海澜粮油批发", "菜籽油", "12", "桶", "20261101", "合格证", "粮油蛋奶"]
RICE = [f"{TODAY}", "海澜 粮油批发", "大米", "50公斤", "", "A-7", "合格证", ""]
FISH = [f"{TODAY - timedelta(days=1)}", "楚门水产", "带鱼", "3.5", "kg", "", "检疫证明", "水产"]


@pytest.fixture
def check(restaurant, wang):
    def of(*lines):
        body = "\n".join(",".join(line) for line in [HEAD, *lines]).encode()
        upload = SimpleUploadedFile("进货.csv", body, "text/csv")
        return tables.check(restaurant, by=wang, sort="deliveries", upload=upload, today=TODAY)

    return of


def said(row):
    kind = sorts.of("deliveries")
    return {line.number: words.reasons(kind, line.why) for line in tables.lines_of(row, good=False)}


def test_lines_of_one_day_and_supplier_become_one_delivery(check, wang):
    tables.land(check(OIL, RICE, FISH), by=wang, today=TODAY)
    rows = Delivery.objects.order_by("received_on")
    assert [(row.supplier.name, row.source, row.lines.count()) for row in rows] == [
        ("楚门水产", "table", 1),
        ("海澜粮油批发", "table", 2),
    ]
    rice = rows[1].lines.get(product="大米")
    assert (rice.amount, rice.unit, rice.goods) == ("50", "公斤", "staples")


def test_each_line_says_what_is_wrong_with_it(check):
    tomorrow = f"{TODAY + timedelta(days=1)}"
    row = check(
        OIL,
        [tomorrow, *OIL[1:]],
        [*OIL[:3], "many", *OIL[4:]],
        [*OIL[:6], "word", OIL[7]],
        ["", *OIL[1:]],
        [*OIL[:2], "谜", *OIL[3:7], ""],
    )
    assert row.good == 1 and set(said(row)) == {3, 4, 5, 6, 7}
    assert not Delivery.objects.exists()


def test_what_stands_in_the_ledger_is_not_entered_again(check, wang):
    tables.land(check(OIL), by=wang, today=TODAY)
    assert "already" in said(check(OIL))[2][0]


def test_nothing_lands_when_one_line_is_refused_at_the_last_moment(check, wang, monkeypatch):
    row = check(OIL, FISH)
    enter, calls = suppliers.enter, []

    def second_fails(*args, **kwargs):
        calls.append(kwargs["received_on"])
        if len(calls) == 2:
            raise Refused("no")
        return enter(*args, **kwargs)

    monkeypatch.setattr(suppliers, "enter", second_fails)
    with pytest.raises(Refused, match="Line 2"):
        tables.land(row, by=wang, today=TODAY)
    assert not Delivery.objects.exists() and not Supplier.objects.exists()
    row.refresh_from_db()
    assert row.state == "checked"


def test_more_lines_than_a_delivery_has_become_several(check, wang):
    tables.land(check(*([*OIL[:5], f"B{number}", *OIL[6:]] for number in range(61))), by=wang, today=TODAY)
    assert sorted(row.lines.count() for row in Delivery.objects.all()) == [1, 60]


CELL = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.dates() | st.datetimes()


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(purchases.COLUMNS, CELL)))
def test_no_cell_makes_it_fail(cells):
    facts, why, _notes = purchases.read_line(cells)
    assert why or (facts["received_on"] and facts["supplier"] and facts["product"] and facts["unit"])
    for code, detail in why:
        assert purchases.WORDS[code] and isinstance(detail, str)
