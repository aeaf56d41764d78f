"""A clock that jumps, and the timeline that goes on; in ticks of a millisecond and pictures of 40."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.timeline import ClockJumps, Timeline

SECOND, FRAME = 90_000, 3600


def placed(times, timeline=None, at=None):
    """Where each part is put, `times` in ticks; how long it lasts is told as ffmpeg does, by the next one."""
    timeline = timeline or Timeline(SECOND)
    durations = [b - a if b > a else FRAME for a, b in itertools.pairwise(times)] + [FRAME]
    return [
        timeline.place(time, duration, at(number) if at else None)
        for number, (time, duration) in enumerate(zip(times, durations, strict=True))
    ]


def steps(found):
    return [b[0] - a[0] for a, b in itertools.pairwise(found)]


def test_times_that_are_well_are_left_alone():
    times = [number * FRAME + number % 3 * 50 for number in range(500)]
    assert [time for time, _ in placed(times)] == times


@pytest.mark.parametrize("jump", [6, 3600, 10**6, -6, -3600])
def test_a_jump_is_a_frame(jump):
    times = [10**12 + number * FRAME + (jump * SECOND if number >= 50 else 0) for number in range(100)]
    found = placed(times)
    assert set(steps(found)) == {FRAME} and {duration for _, duration in found} == {FRAME}


def standing(count):
    """What ffmpeg makes of a clock that was set back: the times stand still, but for a tick a frame."""
    times = [number * FRAME for number in range(50)]
    return times + [times[-1] + 1 + number for number in range(count)]


def test_times_that_stand_still_go_on_at_the_usual_pace_and_leave_no_hole():
    found = placed(standing(100))
    assert found[-1][0] == pytest.approx(149 * FRAME, abs=10)
    for (time, duration), (next_one, _) in itertools.pairwise(found[:-1]):
        assert time + duration >= next_one


def test_and_stay_with_the_clock_on_our_wall():
    """The camera came to send 20 pictures a second in place of 25 while its times stood still."""
    found = placed(standing(1000), at=lambda number: number * 0.04 if number < 50 else 2 + (number - 50) * 0.05)
    assert (found[-1][0] - found[60][0]) / SECOND == pytest.approx(989 * 0.05, abs=0.5)


def test_a_picture_in_pieces_is_no_jump():
    times = [number // 2 * FRAME + number % 2 for number in range(200)]
    assert [time for time, _ in placed(times)] == times


def test_a_camera_that_often_forgets_to_look_at_its_clock_is_no_jumping_one_and_gains_no_time():
    """Each second six pictures under one time, then the right one again."""
    times = [
        (number - min(number % 25, 6)) * FRAME + number % 25 if number % 25 < 6 else number * FRAME
        for number in range(1000)
    ]
    found = placed(times)
    assert found[-1][0] == pytest.approx(999 * FRAME, abs=FRAME)
    assert all(step > 0 for step in steps(found))


def test_times_that_move_again_after_an_hour_go_on_where_we_are():
    times = standing(1000) + [51 * FRAME + number * FRAME for number in range(100)]
    found = placed(times)
    assert all(0 < step <= 3 * FRAME for step in steps(found))
    assert found[-1][0] == pytest.approx(1149 * FRAME, abs=3 * FRAME)


def test_a_first_part_that_lasts_no_time_is_no_jump():
    """So ffmpeg begins: times of the first picture are not set."""
    times = [0, 1, 2] + [2 + number * FRAME for number in range(1, 50)]
    assert [time for time, _ in placed(times)] == times


def test_three_jumps_in_a_row_are_too_many_but_not_with_calm_between():
    def times(between):
        shift, found = 0, []
        for number in range(4 * between):
            shift += 100 * SECOND if number and number % between == 0 else 0
            found.append(number * FRAME + shift)
        return found

    with pytest.raises(ClockJumps):
        placed(times(100))
    assert set(steps(placed(times(300)))) == {FRAME}


@given(jumps=st.lists(st.integers(-(10**9), 10**9), max_size=60))
def test_whatever_the_clock_does_the_timeline_never_goes_back(jumps):
    timeline, time, last = Timeline(SECOND), 10**12, None
    for jump in jumps:
        time += jump
        try:
            placed_at, duration = timeline.place(time, FRAME)
        except ClockJumps:
            return
        assert last is None or placed_at >= last
        assert duration <= 5 * SECOND
        last = placed_at
