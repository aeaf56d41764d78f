"""What becomes of a register's lines: judged against what is known, without a database."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunkitchen.registry.register import fields, picture, words
from sunkitchen.registry.register.deciding import decide
from sunkitchen.registry.register.picture import Kitchen, Paper, World
from tests.registry import registers

TODAY = date(2026, 11, 22)
DIVISION = "999901"


def line(serial=1, at=2, **facts):
    return fields.line(at, registers.entry(serial, valid_from="2024-05-13", valid_through="2029-05-12") | facts)


def judged(lines, world=None):
    world = world or World()
    return decide(lines, world, division=DIVISION, today=TODAY), world


def reloaded(world):
    """The picture as the database would give it back."""
    kitchens = deepcopy(world.kitchens)
    for row, kitchen in enumerate(kitchens, 1):
        kitchen.row, kitchen.before = row, {}
        for number, paper in enumerate(kitchen.papers, 100 * row):
            paper.row, paper.before = number, {}
    return World(kitchens)


def kitchen(**facts):
    """One that is known, with its permit: of the register, or handed in when it is owned."""
    one = line()
    owned = facts.pop("owned", False)
    paper = Paper(
        row=1,
        kind="food_permit",
        number=one.number,
        holder=one.operator_name,
        issuer=one.issuer,
        items=one.items,
        valid_from=one.valid_from,
        valid_through=one.valid_through,
        state="in_force",
        from_register=not owned,
    )
    names = ("operator_name", "uscc", "address", "signboard", "category")
    known = {**{name: getattr(one, name) for name in names}, "division": DIVISION, "papers": [paper], "owned": owned}
    return Kitchen(row=1, **{**known, **facts})


def codes(decision):
    return [code for code, _detail in decision.why]


def facts_of(world):
    return sorted(
        (
            *(k.operator_name, k.uscc, k.address, k.signboard, k.category, k.phone, k.state, k.closing_reason),
            sorted(
                (p.kind, p.number, p.holder, p.valid_from, str(p.valid_through), p.state, p.items) for p in k.papers
            ),
        )
        for k in world.kitchens
    )


# ── new and known ───────────────────────────────────────────────────────────────────────────────────────────
def test_an_unknown_permit_makes_a_kitchen_that_is_open():
    [decision], world = judged([line()])
    assert decision.outcome == "created"
    [place] = world.kitchens
    assert (place.state, place.division, place.papers[0].state) == ("open", DIVISION, "in_force")


def test_an_expired_permit_is_taken_as_it_is():
    [decision], world = judged([line(valid_from="2019-01-01", valid_through="2023-12-31")])
    assert (decision.outcome, codes(decision)) == ("created", ["expired"])
    assert world.kitchens[0].papers[0].state == "in_force", "expired on read"


def test_the_same_again_changes_nothing():
    [decision], world = judged([line()], World([kitchen()]))
    assert decision.outcome == "unchanged"
    assert not world.kitchens[0].changed


def test_a_newer_term_replaces_the_older():
    [decision], world = judged([line(valid_from="2026-05-13", valid_through="2031-05-12")], World([kitchen()]))
    assert decision.outcome == "updated"
    assert [p.state for p in world.kitchens[0].papers] == ["replaced", "in_force"]


def test_a_term_that_has_not_begun_leaves_the_older_until_then():
    [decision], world = judged([line(valid_from="2027-05-13", valid_through="2032-05-12")], World([kitchen()]))
    assert decision.outcome == "updated"
    assert [p.state for p in world.kitchens[0].papers] == ["in_force", "in_force"]


def test_an_older_register_rolls_nothing_back():
    old = line(valid_from="2019-05-13", valid_through="2024-05-12", signboard="旧招牌")
    [decision], world = judged([old], World([kitchen()]))
    assert (decision.outcome, codes(decision)) == ("unchanged", ["expired", "older"])
    assert not world.kitchens[0].changed


def test_a_register_corrects_its_own_words():
    [decision], world = judged([line(valid_through="2029-05-13", address="海澜市新路 9 号")], World([kitchen()]))
    assert decision.outcome == "updated"
    assert world.kitchens[0].address == "海澜市新路 9 号"
    assert len(world.kitchens[0].papers) == 1


def test_a_new_number_of_the_same_operator_at_the_same_address_is_the_same_kitchen():
    number = registers.permit_number(77)
    [decision], world = judged(
        [line(permit=number, valid_from="2026-06-01", valid_through="2031-05-31")], World([kitchen()])
    )
    assert decision.outcome == "updated"
    assert [(p.number == number, p.state) for p in world.kitchens[0].papers] == [
        (False, "replaced"),
        (True, "in_force"),
    ]


def test_two_counters_of_one_operator_at_one_address_are_two_kitchens():
    lines = [line(), line(permit=registers.permit_number(77), at=3)]
    decisions, world = judged(lines)
    assert [d.outcome for d in decisions] == ["created", "created"]
    assert len(world.kitchens) == 2


# ── what the owner says stays ───────────────────────────────────────────────────────────────────────────────
def test_signboard_and_phone_of_a_claimed_kitchen_stay_its_owners():
    news = line(signboard="别的招牌", phone="0576-1", category="大型餐馆", address="海澜市新路 9 号")
    [_decision], world = judged([news], World([kitchen(owned=True, papers=[kitchen().papers[0]])]))
    place = world.kitchens[0]
    assert (place.signboard, place.phone, place.category) == (kitchen().signboard, "", kitchen().category)
    assert place.address == "海澜市新路 9 号", "the permit says where"
    _again, open_to_all = judged([news], World([kitchen()]))
    assert open_to_all.kitchens[0].signboard == "别的招牌"


def test_a_paper_that_was_handed_in_stays_and_what_differs_is_said():
    [decision], world = judged([line(valid_through="2029-06-30")], World([kitchen(owned=True)]))
    assert (decision.outcome, decision.why) == ("unchanged", [("differs", ["valid_through"])])
    assert world.kitchens[0].papers[0].valid_through == date(2029, 5, 12)


def test_a_number_under_another_name_is_refused_and_overwrites_nothing():
    theirs = kitchen(owned=True, operator_name="别家餐饮有限公司", uscc="")
    [decision], world = judged([line()], World([theirs]))
    assert (decision.outcome, codes(decision)) == ("refused", ["held_by_another"])
    assert not world.kitchens[0].changed and decision.kitchen is theirs


def test_the_same_operator_under_a_new_name_is_no_conflict():
    [decision], world = judged([line(operator_name="改名餐饮有限公司")], World([kitchen(owned=True)]))
    assert decision.outcome == "updated"
    assert world.kitchens[0].operator_name == "改名餐饮有限公司"


def test_a_kitchen_of_another_authority_is_left_alone():
    [decision], _world = judged([line()], World([kitchen(division="888801")]))
    assert codes(decision) == ["held_elsewhere"]


def test_a_permit_from_elsewhere_is_refused_unless_the_register_names_the_division():
    number = registers.permit_number(5, division="888801")
    assert codes(judged([line(permit=number)])[0][0]) == ["other_division"]
    assert judged([line(permit=number, division="999901")])[0][0].outcome == "created"


# ── the file contradicts itself ─────────────────────────────────────────────────────────────────────────────
def test_a_number_given_twice_with_other_facts_refuses_both():
    lines = [line(), line(at=3, address="另一条路 1 号"), line(2, at=4)]
    decisions, _world = judged(lines)
    assert [d.outcome for d in decisions] == ["refused", "refused", "created"]
    assert decisions[0].why == [("twice", [3])]


def test_the_very_same_line_twice_counts_once():
    decisions, _world = judged([line(), line(at=3)])
    assert [d.outcome for d in decisions] == ["created", "unchanged"]


# ── revoked ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("owned", [True, False])
def test_a_revoked_permit_closes_its_kitchen_with_the_registers_word(owned):
    [decision], world = judged([line(state="吊销")], World([kitchen(owned=owned)]))
    place = world.kitchens[0]
    assert codes(decision) == ["revoked", "closed"]
    assert (place.state, place.closing_reason, place.closed_by_authority) == ("closed", "吊销", True)
    assert (place.papers[0].state, place.papers[0].reason) == ("revoked", "吊销")
    [again], _world = judged([line(state="吊销")], reloaded(world))
    assert again.outcome == "unchanged"


def test_a_kitchen_with_another_permit_stays_open():
    second = replace(kitchen().papers[0], row=2, number=registers.permit_number(77), valid_from=date(2026, 1, 1))
    first = replace(kitchen().papers[0], state="replaced")
    [_decision], world = judged([line(state="注销")], World([kitchen(papers=[first, second])]))
    assert world.kitchens[0].state == "open"


def test_what_the_register_closed_a_new_permit_opens_and_what_others_closed_stays_closed():
    _one, world = judged([line(state="注销")], World([kitchen()]))
    fresh = line(permit=registers.permit_number(77), valid_from="2026-06-01", valid_through="2031-05-31")
    [decision], after = judged([fresh], reloaded(world))
    assert "opened" in codes(decision) and after.kitchens[0].state == "open"
    [decision], after = judged([fresh], World([kitchen(state="closed")]))
    assert "closed_here" in codes(decision) and after.kitchens[0].state == "closed"


def test_old_and_new_number_in_one_file_make_one_open_kitchen():
    old = line(state="注销", valid_from="2021-05-13", valid_through="2026-05-12")
    new = line(permit=registers.permit_number(77), at=3, valid_from="2026-05-13", valid_through="2031-05-12")
    _decisions, world = judged([new, old])
    [place] = world.kitchens
    assert (place.state, sorted(p.state for p in place.papers)) == ("open", ["in_force", "revoked"])


def test_the_business_licence_comes_with_it_and_may_last_without_end():
    one = fields.line(2, registers.entry(1) | {"licence_from": "2020-01-01", "licence_through": "长期"})
    _decisions, world = judged([one])
    licence = world.kitchens[0].papers[1]
    assert (licence.kind, licence.number, licence.valid_through) == ("business_licence", one.uscc, None)


def test_a_kitchen_that_the_register_moved_is_not_found_at_its_old_address_by_the_next_line():
    held, after = registers.entry(1), registers.entry(2)
    held |= {"operator_name": "甲餐饮", "uscc": registers.uscc(2), "address": "南兴路2号"}
    after |= {
        "operator_name": "乙餐饮",
        "uscc": registers.uscc(2),
        "address": "南兴路2号",
        "valid_from": date(2025, 1, 1),
    }
    _decisions, known = judged([fields.line(2, held)])
    moved = held | {"uscc": registers.uscc(1), "address": "南兴路 1 号"}
    decisions, world = judged([fields.line(2, moved), fields.line(3, after)], reloaded(known))
    assert [decision.outcome for decision in decisions] == ["updated", "created"]
    assert sorted(place.operator_name for place in world.kitchens) == ["乙餐饮", "甲餐饮"]


# ── whatever comes ──────────────────────────────────────────────────────────────────────────────────────────
DAYS = st.sampled_from([date(2016, 1, 1) + timedelta(days=400 * step) for step in range(14)])


@st.composite
def entries(draw):
    """Lines that collide on purpose: few numbers, few operators, few addresses."""
    first = draw(DAYS)
    who = draw(st.integers(1, 3))
    return registers.entry(draw(st.integers(1, 5))) | {
        "operator_name": draw(st.sampled_from(["甲餐饮", "乙餐饮"])),
        "uscc": draw(st.sampled_from([registers.uscc(who), ""])),
        "address": draw(st.sampled_from(["南兴路 1 号", "南兴路2号"])),
        "signboard": draw(st.sampled_from(["", "老码头", "新码头"])),
        "category": draw(st.sampled_from(["", "大型餐馆", "小吃店"])),
        "valid_from": first,
        "valid_through": first + timedelta(days=draw(st.sampled_from([300, 1800]))),
        "state": draw(st.sampled_from(["有效", "有效", "有效", "注销"])),
        "licence_from": draw(st.sampled_from([None, date(2015, 1, 1), date(2018, 1, 1)])),
    }


@settings(max_examples=400, deadline=None)
@given(st.lists(entries(), min_size=1, max_size=8), st.lists(entries(), max_size=5), st.randoms())
def test_any_file_twice_changes_nothing_and_any_order_makes_the_same_kitchens(later, earlier, random):
    _before, known = judged([fields.line(at, cells) for at, cells in enumerate(earlier, 2)])
    for place in known.kitchens:
        place.owned = random.random() < 0.3
    start = reloaded(known)
    lines = [fields.line(at, cells) for at, cells in enumerate(later, 2)]
    shuffled = lines[:]
    random.shuffle(shuffled)
    other = deepcopy(start)
    first, world = judged(lines, start)
    _first, mirror = judged(shuffled, World(other.kitchens))
    assert facts_of(world) == facts_of(mirror)
    again, after = judged(lines, reloaded(world))
    # Where the register has given a number to another code since, renames cross: a person may have to look again.
    codes = {cells["permit"]: cells["uscc"] for cells in earlier}
    if all(cells["uscc"] == codes.get(cells["permit"], cells["uscc"]) for cells in later):
        assert {decision.outcome for decision in again} <= {"unchanged", "refused"}
        assert facts_of(after) == facts_of(world)
        landed = {d.line.at for d in first if d.outcome != "refused"}
        assert not [d for d in again if d.outcome == "refused" and d.line.at in landed]
    said = [pair for decision in (*first, *again) for pair in decision.why]
    assert all(words.reason(*pair) != pair[0] for pair in said), "every code has words"


def test_names_are_compared_as_people_read_them():
    assert picture.plain("海澜（示例） 餐饮") == picture.plain("海澜(示例)餐饮")
