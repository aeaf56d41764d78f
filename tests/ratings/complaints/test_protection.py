"""A reporter 举报人 is never shown to the business, lies sealed, and is looked at by few, on record."""

import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from ratings.complaints import actions
from ratings.models import Complaint
from sunkitchen.core import notices
from sunkitchen.core.models import AuditEntry, Notice
from tests import builders

from .conftest import SAID

pytestmark = pytest.mark.django_db
WHO = ("何证人", "13912345678", "witness@example.com")


@pytest.fixture
def whole(brought, li, zhao, wang):
    """Everything that can happen to a report and to a dispute, with a name and a number."""
    lead = brought("investigating", kind="lead")
    actions.open_case(lead, by=zhao)
    actions.note(lead, by=li, office="致电举报人核实。")
    dispute = brought("accepted", kind="dispute")
    actions.answer(dispute, by=wang, statement="愿意退款。")
    actions.look(lead, by=li)
    finished = brought("closed", kind="lead")
    return lead, dispute, finished


@pytest.mark.parametrize("language", ["", "/en"])
def test_no_page_of_the_business_says_who_or_what(language, whole, restaurant, wang, at):
    desk = at(wang)
    for path in (
        f"/desk/kitchens/{restaurant.code}/complaints/",
        f"/desk/kitchens/{restaurant.code}/",
        "/desk/",
        "/desk/notices/",
        f"/k/{restaurant.code}/",
        f"/k/{restaurant.code}/history/",
    ):
        page = desk.get(language + path).content.decode()
        for secret in (*WHO, SAID, *(row.tracking for row in whole)):
            assert secret not in page, (path, secret)


def test_the_name_of_a_dispute_is_read_with_consent_and_by_the_owner_alone(restaurant, receive, li, wang, at):
    from dataclasses import replace

    from sunkitchen.registry.models import Membership

    from .conftest import SECRET

    path = f"/desk/kitchens/{restaurant.code}/complaints/"
    for name, agrees, kind in (("甲先生", True, "dispute"), ("乙先生", False, "dispute"), ("丙先生", True, "lead")):
        row = receive(kind=kind, diner=replace(SECRET, name=name, may_be_named=agrees))
        actions.accept(row, by=li)
    page = at(wang).get(path).content.decode()
    assert "甲先生" in page and "乙先生" not in page and "丙先生" not in page and SAID not in page
    manager = builders.user("经理")
    Membership.objects.create(user=manager, establishment=restaurant, role="manager")
    for person in (manager, li):
        assert "甲先生" not in at(person).get(path).content.decode()


def test_the_business_cannot_probe_a_report_by_its_number(whole, restaurant, wang, at):
    lead, dispute, _finished = whole
    answers = [
        at(wang).post(reverse("complaint_answer", args=[restaurant.code, pk]), {"statement": "x"}).status_code
        for pk in (lead.pk, dispute.pk + 999, dispute.pk)
    ]
    assert answers == [404, 404, 302]


def test_no_trail_and_no_notice_says_who_or_what(whole):
    kept = json.dumps(
        list(AuditEntry.objects.values()) + list(Notice.objects.values()), ensure_ascii=False, default=str
    )
    for secret in (*WHO, SAID):
        assert secret not in kept
    trail = json.dumps(list(AuditEntry.objects.values()), ensure_ascii=False, default=str)
    assert not any(row.tracking in trail for row in whole)


def test_at_rest_who_it_is_lies_sealed(whole):
    """Every column of every table, as the database itself has it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = repr(cursor.fetchall())
            for secret in WHO:
                assert secret not in rows, table


def test_no_log_says_where_a_notice_went_even_when_a_provider_does(whole, monkeypatch, caplog):
    def fails(*_arguments, **_words):
        raise ConnectionError("550 witness@example.com 13912345678 unknown")

    monkeypatch.setattr("sunkitchen.core.notices.send_mail", fails)
    monkeypatch.setattr("sunkitchen.core.sms.FileAdapter.send", fails)
    notices.send_due(timezone.now())
    failed = Notice.objects.filter(recipient=None, failures__gt=0)
    assert failed.exists() and {row.failure for row in failed} == {"ConnectionError"}
    assert "13912345678" not in caplog.text and "witness@example.com" not in caplog.text


def test_a_dump_of_the_rows_names_nobody(whole, capsys):
    call_command("dumpdata", "ratings", "core")
    dumped = capsys.readouterr().out
    assert dumped and not any(secret in dumped for secret in WHO)


def test_an_officer_asks_for_who_it_is_and_that_is_written_down(whole, li, at):
    lead = whole[0]
    desk, before = at(li), AuditEntry.objects.filter(verb="complaint.identity_seen").count()
    page = desk.get(reverse("office_complaint", args=[lead.pk])).content.decode()
    assert SAID in page and not any(secret in page for secret in WHO)
    answer = desk.post(reverse("office_complaint_who", args=[lead.pk]))
    assert all(secret in answer.content.decode() for secret in WHO)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert AuditEntry.objects.filter(verb="complaint.identity_seen").count() == before + 1


@pytest.mark.parametrize("role", ["publisher", "auditor"])
def test_officers_who_do_not_handle_complaints_read_none(role, whole, hailan, at):
    desk = at(builders.officer("旁人", hailan, role))
    for path in (
        reverse("office_complaints"),
        reverse("office_complaint", args=[whole[0].pk]),
        reverse("office_complaint_new"),
    ):
        assert desk.get(path).status_code == 403
    assert desk.post(reverse("office_complaint_who", args=[whole[0].pk])).status_code == 403
    assert desk.get("/office/undelivered/").status_code == 200


def test_an_officer_who_acts_for_the_kitchen_finds_nothing(whole, restaurant, zhao, at):
    from sunkitchen.registry.models import Membership

    Membership.objects.create(user=zhao, establishment=restaurant, role="manager")
    desk = at(zhao)
    assert desk.get(reverse("office_complaint", args=[whole[0].pk])).status_code == 404
    assert (
        restaurant.signboard
        not in desk.get(reverse("office_complaints") + "?state=all").content.decode().split("<main")[1]
    )
    assert not Complaint.objects.within(zhao, "handle_complaint").exists()


@pytest.mark.parametrize(
    "query", ["", "?state=all", "?due=soon", "?mine=1&kind=lead", "?state=closed", "?kind=x&page=99"]
)
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_queue_shows_what_is_asked_for(language, query, whole, li, at):
    page = at(li).get(f"{language}/office/complaints/{query}")
    assert page.status_code == 200 and not any(secret in page.content.decode() for secret in (*WHO, SAID))


def test_a_step_on_the_page_is_taken_or_told_why_not(receive, li, at):
    complaint = receive()
    desk = at(li)
    wrong = desk.post(reverse("office_complaint_refuse", args=[complaint.pk]), {"refuse-reason": ""})
    assert wrong.status_code == 422
    assert desk.post(reverse("office_complaint_close", args=[complaint.pk])).status_code == 409
    assert desk.post(reverse("office_complaint_accept", args=[complaint.pk]), {"accept-note": "好"}).status_code == 302
    complaint.refresh_from_db()
    assert complaint.state == "accepted" and complaint.steps.filter(public_note="好").exists()
    assert desk.post(reverse("office_complaint_note", args=[complaint.pk]), {"note-office": "a\0b"}).status_code in (
        400,
        422,
    )


def test_a_call_is_entered_on_its_page(restaurant, li, at):
    path = reverse("office_complaint_enter", args=[restaurant.code])
    desk = at(li)
    assert desk.post(path, {"kind": "dispute", "category": "ill"}).status_code == 422
    sent = {"kind": "lead", "category": "ill", "said": "三人腹泻。", "number_12315": "H1"}
    assert desk.post(path, sent).status_code == 302
    assert Complaint.objects.get().number_12315 == "H1"
    assert desk.get(reverse("office_complaint_new") + "?q=海上").status_code == 200
