"""How people hear of things: as they chose, in one letter a day, by another system; and what came back shows."""

import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.utils import translation

from sunkitchen.core import hearing, notices, outside, webhooks
from sunkitchen.core.models import AuditEntry, Notice, NoticeChoice, Webhook
from sunkitchen.core.sms import NoSuchNumber
from sunkitchen.core.workflow import Refused, WrongState

# 15:00 and 18:30 in Shanghai
AFTERNOON = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sms_folder(tmp_path, settings):
    settings.SMS_FILE_PATH = tmp_path / "sms"
    return settings.SMS_FILE_PATH


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def clock(monkeypatch):
    def at(moment):
        monkeypatch.setattr(notices.timezone, "now", lambda: moment)

    at(AFTERNOON)
    return at


def channels(person):
    return sorted(Notice.objects.filter(recipient=person).values_list("channel", flat=True))


def choose(person, topic="", *, sms="now", email="now"):
    hearing.choose(by=person, choices={topic: {"sms": sms, "email": email}})


def test_without_a_choice_a_person_hears_at_once_by_every_way(wang):
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    assert channels(wang) == ["desk", "email", "sms"]


def test_who_wants_the_desk_alone_has_the_desk_alone(wang):
    choose(wang, sms="never", email="never")
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    assert channels(wang) == ["desk"]


def test_a_topics_own_choice_comes_before_the_one_for_all(wang):
    choose(wang, sms="never", email="never")
    choose(wang, "camera", sms="now", email="never")
    notices.tell(wang, "camera.silent", "a", "b", dedupe="1")
    assert channels(wang) == ["desk", "sms"]


# Written down here once more: a word that falls out of the set would fall out of a test that reads it from there.
GRAVE = ["alarm", "claim", "establishment", "handover", "listing", "membership", "outbreak"]
GRAVE += ["recall", "reminder", "sample", "second_factor", "undertaking", "user"]


@pytest.mark.parametrize("topic", GRAVE)
def test_what_has_legal_weight_is_said_at_once_whatever_was_chosen(wang, topic):
    choose(wang, sms="never", email="daily")
    notices.tell(wang, f"{topic}.something", "a", "b", dedupe="1")
    assert channels(wang) == ["desk", "email", "sms"]
    assert not Notice.objects.exclude(digest_on=None).exists()
    with pytest.raises(Refused, match="always said at once"):
        choose(wang, topic, sms="never", email="never")


def test_the_end_of_a_permit_is_said_at_once_though_other_news_of_papers_wait(wang):
    choose(wang, "credential", sms="never", email="never")
    notices.tell(wang, "credential.revoked", "a", "b", dedupe="1")
    assert channels(wang) == ["desk", "email", "sms"]
    notices.tell(wang, "credential.approved", "a", "b", dedupe="2")
    assert channels(wang) == ["desk", "desk", "email", "sms"]


def test_three_things_of_a_day_come_in_one_letter(wang, clock):
    choose(wang, sms="never", email="daily")
    for number in range(3):
        notices.tell(wang, "photo.removed", f"Photo {number}", "Gone.", dedupe=str(number), link="/desk/x/")
    assert notices.send_due(AFTERNOON) == 0
    assert notices.send_digests(AFTERNOON) == 0  # its hour is yet to come
    assert notices.send_digests(EVENING) == 1
    [letter] = mail.outbox
    assert all(f"Photo {number}" in letter.body for number in range(3)) and letter.to == ["wang@example.com"]
    assert notices.send_digests(EVENING + timedelta(hours=1)) == 0
    assert not Notice.objects.filter(sent_at=None).exists()


def test_what_happens_in_the_evening_waits_for_tomorrows_letter(wang, clock):
    choose(wang, sms="daily", email="never")
    clock(EVENING)
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    assert notices.send_digests(EVENING) == 0
    assert notices.send_digests(EVENING + timedelta(hours=23)) == 0  # 17:30
    assert notices.send_digests(EVENING + timedelta(days=1)) == 1


class Slow:
    """A provider so slow that another worker sweeps in the middle of its call."""

    sent: list[str] = []

    def send(self, mobile, text):
        self.sent.append(text)
        notices.send_digests(EVENING)


def test_two_workers_send_a_letter_of_the_day_once(wang, clock, settings):
    settings.SMS_ADAPTER = f"{__name__}.Slow"
    Slow.sent.clear()
    choose(wang, sms="daily", email="never")
    for number in range(2):
        notices.tell(wang, "photo.removed", f"Photo {number}", "b", dedupe=str(number))
    assert notices.send_digests(EVENING) == 1
    assert len(Slow.sent) == 1


class Gone:
    def send(self, mobile, text):
        raise NoSuchNumber("the gateway answered 410")


def test_a_number_that_nobody_has_is_tried_once_and_shows(wang, settings):
    settings.SMS_ADAPTER = f"{__name__}.Gone"
    choose(wang, email="never")
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    notices.send_due(AFTERNOON)
    assert Notice.objects.given_up().get().channel == "sms"
    assert notices.dead_addresses(wang) == ["13800000001"]
    assert notices.send_due(AFTERNOON + timedelta(hours=1)) == 0


def refuse(*args, **kwargs):
    raise SMTPRecipientsRefused({"wang@example.com": (550, b"no such user")})


def test_an_address_that_the_mail_server_refuses_for_good_shows_and_heals(wang, monkeypatch):
    choose(wang, sms="never")
    with monkeypatch.context() as patch:
        patch.setattr(notices, "send_mail", refuse)
        notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
        notices.send_due(AFTERNOON)
    assert notices.dead_addresses(wang) == ["wang@example.com"]
    notices.tell(wang, "photo.removed", "c", "d", dedupe="2")
    notices.send_due(AFTERNOON)
    assert notices.dead_addresses(wang) == []


def test_a_letter_that_came_back_later_shows_too(wang):
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    notices.send_due(AFTERNOON)
    sent = Notice.objects.get(channel="email").sent_at
    assert notices.bounced("email", "WANG@example.com", sent + timedelta(hours=2)) == 1
    assert Notice.objects.given_up().get().channel == "email"
    assert notices.dead_addresses(wang) == ["wang@example.com"]
    assert notices.bounced("email", "nobody@example.com", sent) == 0


def signed(settings, said, *, secret="s" * 40, stamp=None):
    import time

    stamp = int(time.time()) if stamp is None else stamp
    body = json.dumps(said).encode()
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    return {
        "data": body,
        "content_type": "application/json",
        "headers": {"X-Sunkitchen-Timestamp": str(stamp), "X-Sunkitchen-Signature": f"sha256={mac}"},
    }


def test_only_the_provider_says_what_came_back(client, wang, settings):
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    notices.send_due(AFTERNOON)
    said = {"channel": "email", "address": "wang@example.com"}
    assert client.post("/hooks/bounces/", **signed(settings, said)).status_code == 404  # nobody is set up
    settings.BOUNCE_SECRET = "s" * 40
    assert client.post("/hooks/bounces/", **signed(settings, said, secret="x" * 40)).status_code == 401
    assert client.post("/hooks/bounces/", **signed(settings, said, stamp=1)).status_code == 401
    assert client.post("/hooks/bounces/", **signed(settings, ["?"])).status_code == 400
    assert notices.dead_addresses(wang) == []
    assert client.post("/hooks/bounces/", **signed(settings, said)).status_code == 204
    assert notices.dead_addresses(wang) == ["wang@example.com"]


@pytest.mark.parametrize("address", ["a\ud800@example.com", "a\x00@example.com", 5, None, ["wang@example.com"]])
def test_what_is_no_address_is_refused_in_words_and_looked_up_nowhere(client, db, settings, address):
    settings.BOUNCE_SECRET = "s" * 40
    said = {"channel": "email", "address": address}
    assert client.post("/hooks/bounces/", **signed(settings, said)).status_code == 400


def test_a_length_that_is_no_number_is_no_fault_of_ours(client, db, settings):
    settings.BOUNCE_SECRET = "s" * 40
    answer = client.generic("POST", "/hooks/bounces/", b"{}", "application/json", CONTENT_LENGTH="2x")
    assert answer.status_code in (400, 401)


# ── other systems ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def system(settings):
    """Somebody's own software, that hears over HTTP; `answers` is what it says."""
    heard, says = [], {"status": 204}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers), body))
            self.send_response(says["status"])
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBHOOK_ALLOW = [f"127.0.0.1:{server.server_port}"]
    yield f"http://127.0.0.1:{server.server_port}/hear", heard, says
    server.shutdown()
    server.server_close()


def test_another_system_hears_a_signed_message(wang, system):
    url, heard, _says = system
    _hook, secret = webhooks.make(by=wang, url=url, topics=["photo"])
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1", link="/desk/x/")
    notices.tell(wang, "camera.silent", "c", "d", dedupe="2")
    notices.send_due(AFTERNOON)
    [(headers, body)] = heard
    said = json.loads(body)
    assert (said["kind"], said["subject"], said["link"]) == ("photo.removed", "a", "http://testserver/desk/x/")
    stamp = headers["X-Sunkitchen-Timestamp"]
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    assert headers["X-Sunkitchen-Signature"] == f"sha256={mac}"
    assert secret not in Webhook.objects.get().sealed_secret


def test_a_system_that_fails_twenty_times_is_switched_off_and_its_person_told(wang, system):
    url, heard, says = system
    says["status"] = 500
    hook, _secret = webhooks.make(by=wang, url=url, topics=[])
    for number in range(10):
        notices.tell(wang, "photo.removed", "a", "b", dedupe=str(number))
    for hour in range(3):
        notices.send_due(AFTERNOON + timedelta(hours=hour))
    hook.refresh_from_db()
    assert hook.ended_at and len(heard) == webhooks.ENDS_AFTER
    assert Notice.objects.filter(recipient=wang, kind="user.webhook_ended", channel="desk").count() == 1
    assert not Notice.objects.filter(channel="webhook", sent_at=None).exists()


def test_one_good_answer_forgets_the_failures(wang, system):
    url, _heard, says = system
    hook, _secret = webhooks.make(by=wang, url=url, topics=[])
    says["status"] = 503
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    notices.send_due(AFTERNOON)
    says["status"] = 200
    notices.send_due(AFTERNOON + timedelta(hours=1))
    hook.refresh_from_db()
    assert hook.failures == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://user:pass@example.com/",
        "ftp://example.com/",
        "https://2130706433/",
        "https://exa mple.com/",
        "nonsense",
    ],
)
def test_an_address_that_is_never_called_is_refused_at_once(wang, url):
    with pytest.raises(Refused):
        webhooks.make(by=wang, url=url, topics=[])
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "[::1]", "[::ffff:10.0.0.1]"])
def test_what_lies_inside_is_never_called(host):
    with pytest.raises(outside.NotAsked):
        outside.post(f"https://{host}/", {}, b"{}")


def test_an_ended_webhook_hears_nothing_more(wang, system):
    url, heard, _says = system
    hook, _secret = webhooks.make(by=wang, url=url, topics=[])
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    webhooks.end(hook, by=wang)
    with pytest.raises(WrongState):
        webhooks.end(hook, by=wang)
    notices.send_due(AFTERNOON)
    assert heard == []


def test_whoever_waits_for_a_system_that_is_silent_is_not_everybody(wang, li, monkeypatch, settings):
    """Notices to people go first, and what other systems take of a sweep is bounded."""
    webhooks.make(by=wang, url="https://slow.example/hear", topics=[])
    li.mobile = "13800000077"
    choose(li, email="never")
    now, order = [0.0], []

    class Gateway:
        def send(self, mobile, text):
            order.append("sms")

    def slow(notice):
        order.append("webhook")
        now[0] += 5.0
        raise outside.NoAnswer("silent")

    monkeypatch.setattr(notices.sms, "adapter", Gateway)
    monkeypatch.setattr(webhooks, "deliver", slow)
    choose(wang, sms="never", email="never")
    for number in range(8):
        notices.tell(wang, "photo.removed", "a", "b", dedupe=str(number))
    notices.tell(li, "photo.removed", "c", "d", dedupe="9")
    notices.send_due(AFTERNOON, clock=lambda: now[0])
    assert order == ["sms", *["webhook"] * 4]
    notices.send_due(AFTERNOON, clock=lambda: now[0])
    assert order == ["sms", *["webhook"] * 8]


def test_what_was_claimed_as_its_webhook_ended_is_not_sent(wang, system):
    url, heard, _says = system
    webhooks.make(by=wang, url=url, topics=[])
    notices.tell(wang, "photo.removed", "a", "b", dedupe="1")
    Webhook.objects.update(ended_at=AFTERNOON)
    webhooks.deliver(Notice.objects.get(channel="webhook"))
    assert heard == []


def test_the_trail_that_is_kept_for_ever_does_not_hold_a_webhooks_address(wang):
    """Many systems put their secret into the path."""
    hook, _secret = webhooks.make(by=wang, url="https://hooks.example/T0/B0/geheim-42?key=k", topics=[])
    webhooks.end(hook, by=wang)
    entries = AuditEntry.objects.filter(verb__startswith="webhook.")
    assert entries.count() == 2
    assert {entry.subject_name for entry in entries} == {"https://hooks.example"}
    assert "geheim" not in str(list(entries.values()))


def test_nobody_has_six_webhooks(wang, system):
    for _number in range(webhooks.MOST):
        webhooks.make(by=wang, url=system[0], topics=[])
    with pytest.raises(Refused, match="At most 5"):
        webhooks.make(by=wang, url=system[0], topics=[])


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_person_chooses_on_the_page(at, wang):
    browser = at(wang)
    page = browser.get("/en/desk/notices/choices/").content.decode()
    assert "email_camera" in page and "email_listing" not in page  # what has legal weight is not chosen
    answer = browser.post("/en/desk/notices/choices/", {"sms_": "never", "email_": "daily", "sms_camera": "now"})
    assert answer.status_code == 302
    kept = {row.topic: (row.sms, row.email) for row in NoticeChoice.objects.filter(person=wang)}
    assert kept[""] == ("never", "daily") and kept["camera"] == ("now", "daily") and kept["photo"] == ("never", "daily")
    assert browser.post("/en/desk/notices/choices/", {"sms_": "sometimes", "email_": "now"}).status_code == 422


def test_the_secret_of_a_webhook_is_shown_once(at, wang, system):
    browser = at(wang)
    made = browser.post("/en/desk/notices/webhooks/", {"url": system[0], "topics": ["photo"]})
    assert made.status_code == 200 and "not shown again" in made.content.decode()
    assert "not shown again" not in browser.get("/en/desk/notices/choices/").content.decode()
    refused = browser.post("/en/desk/notices/webhooks/", {"url": "http://169.254.169.254/latest"})
    assert refused.status_code == 422 and Webhook.objects.count() == 1
