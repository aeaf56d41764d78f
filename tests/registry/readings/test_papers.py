"""From lines to fields: labels and values as papers set them, what is repaired, what is doubted, what is never kept."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunkitchen.registry.readings import papers, values, words
from sunkitchen.registry.readings.layout import Line, Page, level, upright
from sunkitchen.registry.readings.models import Reading
from tests.registry.readings.lines import line, read, said, table, turned

PERMIT = "JY29999010000010"
USCC = "91350100M000100Y43"
BUREAU = "海澜市市场监督管理局"


SIDE_BY_SIDE = [
    line("食品经营许可证", 300, 40, height=50),
    line("许可证编号：" + PERMIT, 60, 150),
    line("经营者名称：海澜海上明月餐饮有限公司", 60, 200),
    line("经营场所：海澜市玉城街道南兴路1号", 60, 250),
    line("经营项目：热食类食品制售", 60, 300),
    line("发证机关：" + BUREAU, 60, 350),
    line("有效期至：2029年05月12日", 60, 400),
    line("发证日期：2024年5月13日", 60, 450),
]
COLUMNS = [
    line("食品经营许可证", 300, 40, height=50),
    *(line(label, 60, 150 + 50 * n) for n, label in enumerate(["许可证编号", "经营者名称", "经营场所", "经营项目", "发证机关", "有效期至", "发证日期"])),
    *(line(value, 400, 150 + 50 * n) for n, value in enumerate(
        [PERMIT, "海澜海上明月餐饮有限公司", "海澜市玉城街道南兴路1号", "热食类食品制售", BUREAU, "2029-05-12", "2024.5.13"])),
]  # fmt: skip
BELOW = [
    line("食品经营许可证", 300, 40, height=50),
    *(
        piece
        for n, (label, value) in enumerate(
            [("许可证编号", PERMIT), ("经营者名称", "海澜海上明月餐饮有限公司"), ("经营场所", "海澜市玉城街道南兴路1号"), ("经营项目", "热食类食品制售"),
             ("发证机关", BUREAU), ("有效期限", "2024年5月13日至2029年5月12日")])
        for piece in (line(label, 60, 120 + 110 * n), line(value, 60, 160 + 110 * n))
    ),
]  # fmt: skip
FACTS = {
    "number": PERMIT,
    "holder": "海澜海上明月餐饮有限公司",
    "address": "海澜市玉城街道南兴路1号",
    "items": "热食类食品制售",
    "issuer": BUREAU,
    "valid_from": "2024-05-13",
    "valid_through": "2029-05-12",
}


@pytest.mark.parametrize("angle", [0, 3, -12, 90, 180, 270, 200])
@pytest.mark.parametrize("layout", [SIDE_BY_SIDE, COLUMNS, BELOW], ids=["in one line", "to the right", "below"])
def test_a_permit_is_read_however_its_values_stand_and_the_photo_is_turned(layout, angle):
    fields = read("food_permit", *turned(layout, angle))
    assert said(fields) == FACTS
    assert all(words.how_sure(field) == words.CLEAR and field["page"] == 1 for field in fields.values())


def test_a_field_says_where_it_was_read():
    box = read("food_permit", *COLUMNS)["number"]["box"]
    assert box == [[400, 150], [400 + 24 * 16, 150], [400 + 24 * 16, 174], [400, 174]]
    box = read("food_permit", *SIDE_BY_SIDE)["number"]["box"]
    assert box[0][0] == pytest.approx(60 + 24 * 6, abs=1), "the value alone, without its label"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2029年03月14日", "2029-03-14"),
        ("2029年3月4日", "2029-03-04"),
        ("2029-03-14", "2029-03-14"),
        ("2029.3.14", "2029-03-14"),
        ("2029/03/14", "2029-03-14"),
        ("20290314", "2029-03-14"),
        ("２０２９年３月１４日", "2029-03-14"),
        ("2029 年 3 月 14 日", "2029-03-14"),
    ],
)
def test_dates_are_read_in_every_form(text, value):
    assert said(read("food_permit", line("有效期至：" + text, 60, 100)))["valid_through"] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二〇二五年三月十二日", "2025-03-12"),
        ("二○二五年十月三十日", "2025-10-30"),
        ("二零二五年元月二十一日", "2025-01-21"),
    ],
)
def test_days_in_characters_are_read(text, value):
    assert said(read("food_permit", line(BUREAU, 500, 700), line(text, 500, 740)))["valid_from"] == value


@pytest.mark.parametrize("text", ["二〇二五年十三月一日", "二〇二五年三月十十日", "二〇二五年二月三十日"])
def test_no_calendars_days_in_characters_are_none(text):
    assert values.days(text) == []


def test_a_term_whose_label_was_lost_is_known_by_its_form_and_doubted():
    fields = read("food_permit", line("许可证编号：" + PERMIT, 60, 100), line("2024年5月13日至2029年5月12日", 500, 400))
    assert said(fields) == {"number": PERMIT, "valid_from": "2024-05-13", "valid_through": "2029-05-12"}
    assert words.how_sure(fields["valid_through"]) == words.CHECK


def test_a_heading_with_one_letter_wrong_is_still_that_heading():
    [row] = read("delivery_note", *table(("商品名样", "数量"), ("带鱼", "12")))["lines"]
    assert said(row) == {"product": "带鱼", "quantity": "12"}


def test_a_term_that_ends_before_it_begins_is_doubted():
    fields = read("food_permit", line("发证日期：2029-05-12", 60, 100), line("有效期至：2024-05-13", 60, 150))
    assert [words.how_sure(fields[name]) for name in ("valid_from", "valid_through")] == [words.CHECK, words.CHECK]


def test_places_that_differ_by_one_letter_are_doubted():
    wrong = [line(each.text.replace("海澜市市场", "海浦市市场"), *each.box[0]) for each in SIDE_BY_SIDE]
    fields = read("food_permit", *wrong)
    assert [words.how_sure(fields[name]) for name in ("issuer", "address")] == [words.CHECK, words.CHECK]
    assert words.how_sure(fields["number"]) == words.CLEAR


def test_a_list_that_breaks_off_inside_brackets_is_doubted():
    field = read("business_licence", line("经营范围：餐饮服务（依法须经批准的项目，经", 60, 100))["items"]
    assert words.how_sure(field) == words.CHECK


def test_a_label_in_two_languages_is_one():
    fields = read(
        "health_certificate",
        line("姓名 Name 张小明", 60, 100), line("编号 No. HL20260012345", 60, 150),
        line("有效期至 Valid until 2027年2月28日", 60, 200), line("发证单位 Issued by", 60, 250),
        line("海澜市人民医院体检中心", 520, 250),
    )  # fmt: skip
    assert said(fields) == {
        "holder": "张小明", "number": "HL20260012345", "valid_through": "2027-02-28", "issuer": "海澜市人民医院体检中心",
    }  # fmt: skip


def test_a_label_whose_second_letter_was_lost_is_taken_and_doubted():
    field = read("business_licence", line("名", 60, 100), line("老码头饭店", 260, 100))["holder"]
    assert field["value"] == "老码头饭店" and words.how_sure(field) == words.CHECK


@pytest.mark.parametrize("text", ["2029年02月30日", "2029年13月01日", "2029年05月48", "1029-01-01", "见背面"])
def test_a_day_that_no_calendar_has_is_not_guessed(text):
    assert "valid_through" not in read("food_permit", line("有效期至：" + text, 60, 100))


def test_a_letter_among_a_dates_digits_is_repaired_and_doubted():
    field = read("food_permit", line("有效期至：2O29年O3月l4日", 60, 100))["valid_through"]
    assert field["value"] == "2029-03-14" and words.how_sure(field) == words.CHECK


def test_letters_among_a_numbers_digits_are_repaired_and_doubted():
    field = read("food_permit", line("许可证编号：JY2999901OOOO01O", 60, 100))["number"]
    assert field["value"] == PERMIT and words.how_sure(field) == words.CHECK
    assert field["text"] == "JY2999901OOOO01O", "as it stands there"


def test_a_number_whose_check_digit_fails_is_given_and_doubted():
    wrong = PERMIT[:-1] + "3"
    field = read("food_permit", line("许可证编号：" + wrong, 60, 100))["number"]
    assert field["value"] == wrong and field["confidence"] < 0.5


def test_a_number_is_known_by_its_form_when_its_label_was_not_read():
    field = read("food_permit", line(PERMIT, 400, 100), line("经营者名称：海上明月", 60, 200))["number"]
    assert field["value"] == PERMIT and words.how_sure(field) == words.CHECK


def test_a_business_licence_without_an_end_says_so():
    fields = read(
        "business_licence",
        line("统一社会信用代码", 60, 60), line(USCC, 60, 90),
        line("名 称 海澜海上明月餐饮有限公司", 60, 200), line("类 型 有限责任公司", 60, 250),
        line("营业期限 2019年3月5日至长期", 60, 300), line("成立日期 2019年3月5日", 60, 350),
    )  # fmt: skip
    assert said(fields) == {
        "number": USCC, "holder": "海澜海上明月餐饮有限公司", "valid_from": "2019-03-05", "valid_through": "",
    }  # fmt: skip
    assert "长期" in fields["valid_through"]["text"]


def test_wide_set_labels_are_one_label():
    fields = read("business_licence", line("名", 60, 100), line("称", 160, 100), line("老码头饭店", 260, 100))
    assert said(fields) == {"holder": "老码头饭店"}


def test_what_goes_on_in_the_next_line_belongs_to_it():
    fields = read(
        "food_permit",
        line("经营项目", 60, 100), line("热食类食品制售，冷食类食品制售，", 260, 100),
        line("自制饮品制售", 260, 135),
        line("有效期至", 60, 180), line("2029-05-12", 260, 180),
    )  # fmt: skip
    assert said(fields)["items"] == "热食类食品制售，冷食类食品制售，自制饮品制售"


def test_brackets_and_commas_are_as_chinese_text_has_them():
    fields = read("food_permit", line("经营项目：预包装食品(含冷藏冷冻食品)销售,热食类食品制售", 60, 100))
    assert said(fields)["items"] == "预包装食品（含冷藏冷冻食品）销售，热食类食品制售"


def test_a_label_with_one_letter_wrong_is_still_that_label_and_less_sure():
    field = read("food_permit", line("经营者各称：海上明月饭店", 60, 100))["holder"]
    assert field["value"] == "海上明月饭店" and words.how_sure(field) == words.CHECK


HEALTH = [
    line("从业人员健康合格证", 300, 40, height=50),
    line("姓名：张小明  性别：男", 60, 120),
    line("身份证号：330104197001011234", 60, 170),
    line("证号：HL20260012345", 60, 220),
    line("发证日期：2026-03-01", 60, 270),
    line("体检机构：海澜市疾病预防控制中心", 60, 320),
]


def test_a_health_certificates_term_of_a_year_is_counted():
    fields = read("health_certificate", *HEALTH, line("有效期：一年", 60, 370))
    assert said(fields) == {
        "holder": "张小明", "number": "HL20260012345", "issuer": "海澜市疾病预防控制中心",
        "valid_from": "2026-03-01", "valid_through": "2027-02-28",
    }  # fmt: skip


@pytest.mark.parametrize("label", ["身份证号：", "证号：", "编号：", "", "健康证号"])
@pytest.mark.parametrize("sort", Reading.Sort.values)
def test_an_identity_number_is_never_kept(sort, label):
    for text in ("330104197001011234", "33010419700101123X"):
        fields = read(sort, line(label + text, 60, 100), line("姓名：张小明", 60, 200))
        assert text not in json.dumps(fields)


def test_a_title_alone_tells_nothing():
    for sort, title in (
        ("food_permit", "食品经营许可证"), ("business_licence", "营业执照"), ("health_certificate", "健康证"), ("delivery_note", "送货单"),
        ("small_eatery", "小餐饮店登记证"),
    ):  # fmt: skip
        assert not papers.tells(read(sort, line(title, 300, 100, height=60)))


# ── whatever comes ──────────────────────────────────────────────────────────────────────────────────────────
NUMBER = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-2000, 2000) | st.sampled_from([0.0, 500.0, 1000.0])
WORDS = st.text(max_size=30) | st.sampled_from(
    [
        "许可证编号",
        "有效期至：",
        "有效期：一年",
        "2026-02-29",
        "2024年2月29日",
        "名",
        "称",
        "品名",
        "数量",
        "合计",
        PERMIT,
        USCC,
        "长期",
        "姓名：",
        "：",
        "批号单位",
    ]
)
BOX = st.tuples(*[st.tuples(NUMBER, NUMBER)] * 4) | st.builds(
    lambda x, y: ((x, y), (x + 90, y), (x + 90, y + 20), (x, y + 20)), st.integers(0, 900), st.integers(0, 900)
)
LINES = st.lists(st.builds(Line, WORDS, st.floats(0, 1), BOX), max_size=25)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(Reading.Sort.values), st.lists(st.builds(Page, LINES.map(tuple), NUMBER), max_size=3))
def test_whatever_lines_come_the_answer_is_fields_that_can_be_stored(sort, pages):
    fields = papers.read(sort, pages)
    json.dumps(fields, allow_nan=False)
    papers.tells(fields)
    for field in [*fields.get("lines", []), {name: field for name, field in fields.items() if name != "lines"}]:
        for one in field.values():
            assert 0 <= one["confidence"] <= 1 and 1 <= one["page"] <= len(pages) and len(one["box"]) == 4


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_text_comes_a_value_is_one_or_none(text):
    values.days(text)
    for judge in (
        values.food_permit,
        values.credit_code,
        values.other_number,
        values.name,
        values.office,
        values.place,
        values.listed,
    ):
        judged = judge(text)
        assert judged is None or (judged[0] and 0 < judged[1] <= 1)


def test_no_lines_are_level():
    level([])
    assert upright(Page()) == []


def test_how_sure_is_said_in_three_words():
    assert [words.how_sure({"confidence": sure}) for sure in (1.0, 0.95, 0.9, 0.1)] == [
        "clear",
        "clear",
        "check",
        "check",
    ]
    assert words.how_sure(None) == "missing" and set(words.WORDS) == {"clear", "check", "missing"}
