"""Leases by a clock in our hands. The rows' side: test_lease_rows.py."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from streams.relay.child import PATIENCE
from streams.relay.lease import ELSEWHERE, HELD, LAPSED, PENDING, SURE_SECONDS, TTL_SECONDS, Leases
from tests.streams.relay.conftest import Clock


@pytest.fixture
def leases(clock):
    return Leases(clock)


def test_what_was_taken_is_held_for_ten_seconds_from_the_asking(leases, clock):
    assert leases.standing("c") == PENDING
    asked_at, clock.now = clock.now, clock.now + 3
    leases.taken(asked_at, {"c"}, {"c": 7})
    assert leases.standing("c") == HELD and leases.epoch("c") == 7
    clock.now += 6.9
    assert leases.holds("c")
    clock.now += 0.2
    assert leases.standing("c") == LAPSED and leases.held() == {"c": 7}, "it is asked for again"


def test_a_renewal_in_time_goes_on_and_one_after_a_lapse_revives(leases, clock):
    leases.taken(clock.now, {"c"}, {"c": 7})
    clock.now += 60
    leases.renewed(clock.now, {"c": 7}, {"c": 7})
    assert leases.holds("c")


def test_a_slow_answer_does_not_shorten_what_a_later_one_gave(leases, clock):
    leases.taken(clock.now, {"c"}, {"c": 7})
    clock.now += 9
    leases.renewed(clock.now, {"c": 7}, {"c": 7})
    leases.renewed(clock.now - 8, {"c": 7}, {"c": 7})
    clock.now += 9
    assert leases.holds("c")


@pytest.mark.parametrize("found", [{}, {"c": 8}])
def test_what_another_relay_took_is_lost_at_once(leases, clock, found):
    leases.taken(clock.now, {"c"}, {"c": 7})
    leases.renewed(clock.now, {"c": 7}, found)
    assert leases.standing("c") == ELSEWHERE and leases.epoch("c") is None


def test_an_answer_about_an_older_epoch_says_nothing_of_the_new_one(leases, clock):
    leases.taken(clock.now, {"c"}, {"c": 7})
    leases.given_back(set())
    leases.taken(clock.now, {"c"}, {"c": 9})
    leases.renewed(clock.now, {"c": 7}, {})
    assert leases.holds("c")


def test_what_nobody_needs_is_given_back_unless_somebody_looks_through_it(leases, clock):
    leases.taken(clock.now, {"a", "b", "c"}, {"a": 1, "b": 2, "c": 3})
    leases.pin("b")
    assert leases.given_back({"a"}) == {"c": 3}
    assert leases.standing("c") == PENDING and leases.holds("a") and leases.holds("b")
    leases.unpin("b")
    assert leases.given_back({"a"}) == {"b": 2}


class Table:
    """The one row, as the conditional UPDATEs of lease_actions treat it."""

    def __init__(self):
        self.node, self.epoch, self.expires_at = "", 0, 0.0

    def take(self, node, now):
        if self.node != "" and self.expires_at >= now:
            return {}
        self.node, self.epoch, self.expires_at = node, self.epoch + 1, now + TTL_SECONDS
        return {"c": self.epoch}

    def renew(self, node, now):
        if self.node != node:
            return {}
        self.expires_at = now + TTL_SECONDS
        return {"c": self.epoch}

    def give_back(self, node, epoch, now):
        if (self.node, self.epoch) == (node, epoch):
            self.node, self.expires_at = "", now


class Node:
    """A relay that wants the camera: its loop ticks unless it stands still, its thread asks the database."""

    def __init__(self, name, clock, table):
        self.name, self.clock, self.table = name, clock, table
        self.leases = Leases(clock)
        self.child_until = None  # running: inf; ended, but perhaps not gone: that moment; None: none
        self.started_under = 0
        self.question = None  # (what, asked at, asked for, the answer once there is one)
        self.ticked_at = clock.now
        self.is_stalled = False

    @property
    def is_running(self):
        return self.child_until is not None and self.child_until > self.clock.now

    def tick(self):
        self.ticked_at = self.clock.now
        if self.leases.holds("c"):
            if not self.is_running:
                self.child_until, self.started_under = float("inf"), self.leases.epoch("c")
        elif self.child_until == float("inf"):
            self.child_until = self.clock.now + PATIENCE

    def ask(self):
        held = self.leases.held()
        self.question = ("renew" if held else "take", self.clock.now, held, None)

    def reach_database(self):
        what, asked_at, held, _ = self.question
        answer = getattr(self.table, what)(self.name, self.clock.now)
        self.question = (what, asked_at, held, answer)

    def hear(self):
        what, asked_at, held, answer = self.question
        self.question = None
        if what == "take":
            self.leases.taken(asked_at, {"c"}, answer)
        else:
            self.leases.renewed(asked_at, held, answer)


TICK_SECONDS = 0.5  # between two looks of a living loop: daemon.TICK_SECONDS


NODES = st.sampled_from([0, 1])
STEPS = st.sampled_from([1, 2, 10, 20, 30, 31, 40])  # of half a second


class TwoRelays(RuleBasedStateMachine):
    """Loops stand still, answers come late or never, the database is away, children take their time to end."""

    loops_may_stand_still = True

    def __init__(self):
        super().__init__()
        self.clock, self.table = Clock(), Table()
        self.nodes = [Node(name, self.clock, self.table) for name in ("one", "two")]
        self.both_since, self.longest = None, 0.0

    @rule(steps=STEPS)
    def time_passes(self, steps):
        for _ in range(steps):
            self.clock.now += TICK_SECONDS
            for node in self.nodes:
                if not node.is_stalled:
                    node.tick()
            self.look()

    def look(self):
        one, two = self.nodes
        self.longest = max(self.longest, *(self.clock.now - node.ticked_at for node in self.nodes))
        if not (one.is_running and two.is_running):
            self.both_since = None
            return
        self.both_since = self.both_since or self.clock.now
        together = self.clock.now - self.both_since
        late = (
            TICK_SECONDS + PATIENCE - (TTL_SECONDS - SURE_SECONDS)
        )  # below zero: what a loop may stand still for free
        assert self.longest + late > 0, "two children, and both loops were alive all the time"
        assert together <= self.longest + late

    @invariant()
    def who_writes_is_one(self):
        """However late its loop: rows are written under one epoch, the last that was taken."""
        claims = [node.leases.epoch("c") for node in self.nodes]
        assert len([epoch for epoch in claims if epoch == self.table.epoch and epoch]) <= 1

    @rule(which=NODES)
    def a_loop_stands_still_or_goes_on(self, which):
        self.nodes[which].is_stalled = self.loops_may_stand_still and not self.nodes[which].is_stalled

    @rule(which=NODES)
    def somebody_asks(self, which):
        node = self.nodes[which]
        if not node.is_stalled and node.question is None:
            node.ask()

    @rule(which=NODES, before=st.just(0) | STEPS, after=st.just(0) | STEPS)
    def the_database_answers(self, which, before, after):
        """`before` it is reached, `after` until the loop hears it."""
        self.somebody_asks(which)
        node = self.nodes[which]
        if node.question is None:
            return
        self.time_passes(before)
        node.reach_database()
        self.time_passes(after)
        if node.is_stalled:
            node.question = None  # heard too late to matter
        else:
            node.hear()

    @rule(which=NODES)
    def the_database_is_away(self, which):
        self.nodes[which].question = None

    @rule(which=NODES)
    def it_is_given_back(self, which):
        node = self.nodes[which]
        if not node.is_stalled and not node.is_running:
            for epoch in node.leases.given_back(set()).values():
                self.table.give_back(node.name, epoch, self.clock.now)


class TwoLivingRelays(TwoRelays):
    """Answers come late or never, the database is away: no two children for a moment."""

    loops_may_stand_still = False


TwoRelays.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TwoLivingRelays.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
test_two_relays_run_one_camera_no_longer_than_a_loop_stood_still = TwoRelays.TestCase
test_two_relays_whose_loops_live_never_run_one_camera = TwoLivingRelays.TestCase
