"""What a push comes in, by its first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.containers import MOST_BYTES, Opening, UnknownContainer, opening

EBML = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01" + b"\x42\x82\x84webm" + b"\x18\x53\x80\x67\x01" + b"\xff" * 7


def webm(codec):
    return EBML + b"\x16\x54\xae\x6b\xd9\xae\x86" + bytes([0x80 | len(codec)]) + codec.encode() + b"\xe0\x90"


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (b"\x47", Opening("mpegts")),
        (b"\x47\x40\x11\x10", Opening("mpegts")),
        (b"FLV\x01\x05", Opening("flv")),
        (b"\0\0\0\x18ftypiso5", Opening("mp4")),
        (webm("V_MPEG4/ISO/AVC"), Opening("matroska")),
        (webm("V_MPEGH/ISO/HEVC"), Opening("matroska")),
        (webm("V_VP8"), Opening("matroska", convert=True)),
        (webm("V_VP9"), Opening("matroska", convert=True)),
    ],
)
def test_what_we_take_is_known_by_its_first_bytes(first, says):
    assert opening(first) == says


@pytest.mark.parametrize("first", [b"", b"F", b"FL", b"\x1a", b"\x1a\x45\xdf", EBML, b"\0", b"\0\0\0\x1cft"])
def test_too_few_bytes_say_nothing_yet(first):
    assert opening(first) is None


@pytest.mark.parametrize(
    "first",
    [
        b"\1",
        b"RIFF",
        b"\x1a\x45\xdf\xa4",
        b"FLAC",
        b"\0\0\0\x18moov",
        b"\0\0\1\x18ftypisom",
        b"#EXTM3U",
        b"ffconcat version 1.0",
        webm("V_AV1"),
        webm("V_MS/VFW/FOURCC"),
        EBML + b"\0" * MOST_BYTES,
    ],
)
def test_anything_else_is_refused(first):
    with pytest.raises(UnknownContainer):
        opening(first)


@given(first=st.binary(max_size=64), more=st.binary(max_size=64))
def test_whatever_comes_is_judged_or_waited_for_and_never_judged_otherwise_later(first, more):
    try:
        early = opening(first)
    except UnknownContainer:
        with pytest.raises(UnknownContainer):
            opening(first + more)
    else:
        assert early is None or opening(first + more) == early
