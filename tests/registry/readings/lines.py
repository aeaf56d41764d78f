"""Lines as a reader sees them on a page, to be made fields of."""

import math

from sunkitchen.registry.readings import papers
from sunkitchen.registry.readings.layout import Line, Page


def line(text, x, y, *, height=24, sure=0.99, wide=None):
    """A line whose upper left is at (x, y), in per mille of a square page."""
    right, low = x + (wide or height * len(text)), y + height
    return Line(text, sure, ((x, y), (right, y), (right, low), (x, low)))


def turned(lines, degrees):
    """The same lines on a page that was photographed at an angle."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def move(point):
        x, y = point[0] - 500, point[1] - 500
        return (500 + x * cos - y * sin, 500 + x * sin + y * cos)

    return [Line(each.text, each.confidence, tuple(move(point) for point in each.box)) for each in lines]


def read(sort, *lines):
    return papers.read(sort, [Page(tuple(lines), 1.0)])


def said(fields):
    return {name: field["value"] for name, field in fields.items() if name != "lines"}


def table(*rows, x=(60, 300, 450, 560), y=200, step=50):
    return [line(text, x[n], y + step * at) for at, row in enumerate(rows) for n, text in enumerate(row) if text]
