"""The wall of live kitchens: honest about each picture, alike in cost for few and many, whole on a big screen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import builders


@pytest.fixture
def four(db):
    """Live, at rest, interrupted, never seen; and kitchens that have no place on a wall."""
    now = timezone.now()
    soon = now + timedelta(minutes=1)
    found = {}
    states = {
        "断线的店": {"state": "stalled", "why": "unreachable", "since": now - timedelta(minutes=5), "seen_at": soon},
        "等人的店": {"state": "off", "why": "not_wanted", "last_live_at": now - timedelta(minutes=20)},
        "在播的店": {"state": "live", "since": now, "seen_at": soon, "last_live_at": now},
        "新装的店": {},
    }
    for name, fields in states.items():
        found[name] = builders.establishment(signboard=name, category="snack")
        builders.camera(found[name], poster_at=now - timedelta(minutes=6) if fields else None, **fields)
    builders.establishment(signboard="没装的店")
    builders.camera(builders.establishment(signboard="关掉的店"), enabled=False)
    builders.camera(builders.establishment(signboard="停业的店", state="closed"), last_live_at=now)
    return found


def tiles(page):
    return [a["data-code"] for tag, a in page.tags if a.get("class") == "tile"]


def test_live_kitchens_come_first_interrupted_ones_last_and_each_says_how_it_is(read, four):
    page = read("/en/wall/")
    assert page.says("4 kitchens show their cameras", "1 is live now", "The others start")
    assert page.says("Live now", "在播的店", "Has a camera", "等人的店", "断线的店")
    assert page.says("No picture since")
    assert page.says("No picture yet")
    assert tiles(page)[:2] == [four["在播的店"].code, four["等人的店"].code]
    words = " ".join(page.text)
    assert not any(name in words for name in ("没装的店", "关掉的店", "停业的店"))


def test_only_a_picture_that_may_come_can_be_started(read, four):
    boxes = [a for _tag, a in read("/en/wall/").tags if "data-later" in a]
    assert ["data-can" in box for box in boxes] == [True, True, False, False]
    assert not any(box["data-state"] == "live" for box in boxes), "a still picture is never called live by the page"


def test_a_withdrawn_consent_takes_the_tile_away(read, four):
    member = builders.staff_member(four["在播的店"])
    builders.filming_consent(member, withdrawn_at=timezone.now())
    assert four["在播的店"].code not in tiles(read("/en/wall/"))


def test_the_states_for_scripts_are_those_of_the_page(client, read, four):
    answer = client.get("/en/wall/now.json")
    said = answer.json()["tiles"]
    assert list(said) == tiles(read("/en/wall/"))
    live, broken = said[four["在播的店"].code], said[four["断线的店"].code]
    assert (live["words"], live["down"]) == ("Live now", False)
    assert broken["down"] and broken["words"].startswith("No picture since")
    assert broken["poster"].startswith(f"/en/k/{four['断线的店'].code}/poster/")
    assert broken["camera"] == four["断线的店"].cameras.get().code
    assert "max-age=0" in answer["Cache-Control"]


def test_the_wall_narrows_to_one_category(read, four):
    builders.camera(builders.establishment(signboard="食堂", category="school"), last_live_at=timezone.now())
    page = read("/en/wall/?category=school")
    assert page.says("1 kitchen shows its camera", "食堂")
    assert len(tiles(page)) == 1
    assert read("/en/wall/?category=large").says("No kitchen of this category shows a camera yet.", "All kitchens")
    assert page.says("0 are live now")
    assert len(tiles(read("/en/wall/?category=nonsense"))) == 5


def test_an_empty_wall_says_so(read, db):
    assert read("/en/wall/").says("No kitchen shows a camera yet.", "All kitchens")
    assert read("/en/wall/?screen=1").says("No kitchen shows a camera yet.")


def test_a_big_screen_shows_nine_without_header_and_turns_its_pages(read, db):
    for number in range(11):
        builders.camera(builders.establishment(signboard=f"店 {number:02}"), last_live_at=timezone.now())
    first = read("/en/wall/?screen=1&page=1")
    assert len(tiles(first)) == 9
    assert "nav" not in [tag for tag, _ in first.tags] and "footer" not in [tag for tag, _ in first.tags]
    (wall,) = [a for _tag, a in first.tags if "data-next" in a]
    assert wall["class"] == "wall n9"
    second = read(f"/en/wall/{wall['data-next']}")
    assert len(tiles(second)) == 2 and not {*tiles(first)} & {*tiles(second)}
    (wall,) = [a for _tag, a in second.tags if "data-next" in a]
    assert tiles(read(f"/en/wall/{wall['data-next']}")) == tiles(first)


def test_without_script_a_big_screen_still_turns(client, four):
    html = client.get("/wall/?screen=1").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="30;url=' in html


def test_a_wall_costs_the_same_for_many_kitchens(client, edition, red_kitchen, django_assert_max_num_queries):
    for number in range(30):
        builders.camera(builders.establishment(signboard=f"店 {number}"), last_live_at=timezone.now())
    for path in ("/wall/", "/wall/?screen=1", "/wall/now.json"):
        with django_assert_max_num_queries(12):
            client.get(path)


def test_the_wall_may_be_cached_and_sets_no_cookie(client, four):
    answer = client.get("/wall/")
    assert answer["Cache-Control"].startswith("public, max-age=")
    assert not answer.cookies and "Cookie" not in answer.get("Vary", "")
