"""A kitchen's people brought as a table: every line judged, the good ones entered together, or none."""

import io
import uuid
from datetime import date
from unittest import mock

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunkitchen.core import audit
from sunkitchen.core.files import BadUpload
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Credential, StaffMember, TableImport
from sunkitchen.registry.staff import actions as staff
from sunkitchen.registry.staff import table as people
from sunkitchen.registry.staff.posts import post_of
from sunkitchen.registry.tables import actions as tables
from sunkitchen.registry.tables import sorts, words
from tests import builders

TODAY = date(2026, 11, 22)
HEAD = ["姓名", "岗位", "手机号", "入职日期", "离职日期", "健康证编号", "发证日期", "有效期至"]


def csv_of(*lines, head=HEAD, name="people.csv"):
    text = "\n".join(",".join(map(str, line)) for line in [head, *lines])
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def xlsx_of(*lines, head=HEAD):
    book = openpyxl.Workbook()
    for line in [head, *lines]:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("people.xlsx", out.getvalue())


def check(restaurant, by, *lines, **kwargs):
    return tables.check(restaurant, by=by, sort="staff", upload=csv_of(*lines, **kwargs), today=TODAY)


def codes(row, kind="why"):
    return {line["line" if "line" in line else "number"]: [code for code, _ in line[kind]] for line in row.lines}


def said(row):
    return {line.number: words.reasons(people.SORT, line.why) for line in tables.lines_of(row, good=False)}


COOK = ["张三", "厨师", "13800000001", "2026-03-01"]
WAITER = ["李四", "服务员", "13800000002", "2026/4/1"]


def test_good_lines_become_people_and_refused_ones_are_named(restaurant, wang):
    row = check(restaurant, wang, COOK, ["", "厨师", "", "2026-01-01"], ["王五", "宇航员", "", "2026-01-01"], WAITER)
    assert (row.good, row.refused, row.state) == (2, 2, "checked")
    assert not restaurant.staff.exists()  # nothing is entered yet
    assert said(row) == {3: ["The name is missing."], 4: ["This post is not known: 宇航员"]}
    tables.land(row, by=wang, today=TODAY)
    assert set(restaurant.staff.values_list("name", "post", "mobile", "joined_on")) == {
        ("张三", "chef", "13800000001", date(2026, 3, 1)),
        ("李四", "waiter", "13800000002", date(2026, 4, 1)),
    }
    row.refresh_from_db()
    assert row.state == "landed" and [line["number"] for line in row.lines] == [3, 4]


def test_a_workbook_says_the_same_as_a_text(restaurant, wang):
    upload = xlsx_of(["张三", "厨师", 13800000001, date(2026, 3, 1)])
    row = tables.check(restaurant, by=wang, sort="staff", upload=upload, today=TODAY)
    assert row.lines[0]["facts"] | {"certificate": None} == {
        "name": "张三",
        "post": "chef",
        "mobile": "13800000001",
        "joined_on": "2026-03-01",
        "certificate": None,
    }


def test_a_certificate_becomes_a_draft_that_still_needs_its_picture(restaurant, wang):
    row = check(restaurant, wang, [*COOK, "", "浙健2026000001", "2026-02-20", "2027-02-19"])
    tables.land(row, by=wang, today=TODAY)
    [paper] = Credential.objects.filter(kind="health_certificate")
    assert (paper.state, paper.number, paper.holder) == ("draft", "浙健2026000001", "张三")
    assert paper.valid_through == date(2027, 2, 19)
    with pytest.raises(Refused, match="photo"):
        from sunkitchen.registry.credentials import actions as credentials

        credentials.submit(paper, by=wang)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["", "", "2027-02-19"], "certificate_partial"),
        (["浙健1", "2026-02-20", ""], "certificate_partial"),
        (["浙健1", "2026-02-20", "2026-02-19"], "certificate_dates"),
        (["浙健1", "2025-02-20", "2026-02-19"], "certificate_ended"),
        (["浙健1", "2026-02-20", "2029-02-19"], "certificate_long"),
    ],
)
def test_a_doubtful_certificate_is_said_and_its_person_is_taken(restaurant, wang, cells, code):
    row = check(restaurant, wang, [*COOK, "", *cells])
    assert row.good == 1 and codes(row, "notes") == {2: [code]}
    tables.land(row, by=wang, today=TODAY)
    assert restaurant.staff.count() == 1
    assert Credential.objects.count() == (1 if code == "certificate_long" else 0)


def test_who_works_here_already_is_not_entered_twice(restaurant, wang):
    builders.staff_member(restaurant, name="张三", mobile="13800000001")
    builders.staff_member(restaurant, name="李四")
    row = check(restaurant, wang, COOK, WAITER, ["张 三", "厨师", "13900000009", "2026-03-01"])
    assert codes(row) == {2: ["here"], 3: ["here_unsure"], 4: []}
    assert codes(row, "notes")[4] == ["namesake"]


def test_the_same_person_twice_in_a_table_is_refused_the_second_time(restaurant, wang):
    row = check(restaurant, wang, COOK, COOK, [*COOK[:2], "", COOK[3]], [*COOK[:2], "13900000009", COOK[3]])
    assert codes(row) == {2: [], 3: ["twice"], 4: ["twice"], 5: []}


def test_people_leave_in_bulk(restaurant, wang):
    zhang = builders.staff_member(restaurant, name="张三", mobile="13800000001", joined_on=date(2026, 1, 1))
    other = builders.staff_member(restaurant, name="张三", mobile="13900000009", joined_on=date(2026, 1, 1))
    leaving = ["张三", "", "13800000001", "", "2026-11-30"]
    unsure = ["张三", "", "", "", "2026-11-30"]
    row = check(restaurant, wang, leaving, ["赵六", "", "", "", "2026-11-30"], unsure)
    assert codes(row) == {2: [], 3: ["nobody"], 4: ["twice"]}
    assert codes(check(restaurant, wang, unsure)) == {2: ["several"]}
    tables.land(row, by=wang, today=TODAY)
    zhang.refresh_from_db(), other.refresh_from_db()
    assert (zhang.left_on, other.left_on) == (date(2026, 11, 30), None)
    assert codes(check(restaurant, wang, ["张三", "", "13900000009", "", "2025-01-01"])) == {2: ["reversed"]}


def test_two_clicks_land_a_table_once(restaurant, wang):
    row = check(restaurant, wang, COOK)
    twin = TableImport.objects.get(pk=row.pk)
    tables.land(row, by=wang, today=TODAY)
    with pytest.raises(WrongState):
        tables.land(twin, by=wang, today=TODAY)
    with pytest.raises(WrongState):
        tables.drop(twin, by=wang)
    assert restaurant.staff.count() == 1


def test_two_taps_bring_a_table_once(restaurant, wang):
    form = uuid.uuid4()
    first, second = (
        tables.check(restaurant, by=wang, sort="staff", upload=csv_of(COOK), form=form, today=TODAY) for _ in range(2)
    )
    assert first == second and TableImport.objects.count() == 1


def test_what_became_wrong_meanwhile_keeps_the_whole_table_out(restaurant, wang):
    row = check(restaurant, wang, WAITER, COOK)
    staff.add(restaurant, by=wang, name="张三", post="chef", joined_on=date(2026, 3, 1), mobile="13800000001")
    with pytest.raises(Refused, match=r"Line 3.*works here already.*Nothing was entered"):
        tables.land(row, by=wang, today=TODAY)
    row.refresh_from_db()
    assert row.state == "checked" and row.lines
    assert restaurant.staff.count() == 1


def test_a_landing_that_dies_in_the_middle_leaves_nothing(restaurant, wang):
    row = check(restaurant, wang, *[[f"员工{n}", "厨师", "", "2026-03-01"] for n in range(10)])
    before, real = AuditEntry.objects.count(), staff.add

    def dies(*args, name, **kwargs):
        if name == "员工7":
            raise MemoryError
        return real(*args, name=name, **kwargs)

    with mock.patch.object(staff, "add", dies), pytest.raises(MemoryError):
        tables.land(row, by=wang, today=TODAY)
    row.refresh_from_db()
    assert (row.state, len(row.lines)) == ("checked", 10)
    assert not restaurant.staff.exists() and AuditEntry.objects.count() == before
    tables.land(row, by=wang, today=TODAY)
    assert restaurant.staff.count() == 10


def test_a_table_taken_back_is_forgotten(restaurant, wang):
    row = check(restaurant, wang, COOK)
    tables.drop(row, by=wang)
    row.refresh_from_db()
    assert (row.state, row.lines) == ("dropped", [])
    with pytest.raises(WrongState):
        tables.land(row, by=wang, today=TODAY)


def test_lines_are_forgotten_after_a_month_entered_or_not(restaurant, wang, settings):
    from datetime import timedelta

    old, young = check(restaurant, wang, COOK), check(restaurant, wang, WAITER)
    TableImport.objects.filter(pk=old.pk).update(brought_at=old.brought_at - timedelta(days=31))
    assert tables.sweep(young.brought_at) == 1
    old.refresh_from_db(), young.refresh_from_db()
    assert (old.state, old.lines) == ("dropped", []) and young.lines


def test_the_trail_says_how_many_and_names_nobody(restaurant, wang):
    row = check(restaurant, wang, COOK, name="张三和李四.csv")
    tables.land(row, by=wang, today=TODAY)
    for entry in audit.trail(row):
        assert "张三" not in f"{entry.subject_name}{entry.detail}"


def test_nobody_brings_tables_to_a_kitchen_that_is_not_theirs(restaurant, wang, qian):
    from django.http import Http404

    with pytest.raises(Http404):
        check(restaurant, qian, COOK)
    row = check(restaurant, wang, COOK)
    with pytest.raises(Http404):
        tables.land(row, by=qian)


def test_nothing_is_entered_into_a_closed_kitchen(restaurant, wang):
    row = check(restaurant, wang, COOK)
    type(restaurant).objects.filter(pk=restaurant.pk).update(state="closed")
    with pytest.raises(Refused, match="closed"):
        tables.land(row, by=wang, today=TODAY)


@pytest.mark.parametrize(
    ("body", "match"),
    [
        (b"", "empty"),
        (b"\0\1\2", "neither"),
        (b"PK\x03\x04 nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "old kind"),
        ("姓名,电话\n张三,1\n".encode(), "missing: 岗位.*入职日期"),
        ("姓名,岗位,入职日期\n".encode(), "no line below"),
        ("姓名,岗位,入职日期\n".encode() + b"a,b,c\n" * 2001, "more than 2000 lines"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(restaurant, wang, body, match, settings):
    with pytest.raises(BadUpload, match=match):
        tables.check(restaurant, by=wang, sort="staff", upload=SimpleUploadedFile("x.csv", body), today=TODAY)
    assert not TableImport.objects.exists()
    assert not list((settings.FILES_ROOT / "originals").glob("*"))


def test_the_template_is_taken_as_it_is(restaurant, wang):
    example = [people.EXAMPLE.get(column, "") for column in people.COLUMNS]
    head = people.SORT.headings.said(people.COLUMNS)
    row = check(restaurant, wang, example, head=head)
    assert (row.good, row.refused) == (1, 0) and codes(row, "notes") == {2: []}


def test_refused_lines_come_back_as_a_table_that_can_be_brought_again(restaurant, wang):
    from sunkitchen.core.spreadsheet import csv_bytes

    row = check(restaurant, wang, ["王五", "宇航员", "13800000003", "2026-01-01"])
    lines = words.to_correct(people.SORT, tables.lines_of(row, good=False))
    assert lines[0][:2] == ["王五", "宇航员"] and "not known" in lines[0][-1]
    lines[0][1] = "厨师"
    body = csv_bytes([*people.SORT.headings.said(people.COLUMNS), "Why"], lines)
    again = tables.check(restaurant, by=wang, sort="staff", upload=SimpleUploadedFile("again.csv", body), today=TODAY)
    assert (again.good, again.refused) == (1, 0)


@pytest.mark.parametrize(
    ("said", "post"),
    [
        *(
            ("厨师", "chef"),
            ("炒锅师傅", "chef"),
            ("凉菜厨师", "cold_dishes"),
            ("Chef", "chef"),
            ("切配工", "preparation"),
        ),
        *(("洗碗工", "dishwasher"), ("服务员", "waiter"), ("传菜员", "waiter"), ("食品安全管理员", "safety")),
        *(("采购", "buyer"), ("收银员", "cashier"), ("Dishwasher", "dishwasher"), ("cold_dishes", "cold_dishes")),
        *(("粗加工切配", "preparation"), ("备餐分餐", "plating"), ("", ""), ("宇航员", ""), ("？？", "")),
    ],
)
def test_posts_are_known_by_the_words_people_use(said, post):
    assert post_of(said) == post


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=300),
    st.dates(),
    st.datetimes(),
    st.sampled_from(
        ["张三", "厨师", "2026-03-01", "13800000001", "9999-99-99", "=1+1", "\0", "\ud800", "2026-03-01\u202e"]
    ),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(st.sampled_from(people.COLUMNS), CELLS), max_size=6))
def test_hostile_lines_are_judged_and_those_that_pass_can_land(restaurant, wang, rows):
    import json

    from django.db import transaction

    lines = []
    for number, cells in enumerate(rows, 2):
        facts, why, notes = people.read_line(cells)
        json.dumps([facts, why, notes]).encode()
        lines.append(sorts.Line(number, facts=facts, why=why, notes=notes))
    good = [line for line in lines if not line.why]
    people.judge(restaurant, good, TODAY)
    good = [line for line in good if not line.why]
    for line in lines:
        words.reasons(people.SORT, [*line.why, *line.notes])
    with transaction.atomic():
        people.land(restaurant, by=wang, lines=good)
        assert StaffMember.objects.count() == len(good)
        transaction.set_rollback(True)
    people.sums_up([line.facts for line in good]), [people.show(line.facts) for line in good]
