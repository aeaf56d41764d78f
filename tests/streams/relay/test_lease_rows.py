"""Leases as rows: two relays on one database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from streams.cameras import lease_actions
from streams.cameras import relay_actions as actions
from streams.models import Camera, CameraEvent, Lease, RelayRun
from streams.relay import rows as rows_module
from streams.relay.lease import Leases
from streams.relay.rows import Rows
from streams.relay.supervisor import Report
from tests import builders

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def camera(restaurant):
    return builders.camera(restaurant, source="rtsp", wanted_until=at(3600))


def take(camera, node, seconds, **how):
    taken = lease_actions.take([camera.code], node=node, at=at(seconds), **how)
    return taken[camera.code].epoch if taken else None


def test_a_camera_is_taken_by_the_first_and_by_another_only_after_the_last_renewal_ran_out(camera):
    assert take(camera, "one", 0) == 1
    assert take(camera, "two", 14) is None
    assert lease_actions.renew({camera.code: 1}, node="one", at=at(14)) == {camera.code: 1}
    assert take(camera, "two", 29) is None
    assert take(camera, "two", 29.1) == 2
    assert lease_actions.renew({camera.code: 1}, node="one", at=at(30)) == {}
    assert Lease.objects.get().expires_at == at(44.1), "a late renewal moves nothing"


def test_nobody_takes_even_its_own_twice(camera):
    take(camera, "one", 0)
    assert take(camera, "one", 5) is None, "a namesake on another machine is another relay"


def test_a_lease_given_back_is_free_at_once_but_not_one_that_another_took(camera):
    take(camera, "one", 0)
    lease_actions.give_back({camera.code: 1}, node="one", at=at(1))
    assert take(camera, "two", 1) == 2
    lease_actions.give_back({camera.code: 1}, node="one", at=at(2))
    assert take(camera, "three", 3) is None


def test_a_restarted_relay_takes_its_own_back_at_once_under_a_higher_epoch(camera):
    take(camera, "one", 0)
    actions.set_right(at(1), node="one")
    assert take(camera, "one", 1) > 1


def test_a_push_brings_the_lease_to_where_it_arrives(camera):
    take(camera, "one", 0)
    assert take(camera, "two", 1, from_others=True) == 2


def test_a_new_camera_needs_no_row_and_an_unknown_one_is_nobodys(camera):
    assert lease_actions.take(["nosuch"], node="one", at=NOON) == {}
    assert Lease.objects.count() == 0
    assert take(camera, "one", 0) == 1


def test_all_leases_are_renewed_in_one_update(camera, restaurant, django_assert_num_queries):
    codes = [camera.code, *(builders.camera(restaurant, source="rtsp").code for _ in range(5))]
    held = {code: lease.epoch for code, lease in lease_actions.take(codes, node="one", at=NOON).items()}
    with django_assert_num_queries(2):  # and one look at what is still ours
        assert lease_actions.renew(held, node="one", at=at(5)) == held


def claim(node, epoch):
    return lease_actions.Claim(node, epoch)


def note(camera, state, by, seconds=1, epoch=9):
    return actions.note_state(camera.code, state=state, why="", since=at(seconds), at=at(seconds), epoch=epoch, by=by)


def test_a_zombie_writes_nothing(camera):
    old, new = take(camera, "one", 0), take(camera, "two", 20)
    assert note(camera, "live", claim("two", new), 21)
    before = Camera.objects.values().get(pk=camera.pk)
    late = claim("one", old)
    assert not note(camera, "stalled", late, 22, epoch=1000)
    assert not note(camera, "stalled", claim("one", None), 22, epoch=1000), "nor by saying that it has no lease"
    assert not actions.note_errors(camera.code, ["late"], at=at(22), by=late)
    assert not actions.note_poster(camera.code, at=at(22), by=late)
    assert Camera.objects.values().get(pk=camera.pk) == before
    assert CameraEvent.objects.count() == 1


def test_what_was_said_before_it_was_given_back_is_still_written(camera):
    epoch = take(camera, "one", 0)
    lease_actions.give_back({camera.code: epoch}, node="one", at=at(1))
    assert note(camera, "off", claim("one", epoch), 2)


def test_each_relay_vouches_for_its_own_and_for_interruptions_that_are_nobodys(camera, restaurant):
    theirs, box = builders.camera(restaurant, source="rtsp"), builders.camera(restaurant, source="push")
    left = builders.camera(restaurant, source="rtsp")
    for row, node in ((camera, "one"), (theirs, "two"), (left, "gone"), (box, "gone")):
        note(row, "stalled" if row is box else "live", claim(node, take(row, node, 0)))
        if node == "gone":
            lease_actions.give_back({row.code: 1}, node="gone", at=at(1))
    silent = builders.camera(restaurant, source="push")
    note(silent, "stalled", claim("killed", take(silent, "killed", -20)), seconds=-19)
    actions.note_seen(at(8), node="one")
    vouched = set(Camera.objects.filter(seen_at=at(8)).values_list("pk", flat=True))
    assert vouched == {camera.pk, box.pk, silent.pk}, "nobody vouches for a live picture that nobody has"


def test_a_restart_sets_right_its_own_and_the_silent_ones_rows_but_not_its_neighbours(camera, restaurant):
    theirs, silent = (builders.camera(restaurant, source="rtsp", wanted_until=at(3600)) for _ in range(2))
    for row, node, seconds in ((camera, "one", 50), (theirs, "two", 50), (silent, "three", 0)):
        note(row, "live", claim(node, take(row, node, seconds)))
    actions.set_right(at(55), node="one")
    states = dict(Camera.objects.values_list("pk", "state"))
    assert states == {camera.pk: "off", theirs.pk: "live", silent.pk: "off"}


def rows_of(node, seconds):
    return Rows(node, leases=Leases(lambda: seconds[0]), clock=lambda: at(seconds[0]))


@pytest.mark.django_db(transaction=True)
async def test_a_silent_relays_camera_goes_on_elsewhere_with_its_since_and_a_higher_epoch(camera):
    seconds = [0.0]
    one, two = rows_of("one", seconds), rows_of("two", seconds)
    await one.set_right(at(0))
    await one.wishes(at(0), set())
    assert one.leases.holds(camera.code)
    one.note(Report(camera.code, "backoff", "unreachable", at(1), at(1), 41))
    await one.beat(at(5))
    await two.wishes(at(5), set())
    assert two.leases.standing(camera.code) == "elsewhere"

    seconds[0] = 10.0
    assert one.leases.standing(camera.code) == "lapsed", "five seconds before anybody may take it"
    seconds[0] = 15.1
    wish = (await two.wishes(at(15.1), set()))[camera.code]
    assert two.leases.holds(camera.code) and wish.epoch == 41, "read after it was taken: the next is higher"
    assert [(left.why, left.since) for left in two.inherited()] == [("unreachable", at(1))]
    assert two.inherited() == []

    one.note(Report(camera.code, "live", "", at(16), at(16), 99))
    one.note_poster(camera.code, at(16))
    await one.beat(at(16))
    await camera.arefresh_from_db()
    assert (camera.state, camera.poster_at) == ("stalled", None)
    await one.renew()
    assert one.leases.standing(camera.code) == "elsewhere"
    for rows in (one, two):
        await rows.close(at(20))


@pytest.mark.django_db(transaction=True)
async def test_without_a_database_nothing_is_renewed_and_the_next_answer_is_believed_again(camera, monkeypatch):
    seconds = [0.0]
    rows = rows_of("one", seconds)
    await rows.wishes(at(0), set())

    def away(*args, **kwargs):
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(rows_module.lease_actions, "renew", away)
        seconds[0] = 9.9
        with pytest.raises(OperationalError):
            await rows.renew()
        assert rows.leases.holds(camera.code)
        seconds[0] = 10.1
        assert rows.leases.standing(camera.code) == "lapsed"
    await rows.renew()
    assert rows.leases.holds(camera.code)
    await rows.close()


@pytest.mark.django_db(transaction=True)
async def test_a_lease_is_given_back_after_what_was_said_under_it(camera):
    seconds = [0.0]
    rows = rows_of("one", seconds)
    await rows.wishes(at(0), set())
    rows.note(Report(camera.code, "off", "not_wanted", at(1), at(1), 1))
    rows.give_back(set())
    await rows.beat(at(2))
    await camera.arefresh_from_db()
    assert camera.state == "off"
    assert (await Lease.objects.aget()).node == ""
    await rows.close()


@pytest.mark.django_db(transaction=True)
async def test_a_relays_life_is_a_row(db):
    one = rows_of("one", [0.0])
    await one.set_right(at(0))
    await one.beat(at(5))
    run = await RelayRun.objects.aget()
    assert (run.node, run.started_at, run.seen_at, run.ended_at) == ("one", at(0), at(5), None)
    await one.close(at(7))
    await run.arefresh_from_db()
    assert (run.seen_at, run.ended_at) == (at(7), at(7))


@pytest.mark.django_db(transaction=True)
async def test_a_renewal_waits_for_few_writes_however_many_are_queued(camera, monkeypatch):
    seconds, order = [0.0], []
    rows = rows_of("one", seconds)
    await rows.wishes(at(0), set())
    monkeypatch.setattr(rows_module.actions, "note_errors", lambda *args, **kwargs: order.append("write"))
    real = lease_actions.renew
    monkeypatch.setattr(
        rows_module.lease_actions, "renew", lambda *args, **kwargs: order.append("renew") or real(*args, **kwargs)
    )
    rows._writes.extend([lambda: order.append("write")] * 200)
    rows.note_errors(camera.code, ["one more"])
    await rows.renew()
    assert order.index("renew") <= rows_module.AT_A_TIME
    await rows.beat(at(1))
    assert order.count("write") == 201, "and none is forgotten"
    await rows.close()
