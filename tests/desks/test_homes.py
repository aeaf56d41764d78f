"""The two home pages: what is missing, what expires, what waits, what stands still."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sunkitchen.core import notices
from sunkitchen.core.models import Notice
from tests import builders


def page(person, path):
    browser = Client()
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_newcomer_is_shown_the_way(qian):
    assert "Register a kitchen" in page(qian, "/en/desk/")


def test_an_owner_sees_what_is_missing(restaurant, wang):
    text = page(wang, "/en/desk/")
    assert "Hand in the food business permit." in text and "Add a camera" in text


def test_an_owner_sees_what_expires_until_the_renewal_is_handed_in(restaurant, wang):
    today = timezone.localdate()
    builders.permit(restaurant, submitted_by=wang, state="in_force", valid_through=today + timedelta(days=20))
    builders.camera(restaurant)
    assert "expires on" in page(wang, "/en/desk/")
    builders.permit(restaurant, submitted_by=wang, valid_through=today + timedelta(days=2000))
    text = page(wang, "/en/desk/")
    assert "expires on" not in text and "Everything is in order." in text


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


def test_notices_are_new_until_they_are_read(restaurant, wang):
    for count in range(12):
        notices.tell(wang, "x", f"Letter {count}.", "Body", dedupe=f"x{count}")
    text = page(wang, "/en/desk/")
    assert "Letter 11." in text and "Letter 2." in text and "Letter 1." not in text and ">new<" in text
    browser = Client()
    browser.force_login(wang, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post("/en/desk/notices/read/").status_code == 302
    assert ">new<" not in page(wang, "/en/desk/")
    assert Notice.objects.filter(channel="sms", read_at=None).count() == 12  # what was sent is not what was read


def test_nobody_reads_anothers_notices(restaurant, wang, qian):
    notices.tell(wang, "x", "Letter of Wang", "Body", dedupe="x")
    assert "Letter of Wang" not in page(qian, "/en/desk/")


def test_an_office_sees_its_own_queue_and_no_other(permit, li, hailan):
    elsewhere = builders.establishment(division="888801", signboard="外市饭店")
    builders.permit(elsewhere)
    builders.camera(elsewhere, state="stalled", why="unreachable", seen_at=timezone.now())
    text = page(li, "/en/office/")
    assert "papers wait, the oldest" in text and "外市饭店" not in text
    queue = page(li, "/en/office/papers/")
    assert "海上明月海鲜楼" in queue and "外市饭店" not in queue


def test_the_desk_costs_no_query_more_per_kitchen(wang, django_assert_num_queries):
    def kitchens(count):
        for _ in range(count):
            builders.camera(builders.establishment(owner=wang))

    kitchens(2)
    with CaptureQueriesContext(connection) as few:
        page(wang, "/en/desk/")
    kitchens(5)
    with django_assert_num_queries(len(few)):
        page(wang, "/en/desk/")
