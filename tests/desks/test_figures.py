"""The area in figures: counted by the database, within reach alone, and honest about how little they say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ratings.models import Complaint
from sunkitchen.desks.office import drawn, figures
from sunkitchen.desks.office.figures import Cut, around, compared
from sunkitchen.desks.office.figures_page import CUTS
from tests import builders
from tests.desks.test_homes import page
from tests.public import rows

DAY = timedelta(days=1)


@pytest.fixture
def north(db):
    """A kitchen in a town below the city, whose code begins like the city's."""
    return builders.establishment(division="999901102", signboard="北镇小馆", category="small")


@pytest.fixture
def elsewhere(db):
    place = builders.establishment(division="888801", signboard="外市饭店")
    rows.inspection(place, score_tenths=10, result="fails", grade="")
    builders.camera_days(
        builders.camera(place), timezone.localdate() - DAY, timezone.localdate() - DAY, proven=0, failed=900
    )
    Complaint.objects.create(establishment=place, kind="lead", category="dirt", said="脏")
    return place


def now():
    return timezone.now()


# ── scores ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_scores_of_a_year_within_reach_are_counted_in_tenths(restaurant, li, elsewhere):
    for tenths in (90, 90, 89, 74):
        rows.inspection(restaurant, score_tenths=tenths)
    rows.inspection(restaurant, score_tenths=50, days_ago=400)
    found = figures.scores(li, now())
    assert found.bins == {90: 2, 89: 1, 74: 1} and found.visits == 4
    a, b, c = found.cuts
    assert (a.above, a.below, b.above, b.below, c.above, c.below) == (2, 1, 0, 1, 0, 0)
    assert a.from_to == ("9.0–9.2", "8.7–8.9")


@pytest.mark.parametrize(
    ("above", "below", "heaped"), [(30, 9, True), (30, 10, False), (19, 0, False), (20, 0, True), (0, 0, False)]
)
def test_many_just_above_and_few_just_below_are_called_a_heap(above, below, heaped):
    assert Cut("A", 90, above, below, 100).is_heaped == heaped


@given(st.dictionaries(st.integers(0, 100), st.integers(1, 500), max_size=20))
def test_a_histogram_draws_every_visit_once_and_stays_in_its_frame(bins):
    picture = drawn.histogram(bins, CUTS)
    assert len(picture.bars) == len(bins)
    for bar in picture.bars:
        assert float(bar.x) >= 0 and float(bar.x) + float(bar.width) <= drawn.WIDTH + 0.2
        assert float(bar.y) >= 0 and float(bar.height) > 0
        assert abs(float(bar.y) + float(bar.height) - (drawn.HEIGHT - drawn.FOOT)) < 0.2
    for letter, tenths in CUTS:
        cut = around(bins, letter, tenths)
        assert cut.above + cut.below <= sum(bins.values()) == cut.visits


# ── inspectors ──────────────────────────────────────────────────────────────────────────────────────────────
def one(lead, name, kind, scores):
    squares = sum(score * score for score in scores)
    return {"lead": lead, "name": name, "category": kind, "n": len(scores), "total": sum(scores), "squares": squares}


def test_an_inspector_is_compared_at_the_same_kinds_of_kitchen():
    mild, strict = compared([one(1, "赵", "small", [90] * 10), one(2, "周", "small", [70] * 10)])
    assert (mild.name, mild.mean, mild.spread, mild.expected, mild.apart) == ("赵", 90, 0, 80, 10)
    assert strict.apart == -10
    other = compared([one(1, "赵", "small", [90] * 10), one(2, "周", "large", [70] * 10)])
    assert [row.apart for row in other] == [0, 0]  # who visits harder kitchens is not stricter for it


def test_of_few_visits_nothing_is_said():
    assert not compared([one(1, "赵", "small", [90] * 9)])


@given(st.lists(st.lists(st.integers(0, 100), min_size=10, max_size=30), min_size=1, max_size=5))
def test_over_all_inspectors_the_differences_cancel_out(many):
    found = compared(one(pk, "某", "small", scores) for pk, scores in enumerate(many))
    assert abs(sum(row.apart * row.visits for row in found)) < 1e-6
    for row in found:
        scores = many[row.pk]
        mean = sum(scores) / len(scores)
        assert abs(row.spread**2 - sum((s - mean) ** 2 for s in scores) / len(scores)) < 1e-6


def test_means_of_single_inspectors_are_for_publishers_and_auditors_others_see_their_own(
    restaurant, zhao, zhou, li, sun, wu
):
    for lead, score in ((zhao, 95), (zhou, 80)):
        for _ in range(figures.FEW):
            rows.inspection(restaurant, score_tenths=score, lead=lead)
    assert [row.name for row in figures.inspectors(sun, now())] == ["赵查", "周验"]
    for person, seen in ((sun, {"赵查", "周验"}), (wu, {"赵查", "周验"}), (zhao, {"赵查"}), (li, set())):
        body = page(person, "/en/office/figures/").split("<main")[1]
        assert {name for name in ("赵查", "周验") if name in body} == seen


# ── districts ───────────────────────────────────────────────────────────────────────────────────────────────
def test_districts_and_kinds_are_compared_by_visits_grades_failures_and_complaints(restaurant, north, li, elsewhere):
    rows.inspection(restaurant)
    rows.inspection(restaurant, result="fails", grade="", score_tenths=40)
    rows.inspection(north, grade="B", score_tenths=80)
    for state in ("received", "refused"):
        Complaint.objects.create(establishment=north, kind="lead", category="dirt", said="脏", state=state)
    (city, town), kinds = figures.groups(li, now())
    assert (city.name, city.kitchens, city.visits, city.fails) == ("海澜市市场监督管理局", 1, 2, 1)
    assert (city.share("A"), city.share(""), city.per_hundred) == (50, 50, 0)
    assert (town.name, town.share("B"), town.per_hundred) == ("999901102", 100, 100)
    assert [(kind.name, kind.visits) for kind in kinds] == [("medium", 2), ("small", 1)]


# ── live pictures ───────────────────────────────────────────────────────────────────────────────────────────
def test_online_rates_are_of_full_days_by_district_with_the_lowest_kitchens(restaurant, north, li, elsewhere):
    today = timezone.localdate()
    good, bad, new = builders.camera(restaurant), builders.camera(north), builders.camera(builders.establishment())
    builders.camera_days(good, today - 7 * DAY, today - DAY, proven=570, failed=30)
    builders.camera_days(good, today, today, proven=0, failed=600)
    builders.camera_days(bad, today - 7 * DAY, today - DAY, proven=150, failed=450)
    builders.camera_days(new, today - DAY, today - DAY, proven=0, failed=60)
    found = figures.online(li, now())
    assert [(name, rate.permille) for name, rate in found.districts[:1]] == [("999901102", 250)]
    assert [(row.signboard, row.permille) for row in found.worst] == [("北镇小馆", 250), ("海上明月海鲜楼", 950)]
    assert found.yesterday.permille == (570 + 150) * 1000 // (600 + 600 + 60)
    text = page(li, "/en/office/figures/")
    assert "25.0%" in text and "外市饭店" not in text
    assert "online rate, yesterday" in page(li, "/en/office/")


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_office_without_a_visit_says_so(li):
    text = page(li, "/en/office/figures/")
    assert "No visit was closed in the last 12 months." in text and "No camera day is counted yet." in text


def test_the_picture_is_said_in_a_table_too(restaurant, li):
    rows.inspection(restaurant, score_tenths=91)
    text = page(li, "/en/office/figures/")
    assert 'role="img"' in text and '<th scope="row">9.1</th><td>1</td>' in text


def test_figures_of_a_few_queries_are_kept_for_a_minute(restaurant, li, sun):
    rows.inspection(restaurant)
    page(li, "/en/office/figures/")
    with CaptureQueriesContext(connection) as again:
        page(sun, "/en/office/figures/")  # another officer of the same reach
    tables = [query["sql"] for query in again if "ratings_" in query["sql"] or "cameraday" in query["sql"]]
    assert not tables


@pytest.mark.parametrize("kitchens", [5, 50])
def test_the_figures_cost_the_same_for_five_and_for_fifty(li, kitchens):
    for number in range(kitchens):
        place = builders.establishment(division=f"99990110{number % 3}")
        rows.inspection(place)
        builders.camera_days(builders.camera(place), timezone.localdate() - DAY, timezone.localdate() - DAY)
    with CaptureQueriesContext(connection) as found:
        for figure in (figures.online, figures.scores, figures.inspectors, figures.groups):
            figure(li, now())
    mine = [query for query in found if "accounts_post" not in query["sql"] and "membership" not in query["sql"]]
    assert len(mine) == 9
