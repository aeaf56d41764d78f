"""Numbers on papers: their shape refuses, their check digit only warns."""

from datetime import date

import pytest

from sunkitchen.registry import numbers
from sunkitchen.registry.credentials.checks import Facts, checks
from sunkitchen.registry.credentials.expiry import term

# Seen on published permits.
REAL = "JY11108071215650 JY11105050876919 JY13301080111719 JY13301860112412 JY23506230105266 JY14419082492249".split()


@pytest.mark.parametrize("number", REAL)
def test_real_permits_pass(number):
    assert numbers.food_permit(number) == number
    assert numbers.food_permit_passes(number)


@pytest.mark.parametrize("typed", ["jy2 3506 2301 05266", "ＪＹ２３５０６２３０１０５２６６", " JY23506230105266\n"])
def test_a_number_is_read_however_it_is_typed(typed):
    assert numbers.food_permit(typed) == "JY23506230105266"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("JY2350623010526O", "0 is not O"),
        ("23506230105266", "begins with JY"),
        ("JY235062301", "here are 9"),
        ("JY" + "1" * 10_000, "here are 10000"),
        ("JY２３５０６２３０１０５２⑥", "digits only"),
        ("", "begins with JY"),
    ],
)
def test_a_number_of_another_shape_is_refused_in_words(typed, words):
    with pytest.raises(numbers.BadNumber, match=words):
        numbers.food_permit(typed)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91512081MA62K0260E"])
def test_real_credit_codes_pass(code):
    assert numbers.uscc_passes(numbers.uscc(code.lower()))


def test_a_credit_code_with_a_wrong_check_character_only_fails_the_check():
    assert not numbers.uscc_passes(numbers.uscc("91350100M000100Y44"))


@pytest.mark.parametrize("typed", ["", "9135", "91350100M000100Y4O", "9135 0100 M000 100Y 4 3 1"])
def test_a_credit_code_of_another_shape_is_refused(typed):
    with pytest.raises(numbers.BadNumber):
        numbers.uscc(typed)


def paper(**more):
    given = {
        "kind": "food_permit",
        "number": "JY29999010000010",
        "holder": "海澜海上明月餐饮有限公司",
        "valid_from": date(2024, 5, 13),
        "valid_through": date(2029, 5, 12),
        "operator_name": "海澜海上明月餐饮有限公司",
        "division": "999901",
        "uscc": "",
    }
    return Facts(**{**given, **more})


def warnings(today=date(2026, 11, 22), **more):
    return {check.field: check.words for check in checks(paper(**more), today) if check.level == "warn"}


def test_a_sound_paper_raises_no_doubt():
    assert warnings() == {}


@pytest.mark.parametrize(
    ("field", "words", "more"),
    [
        ("number", "check digit", {"number": "JY29999010000013"}),
        ("number", "999901", {"number": REAL[0]}),
        ("holder", "another name", {"operator_name": "别家"}),
        ("valid_from", "future", {"valid_from": date(2026, 11, 23)}),
        ("valid_through", "expired", {"valid_through": date(2026, 11, 21)}),
        ("valid_through", "30 days", {"valid_through": date(2026, 12, 22)}),
        ("valid_through", "five years", {"valid_through": date(2030, 5, 12)}),
    ],
)
def test_what_is_doubtful_is_said_beside_its_field(field, words, more):
    assert words in warnings(**more)[field]


def test_the_last_day_to_apply_leaves_fifteen_working_days():
    due = term(date(2026, 12, 31), workdays_before=15, remind_days=30)
    assert due.last == date(2026, 12, 10)
    assert due.stage(date(2026, 11, 9)) is None
    assert due.stage(date(2026, 11, 10)) == "soon"
    assert due.stage(date(2026, 12, 10)) == "last_day"
    assert due.stage(date(2026, 12, 11)) == due.stage(date(2026, 12, 31)) == "late"
    assert due.stage(date(2027, 1, 1)) == "expired"


def test_the_last_day_to_apply_is_a_working_day():
    # Spring Festival 2026 lies between: ten days without work.
    assert term(date(2026, 3, 2), workdays_before=15, remind_days=30).last < date(2026, 2, 5)
