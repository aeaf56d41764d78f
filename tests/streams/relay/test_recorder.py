"""Evidence is the camera's own pictures, whole, from the time that was asked for, and says how long it is."""

import errno
import hashlib
import re
import subprocess

import imageio_ffmpeg
import pytest

from streams.relay import clipfile, recorder
from streams.relay.fmp4 import BrokenStream, Part, Splitter
from streams.relay.recorder import Failed, Job, Kept, Recorder, asked_for
from streams.relay.segments import Segment, SegmentWriter
from tests.streams.conftest import encode

pytestmark = pytest.mark.real("ffmpeg")

NOON = 1_800_000_000_000
SECOND = 1000


class Camera:
    """A camera whose segments lie in a folder, as the relay writes them."""

    def __init__(self, folder):
        self.folder, self.shelf, self.writer = folder, [], SegmentWriter(folder)

    def film(self, pieces, *, epoch=1, at=NOON):
        self.writer.begin(epoch, pieces[0])
        self.go_on(pieces[1:], at=at)

    def go_on(self, parts, *, at=NOON):
        for part in parts:
            self.writer.add(part, at + round(part.decode_time * 1000))
        for row in (*self.writer._spare, *self.writer._listed):
            if row not in self.shelf:
                self.shelf.append(row)

    @property
    def shelves(self):
        return {"cam1": (self.folder, self.shelf)}


@pytest.fixture
def camera(tmp_path):
    return Camera(tmp_path / "live" / "cam1")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "clips").mkdir()
    return tmp_path / "clips"


@pytest.fixture
def tape(root):
    tape = Recorder(root, "node-1")
    tape.start()
    return tape


def job(begins=0, ends=60, **fields):
    return Job("clip1", "cam1", NOON + begins * SECOND, NOON + ends * SECOND, **fields)


def frames(path):
    """How many pictures a player gets out of it, and how long it says that it is."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    run = subprocess.run(
        [ffmpeg, "-loglevel", "error", "-i", path, "-f", "framemd5", "-"], capture_output=True, text=True, timeout=60
    )
    assert not run.stderr
    told = subprocess.run([ffmpeg, "-i", path], capture_output=True, text=True, timeout=60).stderr
    hours, minutes, seconds = re.search(r"Duration: (\d+):(\d+):([\d.]+)", told).groups()
    pictures = [line for line in run.stdout.splitlines() if line and not line.startswith("#")]
    return len(pictures), int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_the_last_minute_becomes_one_file_that_plays_from_its_beginning(camera, tape, root, pieces):
    camera.film(pieces)
    (kept,) = tape.tick(NOON + 75 * SECOND, [job()], camera.shelves)
    assert isinstance(kept, Kept) and (kept.seconds, kept.first_ms) == (5.0, NOON)
    path = root / f"{kept.key}.mp4"
    assert frames(path) == (50, 5.0)
    assert path.stat().st_mode & 0o777 == 0o600
    assert (kept.sha256, kept.size) == (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
    assert [path] == list(root.glob("*.mp4")) and not list((root / "incoming").rglob("*.*"))


def test_a_clip_out_of_the_middle_of_a_long_encoding_begins_at_zero(camera, tape, root, pieces):
    camera.film(pieces)
    (kept,) = tape.tick(NOON + 75 * SECOND, [job(2, 4)], camera.shelves)
    assert kept.first_ms == NOON + 2 * SECOND
    assert frames(root / f"{kept.key}.mp4") == (20, 2.0)


def test_recording_goes_on_while_segments_come_and_ends_when_its_time_is_over(camera, tape, root):
    init, *parts = Splitter().feed(encode(14))
    camera.film([init, *parts[:60]])
    assert tape.tick(NOON + 6 * SECOND, [job(0, 12)], camera.shelves) == []
    assert tape.cameras() == {"cam1"}
    camera.go_on(parts[60:])
    camera.shelf[:5] = []  # what was copied may go from the shelf
    (kept,) = tape.tick(NOON + 14 * SECOND, [job(0, 12)], camera.shelves)
    assert kept.seconds == pytest.approx(12.0)
    assert frames(root / f"{kept.key}.mp4") == (120, 12.0)
    assert tape.cameras() == set()


def test_a_clip_waits_for_the_segment_that_is_still_open_and_not_for_ever(camera, tape, pieces):
    camera.film(pieces)
    assert tape.tick(NOON + 6 * SECOND, [job(0, 6)], camera.shelves) == []  # the sixth second lies in no file yet
    assert len(tape.tick(NOON + 6 * SECOND + recorder.GRACE_MS, [job(0, 6)], camera.shelves)) == 1


def test_what_is_told_is_told_once(camera, tape, pieces):
    camera.film(pieces)
    late = NOON + 90 * SECOND
    assert len(tape.tick(late, [job()], camera.shelves)) == 1
    assert tape.tick(late, [job()], camera.shelves) == []  # its row is being written
    assert tape.tick(late, [], camera.shelves) == []


def test_where_the_connection_broke_the_longest_stretch_is_kept(camera, tape, root, pieces):
    camera.film(Splitter().feed(encode(3)), epoch=1)
    camera.film(pieces, epoch=2, at=NOON + 10 * SECOND)
    (kept,) = tape.tick(NOON + 75 * SECOND, [job()], camera.shelves)
    assert (kept.seconds, kept.first_ms) == (5.0, NOON + 10 * SECOND)
    assert frames(root / f"{kept.key}.mp4")[0] == 50


def test_nothing_there_is_said_and_no_file_is_left(camera, tape, root):
    assert tape.tick(NOON + 75 * SECOND, [job()], camera.shelves) == [Failed("clip1", "nothing")]
    assert not list(root.glob("*.mp4"))


def test_what_must_not_be_recorded_any_more_ends_with_what_there_was(camera, tape, pieces):
    camera.film(pieces)
    assert tape.tick(NOON + 6 * SECOND, [job()], camera.shelves) == []
    camera.film(pieces, epoch=2, at=NOON + 10 * SECOND)
    (kept,) = tape.tick(NOON + 16 * SECOND, [job(over=True)], camera.shelves)
    assert (kept.seconds, kept.first_ms) == (5.0, NOON)


def test_a_clip_that_nobody_wants_any_more_is_forgotten(camera, tape, root, pieces):
    camera.film(pieces)
    tape.tick(NOON + 6 * SECOND, [job()], camera.shelves)
    assert list((root / "incoming").rglob("*.part"))
    tape.tick(NOON + 7 * SECOND, [], camera.shelves)
    assert not list((root / "incoming").rglob("*.part")) and not tape.cameras()


def test_a_relay_that_died_leaves_no_half_copy(camera, tape, root, pieces):
    camera.film(pieces)
    tape.tick(NOON + 6 * SECOND, [job()], camera.shelves)
    again = Recorder(root, "node-1")
    again.start()
    assert not list((root / "incoming").rglob("*.part"))
    assert len(again.tick(NOON + 75 * SECOND, [job()], camera.shelves)) == 1


def test_another_nodes_copy_is_left_alone(camera, tape, root, pieces):
    camera.film(pieces)
    tape.tick(NOON + 6 * SECOND, [job()], camera.shelves)
    Recorder(root, "node-2").start()
    assert list((root / "incoming").rglob("*.part"))


def test_a_full_disk_ends_the_clip_with_its_reason(camera, tape, root, pieces, monkeypatch):
    camera.film(pieces)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recorder._Piece, "add", full)
    assert tape.tick(NOON + 75 * SECOND, [job()], camera.shelves) == [Failed("clip1", "no_room")]
    assert not list(root.rglob("*.part"))


def test_one_broken_camera_does_not_spoil_anothers_clip(camera, tape, pieces, tmp_path):
    camera.film(pieces)
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "init-1.mp4").write_bytes(b"\0\0\0\x08junk")
    (bad / "seg-1-1.m4s").write_bytes(b"\0\0")
    shelves = {**camera.shelves, "bad": (bad, [Segment(1, 1, 1.0, NOON, 2, True, False)])}
    other = Job("clip2", "bad", NOON, NOON + 60 * SECOND)
    broken, kept = tape.tick(NOON + 75 * SECOND, [other, job()], shelves)
    assert broken == Failed("clip2", "broken") and kept.seconds == 5.0


def test_a_camera_that_goes_off_between_the_look_and_the_copy_is_no_error(camera, tape, pieces):
    camera.film(pieces)
    camera.writer.stop()
    assert tape.tick(NOON + 75 * SECOND, [job()], camera.shelves) == [Failed("clip1", "nothing")]


def row(number, second, *, epoch=1, independent=True):
    return Segment(number, epoch, 2.0, NOON + second * SECOND, 1, independent, False)


def test_a_clip_reaches_back_to_the_keyframe_before_its_time():
    shelf = [row(1, 0), row(2, 2), row(3, 4, independent=False), row(4, 6, independent=False), row(5, 8)]
    taken = asked_for(shelf, NOON + 7 * SECOND, NOON + 9 * SECOND)
    assert [segment.number for segment in taken] == [2, 3, 4, 5]


def test_without_a_keyframe_an_encoding_is_left_out_until_one_comes():
    shelf = [row(1, 0, independent=False), row(2, 2, independent=False), row(3, 4)]
    assert [segment.number for segment in asked_for(shelf, NOON, NOON + 9 * SECOND)] == [3]
    assert [segment.number for segment in asked_for(shelf, NOON, NOON + 9 * SECOND, {1})] == [1, 2, 3]


def an_hour_later(data, timescale):
    at = data.index(b"tfdt") + 8
    assert data[at - 4] == 1  # a clock of 64 bits
    clock = int.from_bytes(data[at : at + 8], "big") + 3600 * timescale
    return data[:at] + clock.to_bytes(8, "big") + data[at + 8 :]


def test_a_clock_that_leaps_does_not_stretch_the_clip(camera, tape, root, pieces):
    init, *parts = pieces
    moved = [
        Part(
            part.key, part.duration, an_hour_later(part.data, clipfile.timescale(init.data)[1]), part.decode_time + 3600
        )
        for part in parts
    ]
    camera.writer.begin(1, init)
    for number, part in enumerate([*parts[:40], *moved[:40]]):
        camera.writer.add(part, NOON + number * 100)
    camera.shelf = [*camera.writer._spare, *camera.writer._listed]
    (kept,) = tape.tick(NOON + 75 * SECOND, [job()], camera.shelves)
    pictures, seconds = frames(root / f"{kept.key}.mp4")
    assert (pictures, seconds) == (70, pytest.approx(7.0, abs=1.5))


@pytest.mark.parametrize(
    "junk", [b"", b"\0\0\0\x08moov", b"\0\0\0\x07moov", b"\xff" * 64, b"\0\0\0\x10moov\0\0\0\x08trak"]
)
def test_junk_is_no_clip(junk):
    with pytest.raises(BrokenStream):
        clipfile.timescale(junk)
    with pytest.raises(BrokenStream):
        clipfile.Timeline(1000).placed(junk)
