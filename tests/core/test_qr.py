"""QR codes: what a camera reads back from each of our drawings."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from sunkitchen.core import qr

ADDRESS = "HTTPS://SUN.EXAMPLE.CN/Q/7K3M9QXW2ZB4C8DE"


def read(squares, unit=6, border=4):
    size = (len(squares) + 2 * border) * unit
    picture = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(picture)
    for y, row in enumerate(squares):
        for x, dark in enumerate(row):
            if dark:
                left, top = (x + border) * unit, (y + border) * unit
                draw.rectangle([left, top, left + unit - 1, top + unit - 1], fill=0)
    [found] = zxingcpp.read_barcodes(picture)
    return found


def test_a_camera_reads_the_text_back():
    found = read(qr.matrix(ADDRESS))
    assert found.text == ADDRESS
    assert "M" in str(found.ec_level)


def test_upper_case_makes_a_smaller_code():
    longer = ADDRESS.replace("SUN", "YANGGUANG")
    assert len(qr.matrix(longer)) == 29 < len(qr.matrix(longer.lower()))


def test_chinese_is_read_back_too():
    assert read(qr.matrix("阳光厨房")).text == "阳光厨房"


def test_svg_draws_the_same_squares_without_style_or_script():
    drawing = qr.svg(ADDRESS)
    assert "style" not in drawing and "currentColor" in drawing and "<script" not in drawing
    squares = qr.matrix(ADDRESS)
    drawn = [[False] * len(squares) for _ in squares]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawing):
        for column in range(int(x), int(x) + int(length)):
            drawn[int(y) - qr.QUIET][column - qr.QUIET] = True
    assert drawn == squares


def test_a_terminal_shows_it_in_half_blocks():
    rows = []
    for line in qr.terminal(ADDRESS).splitlines():
        cells = re.sub(r"\x1b\[[0-9;]*m", "", line)
        rows.append([cell in "█▀" for cell in cells])
        rows.append([cell in "█▄" for cell in cells])
    assert read(rows, border=2).text == ADDRESS


@pytest.mark.parametrize("text", ["x" * 5000])
def test_too_long_a_text_is_refused(text):
    with pytest.raises(ValueError):
        qr.matrix(text)
