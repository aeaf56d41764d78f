"""Rule set 2026-4, edge by edge: each threshold, and that what is unknown holds for nobody."""

import pytest

from ratings.editions import facts, judge, ruleset

RULES = ruleset.load("2026-4")
EDGES = {  # holds at, does not hold at
    "R1": ("in_force", "expired"),
    "R2": ("A", "B"),
    "R3": (1, 0),
    "R4": (950, 949),
    "R5": (0, 1),
    "R6": (0, 1),
    "R7": (1000, 999),
    "R8": (0, 1),
    "R9": (0, 1),
    "B1": ("fails", "mostly"),
    "B2": ("revoked", "in_force"),
    "B3": (1, 0),
    "B4": (1, 0),
    "B5": (499, 500),
    "B6": (1, 0),
    "B7": (1, 0),
}
GOOD = {
    **facts.NOTHING,
    "permit": "in_force",
    "grade": "A",
    "inspection": "conforms",
    "cameras": 1,
    "seen_permille": 950,
    "ledger_weekly_permille": 1000,
    "certificates_missing": 0,
}


def test_every_rule_has_its_edges_here():
    assert set(EDGES) == {rule.code for rule in RULES.rules}


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.code)
def test_a_rule_holds_to_its_threshold_and_no_further(rule):
    holds, fails = EDGES[rule.code]
    assert rule.outcome({rule.fact: holds}) == judge.HOLDS
    assert rule.outcome({rule.fact: fails}) == judge.FAILS
    assert rule.outcome({}) in (judge.UNKNOWN, judge.NOT_JUDGED)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.code)
def test_the_quick_judgement_and_the_one_with_reasons_agree(rule):
    table = judge.Table(RULES)
    for value in (*EDGES[rule.code], None):
        known = {**GOOD, rule.fact: value}
        verdict = judge.judge(known, RULES)
        assert table.black(known) == [finding.rule for finding in verdict.black]
        if not verdict.black:
            assert table.is_red(known) == (verdict.colour == judge.RED)
        bad = EDGES[rule.code][rule.colour == "red"]
        if value == bad:
            assert verdict.colour == (judge.BLACK if verdict.black else judge.NONE)


def test_whoever_keeps_every_rule_is_red_and_whose_facts_are_unknown_is_nothing():
    assert judge.judge(GOOD, RULES).colour == judge.RED
    assert judge.judge({}, RULES).colour == judge.NONE
    assert not judge.Table(RULES).is_red({})


def test_every_rule_judges_a_fact_that_is_measured_and_says_what_to_do():
    for rule in RULES.rules:
        assert rule.fact in facts.NOTHING
        assert rule.do_zh and rule.do_en


def test_hard_facts_stay_for_up_to_a_year_and_the_camera_binds_by_commitment_alone():
    terms = {rule.code: rule.term_months for rule in RULES.of("black")}
    assert terms == {"B1": 3, "B2": 3, "B3": 12, "B4": 3, "B5": 3, "B6": 3, "B7": 12}
    assert RULES.black("B5").binding == "commitment" and "123" in RULES.black("B5").basis


def test_what_to_do_is_said_in_both_languages_or_in_none():
    text = (ruleset.FOLDER / "2026-4.toml").read_text(encoding="utf-8")
    with pytest.raises(ruleset.BadRules, match="one language"):
        ruleset.parse("\n".join(line for line in text.splitlines() if not line.startswith("do_en")))
