import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from streams.cameras import relay_actions as actions
from streams.models import Camera, CameraEvent
from streams.relay import rows as rows_module
from streams.relay.rows import Rows
from streams.relay.supervisor import Report
from sunkitchen.core import secrets
from tests import builders

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def camera(restaurant):
    sealed = secrets.seal("rtsp://admin:secret@10.0.0.9/live")
    return builders.camera(restaurant, source="rtsp", sealed_url=sealed)


@pytest.fixture
def push_camera(restaurant):
    return builders.camera(restaurant, source="push")


def note(camera, state, why="", epoch=1, when=NOON):
    return actions.note_state(camera.code, state=state, why=why, since=when, at=when, epoch=epoch)


def test_a_change_of_state_is_written_with_its_event(camera):
    note(camera, "live")
    note(camera, "stalled", "ended", when=at(60))
    camera.refresh_from_db()
    assert (camera.state, camera.why, camera.since, camera.last_live_at) == ("stalled", "ended", at(60), at(60))
    assert list(CameraEvent.objects.values_list("state", "why")) == [("live", ""), ("stalled", "ended")]


def test_an_older_epoch_writes_nothing(camera):
    note(camera, "live", epoch=5)
    assert not note(camera, "off", "not_wanted", epoch=4)
    camera.refresh_from_db()
    assert camera.state == "live" and CameraEvent.objects.count() == 1


def test_the_relay_vouches_for_all_states_at_once(camera, push_camera):
    note(camera, "live")
    actions.note_seen(at(5))
    camera.refresh_from_db()
    push_camera.refresh_from_db()
    assert camera.seen_at == camera.last_live_at == at(5)
    assert push_camera.seen_at is None, "nothing is claimed of a camera that is off"
    assert camera.status(at(10)).is_live
    assert camera.status(at(30)).why == "relay"


def test_the_rows_of_a_dead_relay_are_set_right(camera, push_camera, restaurant):
    unwatched = builders.camera(restaurant, source="rtsp")
    for row in (camera, push_camera, unwatched):
        note(row, "live")
    actions.note_seen(at(30))
    note(camera, "backoff", "unreachable", when=at(40))
    Camera.objects.filter(pk=camera.pk).update(wanted_until=at(200))
    interrupted = {row.code: row for row in actions.set_right(at(100))}
    assert interrupted[camera.code].since == at(40) and interrupted[camera.code].why == "unreachable"
    assert interrupted[push_camera.code].since == at(30), "it ended when it was last vouched for"
    states = dict(Camera.objects.values_list("code", "state"))
    assert states == {camera.code: "stalled", push_camera.code: "stalled", unwatched.code: "off"}


def test_only_wanted_cameras_and_those_asked_for_are_read(camera, push_camera):
    assert actions.rows(NOON, set()) == []
    Camera.objects.filter(pk=camera.pk).update(wanted_until=at(45))
    assert [row.code for row in actions.rows(NOON, set())] == [camera.code]
    assert [row.code for row in actions.rows(at(50), {push_camera.code})] == [push_camera.code]


@pytest.mark.django_db(transaction=True)
async def test_the_address_is_opened_in_memory_only_and_its_mark_changes_with_it(camera):
    rows = Rows()
    wish = (await rows.wishes(NOON, {camera.code}))[camera.code]
    assert rows.url(camera.code) == "rtsp://admin:secret@10.0.0.9/live"
    assert "secret" not in repr(wish)
    fresh = secrets.seal("rtsp://admin:other@10.0.0.9/live")
    await Camera.objects.filter(pk=camera.pk).aupdate(sealed_url=fresh)
    assert (await rows.wishes(NOON, {camera.code}))[camera.code].mark != wish.mark
    assert rows.url(camera.code).startswith("rtsp://admin:other@")
    await rows.close()


@pytest.mark.django_db(transaction=True)
async def test_an_address_that_no_key_opens_is_empty(camera):
    await Camera.objects.filter(pk=camera.pk).aupdate(sealed_url="rubbish")
    rows = Rows()
    await rows.wishes(NOON, {camera.code})
    assert rows.url(camera.code) == ""
    await rows.close()


@pytest.mark.django_db(transaction=True)
async def test_what_could_not_be_written_is_written_later_and_in_order(camera, monkeypatch):
    """The database is away for a moment: nothing is lost, and nobody vouches for what is not written."""
    rows, away = Rows(), True
    real = actions.note_state

    def note_state(*args, **kwargs):
        if away:
            raise OperationalError("away")
        return real(*args, **kwargs)

    monkeypatch.setattr(rows_module.actions, "note_state", note_state)
    for epoch, state in ((1, "starting"), (2, "live")):
        rows.note(Report(camera.code, state, "", NOON, NOON, epoch))
    await rows.beat(at(5))
    assert await CameraEvent.objects.acount() == 0
    away = False
    await rows.beat(at(10))
    events = [event.state async for event in CameraEvent.objects.order_by("pk")]
    assert events == ["starting", "live"]
    await camera.arefresh_from_db()
    assert camera.seen_at == at(10)
    await rows.close()
    await asyncio.sleep(0)
