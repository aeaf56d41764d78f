from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils.translation import gettext_lazy, override

from sunkitchen.core import audit, notices, tasks
from sunkitchen.core.access import Can
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import WrongState
from tests import builders

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sms_folder(tmp_path, settings):
    settings.SMS_FILE_PATH = tmp_path / "sms"
    return settings.SMS_FILE_PATH


@pytest.fixture
def told(wang):
    notices.tell(wang, "paper.returned", "Please take the photo again", "It is blurred.", dedupe="p1", link="/desk/x/")
    return Notice.objects.filter(recipient=wang)


def sms_sent(folder):
    return sorted(path.name.split("-")[1] for path in folder.glob("*.txt"))


def test_a_person_is_told_on_the_desk_by_sms_and_by_email(told, wang, sms_folder):
    assert set(told.values_list("channel", flat=True)) == {"desk", "sms", "email"}
    assert notices.send_due(NOW) == 2
    assert sms_sent(sms_folder) == ["13800000001.txt"]
    [letter] = mail.outbox
    assert letter.to == ["wang@example.com"]
    assert letter.body.endswith("http://testserver/desk/x/\n\n阳光厨房\nhttp://testserver")  # and who writes
    assert not told.filter(sent_at=None).exists()


def test_the_same_thing_is_said_once(told, wang):
    notices.tell(wang, "paper.returned", "again", "again", dedupe="p1")
    notices.tell(wang, "paper.returned", "another", "another", dedupe="p2")
    assert told.count() == 6
    assert notices.send_due(NOW) == 4
    assert notices.send_due(NOW + timedelta(hours=1)) == 0


def test_notices_are_written_in_the_readers_language(wang):
    type(wang).objects.filter(pk=wang.pk).update(language="en")
    wang.refresh_from_db()
    with override("zh-hans"):
        notices.tell(wang, "x", gettext_lazy("Yes"), gettext_lazy("No"), dedupe="lang")
    assert {(n.subject, n.body) for n in Notice.objects.all()} == {("Yes", "No")}


def test_an_undone_action_tells_nobody(wang):
    with pytest.raises(RuntimeError), transaction.atomic():
        notices.tell(wang, "x", "a", "b", dedupe="undone")
        raise RuntimeError
    assert not Notice.objects.exists()


class SecondWorkerWakes:
    """An SMS provider so slow that another worker sweeps in the middle of its call."""

    sent: list[str] = []

    def send(self, mobile, text):
        self.sent.append(mobile)
        notices.send_due(NOW)
        notices.send_due(NOW + timedelta(seconds=30))


def test_two_workers_send_a_notice_once(settings):
    settings.SMS_ADAPTER = f"{__name__}.SecondWorkerWakes"
    SecondWorkerWakes.sent = []
    numbers = [f"1390000000{n}" for n in range(5)]
    for number in numbers:
        notices.tell(builders.user("某", mobile=number), "x", "a", "b", dedupe="race")
    notices.send_due(NOW)
    assert sorted(SecondWorkerWakes.sent) == numbers


class Failing:
    def send(self, mobile, text):
        raise ConnectionError("provider says no")


def test_a_failing_provider_is_tried_five_times_and_then_it_shows(told, settings):
    settings.SMS_ADAPTER = f"{__name__}.Failing"
    sms = told.get(channel="sms")
    at = NOW
    for failures in range(1, 6):
        assert not Notice.objects.given_up().exists()
        notices.send_due(at)
        sms.refresh_from_db()
        assert (sms.failures, sms.sent_at) == (failures, None)
        at += timedelta(minutes=11)
    assert list(Notice.objects.given_up()) == [sms]
    assert sms.failure == "ConnectionError: provider says no"
    notices.send_due(at)
    sms.refresh_from_db()
    assert sms.failures == 5, "given up is given up"
    assert len(mail.outbox) == 1, "the email went out all the same"


def test_a_provider_that_is_down_gets_ten_minutes_before_the_next_try(told, settings, sms_folder):
    working = settings.SMS_ADAPTER
    settings.SMS_ADAPTER = f"{__name__}.Failing"
    notices.send_due(NOW)
    settings.SMS_ADAPTER = working
    notices.send_due(NOW + timedelta(minutes=5))
    assert sms_sent(sms_folder) == []
    notices.send_due(NOW + timedelta(minutes=10, seconds=1))
    assert sms_sent(sms_folder) == ["13800000001.txt"]


def test_a_worker_that_died_with_a_claim_loses_nothing(told):
    told.update(claimed_at=NOW)
    assert notices.send_due(NOW + timedelta(minutes=9)) == 0
    assert notices.send_due(NOW + timedelta(minutes=11)) == 2


def test_a_sweep_takes_a_bounded_number(wang):
    for n in range(5):
        notices.tell(wang, "x", "a", "b", dedupe=f"many{n}")
    assert notices.send_due(NOW, limit=3) == 3


def test_the_beat_sweeps(told):
    tasks.send_notices()
    assert not told.filter(sent_at=None).exists()


def test_a_number_cannot_name_another_folder(sms_folder):
    from sunkitchen.core import sms

    sms.adapter().send("../../139", "text")
    assert sms_sent(sms_folder) == ["139.txt"]


@pytest.fixture
def given_up(wang, restaurant):
    """A letter to 王 that five tries did not bring to the mailbox."""
    notices.tell(wang, "credential.returned", "Please correct your paper", "…", dedupe="g", about=restaurant)
    Notice.objects.filter(channel="email").update(failures=5, claimed_at=NOW, failure="ConnectionError: no")
    return Notice.objects.get(channel="email")


def test_what_reached_nobody_is_sent_again_and_tried_anew(given_up, li):
    notices.resend(given_up, by=li)
    assert not Notice.objects.given_up().exists()
    notices.send_due(NOW)
    given_up.refresh_from_db()
    assert given_up.sent_at and [letter.to for letter in mail.outbox] == [["wang@example.com"]]
    with pytest.raises(WrongState):
        notices.resend(given_up, by=li)
    assert [entry.verb for entry in audit.trail(given_up)] == ["notice.resent"]


def test_what_was_delivered_by_hand_is_neither_sent_nor_listed_any_more(given_up, li):
    notices.delivered_by_hand(given_up, by=li)
    assert not Notice.objects.given_up().exists()
    notices.send_due(NOW + timedelta(days=1))
    assert not mail.outbox
    with pytest.raises(WrongState):
        notices.delivered_by_hand(given_up, by=li)
    assert [entry.verb for entry in audit.trail(given_up)] == ["notice.delivered_by_hand"]


def test_only_the_place_that_a_letter_concerns_hears_that_it_reached_nobody(given_up, li):
    elsewhere = builders.officer("外", builders.authority("外市市场监督管理局", "888801"), "clerk")
    assert Notice.objects.given_up().within(li, Can.SEE_OFFICE).exists()
    assert not Notice.objects.given_up().within(elsewhere, Can.SEE_OFFICE).exists()


@pytest.mark.django_db(transaction=True)
def test_telling_succeeds_though_nothing_carries_the_hint(wang, settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},  # nobody listens there
        }
    }
    notices.tell(wang, "x", "a", "b", dedupe="x")
    assert Notice.objects.on_desk(wang).count() == 1


def test_a_person_reads_their_own_letters_alone(told, wang, qian):
    letter = Notice.objects.on_desk(wang).get()
    assert notices.read(by=qian, notice=letter) == 0
    assert notices.read(by=wang, notice=letter) == 1 and notices.read(by=wang) == 0
