"""A visit from an officer's phone: begun once, photographed once, closed once, whatever the network does."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from ratings.inspections import actions as inspections
from ratings.models import Inspection, InspectionPhoto
from ratings.outbreaks.models import Outbreak
from sunkitchen.accounts.models import User
from sunkitchen.core import files
from sunkitchen.core.files import BadUpload
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders
from tests.core import corpus
from tests.ratings.conftest import MONDAY, answers, inspected

from .conftest import picture

pytestmark = pytest.mark.django_db


def test_a_form_sent_twice_begins_one_visit(restaurant, zhao, zhou):
    form = uuid4()
    first = inspections.begin(restaurant, by=zhao, second=zhou, form=form, at=MONDAY)
    again = inspections.begin(restaurant, by=zhao, second=zhou, form=form, at=MONDAY + timedelta(hours=2))
    assert again == first and Inspection.objects.count() == 1


def test_nobody_takes_over_a_visit_by_its_forms_id(visit, restaurant, zhao, zhou, wang):
    elsewhere = builders.establishment(owner=wang, signboard="别家")
    for kitchen, lead, second in ((restaurant, zhou, zhao), (elsewhere, zhao, zhou)):
        with pytest.raises(Refused):
            inspections.begin(kitchen, by=lead, second=second, form=visit.form, at=MONDAY)


def test_a_photo_sent_twice_is_kept_once(visit, zhao, zhou):
    key = uuid4()
    first = inspections.add_photo(visit, picture(), by=zhao, key=key, item="clean")
    again = inspections.add_photo(visit, picture(), by=zhou, key=key, item="clean")
    assert again == first and visit.photos.count() == 1 and StoredFile.objects.count() == 1
    assert not list((files.settings.FILES_ROOT / files.INCOMING).iterdir())


def test_a_photo_that_was_kept_is_answered_for_after_closing_and_a_new_one_refused(closed, zhao):
    kept = closed.photos.get()
    assert inspections.add_photo(closed, picture(), by=zhao, key=kept.key, item="hands") == kept
    with pytest.raises(WrongState):
        inspections.add_photo(closed, picture(), by=zhao, key=uuid4(), item="hands")


def test_a_photos_key_belongs_to_one_visit(closed, restaurant, zhao, zhou):
    other = inspections.begin(restaurant, by=zhao, second=zhou, at=MONDAY)
    with pytest.raises(Refused):
        inspections.add_photo(other, picture(), by=zhao, key=closed.photos.get().key)


def test_what_is_no_photo_of_this_visit_is_refused_and_nothing_is_kept(visit, zhao, li):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    paper = picture("paper.pdf", corpus.pdf())
    for upload, by, words in (
        (picture(), li, {}),
        (picture(), zhao, {"item": "dragons"}),
        (picture(), zhao, {"taken_at": tomorrow}),
        (paper, zhao, {}),
    ):
        with pytest.raises(Refused):
            inspections.add_photo(visit, upload, by=by, key=uuid4(), **words)
    assert not StoredFile.objects.exists() and not visit.photos.exists()


def test_a_visit_has_a_limit_of_photos(visit, zhao, monkeypatch):
    monkeypatch.setattr(inspections, "MOST_PHOTOS", 1)
    inspections.add_photo(visit, picture(), by=zhao, key=uuid4())
    with pytest.raises(Refused):
        inspections.add_photo(visit, picture(), by=zhao, key=uuid4())


def test_photos_take_nothing_of_the_kitchens_room(visit, zhao, settings):
    photo = inspections.add_photo(visit, picture(), by=zhao, key=uuid4())
    assert photo.file.owner_scope == f"inspection:{visit.pk}"
    settings.FILE_QUOTA_BYTES = 10
    with pytest.raises(BadUpload):
        inspections.add_photo(visit, picture(), by=zhao, key=uuid4())


def test_the_place_is_a_place(visit, zhao, li):
    inspections.locate(visit, 28.1361234567, 121.2312345678, 12.4, by=zhao)
    assert (str(visit.latitude), str(visit.longitude), visit.accuracy) == ("28.136123", "121.231235", 12)
    for wrong in ((91, 0, 1), (0, 181, 1), (0, 0, -1), (float("nan"), 0, 1), (0, 0, float("inf"))):
        with pytest.raises(Refused):
            inspections.locate(visit, *wrong, by=zhao)
    with pytest.raises(Refused):
        inspections.locate(visit, 28, 121, 5, by=li)


def test_heads_are_counted_and_no_more_certificates_than_heads(visit, zhao):
    inspections.fill_in(visit, answers(), by=zhao)
    signing = {"by": zhao, "signature": "signed", "signed_name": "王海"}
    for wrong in (
        {"heads_on_duty": -1},
        {"heads_on_duty": 501},
        {"heads_certified": 1},
        {"heads_on_duty": 3, "heads_certified": 4},
    ):
        with pytest.raises(Refused):
            inspections.close(visit, **signing, **wrong)
    inspections.close(visit, **signing, heads_on_duty=8, heads_certified=7, remark=" 已当场指导 ")
    assert (visit.heads_on_duty, visit.heads_certified, visit.remark) == (8, 7, "已当场指导")


def test_a_drawn_signature_is_kept_with_a_signed_visit_only(restaurant, permit, zhao, zhou):
    for signature, kept in (("signed", 1), ("refused", 0)):
        visit = inspections.begin(restaurant, by=zhao, second=zhou, at=MONDAY)
        inspections.fill_in(visit, answers(), by=zhao)
        with files.admitting([picture("name.png")], kinds=files.IMAGES) as (drawn,):
            inspections.close(
                visit,
                by=zhao,
                signature=signature,
                signed_name="王海",
                refusal_note="拒绝签字",
                signature_image=drawn,
            )
        assert (visit.signature_image is not None) == bool(kept)
    assert StoredFile.objects.count() == 1 and not list((files.settings.FILES_ROOT / files.INCOMING).iterdir())


def test_what_is_there_already_is_known_again(closed, zhao, li):
    same = answers(["hands", "clean"])
    assert inspections.holds(closed, same, by=zhao) and inspections.holds(closed, {"hands": same["hands"]}, by=zhao)
    assert not inspections.holds(closed, answers(["hands"]), by=zhao)
    assert not inspections.holds(closed, same, by=li)


def test_each_failed_item_is_a_finding_with_its_date(closed):
    rows = closed.findings.order_by("item")
    assert [(row.item, row.note, row.found_on, row.fixed_on) for row in rows] == [
        ("clean", "看到了", date(2026, 11, 16), None),
        ("hands", "看到了", date(2026, 11, 16), None),
    ]


def test_findings_are_to_be_mended_after_the_visit(visit, zhao):
    inspections.fill_in(visit, answers(["clean"]), by=zhao)
    signing = {"by": zhao, "signature": "signed", "signed_name": "王海"}
    with pytest.raises(Refused):
        inspections.close(visit, **signing, mend_by=date(2026, 11, 15))
    inspections.close(visit, **signing, mend_by=date(2026, 11, 23))
    assert visit.findings.get().mend_by == date(2026, 11, 23)


def looked_again(kitchen, zhao, zhou, *, days, failed=(), not_applicable=(), **words):
    at = MONDAY + timedelta(days=days)
    visit = inspections.begin(kitchen, by=zhao, second=zhou, at=at, **words)
    inspections.fill_in(visit, answers(failed, not_applicable), by=zhao)
    inspections.close(visit, by=zhao, signature="signed", signed_name="王海", at=at)
    return visit


def test_a_reinspection_sees_what_was_mended(closed, restaurant, zhao, zhou):
    again = looked_again(restaurant, zhao, zhou, days=5, failed=["clean"], follows=closed)
    assert again.kind == "follow_up" and again.follows == closed
    mended, open_ = closed.findings.get(item="hands"), closed.findings.get(item="clean")
    assert (mended.fixed_on, mended.fixed_in) == (date(2026, 11, 21), again)
    assert open_.fixed_on is None and again.findings.get().item == "clean"


def test_the_last_of_a_chain_mends_what_the_first_found(closed, restaurant, zhao, zhou):
    second = looked_again(restaurant, zhao, zhou, days=5, failed=["clean"], follows=closed)
    third = looked_again(restaurant, zhao, zhou, days=9, kind="follow_up")
    assert third.follows == second
    assert {row.fixed_in for row in (*second.findings.all(), closed.findings.get(item="clean"))} == {third}


def test_any_later_visit_that_sees_it_in_order_sees_it_mended(closed, restaurant, zhao, zhou):
    later = looked_again(restaurant, zhao, zhou, days=5, failed=["clean"])
    assert later.kind == "routine" and closed.findings.get(item="hands").fixed_in == later
    assert closed.findings.get(item="clean").fixed_in is None


def test_what_no_longer_applies_stays_open(closed, restaurant, zhao, zhou):
    looked_again(restaurant, zhao, zhou, days=6, not_applicable=["hands"], failed=["clean"], follows=closed)
    assert not closed.findings.exclude(fixed_in=None).exists()


def test_a_reinspection_follows_a_closed_visit_of_the_same_kitchen(visit, restaurant, zhao, zhou, wang):
    elsewhere = builders.establishment(owner=wang, signboard="别家")
    with pytest.raises(Refused):
        inspections.begin(restaurant, by=zhao, second=zhou, follows=visit, at=MONDAY)
    with pytest.raises(Refused):
        inspections.begin(
            elsewhere, by=zhao, second=zhou, follows=inspected(restaurant, zhao, zhou), at=MONDAY + timedelta(days=1)
        )


def test_after_a_poisoning_there_is_no_grade_for_six_months_unless_it_was_taken_back(restaurant, wang, zhao, zhou, li):
    builders.permit(restaurant, submitted_by=wang, state="in_force")
    outbreak = Outbreak.objects.create(
        establishment=restaurant,
        occurred_on=date(2026, 9, 1),
        people=7,
        document_number="海市监〔2026〕9 号",
        findings="沙门氏菌",
        confirmed_by=li,
    )
    assert inspected(restaurant, zhao, zhou).reasons == ["incident_within_6_months"]
    Outbreak.objects.filter(pk=outbreak.pk).update(revoked_at=MONDAY, revoked_by=li, revoked_why="误判")
    assert inspected(restaurant, zhao, zhou).grade == "A"


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_once_are_one_visit_and_one_photo(restaurant, zhao, zhou):
    form, key, failed = uuid4(), uuid4(), []
    together = threading.Barrier(2, timeout=30)

    def send():
        try:
            together.wait()
            visit = inspections.begin(restaurant, by=User.objects.get(pk=zhao.pk), second=zhou, form=form, at=MONDAY)
            together.wait()
            inspections.add_photo(visit, picture(), by=zhao, key=key)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert Inspection.objects.count() == 1 and InspectionPhoto.objects.count() == 1 and StoredFile.objects.count() == 1
