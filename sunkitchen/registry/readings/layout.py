"""Lines on a page as the machine saw them. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """One run of text. `box`: its corners from the text's own upper left clockwise, in per mille of the stored page."""

    text: str
    confidence: float
    box: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...] = field(default=())
    ratio: float = 1.0  # the stored page's width by its height
