"""Orders to mend, bindings and outbreaks through their pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from ratings.models import Commitment, Outbreak, Reminder
from tests import builders
from tests.core import corpus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def order(**fields):
    today = timezone.localdate()
    return {
        "about": "camera",
        "document_number": "海市监责改〔2026〕31 号",
        "says": "恢复烹饪区摄像头画面。",
        "mend_by": (today + timedelta(days=7)).isoformat(),
        "served_on": today.isoformat(),
        "method": "direct",
        "service_note": "店长签收",
        "inspection": "",
        **fields,
    }


def test_an_order_from_service_to_its_end(at, restaurant, li, wang):
    officer, owner = at(li), at(wang)
    page = reverse("office_kitchen_reminders", args=[restaurant.code])
    assert officer.get(page).status_code == 200
    assert officer.post(f"{page}new/", order(says="")).status_code == 422
    assert officer.post(f"{page}new/", order()).status_code == 302
    assert officer.post(f"{page}new/", order()).status_code == 422  # recorded already
    row = Reminder.objects.get()
    duties = reverse("kitchen_duties", args=[restaurant.code])
    assert "恢复烹饪区摄像头画面" in owner.get(duties).content.decode()
    assert "责令改正通知书" in officer.get(reverse("office_reminder_print", args=[row.pk])).content.decode()
    assert restaurant.code not in officer.get("/office/reminders/").content.decode()
    assert restaurant.code in officer.get("/office/reminders/?show=open").content.decode()
    end = reverse("office_reminder_end", args=[row.pk])
    assert officer.post(end, {"outcome": "mended", "why": ""}).status_code == 422
    assert officer.post(end, {"outcome": "mended", "why": "画面已恢复"}).status_code == 302
    assert officer.post(end, {"outcome": "mended", "why": "画面已恢复"}).status_code == 409
    assert "画面已恢复" in owner.get(duties).content.decode()
    assert restaurant.code in officer.get("/en/office/reminders/?show=ended").content.decode()


def test_what_is_past_its_day_is_listed_first(at, restaurant, li):
    today = timezone.localdate()
    given = {"establishment": restaurant, "about": "ledger", "says": "补录台账", "method": "direct", "recorded_by": li}
    late = Reminder.objects.create(
        document_number="1 号", served_on=today - timedelta(days=9), mend_by=today - timedelta(days=1), **given
    )
    Reminder.objects.create(document_number="2 号", served_on=today, mend_by=today, **given)
    shown = at(li).get("/office/reminders/").content.decode()
    assert late.document_number in shown and "2 号" not in shown


def test_a_signed_commitment_is_kept_and_released(at, restaurant, li, wang):
    officer = at(li)
    page = reverse("office_kitchen_reminders", args=[restaurant.code])
    paper = SimpleUploadedFile("paper.jpg", corpus.picture(), "image/jpeg")
    given = {
        "about": "camera",
        "binding": "commitment",
        "document_number": "承诺书 12 号",
        "signed_on": timezone.localdate().isoformat(),
    }
    junk = SimpleUploadedFile("paper.jpg", b"not a picture", "image/jpeg")
    assert officer.post(f"{page}bind/", {**given, "file": junk}).status_code == 422
    assert officer.post(f"{page}bind/", {**given, "file": paper}).status_code == 302
    row = Commitment.objects.get()
    assert at(wang).get(reverse("commitment_paper", args=[row.pk, 1])).status_code == 200
    assert at(builders.user("钱")).get(reverse("commitment_paper", args=[row.pk, 1])).status_code == 404
    release = reverse("office_commitment_release", args=[row.pk])
    assert officer.post(release, {"why": ""}).status_code == 422
    assert officer.post(release, {"why": "不再适用"}).status_code == 302
    assert "不再适用" in officer.get(page).content.decode()


def test_an_outbreak_is_confirmed_by_one_and_taken_back_by_another(at, restaurant, zhao, zhou, wang):
    first, second = at(zhao), at(zhou)
    assert restaurant.code in first.get("/office/outbreaks/new/?q=海上").content.decode()
    page = reverse("office_outbreak_confirm", args=[restaurant.code])
    given = {
        "occurred_on": timezone.localdate().isoformat(),
        "people": 6,
        "document_number": "3 号",
        "findings": "凉菜交叉污染。",
    }
    assert first.post(page, {**given, "people": 0}).status_code == 422
    assert first.post(page, {**given, "people": "9" * 30}).status_code == 422
    assert first.post(page, given).status_code == 302
    revoke = reverse("office_outbreak_revoke", args=[Outbreak.objects.get().pk])
    assert revoke not in first.get("/office/outbreaks/").content.decode()
    assert revoke in second.get("/office/outbreaks/").content.decode()
    assert first.post(revoke, {"why": "误认"}).status_code == 422
    assert second.post(revoke, {"why": "经复核系自备食品引起"}).status_code == 302
    duties = at(wang).get(reverse("kitchen_duties", args=[restaurant.code])).content.decode()
    assert "经复核系自备食品引起" in duties
    assert second.get("/en/office/outbreaks/").status_code == 200


@pytest.mark.parametrize("junk", ["\0", "字" * 5000, "<script>alert(1)</script>"])
def test_junk_in_an_order_is_answered_in_words(at, restaurant, li, junk):
    page = reverse("office_kitchen_reminders", args=[restaurant.code])
    answered = at(li).post(f"{page}new/", order(document_number=junk, inspection=junk))
    assert answered.status_code == 422
    assert "<script>alert" not in answered.content.decode()
    assert not Reminder.objects.exists()
