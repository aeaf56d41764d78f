"""When an incident begins and when it is over: only what somebody has seen changes anything."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.incidents.judge import KINDS, Judgement, Known, Probed, judge

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def ago(minutes=0.0):
    return NOON - timedelta(minutes=minutes)


def begun(state, why, minutes, **fields):
    told = judge(Known(state, why, ago(minutes), ago(minutes), **fields), NOON)
    return set(told.begun)


@pytest.mark.parametrize(("why", "minutes"), [("covered", 1), ("moved", 1), ("dark", 10)])
def test_a_live_picture_that_looks_wrong_long_enough_begins_one(why, minutes):
    assert begun("live", why, minutes) == {why}
    assert begun("live", why, minutes - 0.5) == set()


def test_no_picture_for_five_minutes_begins_one_in_declared_hours_only():
    assert begun("stalled", "unreachable", 5) == {"interrupted"}
    assert begun("backoff", "no_push", 4) == set()
    assert begun("stalled", "unreachable", 5, in_hours=False) == set()
    assert begun("live", "dark", 60, in_hours=False) == set()


def test_a_frozen_picture_begins_one_at_once_and_a_frozen_dark_one_is_dark():
    assert begun("stalled", "still", 0) == {"still"}
    assert begun("stalled", "dark", 10) == {"dark"}


@pytest.mark.parametrize("why", ["relay", "budget", "elsewhere", "schedule", "disabled"])
def test_what_is_ours_or_meant_begins_and_ends_nothing(why):
    assert judge(Known("stalled", why, ago(60), ago(60)), NOON) == Judgement()
    assert judge(Known("live", "", ago(60), ago(60), vouched=False), NOON) == Judgement()


def test_a_fine_picture_ends_all_and_a_covered_one_all_others():
    assert judge(Known("live", "", ago(), ago()), NOON).over == set(KINDS)
    assert judge(Known("live", "covered", ago(), ago(0.1)), NOON).over == set(KINDS) - {"covered"}
    assert judge(Known("backoff", "unreachable", ago(9), ago(9)), NOON).over == set()


def test_where_nobody_looks_nothing_begins_and_nothing_ends():
    assert judge(Known("off", "not_wanted", ago(90), ago(90)), NOON) == Judgement()
    assert judge(Known("starting", "", ago(0), ago(0)), NOON) == Judgement()


def probed(*probes):
    return judge(Known("off", "not_wanted", None, None, probes=tuple(Probed(ago(m), why) for m, why in probes)), NOON)


def test_a_probe_speaks_for_a_camera_that_nobody_watches():
    assert probed((3, "")).over == set(KINDS)
    assert set(probed((3, "covered"), (33, "")).begun) == {"covered"}


def test_a_camera_that_does_not_answer_needs_two_probes_in_a_row_five_minutes_apart():
    assert probed((3, "unreachable")).begun == {}
    assert probed((3, "unreachable"), (5, "unreachable")).begun == {}
    assert probed((3, "unreachable"), (33, "")).begun == {}
    assert probed((3, "unreachable"), (33, "no_picture")).begun == {"interrupted": (ago(33), "unreachable")}


def test_a_probe_that_our_own_relay_could_not_make_says_nothing():
    assert probed((3, "relay"), (33, "relay")) == Judgement()
