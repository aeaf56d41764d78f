import itertools
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.relay.fmp4 import BrokenStream, Init, Part, Splitter
from streams.relay.timeline import ClockJumps
from tests.streams.conftest import encode


def box(name, body=b""):
    return struct.pack(">I4s", 8 + len(body), name) + body


FTYP = box(b"ftyp", b"iso5\0\0\2\0iso5")


def test_a_film_becomes_one_init_and_a_part_a_frame(film, pieces):
    init, *parts = pieces
    assert init.mime.startswith('video/mp4; codecs="avc1.') and len(init.mime) == len('video/mp4; codecs="avc1.64001f"')
    assert init.data[4:8] == b"ftyp" and b"moov" in init.data
    assert len(parts) == 60
    assert film.startswith(init.data + parts[0].data)
    assert [index for index, part in enumerate(parts) if part.key] == [0, 10, 20, 30, 40, 50]
    assert sum(part.duration for part in parts) == pytest.approx(6, abs=0.11)
    assert [round(part.decode_time, 2) for part in parts[:4]] == [0, 0.1, 0.2, 0.3]


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_however_the_bytes_are_cut_the_parts_are_the_same(film, pieces, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(film)), max_size=40)))
    splitter, found = Splitter(), []
    for start, end in zip([0, *cuts], [*cuts, len(film)], strict=True):
        found += splitter.feed(film[start:end])
    assert found == pieces


def times(part):
    """Decode time and duration as they are written in the fragment, in ticks."""
    tfdt, tfhd = part.data.index(b"tfdt"), part.data.index(b"tfhd")
    (word,) = struct.unpack_from(">I", part.data, tfhd + 4)
    duration_at = tfhd + 12 + (8 if word & 1 else 0) + (4 if word & 2 else 0)
    assert word & 8 and part.data[tfdt + 4] == 1
    (duration,) = struct.unpack_from(">I", part.data, duration_at)
    return struct.unpack_from(">Q", part.data, tfdt + 8)[0], duration


def moved(part, seconds, duration=None, timescale=10240):
    """The part as ffmpeg writes it while the camera's clock is that much ahead."""
    data, (at, usual) = bytearray(part.data), times(part)
    struct.pack_into(">Q", data, data.index(b"tfdt") + 8, at + round(seconds * timescale))
    if duration:
        at = bytes(data).index(struct.pack(">I", usual), data.index(b"tfhd"))
        struct.pack_into(">I", data, at, round(duration * timescale))
    return bytes(data)


def jumping(pieces, shifts, shift=0):
    """The film, its clock set by `shifts` (part's number → seconds) from there on; what lasts until then is long."""
    init, *parts = pieces
    film = init.data
    for number, part in enumerate(parts):
        shift += shifts.get(number, 0)
        film += moved(part, shift, 0.1 + shifts[number + 1] if shifts.get(number + 1, 0) > 0 else None)
    return film


def fed(film, cuts=()):
    """All that comes out, and what ended it if anything did."""
    splitter, found = Splitter(), []
    try:
        for start, end in itertools.pairwise([0, *cuts, len(film), len(film)]):
            found += splitter.feed(film[start:end])
    except (BrokenStream, ClockJumps) as error:
        return found, type(error)
    return found, None


@pytest.mark.parametrize("seconds", [3600, 6, -3600 + 7200])
def test_where_the_clock_jumps_the_parts_go_on_without_a_hole(pieces, seconds):
    init, *parts = fed(jumping(pieces, {25: seconds}))[0]
    assert init == pieces[0] and len(parts) == 60
    for part, one_later in itertools.pairwise(parts):
        assert one_later.decode_time - part.decode_time == pytest.approx(0.1, abs=0.001)
        assert part.duration == pytest.approx(0.1, abs=0.001)
        at, duration = times(part)
        assert (at / 10240, duration / 10240) == (part.decode_time, part.duration), "written as it is told"


def test_a_part_changes_nothing_but_its_times(pieces):
    found = fed(jumping(pieces, {25: 3600}))[0]
    for part, before in zip(found[1:], pieces[1:], strict=True):
        assert len(part.data) == len(before.data) and part.key == before.key
        assert part.data[part.data.index(b"mdat") :] == before.data[before.data.index(b"mdat") :]
    assert found[:26] == pieces[:26]


def test_two_jumps_pass_and_a_third_in_a_row_ends_it(pieces):
    assert fed(jumping(pieces, {10: 100, 20: 100})) == (fed(jumping(pieces, {10: 100}))[0], None)
    found, over = fed(jumping(pieces, {10: 100, 20: 100, 30: 100}))
    assert over is ClockJumps and len(found) == 1 + 30


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_however_a_jumping_film_is_cut_the_parts_are_the_same(pieces, data):
    numbers = st.integers(2, 58)
    shifts = data.draw(st.dictionaries(numbers, st.sampled_from([-50, -6, 6, 5000]), min_size=1, max_size=4))
    film = jumping(pieces, shifts, 1000)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(film)), max_size=30)))
    assert fed(film, cuts) == fed(film)


def test_byte_by_byte(pieces):
    bytes_ = pieces[0].data + b"".join(part.data for part in pieces[1:4])
    splitter = Splitter()
    found = [piece for index in range(len(bytes_)) for piece in splitter.feed(bytes_[index : index + 1])]
    assert found == pieces[:4]


def test_the_codec_of_h265_is_named_as_browsers_want_it():
    film = encode(1, codec="libx265", extra="-tag:v hvc1 -x265-params log-level=none")
    init, first, *_ = Splitter().feed(film)
    assert init.mime.startswith('video/mp4; codecs="hvc1.1.6.L')
    assert first.key


@pytest.mark.parametrize(
    ("extra", "codec"),
    [
        ("-pix_fmt yuv420p10le -x265-params log-level=none", "hvc1.2.4.L"),
        ("-x265-params log-level=none:high-tier=1:level-idc=5.1", "hvc1.1.6.H153."),
        ("-tag:v hev1 -x265-params log-level=none", "hvc1.1.6.L"),
    ],
    ids=["ten bits", "high tier", "hev1"],
)
def test_profile_tier_and_level_of_h265_are_named(extra, codec):
    init, *_ = Splitter().feed(encode(0.5, codec="libx265", extra=extra))
    assert init.mime.startswith(f'video/mp4; codecs="{codec}') and b"hev1" not in init.data


def test_a_new_moov_in_the_middle_is_a_new_init(film, pieces):
    found = Splitter().feed(film + film)
    assert [type(piece) for piece in found].count(Init) == 2
    assert len(found) == 2 * len(pieces)


@pytest.mark.parametrize(
    ("garbage", "says"),
    [
        (b"RTSP/1.0 200 OK\r\n", "unknown box"),
        (b"\0" * 64, "unknown box"),
        (box(b"moov"), "starts with"),
        (FTYP + struct.pack(">I4s", 4, b"moov"), "4 bytes"),
        (FTYP + struct.pack(">I4s", 0, b"mdat"), "0 bytes"),
        (FTYP + struct.pack(">I4s", 0x7FFFFFFF, b"mdat"), "2147483647 bytes"),
        (FTYP + struct.pack(">I4sQ", 1, b"mdat", 1 << 60), "bytes"),
        (FTYP + box(b"moov"), "no video track"),
        (FTYP + box(b"moof"), "before its moov"),
        (FTYP + box(b"mdat"), "without its moof"),
    ],
)
def test_garbage_is_refused_with_a_reason(garbage, says):
    with pytest.raises(BrokenStream, match=says):
        Splitter().feed(garbage)


def test_a_codec_whose_name_is_no_text_is_refused(pieces):
    with pytest.raises(BrokenStream, match="no text"):
        Splitter().feed(pieces[0].data.replace(b"avc1", b"\x80vc1"))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_however_a_damaged_film_is_cut_what_comes_out_is_the_same(film, data):
    damaged = bytearray(film[:20_000])
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(damaged)), max_size=30)))
    assert fed(damaged, cuts) == fed(damaged)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_bytes_break_the_stream_or_pass_but_nothing_else(film, data):
    head = bytearray(film[:6000])
    for place in data.draw(st.lists(st.integers(0, len(head) - 1), min_size=1, max_size=8)):
        head[place] = data.draw(st.integers(0, 255))
    try:
        found = Splitter().feed(bytes(head))
    except BrokenStream:
        return
    assert all(isinstance(piece, Init | Part) for piece in found)
