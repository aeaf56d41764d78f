"""The plan's pages: who is late, the month as a calendar, a kitchen's class."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ratings.models import Assignment, Finding, Risk
from ratings.plan import month
from sunkitchen.registry.models import Establishment
from tests import builders

from .test_due import NOW, TODAY, visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def late(hailan, zhao, zhou):
    kitchen = builders.establishment(signboard="久未检查", category="school")
    visit(kitchen, hailan, zhao, zhou, TODAY - timedelta(days=200))
    return kitchen


@pytest.fixture
def next_week(hailan, zhao, zhou):
    kitchen = builders.establishment(signboard="下周到期", category="drinks", division="999902")
    visit(kitchen, hailan, zhao, zhou, TODAY - timedelta(days=365 - 6))
    return kitchen


@pytest.fixture
def clerk(late):
    return builders.officer("州审", builders.authority("海州局", "9999", slug="haizhou"), "clerk")


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_late_are_listed_with_their_class_and_day(at, li, late):
    page = text(at(li), "/office/plan/")
    assert "久未检查" in page and ">D<" in page
    assert (TODAY - timedelta(days=200 - 121)).isoformat() in page


def test_it_is_filtered_by_what_is_due_by_district_and_by_class(at, clerk, late, next_week):
    page = at(clerk)
    names = ("久未检查", "下周到期")
    for query, seen in {
        "": (True, False),
        "?show=soon": (False, True),
        "?show=all": (True, True),
        "?show=all&district=999902": (False, True),
        "?show=all&letter=D": (True, False),
        f"?show=all&on={TODAY + timedelta(days=6)}": (False, True),
        "?show=nonsense&letter=Z&district=1&on=2026-99-99&page=-5": (True, False),
        "?on=%00": (True, False),
    }.items():
        content = text(page, f"/office/plan/{query}")
        assert tuple(name in content for name in names) == seen, query


def test_an_officer_sees_their_own_area_alone(at, late, next_week):
    elsewhere = builders.officer("外审", builders.authority("外市局", "8888"), "clerk")
    assert "久未检查" not in text(at(elsewhere), "/office/plan/?show=all")


def test_the_calendar_shows_what_is_due_what_was_drawn_and_what_is_looked_at_again(
    at, clerk, late, next_week, hailan, zhao, zhou
):
    from tests.permissions_things import draw_of

    draw = draw_of(hailan, clerk)
    Assignment.objects.create(
        draw=draw, position=1, establishment=late, lead=zhao, second=zhou, due_on=date(2026, 11, 27)
    )
    seen = late.inspections.get()
    for item in ("hands", "masks"):
        Finding.objects.create(inspection=seen, item=item, note="x", found_on=TODAY, mend_by=date(2026, 11, 30))
    first = date(2026, 11, 1)
    days = {day.day: day for day in month.days(first, Establishment.objects.all(), NOW)}
    assert len(days) == 30
    assert days[date(2026, 11, 28)].due == 1
    assert [entry.kind for entry in days[date(2026, 11, 27)].entries] == ["draw"]
    assert [entry.kind for entry in days[date(2026, 11, 30)].entries] == ["again"], "one visit, not one a finding"
    page = text(at(clerk), "/office/plan/calendar/")
    assert page.count("久未检查") == 2


@pytest.mark.parametrize(
    "asked", ["", "2026-12", "2024-02", "1999-12", "2101-01", "nonsense", "2026-13", "0001-01", "9999-99"]
)
def test_any_month_can_be_turned_to(at, li, late, asked):
    assert text(at(li), f"/office/plan/calendar/?month={asked}")
    first = month.read(asked, TODAY)
    assert first.day == 1 and month.FIRST <= first <= month.LAST
    assert month.beside(month.beside(first, 1), -1) == first


def test_a_clerk_sets_a_class_and_an_inspector_reads_it(at, li, zhao, late):
    address = f"/office/plan/class/{late.code}/"
    assert at(li).post(address, {"letter": "A", "because": " "}).status_code == 422
    assert at(li).post(address, {"letter": "A", "because": "学生已放假停餐"}).status_code == 302
    assert Risk.objects.get().letter == "A"
    page = at(zhao)
    assert "学生已放假停餐" in text(page, address)
    assert page.post(address, {"letter": "B", "because": "x"}).status_code == 403


def test_the_pages_ask_as_much_for_many_kitchens_as_for_few(at, li, hailan, zhao, zhou, late):
    def questions():
        counts = []
        for address in ("/office/plan/", "/office/plan/calendar/"):
            with CaptureQueriesContext(connection) as asked:
                assert page.get(address).status_code == 200
            counts.append(len(asked))
        return counts

    page = at(li)
    questions()
    few = questions()
    for serial in range(60):
        kitchen = builders.establishment(signboard=f"店{serial}", category="school")
        visit(kitchen, hailan, zhao, zhou, timezone.localdate() - timedelta(days=130 + serial))
    assert questions() == few
    assert "1 / 2" in text(page, "/office/plan/")
