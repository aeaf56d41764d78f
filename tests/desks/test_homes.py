"""The owner's home: what is missing, what expires, where each kitchen stands, whether its camera is live."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from sunkitchen.core import notices
from sunkitchen.core.models import Notice
from sunkitchen.registry.models import Credential, Delivery, Establishment, Photo, StaffMember, Supplier
from sunkitchen.registry.staff import actions as staff
from tests import builders
from tests.permissions_things import stored
from tests.ratings.conftest import inspected


def signed_in(person):
    browser = Client()
    browser.force_login(person)
    return browser


def page(person, path, status=200):
    response = signed_in(person).get(path)
    assert response.status_code == status
    return response.content.decode()


def in_force(place, owner, days=900, **fields):
    """Its permit, valid for so many more days."""
    through = timezone.localdate() + timedelta(days=days)
    return builders.permit(place, submitted_by=owner, state="in_force", valid_through=through, **fields)


def works(place, owner, post="chef", certificate_days=None):
    """Somebody who works there, with a health certificate for so many more days."""
    today = timezone.localdate()
    member = StaffMember.objects.create(
        establishment=place, name="张三", post=post, joined_on=today - timedelta(days=90), added_by=owner
    )
    if certificate_days is not None:
        Credential.objects.create(
            establishment=place,
            staff_member=member,
            kind="health_certificate",
            number="1",
            holder="张三",
            valid_from=today - timedelta(days=90),
            valid_through=today + timedelta(days=certificate_days),
            state="in_force",
            created_by=owner,
        )
    return member


def received(place, owner, days_ago):
    supplier, _new = Supplier.objects.get_or_create(establishment=place, name="坎门水产", defaults={"added_by": owner})
    day = timezone.localdate() - timedelta(days=days_ago)
    return Delivery.objects.create(establishment=place, supplier=supplier, received_on=day, entered_by=owner)


def photographed(place, owner, subjects=("front", "dining", "kitchen", "board")):
    for subject in subjects:
        file = stored(f"{subject}-{place.pk}")
        Photo.objects.create(establishment=place, subject=subject, file=file, added_by=owner)


@pytest.fixture
def in_order(restaurant, wang, settings, tmp_path):
    """海上明月 with nothing left to do."""
    settings.FILES_ROOT = tmp_path / "files"
    in_force(restaurant, wang)
    builders.camera(restaurant)
    works(restaurant, wang, post="waiter", certificate_days=200)
    received(restaurant, wang, 0)
    photographed(restaurant, wang)
    return restaurant


def test_a_newcomer_is_shown_the_way(qian):
    text = page(qian, "/en/desk/")
    assert "Register a kitchen" in text and "No letter yet?" in text


def test_an_officer_without_a_kitchen_is_sent_to_the_office(li):
    assert "Your work is in the office." in page(li, "/en/desk/")


def test_an_owner_sees_what_is_missing(restaurant, wang):
    text = page(wang, "/en/desk/")
    for words in (
        "Hand in the food business permit.",
        "Add a camera",
        "Enter who works here",
        "Begin the purchase ledger.",
        "Photos missing: Shop front, Dining room,",
    ):
        assert words in text


def test_a_kitchen_where_all_is_done_is_left_in_peace(in_order, wang):
    text = page(wang, "/en/desk/")
    assert "Everything is in order." in text and "to do" not in text


def test_an_owner_sees_what_expires_and_the_last_day_to_apply_until_the_renewal_is_handed_in(in_order, wang):
    Credential.objects.filter(kind="food_permit").update(valid_through=timezone.localdate() + timedelta(days=40))
    text = page(wang, "/en/desk/")
    assert "Please apply for its renewal by" in text and "last day to apply for renewal:" in text
    in_force_to = timezone.localdate() + timedelta(days=2000)
    builders.permit(in_order, submitted_by=wang, valid_through=in_force_to)
    text = page(wang, "/en/desk/")
    assert "Please apply" not in text and "renewal being reviewed" in text and "Everything is in order." in text


def test_an_owner_sees_that_the_permit_has_expired(in_order, wang):
    Credential.objects.filter(kind="food_permit").update(valid_through=timezone.localdate() - timedelta(days=1))
    text = page(wang, "/en/desk/")
    assert "Please hand in the new one." in text and ">Expired<" in text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, "1 person has no health certificate in force."),
        (-1, "1 person has no health certificate in force."),
        (20, "1 health certificate expires within 30 days."),
    ],
)
def test_an_owner_sees_whose_health_certificate_is_needed(in_order, wang, days, words):
    works(in_order, wang, post="waiter", certificate_days=days)
    text = page(wang, "/en/desk/")
    assert words in text and ("1 / 2" if days != 20 else "2 / 2") in text


def test_an_owner_sees_who_was_not_asked_before_being_filmed(in_order, wang):
    works(in_order, wang, post="chef", certificate_days=200)
    assert "1 person who is filmed has not signed a consent." in page(wang, "/en/desk/")


def test_a_camera_is_not_called_live_while_guests_see_nothing(in_order, wang):
    cook = works(in_order, wang, post="chef", certificate_days=200)
    staff.give_consent(cook, by=wang, given_on=timezone.localdate())
    assert "Not shown to guests" not in page(wang, "/en/desk/")
    staff.withdraw_consent(cook, by=wang)
    assert "Not shown to guests" in page(wang, "/en/desk/")


def test_a_ledger_that_nobody_keeps_is_asked_for(in_order, wang):
    Delivery.objects.update(received_on=timezone.localdate() - timedelta(days=9))
    text = page(wang, "/en/desk/")
    assert "No delivery was entered for 9 days." in text and "last entry 9 days ago" in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "live", "vouched": True}, "Live"),
        ({"state": "live", "vouched": False}, "our own relay is not running"),
        ({"state": "stalled", "why": "unreachable", "vouched": True}, "the camera cannot be reached"),
        ({"state": "off"}, "nobody is watching"),
    ],
)
def test_owner_and_officer_see_whether_a_camera_is_live(restaurant, wang, li, fields, words):
    vouched = fields.pop("vouched", False)
    now = timezone.now()
    builders.camera(restaurant, since=now, seen_at=now if vouched else now - timedelta(minutes=5), **fields)
    assert words in page(wang, "/en/desk/")
    office = page(li, "/en/office/")
    assert (words in office) == (words not in ("Live", "nobody is watching"))


def test_an_owner_sees_where_the_kitchen_stands(good, wang):
    text = page(wang, "/en/desk/")
    assert "A excellent" in text and "2026-11-16 (" in text
    assert "on neither" in text


def test_a_notice_in_its_window_comes_first_with_the_last_day_to_answer(served, chen):
    from sunkitchen.desks.owner.home import kitchens
    from tests.ratings.conftest import MONDAY

    with override("en"):
        [kitchen] = kitchens(chen, MONDAY + timedelta(days=1))
    assert kitchen.next.words.startswith("A notice was served: you can answer it until Nov. 23, 2026")
    assert [clock.until.isoformat() for _listing, clock in kitchen.facts.notices] == ["2026-11-23"]
    [later] = kitchens(chen, MONDAY + timedelta(days=30))
    assert later.facts.notices == []


def test_a_closed_kitchen_asks_for_nothing_and_stands_last(wang):
    builders.establishment(owner=wang, signboard="甲", state="closed")
    builders.establishment(owner=wang, signboard="乙")
    text = page(wang, "/en/desk/")
    assert text.index(">乙</a></h2>") < text.index(">甲</a></h2>")
    assert text.count('class="next') == 1


def test_ten_kitchens_stay_readable(wang):
    for n in range(10):
        builders.establishment(owner=wang, signboard=f"第 {n} 家")
    text = page(wang, "/en/desk/")
    assert text.count('<a href="#k-') == 10 and text.count('class="next') == 10
    assert text.count("and where it stands</summary>") == 10


def test_nobody_elses_kitchen_stands_on_the_desk(restaurant, qian):
    builders.establishment(owner=qian, signboard="钱家小馆")
    text = page(qian, "/en/desk/")
    assert "钱家小馆" in text and "海上明月" not in text


def test_the_desk_costs_no_query_more_per_kitchen(wang, zhao, zhou, django_assert_num_queries):
    def kitchens(count):
        for _ in range(count):
            place = builders.establishment(owner=wang)
            builders.camera(place)
            in_force(place, wang)
            works(place, wang, certificate_days=3)
            received(place, wang, 2)
            inspected(place, zhao, zhou)

    kitchens(2)
    with CaptureQueriesContext(connection) as few:
        page(wang, "/en/desk/")
    kitchens(5)
    with django_assert_num_queries(len(few)):
        page(wang, "/en/desk/")
    assert Establishment.objects.count() == 7


# ── what a person was told ──────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def told(wang, restaurant):
    for count in range(25):
        kind = "credential.returned" if count % 2 else "listing.served"
        notices.tell(wang, kind, f"Letter {count}.", "Body", dedupe=f"x{count}", link="/en/desk/")
    return Notice.objects.on_desk(wang)


def test_the_newest_notices_stand_on_the_desk_and_all_on_their_page(told, wang):
    desk = page(wang, "/en/desk/")
    assert "Letter 24." in desk and "Letter 19." not in desk
    first, second = page(wang, "/en/desk/notices/"), page(wang, "/en/desk/notices/?page=2")
    assert "Letter 24." in first and "Letter 4." not in first and "Letter 4." in second


def test_notices_are_new_until_they_are_read(told, wang):
    assert "(25) " in page(wang, "/en/desk/") and ">new<" in page(wang, "/en/desk/notices/")
    answer = signed_in(wang).post("/en/desk/notices/read/")
    assert answer.status_code == 302 and answer.url == "/en/desk/notices/"
    text = page(wang, "/en/desk/notices/")
    assert ">new<" not in text and "<title>Notices" in text
    assert Notice.objects.filter(channel="sms", read_at=None).count() == 25  # what was sent is not what was read


def test_opening_a_notice_reads_it_and_leads_on(told, wang):
    letter = told.first()
    answer = signed_in(wang).post(f"/en/desk/notices/{letter.pk}/")
    letter.refresh_from_db()
    assert answer.url == "/en/desk/" and letter.read_at
    assert told.unread().count() == 24


def test_notices_are_filtered_by_what_they_are_about_and_by_whether_they_are_new(told, wang):
    told.filter(kind="listing.served").update(read_at=timezone.now())
    assert "Letter 23." in page(wang, "/en/desk/notices/?new=1") and "Letter 24." not in page(
        wang, "/en/desk/notices/?new=1"
    )
    about = page(wang, "/en/desk/notices/?about=listing")
    assert "Letter 24." in about and "Letter 23." not in about
    assert "Letter 24." in page(wang, "/en/desk/notices/?about=%27;drop&page=zzz")
    assert "Nothing here." in page(wang, "/en/desk/notices/?about=listing&new=1")


def test_nobody_reads_anothers_notices(told, wang, qian):
    assert "Letter" not in page(qian, "/en/desk/") + page(qian, "/en/desk/notices/")
    assert signed_in(qian).post(f"/en/desk/notices/{told.first().pk}/").status_code == 404


def test_an_officer_reads_their_notices_in_the_office(li):
    notices.tell(li, "listing.served", "Letter of Li", "Body", dedupe="x")
    assert "Letter of Li" in page(li, "/en/office/notices/")
    answer = signed_in(li).post("/en/desk/notices/read/", {"here": "office_notices"})
    assert answer.url == "/en/office/notices/"
