"""Does the camera still see what a person confirmed? Pure: 64×36 luma pictures in, a hint out, never a finding.

How it is measured. The picture is cut into 8×6 blocks of 8×6 cells, and of each the slopes between neighbouring cells,
across and down apart, are held against those of the confirmed picture: their correlation knows no brightness and no
contrast, so exposure, a lamp and steam leave it high, and so does a sway of one cell each way. A block is *there* when
its slopes line up, *gone* when they neither line up nor have a quarter of the steepness that was there before. Only
blocks count in which the confirmed picture has something to see, and of those no masked cell.

covered: most of them are gone, and hardly any is there. moved: in one of the two directions hardly any is there (a
camera that was turned to the side still sees the worktop's edge as a line), yet there is something to see.
People in front of the lens take away some blocks, for a while: so most are needed, for LOOKS looks over SECONDS.
The thresholds are ours, shown by tests with drawn kitchens, people, lamps, noise, masks and a poor encoder.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import mul

from .ffmpeg import GRAY_HEIGHT, GRAY_WIDTH
from .truth import CELLS, DARK_MEAN

WIDE, HIGH = 8, 6  # cells of a block
DETAIL = 700.0  # sum of squared slopes that make a block worth comparing: an edge of 12 luma levels through all of it
LEAST_BLOCKS = 6  # with fewer of them in a direction, that one says nothing
LINED_UP = 0.45  # correlation of slopes from which a block is there
FLAT = 0.25  # of the steepness that was (its square is compared): below, a block is gone
MOST_GONE = 0.7  # of the blocks that count
FEW_THERE = 0.35
SWAYS = [(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1) if (x, y) != (0, 0)]
LOOKS = 3
SECONDS = 30.0

Polygons = Sequence[Sequence[tuple[int, int]]]  # per mille of the picture's width and height
Slopes = list[float]


class Confirmed:
    """The confirmed picture, made ready for comparing. ValueError for another size."""

    def __init__(self, gray: bytes, masks: Polygons = ()) -> None:
        if len(gray) != CELLS:
            raise ValueError(f"{len(gray)} cells, not {CELLS}")
        seen = _seen(masks)
        beside = [*seen[1:], False]
        below = [*seen[GRAY_WIDTH:], *[False] * GRAY_WIDTH]
        # A slope counts where both of its cells are seen; the last column has no neighbour.
        self._counts = (
            [
                float(a and b and x % GRAY_WIDTH < GRAY_WIDTH - 1)
                for x, (a, b) in enumerate(zip(seen, beside, strict=True))
            ],
            [float(a and b) for a, b in zip(seen, below, strict=True)],
        )
        self.slopes = self.kept(_slopes(gray))
        self.steep = [
            {block: steep for block, cells in enumerate(BLOCKS) if (steep := _sum(way, way, cells)) >= DETAIL}
            for way in self.slopes
        ]

    @property
    def is_telling(self) -> bool:
        """Whether it shows enough that covered and moved can be told."""
        return any(len(steep) >= LEAST_BLOCKS for steep in self.steep)

    def kept(self, slopes: Sequence[Slopes]) -> tuple[Slopes, ...]:
        """A picture's slopes, without what is masked."""
        return tuple(list(map(mul, way, counts)) for way, counts in zip(slopes, self._counts, strict=True))


@dataclass(frozen=True)
class Likeness:
    """Shares of the blocks that count."""

    there: float  # in the direction that has fewer of them there
    gone: float  # of all

    @property
    def covered(self) -> bool:
        return self.there <= FEW_THERE and self.gone >= MOST_GONE

    @property
    def moved(self) -> bool:
        return self.there <= FEW_THERE and self.gone < MOST_GONE


def compare(confirmed: Confirmed, picture: bytes) -> Likeness:
    """How much of the confirmed picture is in `picture`. ValueError for another size."""
    if len(picture) != CELLS:
        raise ValueError(f"{len(picture)} cells, not {CELLS}")
    whole = _slopes(picture)
    kept = confirmed.kept(whole)
    lost = [
        {
            block: now / before
            for block, before in steep.items()
            if not _lines_up(before, now := _sum(new, new, BLOCKS[block]), _sum(new, old, BLOCKS[block]))
        }
        for steep, old, new in zip(confirmed.steep, confirmed.slopes, kept, strict=True)
    ]
    for x, y in SWAYS:
        if all(len(gone) < len(steep) / 2 for gone, steep in zip(lost, confirmed.steep, strict=True)):
            break  # it is there, whatever a sway would still find
        swayed = confirmed.kept([_shifted(way, x, y) for way in whole])
        for gone, steep, old, new in zip(lost, confirmed.steep, confirmed.slopes, swayed, strict=True):
            for block in list(gone):
                if _lines_up(steep[block], _sum(new, new, BLOCKS[block]), _sum(new, old, BLOCKS[block])):
                    del gone[block]
    telling = [(len(gone), len(steep)) for gone, steep in zip(lost, confirmed.steep, strict=True)]
    there = min((1 - gone / count for gone, count in telling if count >= LEAST_BLOCKS), default=1.0)
    flat = sum(share < FLAT * FLAT for gone in lost for share in gone.values())
    return Likeness(there, flat / max(1, sum(count for _gone, count in telling)))


def _lines_up(before: float, now: float, together: float) -> bool:
    return now > 0 and together >= LINED_UP * (before * now) ** 0.5


@dataclass(frozen=True)
class Doubt:
    """What is kept of a camera between looks: since when, and how often in a row, it looked wrong, and how."""

    since: datetime | None = None
    looks: int = 0
    at: datetime | None = None
    covered: int = 0  # of those looks


@dataclass(frozen=True)
class Hint:
    covered: bool = False
    moved: bool = False


def judge(doubt: Doubt, confirmed: Confirmed, picture: bytes, at: datetime) -> tuple[Doubt, Hint]:
    """Look at the newest picture. A doubt that lasts LOOKS looks over SECONDS is a hint; one good look ends it.

    A dark picture is dark: nothing is read out of it, and a doubt stays as it was.
    """
    if not confirmed.is_telling:
        return Doubt(), Hint()
    if sum(picture) / CELLS < DARK_MEAN:
        return doubt, Hint()
    likeness = compare(confirmed, picture)
    if not (likeness.covered or likeness.moved):
        return Doubt(), Hint()
    since = doubt.since
    if since is None or at < since:  # the clock was set back: begin again
        doubt = Doubt()
        since = at
    doubt = Doubt(since, doubt.looks + 1, at, doubt.covered + likeness.covered)
    if doubt.looks < LOOKS or (at - since).total_seconds() < SECONDS:
        return doubt, Hint()
    covered = 2 * doubt.covered > doubt.looks
    return doubt, Hint(covered=covered, moved=not covered)


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────
def _blocks() -> Iterator[list[slice]]:
    """Of each block its rows of cells."""
    for top in range(0, GRAY_HEIGHT, HIGH):
        for left in range(0, GRAY_WIDTH, WIDE):
            yield [slice((top + y) * GRAY_WIDTH + left, (top + y) * GRAY_WIDTH + left + WIDE) for y in range(HIGH)]


BLOCKS = list(_blocks())


def _slopes(picture: bytes) -> tuple[Slopes, Slopes]:
    """To the right and downwards; nothing to the right of the last cell or below the last row."""
    across: Slopes = [b - a for a, b in pairwise(picture)]
    down: Slopes = [b - a for a, b in zip(picture, picture[GRAY_WIDTH:], strict=False)]
    return [*across, 0], [*down, *[0] * GRAY_WIDTH]


def _sum(a: Slopes, b: Slopes, cells: list[slice]) -> float:
    return sum(sum(map(mul, a[row], b[row])) for row in cells)


def _shifted(slopes: Slopes, x: int, y: int) -> Slopes:
    """As if the camera had swayed by that many cells; what comes in from outside is flat."""
    by = x + y * GRAY_WIDTH
    return slopes[by:] + [0.0] * by if by >= 0 else [0.0] * -by + slopes[:by]


def _seen(masks: Polygons) -> list[bool]:
    """Which cells no mask touches: a cell counts as masked when its centre or one of its corners is."""
    if not masks:
        return [True] * CELLS
    found = []
    for cell in range(CELLS):
        left, top = cell % GRAY_WIDTH, cell // GRAY_WIDTH
        points = [
            ((left + dx) * 1000 / GRAY_WIDTH, (top + dy) * 1000 / GRAY_HEIGHT)
            for dx, dy in ((0.5, 0.5), (0.02, 0.02), (0.98, 0.02), (0.02, 0.98), (0.98, 0.98))
        ]
        found.append(not any(_inside(x, y, polygon) for polygon in masks for x, y in points))
    return found


def _inside(x: float, y: float, polygon: Sequence[tuple[int, int]]) -> bool:
    """Even-odd rule."""
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], *polygon[:1]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
