"""The judgement explains itself; rules that name too little do not load."""

from datetime import date

import pytest

from ratings.editions import judge, ruleset
from ratings.months import months_later

RULES = ruleset.load("2026-2")
GOOD = {"permit": "in_force", "grade": "A", "inspection": "conforms", "cameras": 1}
TEXT = (ruleset.FOLDER / "2026-2.toml").read_text(encoding="utf-8")


def test_all_red_rules_hold_and_what_is_not_measured_is_said():
    verdict = judge.judge(GOOD, RULES)
    assert verdict.colour == judge.RED
    assert {f.rule.code for f in verdict.of("red") if f.outcome == judge.NOT_JUDGED} == {"R4", "R5", "R6", "R7"}


@pytest.mark.parametrize("fact", ["permit", "grade", "cameras"])
@pytest.mark.parametrize("value", [None, "none", 0])
def test_one_red_rule_that_fails_or_is_unknown_is_enough(fact, value):
    verdict = judge.judge({**GOOD, fact: value}, RULES)
    assert verdict.colour == judge.NONE and len(verdict.against_red) == 1


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"inspection": "fails"}, "B1"), ({"permit": "expired"}, "B2"), ({"permit": "revoked"}, "B2")],
)
def test_one_black_rule_is_enough(facts, code):
    verdict = judge.judge({**GOOD, **facts}, RULES)
    assert verdict.colour == judge.BLACK and [f.rule.code for f in verdict.black] == [code]


def test_nothing_known_is_neither_red_nor_black():
    assert judge.judge({}, RULES).colour == judge.NONE


def test_terms_are_three_months_for_black_and_six_for_red():
    assert RULES.term("black", "B1", date(2026, 11, 30)) == date(2027, 2, 28)
    assert RULES.term("red", "red", date(2026, 8, 31)) == date(2027, 2, 28)
    assert months_later(date(2027, 11, 30), 3) == date(2028, 2, 29)


@pytest.mark.parametrize("name", ["basis", "document", "binding"])
def test_a_black_rule_without_basis_document_or_binding_does_not_load(name):
    without = "\n".join(line for line in TEXT.splitlines() if not line.startswith(f"{name} ="))
    with pytest.raises(ruleset.BadRules, match=name):
        ruleset.parse(without)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "R2"', 'code = "R1"'),
        ('op = "is"', 'op = "feels_like"'),
        ('colour = "red"', 'colour = "green"'),
        ('binding = "statute"', 'binding = "habit"'),
        ("objection_workdays = 5", "objection_workdays = 0"),
        ('fact = "inspection"', 'fact = "inspection"\nwhen_unknown = "not_judged"'),
        ("[[rule]]", "[[rules]]"),
        ("version", "version ="),
    ],
)
def test_a_rule_set_that_contradicts_itself_does_not_load(old, new):
    with pytest.raises(ruleset.BadRules):
        ruleset.parse(TEXT.replace(old, new))


def test_there_is_no_rule_set_that_was_not_written():
    with pytest.raises(ruleset.BadRules):
        ruleset.load("1999-1")
