import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.relay.fmp4 import BrokenStream, Init, Part, Splitter
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
def test_damaged_bytes_break_the_stream_or_pass_but_nothing_else(film, data):
    head = bytearray(film[:6000])
    for place in data.draw(st.lists(st.integers(0, len(head) - 1), min_size=1, max_size=8)):
        head[place] = data.draw(st.integers(0, 255))
    try:
        found = Splitter().feed(bytes(head))
    except BrokenStream:
        return
    assert all(isinstance(piece, Init | Part) for piece in found)
