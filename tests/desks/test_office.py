"""The office's home: queues with their oldest, what stands still; its kitchens; its trail. test_due.py has the clocks."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ratings.inspections import checklists
from ratings.models import Inspection
from sunkitchen.accounts.models import Post
from sunkitchen.core import audit, notices
from sunkitchen.core.models import Notice
from sunkitchen.desks.office import kitchens as of
from sunkitchen.desks.office.home import morning
from sunkitchen.desks.office.unreached import masked
from sunkitchen.registry.models import Establishment, RegisterImport
from tests import builders
from tests.desks.test_homes import in_force, page, signed_in, works

YEAR = timedelta(days=365)


@pytest.fixture
def elsewhere(db):
    """A kitchen of another bureau, with all that this office must not see."""
    place = builders.establishment(division="888801", signboard="外市饭店")
    builders.permit(place)
    builders.camera(place, state="stalled", why="unreachable", seen_at=timezone.now())
    return place


def visited(place, lead, second, ago, state="closed"):
    closed = {"score_tenths": 95, "result": "conforms", "signature": "signed", "closed_at": timezone.now()}
    return Inspection.objects.create(
        establishment=place,
        authority=lead.posts.get().authority,
        checklist=checklists.current().version,
        lead=lead,
        second=second,
        lead_number="1",
        second_number="2",
        visited_at=timezone.now() - ago,
        state=state,
        **(closed if state == "closed" else {}),
    )


def test_an_office_sees_its_own_queue_and_no_other(permit, li, elsewhere):
    text = page(li, "/en/office/")
    assert "papers wait, the oldest" in text and "外市饭店" not in text
    queue = page(li, "/en/office/papers/")
    assert "海上明月海鲜楼" in queue and "外市饭店" not in queue
    assert "外市饭店" not in page(li, "/en/office/kitchens/")


def test_papers_are_counted_by_kind_with_the_oldest_first(permit, li, wang, restaurant):
    builders.permit(restaurant, submitted_by=wang, kind="business_licence")
    type(permit).objects.filter(kind="business_licence").update(submitted_at=timezone.now() - timedelta(days=3))
    papers = morning(li, timezone.now()).papers
    assert papers.count == 2 and [queue.count for queue in papers.kinds] == [1, 1]
    assert papers.kinds[0].oldest == papers.oldest < papers.kinds[1].oldest


@pytest.mark.parametrize(("person", "first"), [("li", "papers"), ("zhao", "visits"), ("sun", "lists"), ("wu", "trail")])
def test_what_a_person_may_do_comes_first(request, person, first):
    rooms = morning(request.getfixturevalue(person), timezone.now()).rooms
    assert rooms[0] == first and ("trail" in rooms) == (person == "wu")


def test_who_was_not_visited_for_two_years_is_found(zhao, zhou):
    long_ago = timezone.now() - 3 * YEAR
    old, fresh, new, seen = (builders.establishment(signboard=name) for name in "甲乙丙丁")
    Establishment.objects.exclude(pk=new.pk).update(opened_at=long_ago)
    visited(old, zhao, zhou, 2.5 * YEAR)
    visited(fresh, zhao, zhou, 2.5 * YEAR)
    visited(fresh, zhao, zhou, YEAR)
    Establishment.objects.filter(pk=seen.pk).update(state="closed")
    found = of.unvisited(Establishment.objects.all(), timezone.now())
    assert list(found) == [old]
    assert morning(zhao, timezone.now()).visits.unvisited == 1


def test_permits_that_end_soon_are_counted_until_the_renewal_is_brought(restaurant, wang, li):
    in_force(restaurant, wang, days=20)
    assert morning(li, timezone.now()).kitchens.expiring == 1
    builders.permit(restaurant, submitted_by=wang, valid_through=timezone.localdate() + 5 * YEAR)
    assert morning(li, timezone.now()).kitchens.expiring == 0


def test_an_open_kitchen_without_a_permit_in_force_stands_out(restaurant, wang, li):
    assert morning(li, timezone.now()).kitchens.unpermitted == 1
    in_force(restaurant, wang)
    assert morning(li, timezone.now()).kitchens.unpermitted == 0


def test_the_office_knows_who_is_unclaimed_closed_filmed_and_certified(restaurant, wang, li):
    builders.establishment(signboard="无主")
    builders.establishment(signboard="关门", state="closed")
    builders.camera(restaurant)
    builders.camera(restaurant, zone="cutting")
    works(restaurant, wang, certificate_days=100)
    works(restaurant, wang)
    works(restaurant, wang, post="cashier")
    found = morning(li, timezone.now()).kitchens
    assert (found.open, found.closed, found.unclaimed, found.filmed) == (2, 1, 1, 1)
    assert (found.certified, found.needed) == (1, 2)
    for show, names in (("unclaimed", {"无主"}), ("closed", {"关门"}), ("uncertified", {"海上明月海鲜楼"})):
        text = page(li, f"/en/office/kitchens/?show={show}")
        assert {name for name in ("无主", "关门", "海上明月海鲜楼") if name in text} == names


def test_only_who_may_open_the_register_is_led_to_it(hailan, li, sun):
    RegisterImport.objects.create(authority=hailan, name="register.csv", sha256="0" * 64, brought_by=li, state="done")
    assert "register.csv" in page(sun, "/en/office/")
    link = 'href="/en/office/register/">Register import<'
    assert link in page(li, "/en/office/") and link not in page(sun, "/en/office/")


@pytest.mark.parametrize(
    ("fields", "live", "silent"),
    [
        ({"state": "live", "age": 1}, 1, 0),
        ({"state": "live", "age": 60}, 0, 1),
        ({"state": "live", "age": None}, 0, 1),
        ({"state": "backoff", "age": 1}, 0, 1),
        ({"state": "starting", "age": 1}, 0, 0),
        ({"state": "off", "age": 60}, 0, 0),
        ({"state": "stalled", "age": 1, "enabled": False}, 0, 0),
    ],
)
def test_the_database_counts_cameras_as_the_page_speaks_of_them(restaurant, li, fields, live, silent):
    now = timezone.now()
    age = fields.pop("age")
    camera = builders.camera(restaurant, seen_at=now - timedelta(seconds=age) if age is not None else None, **fields)
    found = morning(li, now).cameras
    assert (found.live, found.silent) == (live, silent)
    assert camera.status(now).is_live == bool(live)
    assert (camera.status(now).state in ("stalled", "backoff")) == bool(silent)


# ── what reached nobody ─────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def unreached(restaurant, wang):
    notices.tell(wang, "credential.returned", "Please correct your paper", "…", dedupe="u", about=restaurant)
    Notice.objects.filter(channel="sms").update(failures=5, failure="ConnectionError: no")
    return Notice.objects.get(channel="sms")


def test_an_officer_sees_whom_a_notice_did_not_reach_and_not_their_number(unreached, li, elsewhere):
    text = page(li, "/en/office/")
    assert "notices reached nobody" in text and "138****0001" in text and "13800000001" not in text
    assert "海上明月海鲜楼" in text and "Please correct your paper" in text
    other = builders.officer("外", builders.authority("外市市场监督管理局", "888801"), "clerk")
    assert "138****0001" not in page(other, "/en/office/") + page(other, "/en/office/undelivered/")
    assert signed_in(other).post(f"/en/office/undelivered/{unreached.pk}/resend/").status_code == 404


def test_a_clerk_has_it_sent_again_and_an_auditor_only_looks(unreached, li, wu):
    assert signed_in(wu).post(f"/en/office/undelivered/{unreached.pk}/resend/").status_code == 403
    assert "Send again" not in page(wu, "/en/office/")
    assert "Send again" in page(li, "/en/office/")
    signed_in(li).post(f"/en/office/undelivered/{unreached.pk}/resend/")
    assert not Notice.objects.given_up().exists() and "Every notice was delivered." in page(
        li, "/en/office/undelivered/"
    )


def test_a_second_officer_is_told_that_it_was_dealt_with(unreached, li):
    browser = signed_in(li)
    browser.post(f"/en/office/undelivered/{unreached.pk}/by-hand/")
    answer = browser.post(f"/en/office/undelivered/{unreached.pk}/by-hand/", follow=True)
    assert "already dealt with" in answer.content.decode()


def test_what_is_tried_again_is_said_too(unreached, li):
    Notice.objects.filter(channel="email").update(failures=2)
    assert "1 notice could not be sent yet and is tried again." in page(li, "/en/office/")


@pytest.mark.parametrize(
    ("address", "shown"),
    [("13800000001", "138****0001"), ("wang@example.com", "w***@example.com"), ("123456", "****56"), ("@x", "***@x")],
)
def test_an_address_is_masked(address, shown):
    assert masked(address) == shown


# ── the trail ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def trail(restaurant, li, wang, elsewhere):
    audit.record(li, "credential.approved", restaurant, reason="看清了")
    audit.record(wang, "camera.switched_off", restaurant)
    audit.record(None, "credential.approved", elsewhere)


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"approved the paper", "switched the camera off"}),
        ("person=李", {"approved the paper"}),
        ("verb=camera", {"switched the camera off"}),
        ("verb=camera.switched_off", {"switched the camera off"}),
        ("verb=approved", {"approved the paper"}),
        ("subject=明月", {"approved the paper", "switched the camera off"}),
        ("subject=外市", set()),
        ("day=2020-01-01", set()),
        ("before=1", set()),
    ],
)
def test_an_auditor_finds_what_happened(trail, wu, query, seen):
    text = page(wu, f"/en/office/audit/?{query}")
    assert {words for words in ("approved the paper", "switched the camera off") if words in text} == seen
    assert "外市饭店" not in text


def test_the_day_of_the_trail_is_the_offices_own(trail, wu):
    assert "看清了" in page(wu, f"/en/office/audit/?day={timezone.localdate()}")


@pytest.mark.parametrize("query", ["day=31-31", "before=x", "before=99999999999999999999999"])
def test_a_search_that_means_nothing_says_so(trail, wu, query):
    assert "look at" in page(wu, f"/en/office/audit/?{query}", status=422)


def test_a_long_trail_is_read_page_by_page(restaurant, li, wu):
    for n in range(60):
        audit.record(li, "odd.deed", restaurant, n=f"number {n}.")
    first = page(wu, "/en/office/audit/?verb=odd")
    assert "number 59." in first and "number 10." in first and "number 9." not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    text = page(wu, f"/en/office/audit/{older}")
    assert "number 9." in text and "number 10." not in text and "Newest" in text


def test_only_auditors_open_the_trail(li, wang, wu):
    page(li, "/en/office/audit/", status=403)
    page(wang, "/en/office/audit/", status=404)
    assert "Audit trail" in page(wu, "/en/office/") and "Audit trail" not in page(li, "/en/office/")


def test_an_inspector_who_audits_too_sees_both(hailan, zhao):
    Post.objects.create(user=zhao, authority=hailan, role="auditor")
    assert morning(zhao, timezone.now()).rooms == ["visits", "trail", "papers", "lists"]


def test_the_office_costs_no_query_more_per_kitchen(li, wang, django_assert_num_queries):
    def kitchens(count):
        for _ in range(count):
            place = builders.establishment(owner=wang)
            builders.camera(place, state="stalled", seen_at=timezone.now())
            builders.permit(place, submitted_by=wang)
            works(place, wang)

    kitchens(2)
    with CaptureQueriesContext(connection) as few:
        page(li, "/en/office/")
    kitchens(5)
    cache.clear()
    with django_assert_num_queries(len(few)):
        page(li, "/en/office/")
