"""What a mask covers: all of its polygon, whatever its shape."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.relay.masks import MOST_BOXES, Box, boxes, drawn

point = st.tuples(st.integers(0, 1000), st.integers(0, 1000))
polygon = st.lists(point, min_size=3, max_size=9).map(tuple)


def test_an_upright_rectangle_is_one_box():
    assert boxes([((100, 200), (400, 200), (400, 700), (100, 700))]) == [Box(100, 200, 400, 700)]
    assert drawn([((0, 0), (500, 0), (500, 1000), (0, 1000))]) == [
        "drawbox=x=floor(iw*0/1000):y=floor(ih*0/1000):w=ceil(iw*500/1000)-floor(iw*0/1000)"
        ":h=ceil(ih*1000/1000)-floor(ih*0/1000):color=black:t=fill"
    ]


def test_two_masks_side_by_side_stay_two():
    left, right = ((0, 0), (100, 0), (100, 100), (0, 100)), ((500, 0), (600, 0), (600, 100), (500, 100))
    assert boxes([left, right]) == [Box(0, 0, 100, 100), Box(500, 0, 600, 100)]


def test_no_mask_is_no_box():
    assert boxes([]) == []


def winding(shape, x, y):
    """How often the polygon goes around the point (Sunday's algorithm)."""
    turns = 0
    for (ax, ay), (bx, by) in itertools.pairwise([*shape, shape[0]]):
        side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
        turns += (ay <= y < by and side > 0) - (by <= y < ay and side < 0)
    return turns


@given(masks=st.lists(polygon, min_size=1, max_size=5), points=st.lists(point, min_size=50, max_size=200))
@settings(max_examples=100, deadline=None)
def test_every_polygon_is_covered_whole_with_a_bounded_number_of_boxes(masks, points):
    found = boxes(masks)
    assert len(found) <= MOST_BOXES
    for x, y in points:
        x, y = x - 0.37, y - 0.41
        if 0 < x < 1000 and 0 < y < 1000 and any(winding(shape, x, y) for shape in masks):
            assert any(box.left <= x < box.right and box.top <= y < box.bottom for box in found)


def test_where_a_mask_crosses_itself_nothing_shows_through():
    star = ((500, 0), (800, 1000), (0, 350), (1000, 350), (200, 1000))
    assert any(box.left <= 500 < box.right and box.top <= 500 < box.bottom for box in boxes([star]))


@pytest.mark.parametrize("shape", [((-500, -500), (500, -500), (500, 500)), ((900, 900), (5000, 900), (900, 5000))])
def test_what_lies_outside_the_picture_is_cut_off(shape):
    found = boxes([shape])
    assert found and all(0 <= box.left < box.right <= 1000 and 0 <= box.top < box.bottom <= 1000 for box in found)
