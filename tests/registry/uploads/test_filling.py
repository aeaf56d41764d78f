"""The page on which a paper is filled in: files survive what is wrong with the fields, renewals begin with the old paper."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sunkitchen.registry.models import Credential, Reading, StaffMember, Upload
from sunkitchen.registry.uploads import actions as uploads
from tests import builders
from tests.core import corpus


@pytest.fixture
def desk(wang):
    client = Client(raise_request_exception=False)
    client.force_login(wang)
    return client


@pytest.fixture
def address(newcomer):
    return f"/en/desk/kitchens/{newcomer.code}/papers/new/?kind=food_permit"


def chosen(body, name="permit.jpg"):
    return SimpleUploadedFile(name, body, "image/jpeg")


TYPED = {
    "number": "JY29999010000010",
    "holder": "海澜小海面馆",
    "issuer": "海澜市市场监督管理局",
    "valid_from": "2026-05-13",
    "valid_through": "2031-05-12",
}


def test_what_is_wrong_with_a_field_loses_no_file(desk, address, body):
    answer = desk.post(address, {**TYPED, "number": "JY1", "files": [chosen(body)]})
    upload = Upload.objects.get()
    assert answer.status_code == 422 and str(upload.key) in answer.content.decode()
    answer = desk.post(address, {**TYPED, "held": [str(upload.key)]})
    assert answer.status_code == 302
    assert Credential.objects.get().pages.get().file_id == upload.file_id
    assert Reading.objects.get().sort == "food_permit"


def test_a_file_that_is_no_picture_is_said_and_the_fields_stay(desk, address):
    answer = desk.post(address, {**TYPED, "files": [chosen(corpus.HTML)]})
    page = answer.content.decode()
    assert answer.status_code == 422 and "neither a picture" in page and TYPED["number"] in page
    assert not Upload.objects.exists() and not Credential.objects.exists()


def test_what_was_read_fills_empty_fields_with_its_mark(desk, address, newcomer, bring, body, as_read):
    upload = bring(body, place=newcomer, sort="food_permit")
    assert "are being read" in desk.get(f"{address}&held={upload.key}").content.decode()
    as_read(upload.file)
    page = desk.get(f"{address}&held={upload.key}").content.decode()
    assert 'value="JY29999010000010"' in page and 'value="2031-05-12"' in page
    assert 'data-level="sure"' in page and 'data-level="check"' in page and 'data-level="missing"' in page
    assert 'data-mark="number"' in page and "390,160 730,160" in page


def test_without_a_picture_nothing_is_handed_in(desk, address):
    assert desk.post(address, TYPED).status_code == 422
    assert not Credential.objects.exists()


@pytest.mark.parametrize("held", ["x", "\x00", "0" * 5000, "00000000-0000-0000-0000-000000000000"])
def test_a_made_up_key_is_no_picture(desk, address, held):
    assert desk.get(address, {"kind": "food_permit", "held": held}).status_code == 200
    assert desk.post(address, {**TYPED, "held": [held]}).status_code == 422


def test_another_kitchens_picture_is_not_shown_and_not_taken(desk, address, rival, bring, body):
    theirs = bring(body, place=rival, by=rival.memberships.get().user)
    assert f'value="{theirs.key}"' not in desk.get(f"{address}&held={theirs.key}").content.decode()
    assert desk.post(address, {**TYPED, "held": [str(theirs.key)]}).status_code == 422


def test_a_renewal_begins_with_the_old_paper_and_follows_it(desk, wang, restaurant, bring, body):
    old = builders.permit(restaurant, submitted_by=wang, state="in_force", valid_through=date(2029, 5, 12))
    address = f"/en/desk/kitchens/{restaurant.code}/papers/new/?renews={old.pk}"
    page = desk.get(address).content.decode()
    assert f"This paper renews {old.number}" in page and old.holder in page and old.issuer in page
    upload = bring(body, sort="food_permit")
    later = {**TYPED, "valid_from": "2029-06-01", "valid_through": "2034-05-31", "held": [str(upload.key)]}
    assert desk.post(address, later).status_code == 302
    assert Credential.objects.latest("pk").renews == old


@pytest.mark.parametrize("named", ["0", "x", "-1", "9" * 30, "\x00", "٣"])
def test_what_is_not_there_is_not_renewed(desk, restaurant, named):
    assert desk.get(f"/en/desk/kitchens/{restaurant.code}/papers/new/", {"renews": named}).status_code == 404


def test_nobody_renews_another_kitchens_paper_or_a_persons_as_the_kitchens(desk, wang, restaurant, rival):
    theirs = builders.permit(rival, submitted_by=wang)
    address = f"/en/desk/kitchens/{restaurant.code}/papers/new/"
    assert desk.get(address, {"renews": theirs.pk}).status_code == 404
    member = builders.staff_member(restaurant, added_by=wang)
    assert isinstance(member, StaffMember)
    certificate = builders.health_certificate(member, submitted_by=wang)
    assert desk.get(address, {"renews": certificate.pk}).status_code == 404
    new = f"/en/desk/kitchens/{restaurant.code}/staff/{member.pk}/certificates/new/"
    assert desk.get(new, {"renews": certificate.pk}).status_code == 200


def test_the_eleventh_file_is_one_too_many(desk, address, newcomer, bring, body, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_WAITING", 1)
    held = bring(body, place=newcomer)
    answer = desk.post(address, {**TYPED, "held": [str(held.key)], "files": [chosen(body)]})
    assert answer.status_code == 422 and "At most 1 files" in answer.content.decode()
