"""The lot itself, pure: the same from the same, fair by weight, blind to who would rather not be drawn."""

import hashlib
import hmac
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.draws import redraw
from sunkitchen.core import translog

SEED = "ab" * 32


@st.composite
def pools(draw):
    codes = draw(st.lists(st.text("abcdefgh234", min_size=2, max_size=4), min_size=1, max_size=12, unique=True))
    numbers = draw(st.lists(st.sampled_from([f"HL-{n:04}" for n in range(9)]), min_size=3, max_size=7, unique=True))
    weights = [draw(st.integers(1, 4)) for _code in codes]
    # One conflict a kitchen at most: two of three inspectors are always left.
    conflicts = [[draw(st.sampled_from(numbers)), code] for code in codes if draw(st.booleans())]
    kitchens = [
        {"code": code, "division": "999901", "weight": weight} for code, weight in zip(codes, weights, strict=True)
    ]
    return {"kitchens": kitchens, "inspectors": numbers, "conflicts": conflicts}


def slow(pool, count, seed, beacon):
    """As the head of redraw.py tells a reader to do it by hand, with one list of lots for each weight."""
    key = hashlib.sha256(bytes.fromhex(seed) + beacon.encode("utf-8")).digest()
    i = 0

    def below(n):
        nonlocal i
        while True:
            number = int(hmac.new(key, i.to_bytes(8, "big"), hashlib.sha256).hexdigest(), 16)
            i += 1
            if number < 2**256 - (2**256 % n):
                return number % n

    lots = [
        kitchen["code"]
        for kitchen in sorted(pool["kitchens"], key=lambda k: k["code"])
        for _ in range(kitchen["weight"])
    ]
    taken, drawn = Counter(), []
    while len(drawn) < count:
        code = lots[below(len(lots))]
        lots = [lot for lot in lots if lot != code]
        pair = []
        while len(pair) < 2:
            free = sorted(n for n in pool["inspectors"] if [n, code] not in pool["conflicts"] and n not in pair)
            fewest = [n for n in free if taken[n] == min(taken[m] for m in free)]
            pair.append(fewest[below(len(fewest))])
        taken.update(pair)
        drawn.append([code, *pair])
    return drawn


@settings(deadline=None)
@given(pools(), st.data(), st.binary(min_size=32, max_size=32).map(bytes.hex), st.text(max_size=10))
def test_a_slow_and_obvious_second_implementation_agrees(pool, data, seed, beacon):
    beacon = "".join(sign for sign in beacon if not 0xD800 <= ord(sign) <= 0xDFFF)
    count = data.draw(st.integers(1, len(pool["kitchens"])))
    drawn = redraw.draw(pool, count, seed, beacon)
    assert drawn == slow(pool, count, seed, beacon)
    assert drawn == redraw.draw(pool, count, seed, beacon), "the same from the same"


@settings(deadline=None)
@given(pools(), st.data(), st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_every_kitchen_at_most_once_two_inspectors_and_no_conflict(pool, data, seed):
    count = data.draw(st.integers(1, len(pool["kitchens"])))
    drawn = redraw.draw(pool, count, seed)
    codes = [code for code, _lead, _second in drawn]
    assert len(codes) == len(set(codes)) == count
    for code, lead, second in drawn:
        assert lead != second
        assert [lead, code] not in pool["conflicts"] and [second, code] not in pool["conflicts"]


@settings(deadline=None)
@given(pools(), st.data(), st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_without_conflicts_nobody_gets_more_than_one_visit_more_than_another(pool, data, seed):
    pool = {**pool, "conflicts": []}
    drawn = redraw.draw(pool, len(pool["kitchens"]), seed)
    load = Counter(number for _code, *pair in drawn for number in pair)
    counts = [load[number] for number in pool["inspectors"]]
    assert max(counts) - min(counts) <= 1


def test_the_order_in_which_the_pool_is_written_changes_nothing():
    kitchens = [{"code": f"k{n:02}", "division": "999901", "weight": n % 4 + 1} for n in range(20)]
    pool = {"kitchens": kitchens, "inspectors": ["a", "b", "c"], "conflicts": []}
    turned = {"kitchens": kitchens[::-1], "inspectors": ["c", "a", "b"], "conflicts": []}
    assert redraw.draw(pool, 9, SEED) == redraw.draw(turned, 9, SEED)


def test_a_higher_weight_is_drawn_more_often_in_proportion():
    """The first kitchen of 4,000 draws from fixed seeds, against its weight: chi-square with 3 degrees of freedom."""
    pool = {
        "kitchens": [
            {"code": code, "division": "", "weight": weight} for code, weight in zip("abcd", (1, 2, 3, 4), strict=True)
        ],
        "inspectors": ["x", "y"],
        "conflicts": [],
    }
    count = 4000
    first = Counter(redraw.draw(pool, 1, f"{n:064x}")[0][0] for n in range(count))
    square = sum(
        (first[code] - count * weight / 10) ** 2 / (count * weight / 10)
        for code, weight in zip("abcd", (1, 2, 3, 4), strict=True)
    )
    assert square < 16.27, f"p < 0.001: {first}"


def test_numbers_have_no_bias_at_the_edge():
    """What would favour small remainders is thrown away."""
    limit = 2**256 - 2**256 % 10
    assert redraw.below(10, iter([limit, 2**256 - 1, limit - 1])) == 9


def test_another_public_number_gives_another_draw():
    pool = {
        "kitchens": [{"code": f"k{n:03}", "division": "", "weight": 1} for n in range(200)],
        "inspectors": ["a", "b", "c", "d"],
        "conflicts": [],
    }
    drawn = [redraw.draw(pool, 20, SEED, beacon) for beacon in ("", "07 11", "07 12")]
    assert len({tuple(map(tuple, each)) for each in drawn}) == 3


@pytest.mark.parametrize("count", [0, -1, 3])
def test_nothing_is_drawn_from_too_small_a_pool(count):
    pool = {"kitchens": [{"code": "a", "division": "", "weight": 1}] * 2, "inspectors": ["x", "y"], "conflicts": []}
    with pytest.raises(ValueError):
        redraw.draw(pool, count, SEED)


@given(
    st.recursive(
        st.integers(-(2**53), 2**53) | st.text(alphabet='aé海\n"\\/\u2028'),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc_"), inner),
    )
)
def test_its_canonical_bytes_are_those_of_the_log(value):
    try:
        expected = translog.canonical(value)
    except (TypeError, ValueError):
        return
    assert redraw.canonical(value) == expected
