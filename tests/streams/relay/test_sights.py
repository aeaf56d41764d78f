"""Real keyframes, looked at as the relay does."""

import pytest

from streams.relay.fmp4 import Splitter
from streams.relay.likeness import Confirmed
from streams.relay.sights import Sights
from tests.streams.conftest import encode

from . import drawn

pytestmark = pytest.mark.real("ffmpeg")


class Told:
    def __init__(self):
        self.verdicts, self.hints, self.posters = [], [], []

    def judged(self, code, epoch, *, still_since, dark, covered, moved):
        self.verdicts.append((epoch, still_since is not None, dark))
        self.hints.append("covered" if covered else "moved" if moved else "")

    def poster(self, code, at):
        self.posters.append(at)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def sights(told, tmp_path, ffmpeg_binary):
    return Sights(ffmpeg_binary, tmp_path, judged=told.judged, poster=told.poster, seconds=3, idle_seconds=30)


@pytest.fixture(scope="module")
def moving():
    return Splitter().feed(encode(8, gop=10))


@pytest.fixture(scope="module")
def black():
    return Splitter().feed(encode(2, source="color", gop=10, extra="-vf drawbox=t=fill:c=black"))


async def look(sights, told, part, second, epoch=1, watched=True):
    """Show a keyframe captured in that second; whether it was looked at."""
    before = len(told.verdicts)
    sights.keyframe("c", epoch, part, second * 1000, watched=watched)
    task = sights._sights["c"].task
    if task:
        await task
    return len(told.verdicts) > before


def keyframes(pieces):
    return [part for part in pieces[1:] if part.key]


async def test_a_watched_camera_is_looked_at_every_three_seconds(sights, told, moving):
    sights.begin("c", 1, moving[0])
    looked = [await look(sights, told, part, 100 + second) for second, part in enumerate(keyframes(moving))]
    assert looked == [True, False, False, True, False, False, True, False]
    assert not any(still or dark for _, still, dark in told.verdicts)


async def test_a_camera_that_nobody_watches_is_looked_at_twice_a_minute(sights, told, moving):
    sights.begin("c", 1, moving[0])
    first, second, third, *_ = keyframes(moving)
    assert await look(sights, told, first, 100, watched=False)
    assert not await look(sights, told, second, 120, watched=False)
    assert await look(sights, told, third, 131, watched=False)


async def test_a_frozen_picture_is_found_and_freed_by_its_first_change(sights, told, moving):
    sights.begin("c", 1, moving[0])
    first, other, *_ = keyframes(moving)
    for second in range(100, 124, 2):
        await look(sights, told, first, second)
    assert told.verdicts[-1][1]
    await look(sights, told, other, 126)
    assert not told.verdicts[-1][1]


async def test_a_new_feed_is_looked_at_at_once_and_remembers(sights, told, moving):
    sights.begin("c", 1, moving[0])
    first = keyframes(moving)[0]
    for second in range(100, 124, 2):
        await look(sights, told, first, second)
    sights.begin("c", 2, moving[0])
    assert not await look(sights, told, first, 124, epoch=1), "the dead are not looked at"
    assert await look(sights, told, first, 124, epoch=2)
    assert told.verdicts[-1] == (2, True, False)


async def test_a_frozen_or_dark_picture_never_replaces_the_last_good_poster(sights, told, moving, black, tmp_path):
    sights.begin("c", 1, moving[0])
    good = keyframes(moving)[0]
    await look(sights, told, good, 100)
    poster = (tmp_path / "c.jpg").read_bytes()
    assert poster.startswith(b"\xff\xd8") and len(told.posters) == 1
    for second in range(103, 125, 2):
        await look(sights, told, good, second)
    sights.begin("c", 2, black[0])
    await look(sights, told, keyframes(black)[0], 130, epoch=2)
    assert told.verdicts[-1] == (2, False, True)
    assert (tmp_path / "c.jpg").read_bytes() == poster and len(told.posters) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.jpg", "c.seen.jpg"]
    assert (tmp_path / "c.seen.jpg").read_bytes() != poster


async def test_a_full_disk_costs_the_poster_and_nothing_else(sights, told, moving, tmp_path):
    (tmp_path / ".c.new").mkdir()
    sights.begin("c", 1, moving[0])
    await look(sights, told, keyframes(moving)[0], 100)
    assert told.verdicts and not told.posters


async def test_a_clock_that_is_set_back_does_not_blind_it(sights, told, moving):
    sights.begin("c", 1, moving[0])
    first, other, *_ = keyframes(moving)
    for second in range(10_000, 10_024, 2):
        await look(sights, told, first, second)
    assert told.verdicts[-1][1]
    assert await look(sights, told, other, 6_400)
    assert not told.verdicts[-1][1], "it moves: that must not wait for an hour"
    for second in range(6_402, 6_426, 2):
        await look(sights, told, other, second)
    assert told.verdicts[-1][1]


async def test_a_clock_that_is_set_back_does_not_keep_a_frozen_picture_live(sights, told, moving):
    sights.begin("c", 1, moving[0])
    first = keyframes(moving)[0]
    await look(sights, told, first, 10_000)
    for second in range(6_402, 6_426, 2):
        await look(sights, told, first, second)
    assert told.verdicts[-1][1]


async def test_a_covered_picture_is_told_kept_aside_and_no_poster(told, tmp_path, ffmpeg_binary, moving):
    async def confirmed(code):
        return Confirmed(drawn.gray(drawn.kitchen(1)))

    sights = Sights(
        ffmpeg_binary, tmp_path, judged=told.judged, poster=told.poster, seconds=3, idle_seconds=30, confirmed=confirmed
    )
    flat = Splitter().feed(encode(2, source="color", gop=10, extra="-vf drawbox=t=fill:c=gray"))
    sights.begin("c", 1, flat[0])
    for second in range(100, 140, 10):
        await look(sights, told, keyframes(flat)[0], second)
    assert told.hints == ["", "", "", "covered"]
    assert told.posters == [] and [path.name for path in tmp_path.iterdir()] == ["c.seen.jpg"]


async def test_a_camera_whose_picture_nobody_confirmed_is_neither_covered_nor_moved(sights, told, moving):
    sights.begin("c", 1, moving[0])
    for number, part in enumerate(keyframes(moving)):
        await look(sights, told, part, 100 + 10 * number)
    assert set(told.hints) == {""}
