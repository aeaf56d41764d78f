"""How a page lies is told by its lines: every way up, leaning, and where they don't agree."""

import math

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.core import upright
from sunkitchen.core.turns import Turn
from sunkitchen.registry.models import Reading
from sunkitchen.registry.readings import actions as readings
from sunkitchen.registry.readings import papers, standing
from sunkitchen.registry.readings.layout import Line, Page

from .conftest import Told, page

PAPER = page(
    "食品经营许可证", "许可证编号：JY29999010000010", "经营者名称：海澜小海面馆", "发证机关：海澜市市场监督管理局"
)


def lying(degrees, ratio=0.75, paper=PAPER):
    """The upright `paper` as a photo shows it that has to be turned by so many degrees."""
    turn = Turn(0, -degrees, 1.0)
    lines = []
    for line in paper.lines:
        box = tuple((x * 0.5 + 250, y * 0.5 + 250) for x, y in line.box)
        lines.append(Line(line.text, line.confidence, tuple((x, y) for x, y in turn.placed(box))))
    return Page(tuple(lines), 1.0)


@given(st.floats(-180, 180))
def test_a_page_is_turned_until_its_lines_run_level(degrees):
    found = standing.upright(lying(degrees))
    assert math.remainder(found - degrees, 360) == pytest.approx(0, abs=1)


def test_few_lines_or_lines_that_run_anywhere_turn_nothing():
    lines = lying(0).lines
    assert standing.upright(Page(lines[:2], 1.0)) is None
    assert standing.upright(Page(lines[:2] + lying(90).lines[:2], 1.0)) is None
    broken = Line("发证机关名称", 0.9, ((math.nan, 0), (9, 0), (9, 9), (0, 9)))
    assert standing.upright(Page((broken,) * 5, 1.0)) is None


def test_a_page_that_was_read_lying_stands_and_its_marks_go_along(paper):
    stored = paper(pages=2)
    readings.ask(stored, "food_permit")
    read_as = [lying(90), lying(3)]
    readings.read_due(timezone.now(), reader=Told(*read_as))
    stored.refresh_from_db()
    assert upright.turn_of(stored, 1).quarter == 1 and upright.turn_of(stored, 1).lean == pytest.approx(0, abs=0.5)
    assert upright.turn_of(stored, 2).quarter == 0 and upright.turn_of(stored, 2).lean == pytest.approx(3, abs=0.5)
    kept = Reading.objects.get(file=stored).fields
    assert kept == papers.read("food_permit", read_as), "what is kept are places on the picture that came"
    number = readings.found([stored]).fields["number"]
    (left, top), (right, level) = number["box"][:2]
    assert right > left and level == pytest.approx(top, abs=8), "the mark lies as the line does now"


def test_a_picture_on_which_nothing_was_read_is_left_as_it_came(paper):
    stored = paper()
    readings.ask(stored, "food_permit")
    readings.read_due(timezone.now(), reader=Told(page("今天下雨", "明天下雪", "后天天晴了", "再来一碗面")))
    stored.refresh_from_db()
    assert stored.turns == {} and Reading.objects.get().state == "unreadable"


def test_the_notes_lines_move_too():
    fields = {"lines": [{"product": {"value": "豆腐", "page": 1, "box": [[0, 0], [100, 0], [100, 50], [0, 50]]}}]}
    moved = standing.placed(fields, {"1": {"quarter": 2}})
    assert moved["lines"][0]["product"]["box"] == [[1000, 1000], [900, 1000], [900, 950], [1000, 950]]
    assert standing.placed(fields, {"2": {"quarter": 2}}) == fields
