"""Where a kitchen stands against each rule of the next edition, in words, and where to do something about it.

Nobody learns here of a case under way: even that one exists would warn of the visit and lead to who reported it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ratings.editions import facts as measured
from ratings.editions import judge, ruleset
from ratings.editions.outlook import Standing
from ratings.models import Inspection
from ratings.words import spoken
from sunkitchen.registry.models import Establishment

from ..links import link

KEPT = {"open_cases"}  # facts that a kitchen is not told
PERCENT = {"seen_permille", "seen_since_reminder"}
WEEKLY = {"ledger_weekly_permille"}
# Facts by the room of the kitchen in which something can be done about them.
ROOMS = {
    "kitchen_desk": {"permit"},
    "cameras": {"cameras", "seen_permille", "seen_since_reminder"},
    "staff": {"certificates_missing", "certificates_missing_since_reminder"},
    "ledger": {"ledger_days", "ledger_weekly_permille"},
    "kitchen_duties": {"failed_samples", "outbreaks"},
    "kitchen_complaints": {"upheld_complaints", "serious_complaints"},
}


@dataclass(frozen=True)
class Line:
    """One rule. `state` is well, ill, unknown or kept; `value` and `wanted` are words."""

    code: str
    clause: str
    words: str
    state: str
    verdict: str
    value: str
    wanted: str
    do: str
    link: str


@dataclass(frozen=True)
class Outlook:
    version: str
    title: str
    red: list[Line]
    black: list[Line]

    @property
    def red_well(self) -> int:
        return sum(line.state == "well" for line in self.red)

    @property
    def red_told(self) -> int:
        """Of how many red rules the kitchen is told how it stands."""
        return sum(line.state in ("well", "ill") for line in self.red)

    @property
    def black_ill(self) -> int:
        return sum(line.state == "ill" for line in self.black)


def of(places: Iterable[Establishment], at: datetime) -> dict[int, Outlook]:
    """Of many kitchens in as many queries as of one."""
    places, rules = list(places), ruleset.current()
    known = measured.gather(places, at)
    found = {}
    for place in places:
        standings = [Standing(row.rule, row) for row in judge.judge(known[place.pk], rules).findings]
        lines = {
            colour: [_line(place, row, known[place.pk]) for row in standings if row.rule.colour == colour]
            for colour in (judge.RED, judge.BLACK)
        }
        found[place.pk] = Outlook(rules.version, _said(rules, "title"), lines[judge.RED], lines[judge.BLACK])
    return found


def _line(place: Establishment, row: Standing, known: judge.Facts) -> Line:
    rule, finding = row.rule, row.finding
    state = _state(row)
    verdicts = {
        "well": _("holds") if rule.colour == judge.RED else _("does not apply"),
        "ill": _("does not hold") if rule.colour == judge.RED else _("would apply"),
        "unknown": _("left open") if finding.outcome == judge.NOT_JUDGED else _("not known"),
        "kept": _("not told here"),
    }
    return Line(
        code=rule.code,
        clause=rule.clause,
        words=spoken(rule),
        state=state,
        verdict=verdicts[state],
        value=_("Cases under way are told when they are decided.") if state == "kept" else value(rule, finding.value),
        wanted=wanted(rule),
        do="" if state in ("well", "kept") else _said(rule, "do"),
        link=_link(place, rule.fact, known),
    )


def _state(row: Standing) -> str:
    if row.rule.fact in KEPT:
        return "kept"
    if row.finding.value is None:
        # Of a black rule an unknown fact is never held against anybody.
        return "well" if row.rule.colour == judge.BLACK else "unknown"
    return "well" if row.is_well else "ill"


def _link(place: Establishment, fact: str, known: judge.Facts) -> str:
    if fact in ("grade", "inspection"):
        visit = known.get("inspection_id")
        return link("inspection_desk", visit) if visit else ""
    for name, facts in ROOMS.items():
        if fact in facts:
            return link(name, place.code) + ("#papers" if fact == "permit" else "")
    return ""


def value(rule: judge.Rule, found: judge.Value) -> str:
    """How it stands, in words: "now 93.0%", "now none"."""
    return _("now: %(value)s") % {"value": worded(rule.fact, found)} if found is not None else _("nothing on record")


def wanted(rule: judge.Rule) -> str:
    """What the rule asks, in words; of a black one from when on it applies."""
    bound = rule.threshold
    if isinstance(bound, tuple):
        said = _(" or ").join(worded(rule.fact, one) for one in bound)
    elif rule.op == "at_least":
        said = _("at least %(value)s") % {"value": worded(rule.fact, bound)}
    elif rule.op == "below":
        said = _("none") if bound == 1 else _("below %(value)s") % {"value": worded(rule.fact, bound)}
    else:
        said = worded(rule.fact, bound)
    return (_("wanted: %(value)s") if rule.colour == judge.RED else _("applies at: %(value)s")) % {"value": said}


def worded(fact: str, found: judge.Value) -> str:
    if isinstance(found, str):
        words = {
            "in_force": _("in force"),
            "expired": _("expired"),
            "revoked": _("revoked"),
            "none": _("no grade"),
            **{str(code): str(label) for code, label in Inspection.Result.choices},
            **{str(code): str(label) for code, label in Inspection.Grade.choices},
        }
        return str(words.get(found, found))
    number = found or 0
    if fact in PERCENT:
        return f"{number // 10}%" if number % 10 == 0 else f"{number / 10:.1f}%"
    if fact in WEEKLY:
        days = f"{min(number / 1000, 7):.1f}".removesuffix(".0")
        return ngettext("%(days)s day a week", "%(days)s days a week", 1 if days == "1" else 2) % {"days": days}
    return _("none") if number == 0 else str(number)


def _said(thing: object, name: str) -> str:
    """The words of a rule or a rule set in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str(getattr(thing, f"{name}_{'en' if english else 'zh'}", ""))
