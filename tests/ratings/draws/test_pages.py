"""A draw through the pages, as a clerk, an inspector and anybody sees it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.translation import override

from ratings.draws import actions
from ratings.models import Assignment, Draw, Inspection
from sunkitchen.core.models import LogEntry
from tests import builders

from .conftest import MONDAY

pytestmark = pytest.mark.django_db

FORM = {"title": "第四季度双随机", "kitchens": "3"}


@pytest.fixture
def bureau(hailan):
    return {**FORM, "authority": hailan.pk}


def test_a_clerk_commits_and_draws_and_the_two_begin_their_visit(at, town, li, bureau):
    page = at(li)
    assert page.get("/office/draws/new/").status_code == 200
    made = page.post("/office/draws/new/", bureau)
    draw = Draw.objects.get()
    assert made.url == f"/office/draws/{draw.pk}/"
    assert "开始抽取" in page.get(made.url).content.decode() or draw.state == "committed"
    assert page.post(f"{made.url}hold/").url == made.url
    visit = Assignment.objects.select_related("lead", "establishment").first()
    assert visit.establishment.signboard in page.get(made.url).content.decode()
    mine = at(visit.lead)
    assert visit.establishment.signboard in mine.get("/office/draws/").content.decode()
    begun = mine.post(f"/office/draws/visits/{visit.pk}/begin/")
    assert begun.url == f"/office/inspections/{Inspection.objects.get().pk}/"
    assert page.post(f"{made.url}hold/").status_code == 409


def test_a_refusal_is_said_in_the_form(at, town, li, bureau):
    page = at(li)
    answer = page.post("/office/draws/new/", {**bureau, "kitchens": "999"})
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    answer = page.post("/office/draws/new/", {**bureau, "declared": "HL-0012"})
    assert answer.status_code == 422
    answer = page.post("/office/draws/new/", {**bureau, "declared": "HL-0012 nowhere"})
    assert answer.status_code == 422
    assert not Draw.objects.exists()


def test_a_public_number_that_is_missing_is_asked_for(at, town, li, hailan):
    draw = builders.draw(hailan, by=li, beacon="周二双色球")
    page = at(li)
    assert "周二双色球" in page.get(f"/office/draws/{draw.pk}/").content.decode()
    assert page.post(f"/office/draws/{draw.pk}/hold/").status_code == 422
    assert page.post(f"/office/draws/{draw.pk}/hold/", {"beacon_value": "7"}).status_code == 302


@pytest.mark.parametrize("field", ["title", "beacon", "declared", "kitchens", "authority"])
@pytest.mark.parametrize("value", ["\0", "x" * 30_000, "😀" * 5, "-1", "9" * 40, "\u202e\ufeff"])
def test_odd_input_is_answered_in_words_and_leaves_nothing_half_done(at, town, li, bureau, field, value):
    answer = at(li).post("/office/draws/new/", {**bureau, field: value})
    assert answer.status_code in (302, 400, 422)
    if answer.status_code != 302:
        assert not Draw.objects.exists() and not LogEntry.objects.exists()


# ── what anybody sees ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def held(hailan, town, li):
    return actions.hold(builders.draw(hailan, by=li, kitchens=3, at=MONDAY), by=li, at=MONDAY)


def test_anybody_reads_the_commitment_and_nobody_the_kitchens_before_the_visits(client, held):
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False), override("en"):
        page = client.get("/en/draws/hailan/2026-1/").content.decode()
        raw = client.get("/draws/hailan/2026-1.json").content.decode()
    assert held.commitment in page and held.pool_sha256 in page
    assert "could have tried many" in page, "no public number: the page says what that means"
    for visit in held.assignments.select_related("establishment"):
        assert visit.establishment.signboard not in page
    assert held.seed not in page and held.seed not in raw and '"outcome"' not in raw


def test_afterwards_anybody_reads_all_of_it_but_no_inspectors_name(client, held, tmp_path):
    with time_machine.travel(MONDAY + timedelta(days=60), tick=False):
        page = client.get("/draws/hailan/2026-1/").content.decode()
        raw = client.get("/draws/hailan/2026-1.json").content
    visit = held.assignments.select_related("establishment", "lead").first()
    assert visit.establishment.signboard in page and held.seed in page
    assert visit.lead.name not in page and "HL-00" in page
    path = tmp_path / "draw.json"
    path.write_bytes(raw)
    from ratings.draws import redraw

    assert redraw.main([str(path)]) == 0


def test_the_tool_is_there_to_download(client):
    answer = client.get("/draws/redraw.py")
    assert answer.content.startswith(b'"""Draw again')
    assert "attachment" in answer["Content-Disposition"]


def test_every_draw_is_listed(client, held):
    assert "第四季度双随机抽查" in client.get("/draws/").content.decode()
    assert client.get("/draws/?page=99999999999999999999").status_code == 200
    for address in ("/draws/hailan/2026-2/", "/draws/nowhere/2026-1/", "/draws/hailan/2026-99999999999999999999/"):
        assert client.get(address).status_code == 404
