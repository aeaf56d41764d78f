"""Who looked at scans: an auditor finds the name behind a role, within their own area and nowhere else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sunkitchen.core import seen
from sunkitchen.core.models import FileView
from tests import builders
from tests.desks.test_homes import page, works

PATH = "/en/office/looks/"


@pytest.fixture
def zhang(restaurant, wang):
    """张三, who works at 海上明月."""
    return works(restaurant, wang)


@pytest.fixture
def looked(zhang, li, wang, db):
    """李 and 王 looked at 张's paper; 胡 at one of another bureau."""
    seen.note(builders.stored_file(), by=li, about=zhang, at=timezone.now() - timedelta(days=2))
    seen.note(builders.stored_file(), by=wang, about=zhang)
    other = works(builders.establishment(division="888801", signboard="外市饭店"), wang)
    seen.note(builders.stored_file(), by=builders.user("胡远", email="hu@example.com"), about=other)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"李审", "王海"}),
        ("person=李", {"李审"}),
        ("person=胡", set()),
        ("kitchen=明月", {"李审", "王海"}),
        ("kitchen=外市", set()),
        ("kitchen=明月&person=王", {"王海"}),
        ("day=2020-01-01", set()),
        ("before=1", set()),
    ],
)
def test_an_auditor_finds_who_looked_in_their_own_area(looked, wu, query, names):
    text = page(wu, f"{PATH}?{query}").split("<main")[1]
    assert {name for name in ("李审", "王海", "胡远") if name in text} == names
    assert "外市饭店" not in text


def test_a_look_tells_role_kitchen_and_a_masked_employee(looked, wu, restaurant):
    text = page(wu, f"{PATH}?day={timezone.localdate()}")
    assert "王海" in text and "The owner" in text and "李审" not in text
    assert "张*" in text and "张三" not in text and "Chef" in text
    assert restaurant.signboard in text and f"/{restaurant.code}/" in text


def test_a_kitchen_is_found_by_its_code(looked, wu, restaurant):
    assert "李审" in page(wu, f"{PATH}?kitchen={restaurant.code}")


def test_whoever_is_erased_or_gone_is_called_that(looked, wu, zhang):
    zhang.name, zhang.erased_at = zhang.ERASED, timezone.now()
    zhang.save()
    FileView.objects.update(by=None)
    text = page(wu, PATH)
    assert "Erased" in text and "已*" not in text and "Their account is gone" in text
    FileView.objects.update(about="registry.staffmember:99999999")
    assert "Nobody looked" not in page(wu, PATH)


def test_many_looks_are_read_page_by_page(zhang, li, wu):
    looked_often(zhang, li, 60)
    first = page(wu, f"{PATH}?person=李")
    assert first.count("<time") == 50
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    text = page(wu, f"{PATH}{older}")
    assert text.count("<time") == 10 and "Newest" in text and 'rel="next"' not in text


def test_many_looks_cost_no_more_queries_than_one(zhang, li, wu):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            page(wu, PATH)
        return len(asked)

    looked_often(zhang, li, 1)
    queries()
    few = queries()
    looked_often(zhang, li, 40)
    assert queries() == few


def looked_often(member, by, times):
    now, place = timezone.now(), member.establishment
    FileView.objects.bulk_create(
        FileView(
            about=seen.name_of(member),
            by=by,
            role="clerk",
            at=now - timedelta(hours=times - n),
            establishment=place.pk,
            division=place.division,
        )
        for n in range(times)
    )


@pytest.mark.parametrize(
    "query", ["day=31-31", "before=x", "before=99999999999999999999999", "person=%00", "kitchen=%00"]
)
def test_a_search_that_means_nothing_says_so(looked, wu, query):
    assert "look at" in page(wu, f"{PATH}?{query}", status=422)


def test_only_auditors_open_it_and_the_trail_leads_there(li, wang, wu):
    page(li, PATH, status=403)
    page(wang, PATH, status=404)
    assert 'href="/en/office/looks/"' in page(wu, "/en/office/audit/").split("<main")[1]
    assert "office/looks/" in page(wu, "/en/office/") and "office/looks/" not in page(li, "/en/office/")
