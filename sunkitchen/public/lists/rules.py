"""The rules of the lists, as anybody may read them: every version, every rule, by what it judges and on what basis."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from ratings.editions import fact_words, judge, ruleset
from ratings.models import Edition
from ratings.words import spoken

from ..answers import shared


@dataclass(frozen=True)
class Said:
    """One rule in the reader's language, with the words of the other language below it."""

    rule: judge.Rule
    words: str
    beside: str
    fact: str
    threshold: str
    term: str


@shared(seconds=300, reads=[])
def rules(request: HttpRequest) -> HttpResponse:
    """The rules that the next edition is drafted by."""
    return _page(request, ruleset.current())


@shared(seconds=300, reads=[])
def rules_of(request: HttpRequest, version: str) -> HttpResponse:
    """One version, for whoever checks an edition that it was published by."""
    if version not in ruleset.versions():
        raise Http404
    return _page(request, ruleset.load(version))


def _page(request: HttpRequest, shown: judge.RuleSet) -> HttpResponse:
    used = dict(
        Edition.objects.filter(state=Edition.State.PUBLISHED)
        .order_by()
        .values_list("rule_version")
        .annotate(Count("pk"))
    )
    versions = [ruleset.load(version) for version in ruleset.versions()]
    context = {
        "rules": shown,
        "title": _title(shown),
        "red": [_said(rule) for rule in shown.of(judge.RED)],
        "black": [_said(rule) for rule in shown.of(judge.BLACK)],
        "versions": [
            {
                "version": one.version,
                "title": _title(one),
                "editions": used.get(one.version, 0),
                "rules": len(one.rules),
            }
            for one in versions
        ],
        "is_current": shown.version == versions[0].version,
    }
    return render(request, "public/lists/rules.html", context)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _title(rules: judge.RuleSet) -> str:
    return rules.title_en if _english() else rules.title_zh


def _said(rule: judge.Rule) -> Said:
    return Said(
        rule,
        spoken(rule),
        rule.zh if _english() else rule.en,
        fact_words.label(rule.fact),
        fact_words.threshold(rule.fact, rule.op, rule.threshold),
        fact_words.term(rule.term_months),
    )
