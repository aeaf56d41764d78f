"""Labels that no list has."""

import pytest

from sunkitchen.registry.readings import grammar

from .lines import line, read, said


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
