from datetime import UTC, datetime

import pytest

from streams.relay.pace import BURST, SECONDS, Pace
from streams.relay.supervisor import Report

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def pace(clock):
    return Pace(clock)


def report(state, why="", code="c"):
    return Report(code, state, why, NOON, NOON, 1)


def flap(pace, clock, times, every=1.0):
    """What was written of a camera that comes and goes."""
    written = []
    for _ in range(times):
        for state in ("live", "stalled"):
            clock.now += every
            written += [*pace.due(), *pace.take(report(state))]
    return [it.state for it in written]


def test_an_ordinary_day_is_written_as_it_is(pace, clock):
    assert flap(pace, clock, 100, every=60) == ["live", "stalled"] * 100


def test_a_flapping_camera_fills_no_records_and_is_called_interrupted(pace, clock):
    written = flap(pace, clock, 1800)  # an hour
    assert len(written) <= BURST + 3600 / SECONDS + 1
    assert written[-1] == "stalled"


def test_once_it_stays_it_is_written_as_live(pace, clock):
    flap(pace, clock, 100)
    assert pace.take(report("live")) == []
    for _ in range(60):
        clock.now += 1
        if written := pace.due():
            break
    assert [it.state for it in written] == ["live"] and clock.now - 1201 <= 2 * SECONDS
    assert pace.due() == []


def test_bad_news_is_never_held_back_behind_good_news(pace, clock):
    for _ in range(50):
        pace.take(report("live"))
        pace.take(report("stalled", "ended"))
    written = pace.take(report("live"))
    assert written == [], "the last place is kept"
    assert pace.take(report("stalled", "ended")) == [], "and what the records say already is not written twice"


def test_another_camera_is_not_slowed(pace, clock):
    flap(pace, clock, 100)
    assert pace.take(report("live", code="d"))


def test_what_another_relay_wrote_meanwhile_is_not_taken_for_ours(pace):
    assert pace.take(report("live"))
    pace.forget("c")
    assert pace.take(report("live"))
