"""The pages of tables, rights and templates, as people open them; and an employee's own, without an account."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from sunkitchen.core import audit, tickets
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import FilmingConsent, StaffMember, TableImport
from sunkitchen.registry.staff import actions as staff
from sunkitchen.registry.staff import bundle, own
from tests import builders

TODAY = timezone.localdate()
ORIGIN = {"origin": "http://testserver"}
PEOPLE = "姓名,岗位,手机号,入职日期\n张三,厨师,13800000001,2026-03-01\n李四,宇航员,,2026-03-01\n".encode()


@pytest.fixture
def chen(restaurant, wang):
    member = builders.staff_member(restaurant, name="陈建国", added_by=wang)
    builders.filming_consent(member)
    return member


def bring(client, restaurant, body=PEOPLE):
    url = f"/en/desk/kitchens/{restaurant.code}/tables/staff/"
    return client.post(url, {"file": SimpleUploadedFile("people.csv", body)})


def test_an_owner_brings_a_table_reads_what_is_wrong_and_enters_the_rest(restaurant, wang, at):
    owner = at(wang)
    page = owner.get(f"/en/desk/kitchens/{restaurant.code}/tables/staff/").content.decode()
    assert "Look through it" in page and "template.csv" in page
    report = bring(owner, restaurant).headers["Location"]
    page = owner.get(report).content.decode()
    assert "This post is not known: 宇航员" in page and "Enter 1 line" in page and "张三" in page
    refused = owner.get(f"{report}refused.csv").content.decode("utf-8-sig")
    assert "李四" in refused and "not known" in refused and "张三" not in refused
    owner.post(f"{report}enter/")
    assert restaurant.staff.get().name == "张三"
    assert owner.post(f"{report}enter/", follow=True).status_code == 200
    assert restaurant.staff.count() == 1


def test_a_table_that_is_none_is_told_beside_its_field(restaurant, wang, at):
    answer = bring(at(wang), restaurant, b"nothing")
    assert answer.status_code == 422 and "These columns are missing" in answer.content.decode()
    assert bring(at(wang), restaurant, b"").status_code == 422
    assert not TableImport.objects.exists()


def test_the_report_is_read_in_the_readers_language(restaurant, wang, at):
    owner = at(wang)
    report = bring(owner, restaurant).headers["Location"]
    assert owner.get(report.replace("/en/", "/")).status_code == 200
    assert "宇航员" in owner.get(report).content.decode()


def test_there_is_no_other_sort_of_table(restaurant, wang, at):
    assert at(wang).get(f"/en/desk/kitchens/{restaurant.code}/tables/nothing/").status_code == 404


# ── rights ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_owner_downloads_a_copy_and_it_is_on_record(chen, restaurant, wang, at):
    base = f"/en/desk/kitchens/{restaurant.code}/staff/{chen.pk}/data/"
    answer = at(wang).post(f"{base}copy/", {"asked_on": TODAY.isoformat()})
    assert answer["Content-Type"] == "application/zip" and answer["Cache-Control"] == "private, no-store"
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert chen.data_requests.get().kind == "copy"
    assert at(wang).post(f"{base}copy/", {"asked_on": "yesterday"}).status_code == 422
    assert "Done" in at(wang).get(base).content.decode()


def test_the_owner_erases_who_has_left_and_refuses_with_a_reason(chen, restaurant, wang, at):
    base = f"/en/desk/kitchens/{restaurant.code}/staff/{chen.pk}/data/"
    owner = at(wang)
    asked = {"asked_on": TODAY.isoformat()}
    assert owner.post(f"{base}erase/", asked).status_code == 422
    assert owner.post(f"{base}refuse/", {**asked, "kind": "erasure", "why": ""}).status_code == 422
    assert owner.post(f"{base}refuse/", {**asked, "kind": "erasure", "why": "Still at work."}).status_code == 302
    staff.leave(chen, by=wang, on=TODAY)
    assert owner.post(f"{base}erase/", asked).status_code == 302
    page = owner.get(f"/en/desk/kitchens/{restaurant.code}/staff/{chen.pk}/").content.decode()
    assert "陈建国" not in page and "Erased" in page and "after all" not in page


@pytest.mark.parametrize("which", ["notice", "assessment"])
def test_templates_are_filled_with_the_kitchens_facts_in_both_languages(chen, restaurant, wang, at, which):
    page = at(wang).get(f"/en/desk/kitchens/{restaurant.code}/legal/{which}/").content.decode()
    assert page.count(restaurant.operator_name) >= 2 and 'lang="zh-Hans"' in page and 'lang="en"' in page
    assert at(wang).get(f"/en/desk/kitchens/{restaurant.code}/legal/other/").status_code == 404


def test_anybody_reads_what_is_kept_and_how_long(client, db, settings):
    settings.STAFF_SCANS_DAYS = 77
    page = client.get("/en/privacy/kept/").content.decode()
    assert "Pictures of health certificates" in page and "77 days" in page


# ── an employee's own page ──────────────────────────────────────────────────────────────────────────────────
def test_an_employee_withdraws_by_their_own_phone_and_the_picture_goes_off(chen, restaurant, wang):
    url = f"/en/mine/{own.link(chen, timezone.now())}/"
    phone = Client(enforce_csrf_checks=True)
    page = phone.get(url)
    assert "I withdraw my consent" in page.content.decode() and not page.cookies
    assert "陈建国" not in page.content.decode() and "陈*" in page.content.decode()
    assert not restaurant.staff.objecting(TODAY).exists()
    assert phone.post(url, headers=ORIGIN).status_code == 302
    assert list(restaurant.staff.objecting(TODAY)) == [chen]
    assert "You withdrew your consent" in phone.get(url).content.decode()
    assert phone.post(url, headers=ORIGIN).status_code == 302  # twice harms nobody
    assert FilmingConsent.objects.count() == 1
    [entry] = audit.trail(chen).filter(verb="staff.consent_withdrawn")
    assert entry.actor is None and entry.detail == {"themselves": True}
    told = Notice.objects.filter(kind="staff.consent_withdrawn", recipient=wang, channel="desk").get()
    assert "陈*" in told.body and "陈建国" not in told.body


def test_no_other_website_withdraws_for_them(chen):
    url = f"/en/mine/{own.link(chen, timezone.now())}/"
    assert Client(enforce_csrf_checks=True).post(url, headers={"origin": "https://evil.example"}).status_code == 403
    assert Client().post(url).status_code == 403
    assert chen.consents.get().withdrawn_at is None


def test_a_forged_an_old_or_an_erased_ones_link_does_not_open(chen, wang, client):
    now = timezone.now()
    good = own.link(chen, now)
    other = builders.staff_member(chen.establishment, name="别人", added_by=wang)
    tokens = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good.replace(f"staff-{chen.pk}.", f"staff-{other.pk}."),
        own.link(chen, now - timedelta(days=181)),
        tickets.dined(f"staff-{chen.pk}", now.timestamp()),
        *("p.staff-x.0.ffffffff.A", "p.....", "x" * 300),
    ]
    for token in tokens:
        assert client.get(f"/en/mine/{token}/").status_code == 404, token
    StaffMember.objects.filter(pk=chen.pk).update(erased_at=now)
    assert client.get(f"/en/mine/{good}/").status_code == 404


def test_the_owner_shows_the_code(chen, restaurant, wang, at):
    with translation.override("en"):
        page = at(wang).get(f"/en/desk/kitchens/{restaurant.code}/staff/{chen.pk}/own/").content.decode()
    assert "<svg" in page and "/mine/p.staff-" in page


# ── how a consent ended ─────────────────────────────────────────────────────────────────────────────────────
def page_of(client, member):
    return client.get(f"/en/desk/kitchens/{member.establishment.code}/staff/{member.pk}/").content.decode()


def told_of(member):
    """Of each consent in the person's own copy: who ended it."""
    return [row["ended_by"] for row in bundle.kept(member, timezone.now())["consents"]]


def test_a_withdrawn_consent_is_said_to_be_withdrawn(chen, wang, at):
    staff.withdraw_consent(chen, by=wang)
    page = page_of(at(wang), chen)
    assert "withdrawn on" in page and "Withdrawn" in page and "changed hands" not in page
    assert told_of(chen) == ["withdrawn"]


def test_one_that_ended_with_the_operator_was_never_withdrawn(chen, wang, at, client):
    until = timezone.now()
    builders.operatorship(chen.establishment, until=until)
    staff.end_consents(chen.establishment, by=wang, at=until)
    page = page_of(at(wang), chen)
    assert "ended when the kitchen changed hands on" in page and "The new operator asks anew" in page
    assert "ithdrawn" not in page and "Missing" in page
    own_page = client.get(f"/en/mine/{own.link(chen, timezone.now())}/").content.decode()
    assert "Your consent was given to the former operator" in own_page
    assert told_of(chen) == ["handed_over"]
    with pytest.raises(Refused) as refused, translation.override("en"):
        staff.give_consent(chen, by=wang, given_on=TODAY - timedelta(days=1))
    assert "changed hands" in str(refused.value) and "withdrawn" not in str(refused.value)


def test_one_ends_with_the_work_and_holds_again_for_who_stays_after_all(chen, wang, at):
    staff.leave(chen, by=wang, on=TODAY)
    page = page_of(at(wang), chen)
    assert "ended with the work here on" in page and "Withdraw the consent" not in page and "ithdrawn" not in page
    assert told_of(chen) == ["left"]
    staff.stay(chen, by=wang)
    assert "On record" in page_of(at(wang), chen) and told_of(chen) == [""]


def test_one_that_is_to_leave_is_filmed_until_that_day(chen, wang, at):
    staff.leave(chen, by=wang, on=TODAY + timedelta(days=3))
    assert "On record" in page_of(at(wang), chen)
