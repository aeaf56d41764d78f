import subprocess
from datetime import datetime, timedelta

import imageio_ffmpeg
import m3u8
import pytest

from streams.relay.fmp4 import Part, Splitter
from streams.relay.segments import SegmentWriter
from tests.streams.conftest import encode

NOON = 1_800_000_000_000


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cam1"


@pytest.fixture
def writer(folder):
    return SegmentWriter(folder)


def write(writer, pieces, *, epoch=1, at=NOON):
    init, *parts = pieces
    writer.begin(epoch, init)
    for part in parts:
        writer.add(part, at + round(part.decode_time * 1000))


def playlist(folder):
    return m3u8.loads((folder / "media.m3u8").read_text())


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_segments_are_cut_at_keyframes_after_a_second(writer, folder, pieces):
    write(writer, pieces)
    listed = playlist(folder)
    assert [segment.duration for segment in listed.segments] == [1.0] * 5  # the sixth is still open
    assert listed.is_independent_segments and listed.target_duration == 2
    assert listed.segments[0].init_section.uri == "init-1.mp4"
    assert (folder / "init-1.mp4").read_bytes() == pieces[0].data
    joined = b"".join((folder / segment.uri).read_bytes() for segment in listed.segments)
    assert joined == b"".join(part.data for part in pieces[1:51])
    began = [segment.program_date_time for segment in listed.segments]
    assert began[0] == datetime.fromisoformat("2027-01-15T08:00:00+00:00")
    assert began[1] - began[0] == timedelta(seconds=1)
    assert (folder / "variant").read_text().startswith("BANDWIDTH=")
    assert f"CODECS={pieces[0].mime.split('=')[1]}" in (folder / "variant").read_text()


def test_a_short_gop_makes_segments_of_a_second(writer, folder):
    write(writer, Splitter().feed(encode(4, gop=4)))
    assert {round(segment.duration, 1) for segment in playlist(folder).segments} == {1.2}


def test_a_long_gop_is_cut_at_the_target_and_no_longer_called_independent(writer, folder):
    write(writer, Splitter().feed(encode(30, gop=300, size="64x64")))
    listed = playlist(folder)
    assert not listed.is_independent_segments
    assert all(round(segment.duration) <= listed.target_duration for segment in listed.segments)


def test_old_segments_go_and_the_count_goes_on(writer, folder):
    pieces = Splitter().feed(encode(16, size="64x64"))
    write(writer, pieces)
    listed = playlist(folder)
    assert len(listed.segments) == 7
    assert listed.media_sequence == NOON // 1000 - 1_600_000_000 + 8
    segments = [name for name in names(folder) if name.endswith(".m4s")]
    assert len(segments) == 10
    assert {segment.uri for segment in listed.segments} < set(segments)
    assert not [name for name in names(folder) if name.startswith(".")]


def test_a_new_epoch_is_a_discontinuity_with_its_own_map(writer, folder, pieces):
    write(writer, pieces)
    write(writer, pieces, epoch=2, at=NOON + 20_000)
    listed = playlist(folder)
    assert [segment.discontinuity for segment in listed.segments].count(True) == 1
    assert listed.segments[-1].init_section.uri == "init-2.mp4"
    write(writer, pieces, epoch=3, at=NOON + 40_000)
    write(writer, pieces, epoch=4, at=NOON + 60_000)
    assert "init-1.mp4" not in names(folder)
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:2" in (folder / "media.m3u8").read_text()


def test_what_a_dead_relay_left_behind_goes_first(folder, writer, pieces):
    folder.mkdir()
    (folder / "seg-9-9.m4s").write_bytes(b"old")
    write(writer, pieces)
    assert "seg-9-9.m4s" not in names(folder)


def test_nothing_stays_of_a_camera_that_is_off(writer, folder, pieces):
    write(writer, pieces)
    writer.stop()
    assert not folder.exists()
    write(writer, pieces, epoch=2, at=NOON + 60_000)
    assert playlist(folder).media_sequence == NOON // 1000 - 1_600_000_000 + 60


def test_parts_before_the_first_keyframe_are_left_out(writer, folder, pieces):
    init, *parts = pieces
    write(writer, [init, *parts[3:]])
    assert playlist(folder).segments[0].duration == 1.0
    first = (folder / playlist(folder).segments[0].uri).read_bytes()
    assert first.startswith(parts[10].data)


def test_clocks_that_jump_inside_an_encoding_do_no_harm(writer, folder, pieces):
    init, *parts = pieces
    jumped = [Part(p.key, p.duration, p.data, p.decode_time + 86400) for p in parts]
    write(writer, [init, *parts, *jumped, *parts])
    assert all(0.9 <= segment.duration <= 2.4 for segment in playlist(folder).segments)


def test_ffmpeg_plays_it(writer, folder, pieces):
    write(writer, pieces)
    with (folder / "media.m3u8").open("a") as file:
        file.write("#EXT-X-ENDLIST\n")
    run = subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(),
            *["-loglevel", "error", "-allowed_extensions", "ALL", "-i"],
            str(folder / "media.m3u8"),
            *["-f", "framemd5", "-"],
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not run.stderr
    frames = [line for line in run.stdout.splitlines() if line and not line.startswith("#")]
    assert len(frames) == 50
