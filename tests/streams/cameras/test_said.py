"""ffmpeg's lines in an owner's words."""

import pytest
from django.utils.translation import override

from streams.cameras import said


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("method DESCRIBE failed: 401 Unauthorized", "password"),
        ("The camera refuses user name or password.", "password"),
        ("method DESCRIBE failed: 404 Not Found", "no stream"),
        ("The camera answers 404.", "no stream"),
        ("Connection to <address> failed: Connection refused", "reached"),
        ("The camera does not answer.", "reached"),
        ("The camera does not answer DESCRIBE.", "nothing more"),
        ("[rtsp @ 0x5581] max delay reached. need to consume packet", "lost"),
        ("[rtsp @ 0x5581] RTP: missed 12 packets", "lost"),
        ("[mp4 @ 0x5] Application provided invalid, non monotonically increasing dts to muxer", "clock"),
        ("[in#0 @ 0x5] Could not find codec parameters for stream 0 (Video: none)", "H.264"),
        ("The camera does not send over the connection it was asked on (RTP over TCP).", "TCP"),
        ("The camera points to another address.", "final"),
        ("The address is not one a camera may have here.", "may not be used"),
        ("The camera ended the connection at PLAY.", "ended"),
        ("No room to convert this picture now.", "no room"),
        ("ffmpeg could not be started: OSError", "Our own server"),
    ],
)
def test_a_known_line_is_one_sentence(line, word):
    with override("en"):
        (sentence,) = said.plain(line)
    assert word in sentence


def test_the_newest_stands_first_and_nothing_twice_or_without_end():
    lines = [
        "401 Unauthorized",
        "RTP: missed 3 packets",
        "RTP: missed 9 packets",
        "whatever",
        "404 Not Found",
        "x" * 300,
    ]
    with override("en"):
        found = said.plain("\n".join(lines))
        assert [("lost" in it, "password" in it) for it in found] == [(False, False), (True, False), (False, True)]
        assert len(said.plain("\n".join([*lines, "The camera points to another address."]))) == said.MOST


def test_what_nobody_knows_is_left_to_its_own_words():
    assert said.plain("") == said.plain("Guru meditation 42") == []
