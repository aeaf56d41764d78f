"""The judgement, pure: facts against a rule set give a verdict that explains itself. A person decides on it.

A red listing needs every red rule to hold; one black rule that holds proposes black. An unknown fact never holds.
Source: `docs` of the rule set itself (rules/*.toml) and domain.md, "Red and black list".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ratings.months import months_later

RED, BLACK, NONE = "red", "black", ""

Value = str | int | None
Facts = Mapping[str, Value]  # by name; None is unknown

HOLDS, FAILS, UNKNOWN, NOT_JUDGED = "holds", "fails", "unknown", "not_judged"


@dataclass(frozen=True)
class Rule:
    code: str
    colour: str
    clause: str
    fact: str
    op: str  # a key of OPERATIONS
    threshold: str | int | tuple[str, ...]
    term_months: int
    zh: str
    en: str
    when_unknown: str = UNKNOWN  # NOT_JUDGED where this version says openly that it does not measure the fact yet
    basis: str = ""
    document: str = ""
    binding: str = ""
    do_zh: str = ""  # what a kitchen does about it
    do_en: str = ""

    def check(self, facts: Facts) -> "Finding":
        return Finding(self, self.outcome(facts), facts.get(self.fact))

    def outcome(self, facts: Facts) -> str:
        value = facts.get(self.fact)
        if value is None:
            return self.when_unknown
        return HOLDS if OPERATIONS[self.op](value, self.threshold) else FAILS


@dataclass(frozen=True)
class Finding:
    rule: Rule
    outcome: str
    value: Value


@dataclass(frozen=True)
class RuleSet:
    version: str
    title_zh: str
    title_en: str
    objection_workdays: int
    rules: tuple[Rule, ...]

    def of(self, colour: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.colour == colour)

    def black(self, code: str) -> Rule:
        """The black rule of that code. KeyError when there is none."""
        for rule in self.of(BLACK):
            if rule.code == code:
                return rule
        raise KeyError(code)

    def term(self, colour: str, code: str, published: date) -> date:
        """The last day of a term that begins on `published`; for red the shortest of its rules."""
        months = self.black(code).term_months if colour == BLACK else min(r.term_months for r in self.of(RED))
        return months_later(published, months)


@dataclass(frozen=True)
class Verdict:
    colour: str  # RED, BLACK or NONE
    findings: tuple[Finding, ...]  # of every rule, in the rule set's order

    def of(self, colour: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.rule.colour == colour)

    @property
    def black(self) -> tuple[Finding, ...]:
        """The black rules that hold."""
        return tuple(finding for finding in self.of(BLACK) if finding.outcome == HOLDS)

    @property
    def against_red(self) -> tuple[Finding, ...]:
        """The red rules that keep it off the red list."""
        return tuple(finding for finding in self.of(RED) if finding.outcome not in (HOLDS, NOT_JUDGED))


def judge(facts: Facts, rules: RuleSet) -> Verdict:
    """Black if any black rule holds; red if every red rule holds (at least one judged); otherwise none."""
    findings = tuple(rule.check(facts) for rule in rules.rules)
    verdict = Verdict(NONE, findings)
    if verdict.black:
        return Verdict(BLACK, findings)
    judged = any(finding.outcome == HOLDS for finding in verdict.of(RED))
    return Verdict(RED if judged and not verdict.against_red else NONE, findings)


class Table:
    """A rule set laid out for judging very many: the same judgement without its explanation."""

    def __init__(self, rules: RuleSet):
        self._red, self._black = rules.of(RED), rules.of(BLACK)

    def black(self, facts: Facts) -> list[Rule]:
        """The black rules that hold."""
        return [rule for rule in self._black if rule.outcome(facts) == HOLDS]

    def is_red(self, facts: Facts) -> bool:
        """Whether every red rule holds, at least one of them judged. Of a kitchen that no black rule speaks of."""
        judged = False
        for rule in self._red:
            outcome = rule.outcome(facts)
            if outcome not in (HOLDS, NOT_JUDGED):
                return False
            judged = judged or outcome == HOLDS
        return judged


def _is(value: str | int, threshold: object) -> bool:
    return value == threshold


def _one_of(value: str | int, threshold: object) -> bool:
    return isinstance(threshold, tuple) and value in threshold


def _at_least(value: str | int, threshold: object) -> bool:
    return isinstance(value, int) and isinstance(threshold, int) and value >= threshold


def _below(value: str | int, threshold: object) -> bool:
    return isinstance(value, int) and isinstance(threshold, int) and value < threshold


OPERATIONS = {"is": _is, "one_of": _one_of, "at_least": _at_least, "below": _below}
