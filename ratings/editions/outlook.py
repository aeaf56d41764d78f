"""Where a kitchen stands against every rule of the next edition, and what to do about it: for its owner's desk."""

from dataclasses import dataclass
from datetime import datetime

from sunkitchen.registry.models import Establishment

from . import facts, judge, ruleset


@dataclass(frozen=True)
class Standing:
    """One rule and how the kitchen stands: `zh`/`en` of `rule` are its words, `do_zh`/`do_en` what to do about it."""

    rule: judge.Rule
    finding: judge.Finding  # outcome: holds, fails, unknown, not_judged; value: as measured, None when unknown

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done: a red rule that holds or is not judged, a black one that does not hold."""
        if self.rule.colour == judge.BLACK:
            return self.finding.outcome != judge.HOLDS
        return self.finding.outcome in (judge.HOLDS, judge.NOT_JUDGED)


def of(establishment: Establishment, at: datetime) -> list[Standing]:
    """Every rule of the current rule set, in its order, by the facts as they are at `at` (the last thirty days)."""
    verdict = judge.judge(facts.of(establishment, at), ruleset.current())
    return [Standing(finding.rule, finding) for finding in verdict.findings]
