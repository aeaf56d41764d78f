"""A paper's way: handed in, looked at, returned or in force, replaced; and what its kitchen hears of it."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sunkitchen.core.audit import trail
from sunkitchen.core.files import BadUpload
from sunkitchen.core.models import Notice, StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import expiring, timeline
from sunkitchen.registry.credentials.tasks import remind_of_expiry
from sunkitchen.registry.credentials.twins import twins
from sunkitchen.registry.models import Credential
from tests import builders
from tests.core import corpus

TODAY = date(2026, 11, 22)


@pytest.fixture
def waiting(newcomer, wang, photo, facts):
    """小海面馆's food permit, handed in by 王 with two photos."""
    return credentials.hand_in(newcomer, by=wang, uploads=[photo(), photo()], **facts)


def test_a_permit_with_its_photos_waits_for_review(waiting, wang):
    assert waiting.state == "submitted" and waiting.submitted_by == wang
    assert [page.file.pages for page in waiting.pages.all()] == [1, 1]
    assert waiting.pages.first().file.owner_scope == f"establishment:{waiting.establishment_id}"


def nothing_stored(settings):
    files = [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()] if settings.FILES_ROOT.exists() else []
    return not files and not StoredFile.objects.exists() and not Credential.objects.exists()


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ({"number": "JY2999901000001A"}, "digits only"),
        ({"valid_from": date(2029, 5, 12), "valid_through": date(2024, 5, 13)}, "ends before it begins"),
        ({"holder": "店" * 10_000}, "100 characters"),
        ({"holder": ""}, "blank"),
        ({"kind": "passport"}, "not a valid choice"),
    ],
)
def test_a_wrong_fact_is_refused_and_nothing_is_stored(newcomer, wang, photo, facts, fact, words, settings):
    with pytest.raises(Refused, match=words):
        credentials.hand_in(newcomer, by=wang, uploads=[photo()], **{**facts, **fact})
    assert nothing_stored(settings)


def test_a_bad_second_file_leaves_nothing_of_the_first(newcomer, wang, photo, facts, settings):
    with pytest.raises(BadUpload):
        credentials.hand_in(newcomer, by=wang, uploads=[photo(), SimpleUploadedFile("x.jpg", corpus.HTML)], **facts)
    assert nothing_stored(settings)


def test_a_paper_without_a_picture_is_not_handed_in(newcomer, wang, facts, settings):
    with pytest.raises(Refused, match="photo or PDF"):
        credentials.hand_in(newcomer, by=wang, uploads=[], **facts)
    assert nothing_stored(settings)


def test_nobody_hands_in_a_draft_of_a_kitchen_they_do_not_act_for(newcomer, wang, qian, photo, facts):
    paper = credentials.draft(newcomer, by=wang, uploads=[photo()], **facts)
    with pytest.raises(Refused, match="own people"):
        credentials.submit(paper, by=qian)
    paper.refresh_from_db()
    assert paper.state == "draft"


def test_eleven_files_are_too_many_for_one_paper(newcomer, wang, photo, facts):
    with pytest.raises(Refused, match="At most 10"):
        credentials.hand_in(newcomer, by=wang, uploads=[photo() for _ in range(11)], **facts)


def test_a_clerk_approves_and_the_kitchen_opens(waiting, li, wang):
    credentials.approve(waiting, by=li, today=TODAY)
    assert waiting.state == "in_force" and waiting.reviewed_by == li
    waiting.establishment.refresh_from_db()
    assert waiting.establishment.state == "open"
    notice = Notice.objects.get(recipient=wang, channel="desk")
    assert "Your kitchen" in notice.body or "公示" in notice.body or "2029" in notice.body
    assert notice.link.endswith(f"/papers/{waiting.pk}/")


def test_nobody_approves_their_own_permit(waiting, wang, li, hailan):
    with pytest.raises(Refused, match="their own"):
        credentials.approve(waiting, by=wang)
    builders.establishment(owner=li)  # a kitchen elsewhere is no matter
    from sunkitchen.registry.models import Membership

    Membership.objects.create(user=li, establishment=waiting.establishment, role="manager")
    with pytest.raises(Refused, match="their own"):
        credentials.approve(waiting, by=li)
    with pytest.raises(Refused, match="their own"):
        credentials.send_back(waiting, by=li, reason="no")
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


def test_an_expired_paper_does_not_open_a_kitchen(waiting, li):
    with pytest.raises(Refused, match="has expired"):
        credentials.approve(waiting, by=li, today=date(2029, 5, 13))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.establishment.state) == ("submitted", "registered")


def test_a_paper_may_come_into_force_on_its_very_last_day(waiting, li):
    assert credentials.approve(waiting, by=li, today=date(2029, 5, 12)) is True
    assert waiting.standing(date(2029, 5, 12)) == "expiring"


def test_two_clerks_cannot_both_decide(waiting, li, hailan):
    other = builders.officer("陆核", hailan, "clerk")
    theirs = Credential.objects.get(pk=waiting.pk)
    credentials.approve(waiting, by=li, today=TODAY)
    with pytest.raises(WrongState):
        credentials.send_back(theirs, by=other, reason="too late")


def test_what_was_handed_in_anew_meanwhile_is_not_approved_unseen(waiting, wang, li):
    seen = waiting.submitted_at
    credentials.withdraw(waiting, by=wang)
    credentials.revise(waiting, by=wang, holder="另一家")
    credentials.submit(waiting, by=wang)
    with pytest.raises(WrongState):
        credentials.approve(waiting, by=li, seen=seen)


def test_a_page_that_stood_open_meanwhile_decides_nothing_though_it_saw_what_it_shows(waiting, wang, li):
    theirs = Credential.objects.get(pk=waiting.pk)
    credentials.withdraw(waiting, by=wang)
    credentials.submit(waiting, by=wang)
    with pytest.raises(WrongState):
        credentials.approve(theirs, by=li, seen=theirs.submitted_at)


def test_who_acted_for_a_kitchen_once_hands_in_nothing_there_any_more(newcomer, wang, photo, facts):
    before = builders.manager(newcomer, ended_at=timezone.now()).user
    paper = credentials.draft(newcomer, by=wang, uploads=[photo()], **facts)
    with pytest.raises(Refused, match="own people"):
        credentials.submit(paper, by=before)


def test_whoever_wrote_a_paper_does_not_review_it_though_another_handed_it_in(waiting, li):
    Credential.objects.filter(pk=waiting.pk).update(created_by=li)
    waiting.refresh_from_db()
    with pytest.raises(Refused, match="their own"):
        credentials.approve(waiting, by=li, today=TODAY)


def test_a_returned_paper_comes_back_corrected(waiting, wang, li, photo, settings):
    with pytest.raises(Refused, match="what is wrong"):
        credentials.send_back(waiting, by=li, reason="  ")
    with pytest.raises(Refused, match="500"):
        credentials.send_back(waiting, by=li, reason="字" * 10_000)
    credentials.send_back(waiting, by=li, reason="有效期看不清")
    assert "有效期看不清" in Notice.objects.get(recipient=wang, channel="desk").body
    credentials.revise(waiting, by=wang, uploads=[photo()], valid_through=date(2029, 5, 11))
    credentials.submit(waiting, by=wang)
    assert (waiting.state, waiting.reason, waiting.pages.count()) == ("submitted", "", 1)
    assert waiting.valid_through == date(2029, 5, 11)
    assert StoredFile.objects.count() == 1


def test_replaced_pictures_leave_the_disk(waiting, wang, li, photo, settings, django_capture_on_commit_callbacks):
    credentials.withdraw(waiting, by=wang)
    with django_capture_on_commit_callbacks(execute=True):
        credentials.revise(waiting, by=wang, uploads=[photo()])
    assert len(list(settings.FILES_ROOT.rglob("*.jpg"))) == 1


def test_what_waits_or_is_in_force_is_not_revised(waiting, wang, li):
    with pytest.raises(WrongState):
        credentials.revise(waiting, by=wang, holder="另一家")
    credentials.approve(waiting, by=li, today=TODAY)
    with pytest.raises(WrongState):
        credentials.withdraw(waiting, by=wang)


def test_a_new_paper_replaces_the_old_one(waiting, li, wang, photo, facts):
    credentials.approve(waiting, by=li, today=TODAY)
    newer = {**facts, "valid_from": date(2026, 11, 1), "valid_through": date(2031, 10, 31)}
    renewal = credentials.hand_in(waiting.establishment, by=wang, uploads=[photo()], **newer)
    credentials.approve(renewal, by=li, today=TODAY)
    waiting.refresh_from_db()
    assert (waiting.state, renewal.state) == ("replaced", "in_force")


def test_a_renewal_that_begins_today_replaces_the_old_paper_at_once(waiting, li, wang, photo, facts):
    credentials.approve(waiting, by=li, today=TODAY)
    newer = {**facts, "valid_from": TODAY, "valid_through": date(2031, 11, 21)}
    credentials.approve(
        credentials.hand_in(waiting.establishment, by=wang, uploads=[photo()], **newer), by=li, today=TODAY
    )
    waiting.refresh_from_db()
    assert waiting.state == "replaced"


def test_a_renewal_that_begins_later_leaves_the_old_paper_in_force_until_then(waiting, li, wang, photo, facts):
    credentials.approve(waiting, by=li, today=TODAY)
    newer = {**facts, "valid_from": date(2026, 12, 2), "valid_through": date(2031, 12, 1)}
    renewal = credentials.hand_in(waiting.establishment, by=wang, uploads=[photo()], **newer)
    credentials.approve(renewal, by=li, today=TODAY)
    assert Credential.objects.in_force(TODAY).get() == waiting
    assert renewal.standing(TODAY) == "not_yet"
    assert expiring.retire(TODAY) == 0
    assert expiring.retire(date(2026, 12, 2)) == 1
    assert Credential.objects.in_force(date(2026, 12, 2)).get() == renewal


def test_a_corrected_paper_leaves_the_approved_renewal_alone(waiting, li, wang, photo, facts):
    credentials.approve(waiting, by=li, today=TODAY)
    newer = {**facts, "valid_from": date(2026, 12, 2), "valid_through": date(2031, 12, 1)}
    renewal = credentials.hand_in(waiting.establishment, by=wang, uploads=[photo()], **newer)
    credentials.approve(renewal, by=li, today=TODAY)
    corrected = credentials.hand_in(waiting.establishment, by=wang, uploads=[photo()], **facts)
    credentials.approve(corrected, by=li, today=TODAY)
    waiting.refresh_from_db()
    renewal.refresh_from_db()
    assert (waiting.state, corrected.state, renewal.state) == ("replaced", "in_force", "in_force")


def test_a_small_eatery_opens_with_its_registration(newcomer, li, wang, photo, facts):
    paper = {**facts, "kind": "small_eatery", "number": "XCY-0001", "holder": newcomer.operator_name}
    credentials.approve(credentials.hand_in(newcomer, by=wang, uploads=[photo()], **paper), by=li, today=TODAY)
    newcomer.refresh_from_db()
    assert newcomer.state == "open"


def test_in_force_and_expired_are_computed_on_read(waiting, li):
    credentials.approve(waiting, by=li, today=TODAY)
    assert waiting.standing(TODAY) == "in_force"
    assert waiting.standing(date(2029, 4, 12)) == "expiring"
    assert waiting.standing(date(2029, 5, 12)) == "expiring"  # valid through: until 24:00 of that day
    assert waiting.standing(date(2029, 5, 13)) == "expired"
    assert not Credential.objects.in_force(date(2029, 5, 13)).exists()


def test_the_owner_follows_a_paper_like_a_parcel(waiting, li, wang):
    assert timeline.ahead(waiting) == 0
    credentials.take_up(waiting, by=li)
    credentials.take_up(waiting, by=li)
    credentials.send_back(waiting, by=li, reason="请重拍")
    credentials.submit(waiting, by=wang)
    credentials.take_up(waiting, by=li)
    credentials.approve(waiting, by=li, today=TODAY)
    stops = timeline.stops(waiting)
    assert [str(stop.words) for stop in stops] == [
        "Handed in",
        "Being reviewed",
        "Returned",
        "Handed in",
        "Being reviewed",
        "In force",
    ]
    assert stops[2].note == "请重拍"
    assert all(li.name not in str(stop) for stop in stops)


def test_papers_are_looked_at_in_the_order_they_came(waiting, wang, photo, facts):
    second = credentials.hand_in(waiting.establishment, by=wang, uploads=[photo()], **facts)
    assert timeline.ahead(second) == 1


def test_the_clerk_sees_the_same_number_and_the_same_picture_elsewhere(waiting, li, qian, photo, facts):
    there = builders.establishment(owner=qian, signboard="别家", state="registered")
    abroad = builders.establishment(owner=qian, signboard="远方", division="110000")
    stored = waiting.pages.first().file
    copy = builders.permit(there, submitted_by=qian, number="JY29999010000021")
    copy.pages.create(file=stored)
    builders.permit(abroad, submitted_by=qian, number=waiting.number)
    found = {(twin.credential.establishment.signboard, twin.why, twin.visible) for twin in twins(waiting, li)}
    assert found == {("别家", "picture", True), ("远方", "number", False)}


@pytest.fixture
def ending_permit(restaurant, wang):
    return builders.permit(
        restaurant, submitted_by=wang, state="in_force", valid_from=date(2021, 12, 31), valid_through=date(2026, 12, 31)
    )


def kinds(user):
    return list(Notice.objects.filter(recipient=user, channel="desk").order_by("pk").values_list("kind", flat=True))


def test_reminders_count_back_from_the_last_day_to_apply_and_are_said_once(ending_permit, wang):
    for _ in range(2):
        expiring.remind(date(2026, 11, 9))
        assert kinds(wang) == []
    for day in (date(2026, 11, 10), date(2026, 11, 11), date(2026, 12, 10), date(2026, 12, 10), date(2027, 1, 1)):
        expiring.remind(day)
    assert kinds(wang) == ["credential.soon", "credential.last_day", "credential.expired"]
    assert "12月10日" in Notice.objects.filter(recipient=wang, kind="credential.soon", channel="desk").get().body


def test_who_has_handed_in_the_renewal_is_not_reminded(ending_permit, wang, restaurant):
    builders.permit(restaurant, submitted_by=wang, valid_from=date(2027, 1, 1), valid_through=date(2031, 12, 31))
    expiring.remind(date(2026, 12, 10))
    assert kinds(wang) == []


def test_the_hourly_task_is_safe_to_repeat(restaurant, wang):
    today = timezone.localdate()
    builders.permit(restaurant, submitted_by=wang, state="in_force", valid_from=date(2020, 1, 1), valid_through=today)
    remind_of_expiry()
    remind_of_expiry()
    assert kinds(wang) == ["credential.late"]


def test_every_step_leaves_its_trace(waiting, li):
    credentials.approve(waiting, by=li, today=TODAY)
    assert [entry.verb for entry in trail(waiting)] == [
        "credential.drafted",
        "credential.submitted",
        "credential.approved",
    ]


def test_the_oldest_paper_waits_first_in_the_queue(restaurant, wang):
    young = builders.permit(restaurant, submitted_by=wang)
    old = builders.permit(restaurant, submitted_by=wang)
    Credential.objects.filter(pk=old.pk).update(submitted_at=timezone.now() - timedelta(days=1))
    assert list(Credential.objects.waiting()) == [old, young]
