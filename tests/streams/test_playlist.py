"""Low latency: any camera's frames give a playlist that players accept, at every moment of its growing."""

import contextlib

import m3u8
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from streams.relay.fmp4 import Init, Part
from streams.relay.playlist import part_target
from streams.relay.segments import ASKED_SECONDS, SegmentWriter

INIT = Init('video/mp4; codecs="avc1.64001f"', b"init")
NOON = 1_800_000_000_000


class Camera:
    """Frames by the clock of the test, into a writer that is asked for parts."""

    def __init__(self, folder, **options):
        self.now, self.at, self.folder = 0.0, 0.0, folder
        self.writer = SegmentWriter(folder, monotonic=lambda: self.now, **options)

    def begin(self, epoch=1):
        self.writer.begin(epoch, INIT)

    def film(self, frames):
        """Each (duration, keyframe)."""
        for duration, key in frames:
            part, at = Part(key, duration, b"%.3f " % self.at, self.at), NOON + round(1000 * self.at)
            self.at += duration
            self.now += duration
            self.writer.add(part, at)

    @property
    def text(self):
        return (self.folder / "media.m3u8").read_text()

    @property
    def listed(self):
        return m3u8.loads(self.text)

    def content(self, uri):
        return (self.folder / uri).read_bytes()


def steady(seconds, fps=25, gop=2.0):
    count = round(gop * fps)
    return [(1 / fps, index % count == 0) for index in range(round(seconds * fps))]


@pytest.fixture
def camera(tmp_path):
    camera = Camera(tmp_path / "cam1")
    camera.begin()
    return camera


def test_whoever_asks_gets_parts_of_a_fifth_of_a_second_at_once(camera):
    camera.film(steady(3))
    assert "EXT-X-PART" not in camera.text, "nobody asked: no parts are written"
    camera.writer.asked()
    listed = camera.listed
    assert listed.part_inf.part_target == 0.22
    assert listed.server_control.can_block_reload == "YES"
    assert listed.server_control.part_hold_back >= 3 * 0.22
    growing = listed.segments[-1]
    assert [part.duration for part in growing.parts] == pytest.approx([0.2] * 4)
    assert [part.independent for part in growing.parts] == ["YES", None, None, None]
    first = growing.parts[0].uri
    assert camera.content(first) == b"".join(b"%.3f " % (2 + index / 25) for index in range(5))
    assert listed.preload_hint.uri == first.replace("-0.m4s", "-4.m4s")


def test_the_hinted_part_is_the_next_one_that_comes(camera):
    camera.film(steady(3))
    camera.writer.asked()
    seen = set()
    for _ in range(200):
        hinted = camera.listed.preload_hint.uri
        seen.add(hinted)
        camera.film([(0.04, round(camera.at * 25) % 50 == 0)])
        if camera.listed.preload_hint.uri != hinted:
            assert (camera.folder / hinted).exists(), "a player waits for it"
            assert hinted in camera.text
    assert len(seen) > 30


def test_a_segments_parts_are_the_segment(camera):
    camera.film(steady(3))
    camera.writer.asked()
    camera.film([(0.04, round((camera.at + index * 0.04) * 25) % 50 == 0) for index in range(100)])
    closed = [segment for segment in camera.listed.segments if segment.uri and segment.parts]
    assert closed
    for segment in closed:
        assert b"".join(camera.content(part.uri) for part in segment.parts) == camera.content(segment.uri)
        assert sum(part.duration for part in segment.parts) == pytest.approx(segment.duration, abs=0.001)


def test_parts_are_listed_for_the_last_two_segments_and_then_go(camera):
    camera.writer.asked()
    for _ in range(3):
        camera.film(steady(10))
        camera.writer.asked()
    listed = camera.listed
    assert [bool(segment.parts) for segment in listed.segments] == [False] * 5 + [True] * 3
    on_disk = {path.name.split("-")[2] for path in camera.folder.glob("part-*")}
    assert len(on_disk) == 5, "four closed segments and the one that is open"


def test_half_a_minute_after_the_last_reader_no_parts_are_made(camera):
    camera.film(steady(3))
    camera.writer.asked()
    camera.film(steady(ASKED_SECONDS + 20))
    assert "EXT-X-PART" not in camera.text and not list(camera.folder.glob("part-*"))
    assert camera.listed.server_control.can_block_reload == "YES"
    camera.writer.asked()
    camera.film(steady(1))
    assert camera.listed.preload_hint


def test_a_slow_cameras_part_is_one_frame(camera):
    camera.film(steady(5, fps=2))
    camera.writer.asked()
    assert camera.listed.part_inf.part_target == 0.55
    assert {part.duration for part in camera.listed.segments[-1].parts} == {0.5}


def test_a_frame_longer_than_any_part_costs_that_segments_parts_alone(camera):
    camera.film(steady(2))
    camera.writer.asked()
    camera.film([*steady(1), (0.9, False), *[(0.04, False)] * 10])
    assert all(part.duration <= 0.22 for segment in camera.listed.segments for part in segment.parts)
    camera.film(steady(6))
    listed = camera.listed
    assert listed.segments[-1].parts and listed.part_inf.part_target == 0.22
    on_disk = {path.name for path in camera.folder.glob("part-*")}
    assert on_disk == {part.uri for segment in listed.segments for part in segment.parts} | {
        name for name in on_disk if name not in camera.text and (camera.folder / name).stat().st_size
    }


def test_segments_stay_as_long_as_evidence_needs_them(tmp_path):
    camera = Camera(tmp_path / "cam1", keep_seconds=65)
    camera.begin()
    camera.film(steady(200))
    kept = camera.writer.kept()
    assert 65 <= sum(segment.seconds for segment in kept) <= 69
    assert [segment.began_ms for segment in kept] == sorted(segment.began_ms for segment in kept)
    assert {segment.name for segment in kept} == {path.name for path in camera.folder.glob("seg-*")}
    assert len(camera.listed.segments) == 7


@pytest.mark.parametrize("fps", [1, 5, 7.5, 10, 12, 12.5, 15, 20, 24, 25, 29.97, 30, 50, 60])
def test_parts_are_nearly_as_long_as_the_target_at_every_usual_rate(fps):
    """RFC 8216bis, 4.4.4.9: at least 85 % of it, all but the last of a segment."""
    target = part_target([1 / fps] * 30)
    frames = int((target + 1e-6) * fps)
    assert frames >= 1 and frames / fps >= 0.85 * target


frames = some.tuples(some.floats(0, 3) | some.sampled_from([0.04, 1 / 30, 0.2]), some.booleans())
steps = some.lists(
    some.one_of(
        some.lists(frames, min_size=1, max_size=40),
        some.just("asked"),
        some.just("epoch"),
        some.floats(0, 60),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_comes_the_playlist_holds_its_promises(tmp_path_factory, steps):
    camera = Camera(tmp_path_factory.mktemp("live") / "cam1")
    camera.begin()
    epoch, numbers = 1, (0, 0)
    for step in steps:
        if step == "asked":
            camera.writer.asked()
        elif step == "epoch":
            epoch += 1
            camera.begin(epoch)
        elif isinstance(step, float):
            camera.now += step
        else:
            for frame in step:
                camera.film([frame])
                numbers = promises(camera, numbers)
        numbers = promises(camera, numbers)


def promises(camera, before):
    """Checked after each frame; gives the media sequence number and the number of the open segment."""
    if not (camera.folder / "media.m3u8").exists():
        return before
    listed = camera.listed
    closed = [segment for segment in listed.segments if segment.uri]
    assert 1 <= len(closed) <= 7
    now = listed.media_sequence, listed.media_sequence + len(closed)
    assert now[0] >= before[0] and now[1] >= before[1], "the count never goes back"
    assert all(round(segment.duration) <= listed.target_duration for segment in closed)
    parts = [part for segment in listed.segments for part in segment.parts]
    assert all(part.duration <= listed.part_inf.part_target for part in parts)
    assert all((camera.folder / name).exists() for name in [*(s.uri for s in closed), *(p.uri for p in parts)])
    assert all((camera.folder / segment.init_section.uri).exists() for segment in closed)
    if parts:
        assert listed.preload_hint and listed.server_control.part_hold_back > 2.99 * listed.part_inf.part_target
        assert not (camera.folder / listed.preload_hint.uri).exists()
    return now


def test_a_full_disk_costs_what_it_could_not_hold_and_nothing_later(camera, monkeypatch):
    camera.film(steady(3))
    camera.writer.asked()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("streams.relay.segments.os.replace", full)
        for frame in steady(9):
            with contextlib.suppress(OSError):
                camera.film([frame])
    camera.writer.asked()
    camera.film([(0.04, index % 50 == 0) for index in range(300)])
    listed = camera.listed
    assert all(round(segment.duration) <= listed.target_duration for segment in listed.segments if segment.uri)
    closed = [segment for segment in listed.segments if segment.uri and segment.parts]
    assert closed
    for segment in closed:
        assert b"".join(camera.content(part.uri) for part in segment.parts) == camera.content(segment.uri)
