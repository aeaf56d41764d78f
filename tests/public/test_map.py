"""Where the kitchens are: addresses for everybody; a map only with licensed tiles and their review number."""

import pytest

from sunkitchen.registry.establishments import coordinates
from tests import builders

PLACE = (28.136, 121.231)


@pytest.fixture
def licensed(db, settings):
    settings.MAP_TILES_URL = "https://t{s}.tiles.example/{z}/{x}/{y}.png"
    settings.MAP_TILES_SUBDOMAINS = ["0", "1"]
    settings.MAP_TILES_SYSTEM = "gcj02"
    settings.MAP_TILES_NUMBER = "GS(2026)0001号"
    settings.MAP_TILES_ATTRIBUTION = "Tiles Example"
    return settings


def placed(latitude=PLACE[0], longitude=PLACE[1], **fields):
    return builders.establishment(latitude=latitude, longitude=longitude, coordinates="wgs84", **fields)


def images_of(answer):
    policy = answer.headers["Content-Security-Policy"]
    return next(words.split()[1:] for words in policy.split("; ") if words.startswith("img-src"))


def test_without_a_licence_there_are_the_addresses_alone(client, read, db):
    placed()
    page = read("/en/map/")
    assert page.says("1 kitchen by address", "no licensed map", "楚门镇 · 南兴东路", "海上明月海鲜楼")
    assert "svg" not in [tag for tag, _ in page.tags] and "script" not in [
        tag for tag, a in page.tags if "map" in a.get("src", "")
    ]
    assert images_of(client.get("/map/")) == ["'self'", "data:"]
    assert client.get("/map/points.json").json() == {"points": [], "all": 0}


@pytest.mark.parametrize(
    "lacking", [{"MAP_TILES_NUMBER": ""}, {"MAP_TILES_URL": ""}, {"MAP_TILES_SYSTEM": "mars"}], ids=str
)
def test_a_map_without_review_number_address_or_known_system_is_not_shown(read, licensed, lacking):
    for name, value in lacking.items():
        setattr(licensed, name, value)
    placed()
    assert read("/en/map/").says("no licensed map")


def test_a_licensed_map_prints_its_system_and_number_and_only_its_hosts_may_send_pictures(client, read, licensed):
    placed()
    assert read("/en/map/").says("Coordinate system: GCJ-02 · Map review number: GS(2026)0001号", "Tiles Example")
    assert images_of(client.get("/map/")) == ["'self'", "data:", "https://t0.tiles.example", "https://t1.tiles.example"]
    assert images_of(client.get("/")) == ["'self'", "data:"], "no other page"
    assert read("/en/privacy/").says("t0.tiles.example, t1.tiles.example, which sees your network address")


def test_points_are_moved_into_the_tiles_own_system(client, licensed):
    kitchen = placed()
    (point,) = client.get("/map/points.json").json()["points"]
    moved = coordinates.from_wgs84(*PLACE, "gcj02")
    assert point[:2] == [round(value, 6) for value in moved]
    assert abs(point[0] - PLACE[0]) > 0.001, "GCJ-02 is hundreds of metres off"
    assert point[2:] == [kitchen.code, "海上明月海鲜楼", "none", ""]
    licensed.MAP_TILES_SYSTEM = "wgs84"
    assert client.get("/map/points.json").json()["points"][0][:2] == list(PLACE)


def test_a_point_carries_picture_and_list(client, licensed, edition, red_kitchen, black_kitchen):
    for kitchen in (red_kitchen, black_kitchen):
        type(kitchen).objects.filter(pk=kitchen.pk).update(latitude=28, longitude=121, coordinates="gcj02")
    found = {point[2]: point[4:] for point in client.get("/map/points.json").json()["points"]}
    assert found == {red_kitchen.code: ["live", "red"], black_kitchen.code: ["none", "black"]}


def test_only_the_box_that_is_looked_at_is_sent(client, licensed):
    near, far = placed(), placed(latitude=30, signboard="远店")
    answer = client.get("/map/points.json?box=28,121,28.3,121.4")
    assert [point[2] for point in answer.json()["points"]] == [near.code]
    assert answer["Cache-Control"].startswith("public, max-age=")
    codes = [point[2] for point in client.get("/map/points.json").json()["points"]]
    assert codes == [near.code, far.code]


@pytest.mark.parametrize(
    "box", ["", "1,2,3", "a,b,c,d", "nan,nan,nan,nan", "inf,0,1,1", "5,5,1,1", "9" * 400, "-91,0,0,0"]
)
def test_what_is_no_box_is_none(client, licensed, box):
    placed()
    answer = client.get("/map/points.json", {"box": box})
    assert answer.status_code == 200 and answer.json()["all"] == 1


def test_of_many_kitchens_an_even_part_comes_and_the_whole_number_is_said(client, licensed, monkeypatch):
    from sunkitchen.public.map import views

    monkeypatch.setattr(views, "MOST", 10)
    for number in range(25):
        placed(signboard=f"店 {number}")
    said = client.get("/map/points.json").json()
    assert said["all"] == 25 and 8 <= len(said["points"]) <= 10


def test_points_cost_the_same_for_many(client, licensed, edition, django_assert_max_num_queries):
    for number in range(20):
        placed(signboard=f"店 {number}")
    with django_assert_max_num_queries(9):
        client.get("/map/points.json?box=28,121,29,122")


def test_one_kitchen_can_be_looked_for_by_its_code(client, licensed):
    kitchen = placed()
    html = client.get(f"/map/?k={kitchen.code}").content.decode()
    assert '"focus": [28.' in html
    assert '"focus": null' in client.get("/map/?k=none").content.decode()


def test_an_invented_town_is_drawn_and_the_drawing_says_that_it_is_none(read, db):
    placed(is_demo=True)
    placed(latitude=28.14, is_demo=True, signboard="老码头")
    page = read("/en/map/")
    assert page.says("Schematic drawing, not a map", "南兴东路")
    drawn = [a for tag, a in page.tags if tag == "circle"]
    assert len(drawn) == 2
    svg = next(a for tag, a in page.tags if tag == "svg")
    assert svg["aria-hidden"] == "true" and all(
        a["tabindex"] == "-1" for tag, a in page.tags if tag == "a" and "tabindex" in a
    )


def test_a_real_kitchen_is_never_drawn(read, db):
    placed(is_demo=True)
    placed(signboard="真店")
    page = read("/en/map/")
    assert "circle" not in [tag for tag, _ in page.tags]
    assert page.says("no licensed map", "真店")


def test_a_closed_kitchen_has_no_place_any_more(client, read, licensed):
    placed(signboard="停业的店", state="closed")
    assert "停业的店" not in read("/en/map/").text
    assert client.get("/map/points.json").json()["points"] == []


def test_the_list_narrows_and_says_when_nothing_fits(read, db):
    placed()
    placed(signboard="老码头", category="snack", address="海澜市望潮街道渔港路 6 号")
    assert read("/en/map/?category=snack").says("1 kitchen by address", "望潮街道 · 渔港路", "老码头")
    assert read("/en/map/?q=渔港路").says("1 kitchen by address", "老码头")
    assert read("/en/map/?q=nowhere").says("Nothing fits")


def test_the_page_costs_the_same_for_many(client, licensed, django_assert_max_num_queries):
    for number in range(70):
        placed(signboard=f"店 {number}", address=f"海澜市听涛镇南兴东路 {number} 号")
    with django_assert_max_num_queries(6):
        client.get("/map/")
