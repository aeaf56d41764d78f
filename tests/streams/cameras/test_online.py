"""The online rate: what proves a minute, what fails it, what counts for nobody."""

from hypothesis import given
from hypothesis import strategies as st

from streams.cameras import online
from streams.cameras.online import Facts, Rate

HOUR = 3600
WHOLE = [(0, 24 * HOUR)]
ALWAYS = [(float("-inf"), float("inf"))]


def day(**fields):
    return online.letters(Facts(**{"declared": WHOLE, "until": 24 * HOUR, "lived": ALWAYS, **fields}))


def spelled(runs):
    return online.lengthen(runs)


def test_a_live_picture_proves_its_minutes_and_the_rest_is_unknown():
    events = [(10 * HOUR, "live", ""), (11 * HOUR, "off", "not_wanted")]
    assert day(events=events) == spelled("600u60p780u")


def test_nothing_is_declared_outside_the_hours_nor_before_the_day_has_come_so_far():
    assert day(declared=[(9 * HOUR, 21 * HOUR)], until=12 * HOUR) == spelled("540.180u720.")
    assert day(declared=[]) == spelled("1440.")


def test_a_minute_is_judged_by_its_thirtieth_second():
    assert day(events=[(30, "live", ""), (90, "off", "")]) == spelled("1p1439u")
    assert day(events=[(31, "live", ""), (91, "off", "")]) == spelled("1u1p1438u")


def test_a_picture_that_is_live_but_still_dark_covered_or_moved_fails():
    for why in ("dark", "covered", "moved"):
        assert day(events=[(0, "live", why), (60 * 60, "off", "")]) == spelled("60f1380u")
    assert day(events=[(0, "stalled", "still"), (60 * 60, "off", "")]) == spelled("60f1380u")


def test_down_while_wanted_fails_but_not_for_what_is_ours():
    assert day(events=[(0, "backoff", "unreachable"), (HOUR, "off", "")]) == spelled("60f1380u")
    for why in ("relay", "budget", "elsewhere"):
        assert day(events=[(0, "stalled", why), (HOUR, "off", "")]) == spelled("60x1380u")


def test_two_passed_probes_prove_what_lies_between_them_unless_they_are_too_far_apart():
    assert day(probes=[(HOUR, ""), (2 * HOUR, "")]) == spelled("60u60p1320u")
    assert day(probes=[(HOUR, ""), (2 * HOUR + 1, "")]) == spelled("1440u")


def test_the_end_of_a_live_picture_is_as_good_as_a_passed_probe():
    events = [(HOUR, "live", ""), (2 * HOUR, "off", "not_wanted")]
    assert day(events=events, probes=[(2.5 * HOUR, "")]) == spelled("60u90p1290u")


def test_after_a_failed_probe_it_fails_until_the_next_proof():
    assert day(probes=[(HOUR, "dark"), (1.5 * HOUR, "dark"), (2 * HOUR, "")]) == spelled("60u60f1320u")
    live_again = [(1.25 * HOUR, "live", ""), (1.5 * HOUR, "off", "not_wanted")]
    assert day(probes=[(HOUR, "dark")], events=live_again) == spelled("60u15f15p1350u")


def test_a_failed_probe_speaks_only_as_long_as_a_passed_one():
    assert day(probes=[(HOUR, "dark")]) == spelled("60u60f1320u")


def test_switched_off_by_the_kitchen_within_its_hours_fails():
    assert day(declared=[(9 * HOUR, 21 * HOUR)], off=[(0, 10 * HOUR)]) == spelled("540.60f660u180.")


def test_minutes_without_a_relay_of_ours_are_excluded_whatever_the_rows_still_say():
    events = [(0, "live", "")]
    assert day(events=events, lived=[(0, HOUR), (2 * HOUR, 24 * HOUR)]) == spelled("60p60x1320p")
    assert day(lived=[]) == spelled("1440x")


def test_who_was_live_when_our_relay_died_is_not_proven_meanwhile_by_the_next_life():
    events = [(0, "live", ""), (2 * HOUR, "off", "not_wanted")]
    assert day(events=events, lived=[(0, HOUR), (2 * HOUR, 24 * HOUR)])[60:120] == "x" * 60


def test_half_a_district_failing_at_once_is_an_outage_and_excused():
    failed, fine, closed = spelled("10u5f1425u"), spelled("1440p"), spelled("1440.")
    days = [failed] * 5 + [fine] * 5 + [closed] * 20
    assert online.outages(days) == {10, 11, 12, 13, 14}
    assert online.excused(failed, online.outages(days)) == spelled("10u5x1425u")


def test_four_cameras_are_no_district_and_less_than_half_is_none_either():
    failed, fine = spelled("10u5f1425u"), spelled("1440p")
    assert online.outages([failed] * 4) == set()
    assert online.outages([failed] * 5 + [fine] * 6) == set()


def test_an_excuse_takes_nothing_from_those_who_were_seen():
    assert online.excused(spelled("1440p"), {1, 2}) == spelled("1440p")


def test_the_rate_is_none_where_nothing_is_known_and_never_rounds_up():
    assert Rate().permille is None
    assert Rate(unknown=30, excluded=4).permille is None
    assert Rate(proven=2, failed=1).permille == 666
    assert Rate(proven=1999, failed=1).permille == 999
    assert online.rate(spelled("600.120p60f30u30x600.")) == Rate(120, 60, 30, 30)
    assert Rate(1, 2, 3, 4) + Rate(10, 20, 30, 40) == Rate(11, 22, 33, 44)


# ── a second, slow and obvious reading: minute by minute ────────────────────────────────────────────────────
def inside(second, spans):
    return any(begin <= second < end for begin, end in spans)


def obvious(facts):
    looked = []  # every second at which somebody looked, with what was seen: (second, fine, is a probe)
    for at, why in facts.probes:
        looked.append((at, at, not why, True))
    for index, (begin, state, why) in enumerate(facts.events):
        end = facts.events[index + 1][0] if index + 1 < len(facts.events) else float("inf")
        if state in ("live", "stalled", "backoff") and why not in ("relay", "budget", "elsewhere"):
            for alive, dead in facts.lived:
                first, last = max(begin, alive), min(end, dead, facts.until)
                if first < last:
                    looked.append((first, last, state == "live" and not why, False))
    return "".join(minute(facts, 60 * number + 30, looked) for number in range(1440))


def minute(facts, second, looked):
    if second >= facts.until or not inside(second, facts.declared):
        return "."
    if not inside(second, facts.lived):
        return "x"
    if inside(second, facts.off):
        return "f"
    past = [event for event in facts.events if event[0] <= second]
    if past:
        _at, state, why = past[-1]
        if state == "live":
            return "f" if why else "p"
        if state in ("stalled", "backoff"):
            return "x" if why in ("relay", "budget", "elsewhere") else "f"
    before = [look for look in looked if look[0] <= second]
    after = [look for look in looked if look[0] > second]
    if not before:
        return "u"
    last = max(before)
    following = min(after) if after else None
    if last[2] and following and following[2] and following[0] - last[1] <= facts.apart:
        return "p"
    if last[3] and not last[2] and second < last[1] + facts.apart:
        return "f"
    return "u"


seconds = st.integers(-7200, 30 * HOUR)
spans = st.lists(
    st.tuples(seconds, st.integers(1, 9 * HOUR)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=4
)
apart_spans = (
    st.lists(seconds, max_size=8, unique=True).map(sorted).map(lambda at: list(zip(at[::2], at[1::2], strict=False)))
)
states = st.sampled_from(["off", "starting", "live", "stalled", "backoff"])
whys = st.sampled_from(["", "", "dark", "still", "covered", "relay", "budget", "unreachable"])


@st.composite
def a_day(draw):
    moments = draw(st.lists(seconds, unique=True, max_size=14).map(sorted))
    kinds = draw(st.lists(st.booleans(), min_size=len(moments), max_size=len(moments)))
    events = [(at, draw(states), draw(whys)) for at, is_event in zip(moments, kinds, strict=True) if is_event]
    probes = [(at, draw(whys)) for at, is_event in zip(moments, kinds, strict=True) if not is_event]
    return Facts(
        declared=draw(spans),
        until=draw(st.integers(0, 26 * HOUR)),
        lived=draw(apart_spans | st.just(ALWAYS)),
        events=events,
        probes=probes,
        off=draw(spans),
        apart=draw(st.sampled_from([1800, 3600, 7200])),
    )


@given(a_day())
def test_the_fast_reading_and_the_obvious_one_agree(facts):
    assert online.letters(facts) == obvious(facts)


@given(st.text(alphabet=".pfux", min_size=1440, max_size=1440))
def test_a_day_survives_being_written_as_runs(letters):
    runs = online.shorten(letters)
    assert online.lengthen(runs) == letters
    assert sum(minutes for _first, minutes, _letter in online.stretches(runs)) == 1440
