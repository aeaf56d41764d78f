"""Labels that no list has."""

import pytest

from sunkitchen.registry.readings import grammar

from .lines import line, read, said, turned


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("备案部门", "issuer"),
        ("经营种类", "items"),
        ("店铺地址", "address"),
        ("统一代码", "uscc"),
        ("有效日期至", "until"),
        ("身份证号", None),
    ],
)
def test_a_label_is_known_by_the_words_it_is_made_of(words, field):
    assert grammar.whole("small_eatery", words) == field


def test_a_label_longer_than_a_known_one_leaves_nothing_of_itself_in_its_value():
    fields = read("business_licence", line("经营场所地址", 100, 200), line("霁川市水磨巷484号", 300, 200))
    assert said(fields)["address"] == "霁川市水磨巷484号"


def scope_over_two_lines(beside):
    """The scope in two lines, and a word that stands under its label, left of the second."""
    return read(
        "food_permit",
        line("经营项目", 100, 200),
        line("预包装食品销售，热食类食", 300, 200),
        line(beside, 100, 230, wide=80),
        line("品制售", 300, 232),
    )


def test_an_english_word_under_the_label_does_not_end_its_value():
    assert said(scope_over_two_lines("Scope"))["items"] == "预包装食品销售，热食类食品制售"


def test_another_word_in_the_labels_column_does():
    assert said(scope_over_two_lines("备注栏"))["items"] == "预包装食品销售，热食类食"


def test_leaning_words_are_a_watermarks_and_no_value():
    leaning = turned([line("仅供审核使用", 479, 455)], 25)
    fields = read("business_licence", line("名称", 100, 480), line("霁川稻花香餐馆", 300, 480), *leaning)
    assert said(fields)["holder"] == "霁川稻花香餐馆"
