"""How a kitchen stands to a requirement, whatever it holds: what is not there is never called met."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from sunkitchen.registry.requirements import needed, rules
from sunkitchen.registry.requirements.needed import Check, Given, Held, Paper

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
RULES = rules.of("331083", TODAY).requirements
LICENCE = next(rule for rule in RULES if rule.code == "licence")
PERMIT = next(rule for rule in RULES if rule.code == "permit")
STANDINGS = [*needed.OF_STANDING, "draft", "replaced"]
DAYS = st.integers(-500, 500).map(lambda days: TODAY + days * DAY)

# A busy machine draws slowly, which says nothing about the rules.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)

papers = st.builds(
    Paper,
    pk=st.integers(1, 99),
    kind=st.sampled_from(sorted(rules.KINDS)),
    standing=st.sampled_from(STANDINGS),
    way=st.sampled_from(["upload", "shared", "own_check"]),
    valid_from=DAYS,
    valid_through=st.none() | DAYS,
    submitted_on=st.none() | DAYS,
)
CODES = st.sampled_from([rule.code for rule in RULES])
checks = st.builds(Check, pk=st.just(1), state=st.sampled_from("open confirmed not_found dropped".split()), due_on=DAYS)
promises = st.builds(
    Given, pk=st.just(1), state=st.sampled_from("open kept broken released".split()), due_on=DAYS, ended_on=DAYS
)
kitchens = st.builds(
    Held,
    category=st.sampled_from(sorted(rules.CATEGORIES)),
    papers=st.lists(papers, max_size=4),
    checks=st.dictionaries(CODES, checks),
    given=st.dictionaries(CODES, promises),
    broken_on=st.none() | DAYS,
    photos=st.frozensets(st.sampled_from(sorted(rules.PHOTOS))),
    posts=st.frozensets(st.sampled_from(sorted(rules.POSTS))),
    delivered_on=st.none() | DAYS.filter(lambda day: day <= TODAY),
    staff=st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 1)).map(
        lambda told: (max(told[:2]), min(told[:2]), told[2])
    ),
    cameras=st.integers(0, 2),
    is_open=st.booleans(),
    is_bound=st.booleans(),
    registers=st.frozensets(st.sampled_from(sorted(rules.KINDS))),
)


def judged(rule, held, today=TODAY):
    return needed.judge(rule, held, today, 12)


@patient
@drawn(kitchens, st.sampled_from(RULES))
def test_what_is_met_is_there(held, rule):
    found = judged(rule, held)
    if not found.is_met or rule.sort != rules.PAPER:
        return
    [paper] = {row for row in held.papers if row.pk == found.paper and row.standing == found_standing(found)} or [None]
    assert paper is not None
    assert paper.kind in rule.papers


def found_standing(found):
    return {"met": "in_force", "expiring": "expiring", "renewal_pending": "renewal_pending"}[found.state]


@patient
@drawn(kitchens, st.sampled_from(RULES))
def test_without_a_paper_that_stands_nothing_makes_it_met(held, rule):
    """Whatever was promised, asked or looked up: an expired or revoked paper, and a broken word, are never met."""
    dead = [row for row in held.papers if row.standing not in ("in_force", "expiring", "renewal_pending")]
    found = judged(rule, replace(held, papers=dead))
    if rule.sort == rules.PAPER:
        assert not found.is_met
        assert found.level != "ok"


@patient
@drawn(kitchens, st.sampled_from(RULES))
def test_a_promise_counts_until_its_day_and_not_longer(held, rule):
    found = judged(rule, held)
    if found.state == needed.PROMISED:
        promise = held.given[rule.code]
        assert promise.state == "open"
        assert promise.due_on >= TODAY
        later = judged(rule, held, promise.due_on + DAY)
        assert later.state != needed.PROMISED


@patient
@drawn(kitchens, st.sampled_from(RULES))
def test_nobody_who_broke_their_word_gives_it_again_within_the_year(held, rule):
    if held.broken_on is not None and needed.months_after(held.broken_on, 12) >= TODAY:
        assert rules.UNDERTAKING not in judged(rule, held).offers


@patient
@drawn(kitchens, st.sampled_from(RULES))
def test_only_ways_of_the_rule_are_offered_and_none_where_it_is_met(held, rule):
    found = judged(rule, held)
    assert set(found.offers) <= set(rule.ways)
    if found.state in (needed.MET, needed.RENEWAL, needed.WAITING):
        assert found.offers == ()
    if found.level == "bad":
        assert rules.UPLOAD in found.offers


@patient
@drawn(kitchens, st.sampled_from(RULES), DAYS)
def test_a_kept_word_rests_on_the_thing_itself(held, rule, due):
    fate = needed.keeps(rule, held, Given(1, "open", due), TODAY, 12)
    assert (fate == "kept") == judged(rule, replace(held, given={}, checks={})).is_met
    if fate == "broken":
        assert due < TODAY


def paper(standing, **fields):
    defaults = {"pk": 7, "kind": "business_licence", "standing": standing, "way": "upload", "valid_from": TODAY}
    return Paper(**{**defaults, **fields})


def kitchen(*rows, **fields):
    return Held(category="small", papers=rows, **fields)


@pytest.mark.parametrize(
    ("standing", "state", "level"),
    [
        ("in_force", "met", "ok"),
        ("renewal_pending", "renewal_pending", "ok"),
        ("expiring", "expiring", "warn"),
        ("submitted", "waiting", "warn"),
        ("not_yet", "not_yet", "warn"),
        ("returned", "returned", "bad"),
        ("expired", "expired", "bad"),
        ("revoked", "revoked", "bad"),
        ("draft", "missing", "bad"),
        ("replaced", "missing", "bad"),
    ],
)
def test_each_standing_of_a_paper_has_its_state(standing, state, level):
    found = judged(LICENCE, kitchen(paper(standing)))
    assert (found.state, found.level) == (state, level)


def test_a_paper_in_force_speaks_before_its_renewal_and_before_what_was():
    held = kitchen(paper("expired", pk=1), paper("in_force", pk=2), paper("submitted", pk=3), paper("returned", pk=4))
    assert judged(LICENCE, held).paper == 2


def test_of_what_was_the_last_speaks():
    older = paper("expired", pk=1, valid_through=TODAY - 400 * DAY)
    newer = paper("revoked", pk=2, valid_through=TODAY + 400 * DAY)
    assert judged(LICENCE, kitchen(older, newer)).state == "revoked"


def test_what_was_revoked_is_not_promised():
    held = kitchen(paper("revoked"), given={"licence": Given(1, "open", TODAY + DAY)})
    found = judged(LICENCE, held)
    assert found.state == "revoked"
    assert rules.UNDERTAKING not in found.offers


def test_a_promise_that_is_over_but_not_swept_yet_is_broken_already():
    held = kitchen(given={"licence": Given(1, "open", TODAY - DAY)})
    found = judged(LICENCE, held)
    assert (found.state, found.level) == ("broken", "bad")
    assert rules.UNDERTAKING not in found.offers


def test_a_paper_handed_in_by_its_day_is_not_a_broken_word_while_the_clerk_reads():
    promise = Given(1, "open", TODAY - DAY)
    in_time = kitchen(paper("submitted", submitted_on=TODAY - DAY), given={"licence": promise})
    too_late = kitchen(paper("submitted", submitted_on=TODAY), given={"licence": promise})
    returned = kitchen(paper("returned", submitted_on=TODAY - DAY), given={"licence": promise})
    assert judged(LICENCE, in_time).state == "waiting"
    fates = [needed.keeps(LICENCE, held, promise, TODAY, 12) for held in (in_time, too_late, returned)]
    assert fates == ["open", "broken", "broken"]


def test_a_year_after_a_broken_word_one_may_be_given_again():
    held = kitchen(broken_on=date(2025, 11, 22))
    assert rules.UNDERTAKING not in judged(LICENCE, held).offers
    assert rules.UNDERTAKING in judged(LICENCE, held, TODAY + DAY).offers


def test_a_register_is_offered_only_where_there_is_one():
    assert judged(LICENCE, kitchen()).offers == ("upload", "own_check", "undertaking")
    assert "shared" in judged(LICENCE, kitchen(registers=frozenset({"business_licence"}))).offers


def test_while_the_bureau_looks_one_may_still_hand_it_in():
    held = kitchen(checks={"licence": Check(3, "open", TODAY + 5 * DAY)})
    found = judged(LICENCE, held)
    assert (found.state, found.level, found.check) == ("asked", "warn", 3)
    assert found.offers == ("upload",)


def test_a_small_place_in_zhejiang_is_served_by_either_paper():
    small = next(rule for rule in RULES if rule.code == "permit" and "snack" in rule.categories)
    for kind in ("food_permit", "small_eatery"):
        assert judged(small, kitchen(paper("in_force", kind=kind))).is_met
    assert not judged(PERMIT, kitchen(paper("in_force", kind="small_eatery"))).is_met


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_end_with_the_month(day, months, then):
    assert needed.months_after(day, months) == then
