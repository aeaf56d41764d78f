"""Released for an hour: by whom, what stops it, and what the sweep makes of it, whatever its clock says."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from ratings.editions import actions as editions
from ratings.editions import objecting, releasing
from ratings.models import Edition, Listing
from sunkitchen.accounts.models import Post
from sunkitchen.core import audit, verify
from sunkitchen.core.models import LogEntry, Notice
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders
from tests.ratings.conftest import AFTER, MONDAY

pytestmark = pytest.mark.django_db

HOUR = AFTER + timedelta(hours=9)


@pytest.fixture
def released(agreed, sun):
    releasing.release(agreed, by=sun, at_hour=HOUR, at=AFTER)
    return agreed


def test_it_comes_out_at_its_hour_under_the_name_of_whoever_released_it(released, sun):
    assert releasing.publish_due(HOUR - timedelta(seconds=1)) == 0
    assert Edition.objects.get().state == "scheduled"
    assert releasing.publish_due(HOUR) == 1
    edition = Edition.objects.get()
    assert (edition.state, edition.published_by, edition.published_at) == ("published", sun, HOUR)


def test_the_sweep_that_comes_twice_publishes_once(released):
    assert [releasing.publish_due(HOUR), releasing.publish_due(HOUR)] == [1, 0]
    assert LogEntry.objects.count() == 1


def test_a_clock_an_hour_behind_waits_and_one_ahead_publishes_as_of_its_own_time(released):
    assert releasing.publish_due(HOUR - timedelta(hours=1)) == 0
    assert releasing.publish_due(HOUR + timedelta(hours=1)) == 1
    assert Edition.objects.get().published_at == HOUR + timedelta(hours=1)


def test_a_clock_that_was_set_back_leaves_the_log_in_order(
    released, stages, hailan, zhou, good, li, ma, qin, fan, sun, log_root
):
    from datetime import date

    from ratings.editions import approving

    releasing.publish_due(HOUR + timedelta(hours=1))
    back = HOUR
    second = editions.draft(hailan, by=zhou, period_from=date(2026, 10, 1), period_to=date(2026, 10, 31), at=back)
    editions.pick(second, good, by=zhou, colour="red", reason="全部条款符合。", at=back)
    for officer in (ma, qin, fan):
        approving.approve(second, by=officer, opinion="同意。", at=back)
    editions.publish(second, by=sun, at=back)
    assert list(LogEntry.objects.order_by("seq").values_list("seq", flat=True)) == [0, 1]
    codes = [json.loads(bytes(entry.leaf))["code"] for entry in LogEntry.objects.order_by("seq")]
    assert codes == ["hailan/2026-1", "hailan/2026-2"]
    editions.settle(back)
    assert verify.main([str(log_root)]) == 0


def test_its_drafter_does_not_release_it_nor_who_took_part_or_decided(agreed, hailan, zhao, zhou, li):
    for person in (zhao, zhou, li):
        Post.objects.create(user=person, authority=hailan, role="publisher")
        with pytest.raises(Refused):
            releasing.release(agreed, by=person, at_hour=HOUR, at=AFTER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ratings_edition SET released_by_id = drafted_by_id",
        "UPDATE ratings_edition SET state = 'scheduled', released_by_id = drafted_by_id, release_at = '2026-01-01'",
        "UPDATE ratings_edition SET state = 'scheduled'",
        "UPDATE ratings_edition SET state = 'published'",
    ],
)
def test_raw_sql_cannot_release_its_own_draft(draft, red, statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("hour", [AFTER - timedelta(minutes=1), AFTER + timedelta(days=400)])
def test_an_hour_that_is_over_or_of_another_year_is_refused(agreed, sun, hour):
    with pytest.raises(Refused):
        releasing.release(agreed, by=sun, at_hour=hour, at=AFTER)


def test_before_the_chain_has_agreed_nobody_releases(draft, red, served, stages, sun):
    with pytest.raises(Refused):
        releasing.release(draft, by=sun, at_hour=HOUR, at=AFTER)


def test_while_it_waits_nothing_on_it_changes(released, red, served, zhao, li, chen, good):
    for step in (
        lambda: editions.drop(red, by=zhao, why="改日。"),
        lambda: editions.waive(served, by=li, waived_on=MONDAY.date(), statement="放弃", at=HOUR),
        lambda: editions.lodge(served, by=chen, statement="晚了。", at=HOUR),
        lambda: editions.pick(released, good, by=zhao, colour="red", reason="又来。", at=HOUR),
    ):
        with pytest.raises(Refused):
            step()
    assert Edition.objects.get().state == "scheduled"


def test_an_objection_within_its_time_stops_even_what_is_released(released, served, chen, sun):
    """A calendar that was made official meanwhile may have moved the last day."""
    service = type(served.service).objects
    from sunkitchen.core import appendonly

    with appendonly.lifted():
        service.update(served_on=HOUR.date())
    listing = Listing.objects.get(pk=served.pk)
    objecting.lodge(listing, by=chen, statement="不服。", at=HOUR)
    assert Edition.objects.get().state == "draft"
    assert Notice.objects.filter(recipient=sun, kind="listing.halted").exists()


def test_a_publisher_calls_it_back_and_nobody_else(released, zheng, zhao, li):
    for person in (zhao, li):
        with pytest.raises(Refused):
            releasing.recall(released, by=person)
    releasing.recall(released, by=zheng)
    assert releasing.publish_due(HOUR) == 0
    with pytest.raises(WrongState):
        releasing.recall(released, by=zheng)


def test_a_fact_that_fails_before_the_hour_makes_it_a_draft_again(released, good, sun):
    good.cameras.update(enabled=False)
    assert releasing.publish_due(HOUR) == 0
    edition = Edition.objects.get()
    assert (edition.state, edition.released_by, edition.release_at) == ("draft", None, None)
    assert Notice.objects.filter(recipient=sun, kind="listing.halted", channel="desk").count() == 1
    assert [entry.verb for entry in audit.trail(edition)][-1] == "edition.halted"
    assert not LogEntry.objects.exists()


def test_content_that_changed_past_the_actions_is_not_published(released):
    Listing.objects.filter(edition=released, colour="black").update(reason="改了一个字。")
    assert releasing.publish_due(HOUR) == 0
    assert Edition.objects.get().state == "draft"


def test_whoever_lost_the_post_before_the_hour_publishes_nothing(released, sun):
    Post.objects.filter(user=sun).update(ended_at=AFTER)
    assert releasing.publish_due(HOUR) == 0


def test_one_that_cannot_come_out_does_not_hold_up_another(released, good, stages, hailan, sun):
    good.cameras.update(enabled=False)
    assert releasing.publish_due(HOUR) == 0
    assert releasing.publish_due(HOUR) == 0, "and it is not tried again"


def test_two_sweeps_at_the_same_moment_publish_once(transactional_db, released, log_root):
    gate, came = threading.Barrier(2), []

    def sweep():
        try:
            gate.wait()
            came.append(releasing.publish_due(HOUR))
        finally:
            connection.close()

    sweeps = [threading.Thread(target=sweep) for _turn in range(2)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    assert sorted(came) == [0, 1] and LogEntry.objects.count() == 1
    assert verify.main([str(log_root)]) == 0


def test_two_publishers_release_at_the_same_moment_and_one_wins(transactional_db, agreed, sun, zheng):
    gate, came = threading.Barrier(2), []

    def press(publisher):
        try:
            gate.wait()
            releasing.release(Edition.objects.get(pk=agreed.pk), by=publisher, at_hour=HOUR, at=AFTER)
            came.append("released")
        except WrongState:
            came.append("too late")
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=[publisher]) for publisher in (sun, zheng)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert sorted(came) == ["released", "too late"]


def test_a_publisher_of_the_kitchen_itself_neither_releases_nor_calls_back(agreed, good, hailan, sun):
    from sunkitchen.registry.models import Membership

    cousin = builders.officer("堂弟", hailan, "publisher")
    Membership.objects.create(user=cousin, establishment=good, role="owner")
    with pytest.raises(Refused):
        releasing.release(agreed, by=cousin, at_hour=HOUR, at=AFTER)
    releasing.release(agreed, by=sun, at_hour=HOUR, at=AFTER)
    with pytest.raises(Refused):
        releasing.recall(agreed, by=cousin)
