"""Addresses as a postman reads them, and the drawing of an invented town."""

import math

import pytest

from sunkitchen.public.map.streets import METRES, Spot, draw, order, street


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("海澜市听涛镇南兴东路 88 号", ("听涛镇", "南兴东路")),
        ("海澜市望潮街道渔港路 6 号", ("望潮街道", "渔港路")),
        ("浙江省玉环市楚门镇南兴东路88号", ("楚门镇", "南兴东路")),
        ("海澜市鹭洲街道白鹭巷 21 号", ("鹭洲街道", "白鹭巷")),
        ("海澜市盐埕街道盐田街 184 号", ("盐埕街道", "盐田街")),
        ("千帆大道 300 号", ("", "千帆大道")),
        ("城东村 3 组", ("", "")),
        ("", ("", "")),
    ],
)
def test_an_address_names_its_town_and_street(address, found):
    assert street(address) == found


def test_neighbours_follow_each_other_by_number():
    homes = [f"海澜市听涛镇南兴东路 {number} 号" for number in (100, 9, 88)]
    assert sorted(homes, key=order) == [f"海澜市听涛镇南兴东路 {number} 号" for number in (9, 88, 100)]


def spot(east, north, address="听涛镇南兴东路 1 号"):
    """Metres from a place on the 28th parallel."""
    return Spot(28 + north / METRES, 121 + east / METRES / math.cos(math.radians(28)), address, "c", "店", "none")


def test_nothing_to_draw_is_no_drawing():
    assert draw([]) is None


def test_the_drawing_keeps_distances_and_north_is_up():
    drawing = draw([spot(0, 0), spot(1000, 0), spot(0, 500, "别路 1 号")])
    west, east, north = drawing.dots
    across = east.x - west.x
    assert west.y == pytest.approx(east.y, abs=1)
    assert west.y - north.y == pytest.approx(across / 2, rel=0.01)
    assert drawing.bar / drawing.bar_metres == pytest.approx(across / 1000, rel=0.01)
    assert all(0 < dot.x < drawing.width and 0 < dot.y < drawing.height for dot in drawing.dots)


def test_a_street_is_the_line_through_its_houses_and_its_name_never_stands_on_its_head():
    for bearing in range(0, 360, 15):
        dx, dy = math.sin(math.radians(bearing)), math.cos(math.radians(bearing))
        drawing = draw([spot(dx * along, dy * along) for along in (0, 300, 700)])
        (line,) = drawing.lines
        assert line.name == "南兴东路" and -90 <= line.angle <= 90
        for dot in drawing.dots:
            a, b = line.y2 - line.y1, line.x1 - line.x2
            away = abs(a * (dot.x - line.x1) + b * (dot.y - line.y1)) / math.hypot(a, b)
            assert away < 2


def test_one_kitchen_alone_has_a_dot_and_no_street():
    drawing = draw([spot(0, 0)])
    assert len(drawing.dots) == 1 and not drawing.lines
