"""Covered and moved: no alarm for people, lamps, noise and steam; none missed when the kitchen is out of sight."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.relay import likeness
from streams.relay.likeness import Confirmed, Doubt, Hint, compare, judge

from . import drawn

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
KITCHENS = range(1, 9)
NORMAL = {
    "the same": lambda p: p,
    "a sensor's noise": lambda p: drawn.noisy(p, 10),
    "a poor encoder": lambda p: drawn.encoded(p),
    "half the light": lambda p: drawn.exposed(p, gain=0.5),
    "a fifth of the contrast": lambda p: drawn.exposed(p, gain=0.2, lift=90),
    "much light": lambda p: drawn.exposed(p, gain=1.3, lift=25),
    "a lamp from the left": lambda p: drawn.lamp(p, 1),
    "a lamp from above": lambda p: drawn.lamp(p, 0),
    "steam": lambda p: drawn.steam(p),
    "a cook in front": lambda p: drawn.person(p, 220, width=200),
    "a crowd": drawn.crowd(3),
    "a crowd in dim light, encoded": lambda p: drawn.encoded(drawn.exposed(drawn.crowd(5)(p), gain=0.5)),
    "a sway of a cell": lambda p: p.transform(p.size, 0, (1, 0, 9, 0, 1, 7)),
    "a strip over half of it": lambda p: drawn.tape(p, 0.5),
}
COVERED = {
    "a hand": lambda p: drawn.hand(p, 1),
    "a bright cloth": lambda p: drawn.hand(p, 4),
    "a noisy dark cloth": lambda p: drawn.noisy(drawn.hand(p, 0), 8),
    "a bag": lambda p: drawn.bag(p),
    "tape over most of it": lambda p: drawn.tape(p, 0.9),
    "an encoded hand": lambda p: drawn.encoded(drawn.noisy(drawn.hand(p, 2), 6)),
}


def seen(seed, change=lambda p: p):
    return compare(Confirmed(drawn.gray(drawn.kitchen(seed))), drawn.gray(change(drawn.kitchen(seed))))


@pytest.mark.parametrize("seed", KITCHENS)
@pytest.mark.parametrize("what", NORMAL)
def test_what_happens_in_a_kitchen_is_no_alarm(what, seed):
    found = seen(seed, NORMAL[what])
    assert not found.covered and not found.moved, found


@pytest.mark.parametrize("seed", KITCHENS)
@pytest.mark.parametrize("what", COVERED)
def test_something_before_the_lens_is_covered(what, seed):
    found = seen(seed, COVERED[what])
    assert found.covered, found


@pytest.mark.parametrize("seed", KITCHENS)
@pytest.mark.parametrize("shift", [(40, 0), (-90, 30), (0, 70), (130, -60), (20, 20)])
def test_a_camera_turned_a_little_is_moved(shift, seed):
    found = turned(seed, shift)
    assert found.moved, found


@pytest.mark.parametrize("seed", KITCHENS)
def test_another_room_is_moved(seed):
    found = compare(Confirmed(drawn.gray(drawn.kitchen(seed))), drawn.gray(drawn.kitchen(seed + 20)))
    assert found.moved, found


def test_a_turn_by_just_the_tiles_own_pattern_is_the_miss_we_know_of():
    """Half of the blocks line up with other tiles. Nothing else in these kitchens hides a turn."""
    missed = [seed for seed in KITCHENS if not turned(seed, (80, 0)).moved]
    assert len(missed) <= 2


def turned(seed, shift):
    return compare(Confirmed(drawn.gray(drawn.kitchen(seed))), drawn.gray(drawn.kitchen(seed, shift=shift)))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.sampled_from(KITCHENS),
    people=st.integers(0, 400),
    gain=st.floats(0.4, 1.3),
    lift=st.integers(-10, 40),
    sigma=st.floats(0, 8),
    quality=st.integers(8, 60),
)
def test_a_crowd_in_any_light_through_any_encoder_is_no_alarm(seed, people, gain, lift, sigma, quality):
    def change(picture):
        picture = drawn.exposed(drawn.crowd(people)(picture), gain=gain, lift=lift)
        return drawn.encoded(drawn.noisy(picture, sigma), quality)

    found = seen(seed, change)
    assert not found.covered and not found.moved, found


def test_what_lies_behind_a_mask_is_not_compared():
    left_half = [((0, 0), (500, 0), (500, 1000), (0, 1000))]
    before, after = drawn.kitchen(1), drawn.kitchen(30)
    after.paste(before.crop((320, 0, 640, 360)), (320, 0))
    masked = compare(Confirmed(drawn.gray(before), left_half), drawn.gray(after))
    assert masked.there > 0.95
    assert compare(Confirmed(drawn.gray(before)), drawn.gray(after)).there < 0.7


def test_a_picture_that_shows_nothing_tells_nothing():
    blank = Confirmed(bytes([128]) * 2304)
    assert not blank.is_telling
    assert judge(Doubt(), blank, drawn.gray(drawn.kitchen(1)), NOON) == (Doubt(), Hint())
    everything = [((0, 0), (1000, 0), (1000, 1000), (0, 1000))]
    assert not Confirmed(drawn.gray(drawn.kitchen(1)), everything).is_telling


def looks(pictures, spacing=5.0):
    confirmed, doubt, hints = Confirmed(drawn.gray(drawn.kitchen(1))), Doubt(), []
    for number, picture in enumerate(pictures):
        doubt, hint = judge(doubt, confirmed, drawn.gray(picture), NOON + timedelta(seconds=spacing * number))
        hints.append("covered" if hint.covered else "moved" if hint.moved else "")
    return hints


def test_it_has_to_last_thirty_seconds_and_three_looks():
    hidden = drawn.hand(drawn.kitchen(1))
    assert looks([hidden] * 8) == [""] * 6 + ["covered"] * 2
    assert looks([hidden] * 3, spacing=30) == ["", "", "covered"]
    assert looks([hidden] * 2, spacing=60) == ["", ""]


def test_one_good_look_ends_it_and_the_next_doubt_begins_anew():
    fine, elsewhere = drawn.kitchen(1), drawn.kitchen(1, shift=(-90, 30))
    assert looks([elsewhere] * 7 + [fine] + [elsewhere] * 3) == [""] * 6 + ["moved"] + [""] * 4


def test_a_dark_picture_is_dark_and_neither():
    night = drawn.exposed(drawn.kitchen(1), gain=0.02)
    assert looks([night] * 9) == [""] * 9


def test_a_clock_set_back_begins_again():
    confirmed, hidden = Confirmed(drawn.gray(drawn.kitchen(1))), drawn.gray(drawn.hand(drawn.kitchen(1)))
    doubt = Doubt()
    for second in (0, 20, 40):
        doubt, hint = judge(doubt, confirmed, hidden, NOON + timedelta(seconds=second))
    assert hint.covered
    doubt, hint = judge(doubt, confirmed, hidden, NOON - timedelta(hours=1))
    assert hint == Hint() and doubt.looks == 1


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError):
        Confirmed(b"\0" * 10)
    with pytest.raises(ValueError):
        compare(Confirmed(drawn.gray(drawn.kitchen(1))), b"\0" * 10)


def test_a_look_costs_little():
    """Its work, counted and not timed: a picture that lines up is compared once, without a sway."""
    calls = []
    original = likeness._shifted
    try:
        likeness._shifted = lambda *a: calls.append(a) or original(*a)
        seen(1, NORMAL["a crowd"])
    finally:
        likeness._shifted = original
    assert calls == []
