"""An employee's rights: a copy of what is kept of them, its erasure, and who looked at their papers."""

import io
import json
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sunkitchen.core import audit, seen
from sunkitchen.core.models import FileView, Notice, StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import standing
from sunkitchen.registry.models import Credential, DataRequest, Reading, TableImport, Upload
from sunkitchen.registry.staff import actions as staff
from sunkitchen.registry.staff import bundle, keeping, mentions, rights
from sunkitchen.registry.staff.history import posts

TODAY = timezone.localdate()
DAY = timedelta(days=1)
NAME, MOBILE, NUMBER = "欧阳锦绣", "13800138000", "浙健2026778899"


@pytest.fixture
def ouyang(restaurant, wang, photo):
    """欧阳, who has brought a certificate and signed the form."""
    member = staff.add(restaurant, by=wang, name=NAME, post="chef", mobile=MOBILE, joined_on=TODAY - 300 * DAY)
    paper = credentials.hand_in(
        restaurant,
        by=wang,
        kind="health_certificate",
        staff_member=member,
        uploads=[photo(f"{NAME}.jpg")],
        number=NUMBER,
        holder=NAME,
        issuer="海澜市疾病预防控制中心",
        valid_from=TODAY - 30 * DAY,
        valid_through=TODAY + 300 * DAY,
    )
    staff.give_consent(member, by=wang, given_on=TODAY, upload=photo(f"{NAME}同意书.jpg"))
    stored = paper.pages.get().file
    Upload.objects.create(
        key=uuid.uuid4(),
        establishment=restaurant,
        by=wang,
        name=f"{NAME}.jpg",
        size=4,
        file=stored,
        used_at=timezone.now(),
    )
    Reading.objects.update_or_create(
        file=stored,
        defaults={"sort": "health_certificate", "state": "read", "fields": {"person": {"value": NAME, "text": NAME}}},
    )
    return member


def left(member, wang, days=1):
    staff.leave(member, by=wang, on=TODAY - days * DAY)


def everywhere(text):
    """Names of the tables in which it stands, in any column; those that are only ever added to are left out."""
    from django.apps import apps

    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if getattr(model, "append_only", False) or not model._meta.managed:
                continue
            for field in model._meta.local_concrete_fields:
                if field.get_internal_type() not in ("CharField", "TextField", "JSONField", "EmailField"):
                    continue
                column, table = connection.ops.quote_name(field.column), connection.ops.quote_name(model._meta.db_table)
                escaped = json.dumps(text)[1:-1]
                cursor.execute(
                    f"SELECT count(*) FROM {table} WHERE CAST({column} AS text) LIKE %s OR CAST({column} AS text) LIKE %s",
                    [f"%{text}%", f"%{escaped}%"],
                )
                if cursor.fetchone()[0]:
                    found.add(f"{model._meta.label}.{field.name}")
    return found


def test_after_erasure_the_name_stands_in_no_table(ouyang, restaurant, wang, li):
    TableImport.objects.create(
        establishment=restaurant,
        sort="staff",
        name=f"{NAME}入职.csv",
        sha256="0" * 64,
        brought_by=wang,
        lines=[{"number": 2, "cells": {"name": NAME}, "facts": {}, "why": [["here", ""]], "notes": []}],
    )
    Notice.objects.create(
        recipient=wang,
        channel="desk",
        kind="certificates.expiring",
        subject=f"{NAME}的健康证",
        body=f"{NAME}、王小二的健康证将到期。",
        dedupe="x",
        establishment=restaurant.pk,
        division=restaurant.division,
    )
    rights.refuse(ouyang, by=wang, kind="erasure", asked_on=TODAY, why=f"{NAME}还在职。")
    assert {"registry.StaffMember.name", "registry.Credential.holder", "core.Notice.body"} <= everywhere(NAME)
    left(ouyang, wang)
    rights.erase(ouyang, by=wang, asked_on=TODAY)
    for secret in (NAME, MOBILE, NUMBER):
        assert everywhere(secret) == set()
    assert Notice.objects.get(dedupe="x").body == "欧*、王小二的健康证将到期。"


@pytest.fixture
def told(restaurant, wang):
    """A message that a machine wrote to the kitchen."""

    def write(body):
        row = Notice.objects.create(
            recipient=wang,
            channel="desk",
            kind="certificates.expiring",
            subject="健康证",
            body=body,
            dedupe=str(uuid.uuid4()),
            establishment=restaurant.pk,
            division=restaurant.division,
        )
        return lambda: Notice.objects.get(pk=row.pk).body

    return write


def test_a_name_that_was_corrected_is_gone_with_the_person_too(restaurant, wang, told):
    member = staff.add(restaurant, by=wang, name="王小名", post="chef", joined_on=TODAY - 30 * DAY)
    said = told("王小名的健康证将到期。")
    staff.edit(member, by=wang, name="王小明")
    assert said() == "王*的健康证将到期。"


def test_a_namesakes_name_stays_when_another_is_corrected(restaurant, wang, told):
    for mobile in ("13800138001", "13800138002"):
        member = staff.add(restaurant, by=wang, name="王小名", post="chef", mobile=mobile, joined_on=TODAY - 30 * DAY)
    said = told("王小名的健康证将到期。")
    staff.edit(member, by=wang, name="王小明")
    assert said() == "王小名的健康证将到期。"


def test_after_erasure_no_picture_is_on_the_disk(ouyang, wang, settings, django_capture_on_commit_callbacks):
    def pages():
        return list(settings.FILES_ROOT.rglob("*.jpg"))

    assert len(pages()) == 2
    left(ouyang, wang)
    with django_capture_on_commit_callbacks(execute=True):
        rights.erase(ouyang, by=wang, asked_on=TODAY)
    assert pages() == [] and not StoredFile.objects.exists()


def test_post_and_days_stay_for_figures_that_name_nobody(ouyang, wang, li, restaurant):
    credentials.approve(ouyang.certificates.get(), by=li)
    left(ouyang, wang)
    rights.erase(ouyang, by=wang, asked_on=TODAY)
    assert (ouyang.name, ouyang.mobile, ouyang.post) == ("已删除", "", "chef")
    assert ouyang.joined_on == TODAY - 300 * DAY and ouyang.erased_at
    [paper] = ouyang.certificates.all()
    assert (paper.holder, paper.number, paper.valid_through) == ("已删除", "已删除", TODAY + 300 * DAY)
    [consent] = ouyang.consents.all()
    assert consent.given_on == TODAY and consent.form is None


def test_a_certificate_that_waits_leaves_the_clerks_queue(ouyang, wang):
    left(ouyang, wang)
    rights.erase(ouyang, by=wang, asked_on=TODAY)
    assert not Credential.objects.waiting().exists()


def test_who_works_here_is_not_erased(ouyang, wang):
    with pytest.raises(Refused, match="once they have left"):
        rights.erase(ouyang, by=wang, asked_on=TODAY)
    staff.leave(ouyang, by=wang, on=TODAY + DAY)
    with pytest.raises(Refused, match="once they have left"):
        rights.erase(ouyang, by=wang, asked_on=TODAY)
    ouyang.refresh_from_db()
    assert ouyang.name == NAME and StoredFile.objects.count() == 2


def test_a_rule_may_keep_the_name_for_longer(ouyang, wang, settings):
    settings.STAFF_KEPT_DAYS = 180
    left(ouyang, wang, days=179)
    with pytest.raises(Refused, match="kept until"):
        rights.erase(ouyang, by=wang, asked_on=TODAY)
    rights.erase(ouyang, by=wang, asked_on=TODAY, today=TODAY + DAY)


def test_nobody_is_erased_twice_and_who_is_erased_does_not_come_back(ouyang, wang):
    left(ouyang, wang)
    rights.erase(ouyang, by=wang, asked_on=TODAY)
    with pytest.raises(WrongState):
        rights.erase(ouyang, by=wang, asked_on=TODAY)
    with pytest.raises(Refused):
        staff.stay(ouyang, by=wang)
    with pytest.raises(Refused, match="nothing left"):
        rights.copied(ouyang, by=wang, asked_on=TODAY)


def test_an_erasure_that_dies_leaves_everything(ouyang, wang, monkeypatch, settings):
    left(ouyang, wang)

    def dies(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(mentions, "forget", dies)
    with pytest.raises(MemoryError):
        rights.erase(ouyang, by=wang, asked_on=TODAY)
    ouyang.refresh_from_db()
    assert ouyang.name == NAME and len(list(settings.FILES_ROOT.rglob("*.jpg"))) == 2
    assert ouyang.certificates.get().holder == NAME and not DataRequest.objects.exists()


def test_the_trail_knows_a_masked_name_alone(ouyang, wang):
    for row in (ouyang, ouyang.certificates.get()):
        for entry in audit.trail(row):
            assert NAME not in entry.subject_name and NUMBER not in entry.subject_name
            assert "欧*" in entry.subject_name


def test_a_copy_has_everything_that_is_kept(ouyang, wang, li, restaurant):
    page = ouyang.certificates.get().pages.get().file
    seen.note(page, by=li, about=ouyang)
    rights.copied(ouyang, by=wang, asked_on=TODAY)
    with bundle.of(ouyang, timezone.now(), by=wang) as file, zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("data.json"))
        names = set(archive.namelist())
        page = archive.read("read-me-first.html").decode()
    assert told["person"]["name"] == NAME and told["person"]["mobile"] == MOBILE
    [paper] = told["certificates"]
    assert paper["number"] == NUMBER and set(paper["files"]) <= names
    assert paper["read_by_a_machine"] == [{"person": NAME}]
    [consent] = told["consents"]
    assert len(consent["files"]) == 1 and set(consent["files"]) <= names
    today = TODAY.isoformat()
    assert told["seen_by"] == [
        {"role": "owner", "who": "the owner", "day": today, "scans": 2},  # who made the copy looked at all of it
        {"role": "clerk", "who": "a clerk of the bureau", "day": today, "scans": 1},
    ]
    assert told["requests"] == [{"kind": "copy", "state": "done", "asked_on": TODAY.isoformat(), "why": ""}]
    assert (
        NAME in page and NUMBER in page and li.name not in page and li.name not in json.dumps(told, ensure_ascii=False)
    )


def test_a_refusal_needs_its_reason(ouyang, wang):
    with pytest.raises(Refused, match="reason"):
        rights.refuse(ouyang, by=wang, kind="copy", asked_on=TODAY, why="  ")
    row = rights.refuse(ouyang, by=wang, kind="copy", asked_on=TODAY, why="身份无法核实。")
    assert (row.state, row.why) == ("refused", "身份无法核实。")


def test_strangers_and_officers_exercise_nobodys_rights(ouyang, qian, li):
    from django.core.exceptions import PermissionDenied
    from django.http import Http404

    for person, error in ((qian, Http404), (li, PermissionDenied)):
        for deed in (rights.erase, rights.copied):
            with pytest.raises(error):
                deed(ouyang, by=person, asked_on=TODAY)


# ── who looked ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_look_is_written_once_a_person_a_file_and_an_hour(ouyang, li, zhao):
    page, now = ouyang.certificates.get().pages.get().file, timezone.now()
    for at in (now, now + timedelta(minutes=59), now + timedelta(minutes=61)):
        seen.note(page, by=li, about=ouyang, at=at)
    seen.note(page, by=zhao, about=ouyang, at=now)
    assert FileView.objects.count() == 3
    assert {look.role for look in seen.looks(ouyang)} == {"clerk", "inspector"}


def test_serving_a_certificates_picture_writes_a_look_and_a_permits_does_not(
    ouyang, li, at, restaurant, wang, photo, facts
):
    paper = ouyang.certificates.get()
    assert at(li).get(f"/papers/{paper.pk}/pages/1/").status_code == 200
    [look] = FileView.objects.all()
    assert (look.by, look.role, look.about) == (li, "clerk", f"registry.staffmember:{ouyang.pk}")
    permit = credentials.hand_in(restaurant, by=wang, uploads=[photo()], **facts)
    assert at(li).get(f"/papers/{permit.pk}/pages/1/").status_code == 200
    assert at(li).get(f"/papers/{paper.pk}/pages/7/").status_code == 404
    assert FileView.objects.count() == 1


def test_a_copy_that_is_taken_away_is_a_look_at_each_file_in_it(ouyang, wang, at):
    url = f"/desk/kitchens/{ouyang.establishment.code}/staff/{ouyang.pk}/data/copy/"
    assert at(wang).post(url, {"asked_on": "not a day"}).status_code == 422
    assert not FileView.objects.exists()
    response = at(wang).post(url, {"asked_on": TODAY.isoformat()})
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        pictures = [name for name in archive.namelist() if name.endswith(".jpg")]
    looks = FileView.objects.values_list("by", "role", "about")
    assert len(pictures) == 2 and set(looks) == {(wang.pk, "owner", f"registry.staffmember:{ouyang.pk}")}
    assert len({look.file_id for look in FileView.objects.all()}) == 2


# ── how long things are kept ────────────────────────────────────────────────────────────────────────────────
def later(days):
    return timezone.now() + timedelta(days=days)


def test_pictures_of_who_left_go_after_their_term(ouyang, wang, li):
    credentials.approve(ouyang.certificates.get(), by=li)
    left(ouyang, wang)
    assert keeping.scans_of_who_left(later(89)) == 0
    assert keeping.scans_of_who_left(later(90)) == 1
    assert keeping.forms_of_who_left(later(90)) == 1
    assert not StoredFile.objects.exists()
    ouyang.refresh_from_db()
    assert ouyang.name == NAME and ouyang.certificates.get().number == NUMBER  # facts stay until they ask


def test_pictures_of_who_works_here_stay(ouyang, wang):
    assert keeping.sweep(later(5000))["staff_scans"] == 0
    assert StoredFile.objects.count() == 2


def test_pictures_of_a_replaced_paper_go_two_years_after(restaurant, wang, li, photo, facts):
    old = credentials.hand_in(restaurant, by=wang, uploads=[photo()], **facts)
    credentials.approve(old, by=li)
    new = credentials.hand_in(restaurant, by=wang, uploads=[photo()], **facts | {"valid_from": TODAY})
    credentials.approve(new, by=li)
    old.refresh_from_db()
    assert old.state == "replaced"
    assert keeping.scans_of_replaced(later(729)) == 0
    assert keeping.scans_of_replaced(later(731)) == 1
    assert not old.pages.exists() and new.pages.count() == 1


def test_pictures_of_a_revoked_paper_go_two_years_after(restaurant, wang, li, photo, facts):
    paper = credentials.hand_in(restaurant, by=wang, uploads=[photo()], **facts)
    credentials.approve(paper, by=li)
    standing.revoke(paper, by=li, reason="吊销，文号 1。")
    assert keeping.scans_of_replaced(later(729)) == 0
    assert keeping.scans_of_replaced(later(731)) == 1
    assert not paper.pages.exists() and audit.trail(paper).filter(verb="credential.pictures_removed").count() == 1


def test_a_certificate_that_waits_for_the_clerk_keeps_its_pictures(ouyang, wang):
    left(ouyang, wang)
    assert keeping.scans_of_who_left(later(90)) == 0 and ouyang.certificates.get().pages.exists()


def test_looks_are_forgotten_after_a_year(ouyang, li):
    seen.note(ouyang.certificates.get().pages.get().file, by=li, about=ouyang)
    assert keeping.looks(later(364)) == 0
    assert keeping.looks(later(366)) == 1


def test_what_breaks_in_the_sweep_takes_nothing_else_with_it(ouyang, wang, li, monkeypatch):
    seen.note(ouyang.certificates.get().pages.get().file, by=li, about=ouyang)

    def dies(at):
        raise OSError

    monkeypatch.setattr(keeping, "scans_of_who_left", dies)
    assert keeping.sweep(later(400))["file_views"] == 1


# ── posts ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_had_which_post_when_is_told_from_the_trail(restaurant, wang, time_machine):
    time_machine.move_to("2026-03-01T12:00:00+08:00")
    day = timezone.localdate()
    member = staff.add(restaurant, by=wang, name="小陈", post="dishwasher", joined_on=day)
    time_machine.move_to("2026-06-01T12:00:00+08:00")
    staff.edit(member, by=wang, post="preparation")
    time_machine.move_to("2026-09-01T12:00:00+08:00")
    staff.edit(member, by=wang, mobile="13900000000")
    staff.edit(member, by=wang, post="chef")
    assert [(held.post, str(held.since), held.until and str(held.until)) for held in posts(member)] == [
        ("Chef", "2026-09-01", None),
        ("Washing and cutting", "2026-06-01", "2026-09-01"),
        ("Dishwasher", "2026-03-01", "2026-06-01"),
    ]
