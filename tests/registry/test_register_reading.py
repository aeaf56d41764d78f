"""A register's file: what is read from it, in whatever form it comes, and what is refused before anything is read."""

import contextlib
import io
import random
import tracemalloc
import zipfile
from datetime import date, datetime
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from sunkitchen.registry.register import columns, fields, words
from sunkitchen.registry.tables import actions as tables
from sunkitchen.registry.tables import reading
from sunkitchen.registry.tables.reading import BadFile
from tests.registry import registers


def lines_of(content):
    return [fields.line(number, cells) for number, cells in reading.table(io.BytesIO(content), columns.HEADED)]


def refused(content):
    with pytest.raises(BadFile) as error:
        lines_of(content)
    assert words.failure([error.value.code, *error.value.details]), "every failure has words"
    return error.value


ONE = registers.entry(1, operator_name="海澜（示例）餐饮有限公司", valid_from="2024-05-13", valid_through="2029-05-12")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_is_read_in_every_usual_form(encoding, separator):
    [line] = lines_of(registers.as_csv([ONE], encoding=encoding, separator=separator))
    assert (line.at, line.number, line.problems) == (2, ONE["permit"], ())
    assert line.operator_name == "海澜（示例）餐饮有限公司", "a name keeps its wide brackets"
    assert (line.valid_from, line.valid_through) == (date(2024, 5, 13), date(2029, 5, 12))


def test_a_workbook_says_the_same_as_the_csv_file():
    rows = [ONE, registers.entry(2)]
    assert lines_of(registers.sheet(rows)) == lines_of(registers.as_csv(rows))


def test_headings_stand_in_any_order_below_a_title_with_usual_synonyms_and_notes():
    rows = [
        ["海澜市食品经营许可登记表"],
        ["导出时间：2026-11-22"],
        ["序号", "有效期 截止日期", "*地 址（必填）", "单位名称", "发证日期", "许可证号", "社会信用代码"],
        [1, datetime(2029, 5, 12), "南兴路 1 号", "老码头饭店", "2024年5月13日", ONE["permit"], ONE["uscc"]],
    ]
    [line] = lines_of(registers.as_xlsx(rows))
    assert (line.at, line.operator_name, line.uscc, line.valid_through) == (
        4,
        "老码头饭店",
        ONE["uscc"],
        date(2029, 5, 12),
    )


def test_missing_headings_refuse_the_whole_file_and_are_all_named():
    error = refused("经营者名称,地址\n老码头,南兴路\n".encode())
    assert (error.code, error.details) == ("headings", ("permit", "valid_from", "valid_through"))
    assert "许可证编号" in words.failure([error.code, *error.details])


def test_the_template_is_read_without_a_doubt():
    headings, example = columns.template()
    [line] = lines_of(registers.as_xlsx([headings, example]))
    assert (line.problems, line.doubts) == ((), ())
    assert line.licence_from == date(2025, 12, 1) and line.licence_through is None


DAY = date(2026, 1, 2)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "2026-01-02",
            "2026/1/2",
            "2026.1.2",
            "2026年1月2日",
            "20260102",
            "2026-01-02 00:00:00",
            "２０２６－０１－０２",
        ),
        *(DAY, datetime(2026, 1, 2, 8, 30), 46024, 46024.0, "46024", 20260102),
    ],
)
def test_a_day_is_read_in_every_form_that_people_and_spreadsheets_write(cell):
    assert fields.day(cell) == DAY


@pytest.mark.parametrize("cell", [None, "", "2026-02-30", "2026-13-01", "26-1-2", "0001-01-01", 7, "明年", True, 3e9])
def test_what_is_no_day_is_none(cell):
    assert fields.day(cell) is None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"permit": ""}, "no_number"),
        ({"permit": "JY123"}, "bad_number"),
        ({"permit": "浙餐证字2020"}, "bad_number"),
        ({"permit": "1.23E+17"}, "rounded"),
        ({"permit": 13310821234567890}, "rounded"),
        ({"operator_name": " "}, "no_operator_name"),
        ({"operator_name": "长" * 101}, "long_operator_name"),
        ({"address": None}, "no_address"),
        ({"valid_from": "2026-02-30"}, "bad_valid_from"),
        ({"valid_through": ""}, "no_valid_through"),
        ({"valid_through": "长期"}, "endless"),
        ({"valid_from": "2030-01-01", "valid_through": "2029-01-01"}, "reversed"),
        ({"state": "冻结"}, "state"),
        ({"category": "食品销售经营者", "items": "预包装食品销售"}, "not_catering"),
    ],
)
def test_a_line_that_cannot_be_a_permit_is_refused_with_its_reason(facts, code):
    line = fields.line(7, registers.entry(1) | facts)
    assert code in [problem for problem, _detail in line.problems]
    assert all(words.reason(*problem) != problem[0] for problem in line.problems), "in words"
    assert not fields.line(7, registers.entry(1)).problems


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"permit": "JY29999010000013"}, "check_digit"),
        ({"uscc": "91350100M000100Y44"}, "uscc_check"),
        ({"uscc": "92-999901"}, "bad_uscc"),
        ({"uscc": "330104197001011234"}, "person"),
        ({"uscc": "330104700101123"}, "person"),
        ({"category": "外星餐饮业"}, "category"),
        ({"latitude": "28.1", "longitude": "121.1"}, "no_system"),
        ({"latitude": "x", "longitude": "121.1", "coordinates": "GCJ-02"}, "bad_point"),
        ({"items": "热" * 501}, "cut_items"),
    ],
)
def test_what_is_doubtful_is_said_and_taken(facts, code):
    line = fields.line(7, registers.entry(1) | facts)
    assert not line.problems
    assert code in [doubt for doubt, _detail in line.doubts]


def test_an_identity_number_in_the_place_of_a_credit_code_is_not_repeated():
    line = fields.line(7, registers.entry(1, uscc="330104197001011234"))
    assert line.uscc == "" and "330104197001011234" not in repr(line)


def test_an_identity_number_with_words_around_it_is_not_repeated_either():
    line = fields.line(7, registers.entry(1, uscc="身份证：330104197001011234"))
    assert line.uscc == "" and "330104197001011234" not in repr(line)


def test_a_map_point_is_stored_as_gps_says_it():
    line = fields.line(2, registers.entry(1, latitude=28.1, longitude=121.1, coordinates="高德 GCJ-02"))
    assert line.coordinates == "gcj02"
    assert 0.001 < abs(float(line.latitude) - 28.1) < 0.01


def test_a_term_in_one_column_is_taken_apart():
    cells = registers.entry(1) | {"valid_from": None, "valid_through": None, "period": "自2021年3月5日至2026年3月4日"}
    line = fields.line(2, cells)
    assert (line.valid_from, line.valid_through, line.problems) == (date(2021, 3, 5), date(2026, 3, 4), ())


def test_formulas_are_read_as_what_they_came_to():
    book = Workbook()
    sheet = book.active
    sheet.append(list(registers.HEADINGS.values()))
    sheet.append([ONE[column] for column in registers.HEADINGS])
    sheet["B2"] = '=CONCATENATE("老","码头")'  # never calculated: no cached value, so nothing is there
    out = io.BytesIO()
    book.save(out)
    [line] = lines_of(out.getvalue())
    assert line.problems == (("no_operator_name", ""),)


def test_merged_cells_say_their_value_once():
    book = Workbook()
    sheet = book.active
    sheet.append(["海澜市登记表"])
    sheet.merge_cells("A1:L1")
    sheet.append(list(registers.HEADINGS.values()))
    for serial in (1, 2):
        sheet.append([registers.entry(serial)[column] for column in registers.HEADINGS])
    sheet.merge_cells("B3:B4")
    out = io.BytesIO()
    book.save(out)
    first, second = lines_of(out.getvalue())
    assert not first.problems and second.problems == (("no_operator_name", ""),)


# ── hostile files ───────────────────────────────────────────────────────────────────────────────────────────
def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr({"types": "[Content_Types].xml"}.get(name, f"xl/{name}"), content)
    return out.getvalue()


def reworked(change):
    """An honest workbook whose sheet was changed by hand."""
    honest = zipfile.ZipFile(io.BytesIO(registers.sheet([ONE])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in honest.namelist():
            content = honest.read(name)
            archive.writestr(name, change(content) if name == "xl/worksheets/sheet1.xml" else content)
    return out.getvalue()


def restyled(styles):
    """An honest workbook with other styles, which nobody looks at and which are read all the same."""
    honest = zipfile.ZipFile(io.BytesIO(registers.sheet([ONE])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in honest.namelist():
            archive.writestr(name, styles if name == "xl/styles.xml" else honest.read(name))
    return out.getvalue()


SMALL = reading.Limits(marks=20_000, other_marks=5_000)


@pytest.mark.parametrize(
    "content",
    [
        restyled(b"<styleSheet><cellXfs>" + b"<xf/>" * 5_000 + b"</cellXfs></styleSheet>"),
        restyled(("<styleSheet><cellXfs>" + "<xf/>" * 5_000 + "</cellXfs></styleSheet>").encode("utf-16")),
        reworked(lambda xml: xml.replace(b"</sheetData>", b"<row>" + b"<c/>" * 20_000 + b"</row></sheetData>")),
        zipped(types="x", **{"workbook.xml": "<definedName/>" * 5_001}),
        zipped(types="x", **{"sharedStrings.xml": "<si/>" * 20_001}),
    ],
    ids=["styles", "styles in UTF-16", "one row", "names", "strings"],
)
def test_what_is_small_on_the_disk_and_large_as_a_tree_is_refused_before_it_is_built(content):
    assert len(content) < 20_000
    built = mock.patch.object(reading.openpyxl, "load_workbook", side_effect=AssertionError("built"))
    with built, pytest.raises(BadFile) as error:
        list(reading.table(io.BytesIO(content), columns.HEADED, SMALL))
    assert error.value.code == "bomb"


@pytest.mark.parametrize("encoding", ["cp037", "utf-7"])
def test_an_encoding_in_which_nobody_can_count_is_refused(encoding):
    styles = b'<?xml version="1.0" encoding="' + encoding.encode() + b'"?><styleSheet/>'
    assert refused(restyled(styles)).code == "broken"
    assert refused(restyled("<?xml version='1.0'?><styleSheet/>".encode("cp037"))).code == "broken"


def test_an_honest_table_of_two_thousand_lines_is_far_from_every_limit():
    rows = [
        ["张三丰", "厨师", "13800138000", "2026-01-01", f"健{n:09}", "海澜市疾控", "2026-01-01", "2026-12-31"]
        for n in range(2000)
    ]
    file = io.BytesIO(
        registers.as_xlsx([["名称", "许可证编号", "地址", "有效期起", "有效期至", "法人", "电话", "备注"], *rows])
    )
    assert len(list(reading.table(file, columns.HEADED, tables.LIMITS))) == 2000


def test_whatever_byte_of_a_workbook_is_turned_the_answer_is_lines_or_a_reason():
    honest, dice = registers.as_xlsx([[*registers.HEADINGS.values()], ["x"] * 5]), random.Random(7)
    for _turn in range(300):
        content = bytearray(honest)
        content[dice.randrange(4, len(content))] = dice.randrange(256)
        with contextlib.suppress(BadFile):
            lines_of(bytes(content))


BILLION = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]>"
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\0" * 100, "binary"),
        (registers.as_csv([ONE]).replace("路".encode(), b"\0"), "binary"),
        (registers.as_csv([ONE]) + b"x" * 5000 + b"\0", "binary"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old_excel"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "headings"),
        (b"PK\x03\x04 and nothing more", "broken"),
        (zipped(types="x"), "not_xlsx"),
        (zipped(**{"types": "x", "workbook.xml": "x"}), "broken"),
        (zipped(**{"types": "x", "sharedStrings.xml": bytes(121 * 1024 * 1024)}), "bomb"),
        (reworked(lambda xml: BILLION + xml.replace(b"<row ", b"<row><c t='inlineStr'><is><t>&j;</t></is></c></row><row ", 1)), "broken"),
        (reworked(lambda xml: xml[: len(xml) // 2]), "broken"),
        (reworked(lambda xml: xml.replace(b'r="A1"', b'r="ZZZZZZ1"')), "broken"),
        ("许可证编号\nJY1\n".encode(), "headings"),
        (b"one column", "headings"),
        (",".join(["许可证编号"] * 2_000_000).encode(), "long_line"),
        (registers.as_csv([ONE]) + b"\n" + b"," * 2_000_000, "long_line"),
        (registers.as_csv([ONE]) + b"," * 500, "many_columns"),
        (registers.as_csv([ONE]) + b'"' + b"x\n" * 100_000, "broken"),
        (registers.as_xlsx([[*registers.HEADINGS.values()], ["x"] * 300]), "many_columns"),
        (registers.as_csv([]), "no_lines"),
        (registers.as_csv([ONE], encoding="utf-16")[:-1], "encoding"),
        ("许可证编号,名称\n".encode("shift_jis", "ignore") + b"\xff\xff", "encoding"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_words_and_little_memory(content, code):
    tracemalloc.start()
    assert refused(content).code == code
    assert tracemalloc.get_traced_memory()[1] < 60_000_000 + 2 * len(content)
    tracemalloc.stop()


def test_a_file_that_is_too_large_is_refused_unread():
    class Huge(io.BytesIO):
        def seek(self, offset, whence=0):
            return reading.MOST_BYTES + 1 if whence == io.SEEK_END else super().seek(offset, whence)

    with pytest.raises(BadFile) as error:
        list(reading.table(Huge(b"x"), columns.HEADED))
    assert error.value.code == "large"


def test_a_cell_a_million_rows_below_or_far_to_the_right_costs_nothing():
    far = b'<row r="1048000"><c r="XFD1048000"><v>1</v></c></row></sheetData>'
    assert len(lines_of(reworked(lambda xml: xml.replace(b"</sheetData>", far)))) == 1
    near = b'<row r="1048000"><c r="Z1048000"><v>1</v></c></row></sheetData>'
    assert len(lines_of(reworked(lambda xml: xml.replace(b"</sheetData>", near)))) == 1


def test_a_row_that_no_sheet_has_ends_the_reading():
    beyond = b'<row r="999999999999"><c r="A999999999999"><v>1</v></c></row></sheetData>'
    error = refused(reworked(lambda xml: xml.replace(b"</sheetData>", beyond)))
    assert error.code == "many_lines"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_bytes_come_the_answer_is_lines_or_a_reason(content):
    for start in (b"", "许可证编号,名称,地址,有效期起,有效期至\n".encode(), b"PK\x03\x04"):
        try:
            lines_of(start + content)
        except BadFile as error:
            assert error.code in words.FAILURES


CELLS = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.dates(), st.datetimes(), st.booleans()
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(columns.HEADINGS)), CELLS))
def test_whatever_cells_come_the_line_has_facts_or_a_problem(cells):
    line = fields.line(3, cells)
    assert line.problems or (line.number and line.operator_name and line.valid_from <= line.valid_through)
    assert all(code in words.REASONS for code, _detail in (*line.problems, *line.doubts))
