"""Every command line, word by word: what a stranger's bytes can make ffmpeg do is decided there."""

import pytest

from streams.relay import ffmpeg
from streams.relay.ffmpeg import Conversion

URL = "rtsp://127.0.0.1:5/nonce"
READING = "-fflags +genpts+discardcorrupt -flags low_delay -fpsprobesize 0"
DECODERS = "-codec_whitelist h264,hevc,mjpeg,vp8,vp9"
PARTS = "-movflags +empty_moov+delay_moov+default_base_moof+frag_every_frame"
ENCODING = (
    "-c:v libx264",
    "-preset superfast",
    "-tune zerolatency",
    "-maxrate 2500k",
    "-bufsize 2500k",
    "-bf 0",
    "-force_key_frames expr:gte(t,n_forced*2)",
    "-fps_mode passthrough",
)
LEFT_HALF = ((0, 0), (500, 0), (500, 1000), (0, 1000))


def words(argv):
    return " ".join(argv)


def input_of(argv):
    return words(argv).partition(" -i ")[0]


def output_of(argv):
    return words(argv).partition(" -i ")[2]


@pytest.mark.parametrize("convert", [None, Conversion()])
def test_a_camera_is_fetched_over_one_connection_and_nothing_else(convert):
    argv = ffmpeg.pull("ffmpeg", URL, convert=convert)
    assert words(argv).startswith("ffmpeg -nostdin -hide_banner -loglevel warning")
    for said in (
        "-protocol_whitelist rtsp,rtp,tcp,udp",
        "-rtsp_transport tcp",
        "-allowed_media_types video",
        DECODERS,
        *READING.split(" -"),
    ):
        assert said in input_of(argv)
    assert output_of(argv).startswith(f"{URL} -map 0:v:0")
    assert "-f mp4" in output_of(argv) and PARTS in output_of(argv) and argv[-1] == "pipe:1"
    assert "-an" in argv and "-flush_packets 1" in output_of(argv)


def test_what_browsers_play_is_copied():
    assert "-c:v copy" in output_of(ffmpeg.pull("ffmpeg", URL))
    assert "-tag:v" not in ffmpeg.pull("ffmpeg", URL)
    assert "-tag:v hvc1" in output_of(ffmpeg.pull("ffmpeg", URL, hevc=True))
    assert "-c:v copy" in output_of(ffmpeg.push("ffmpeg"))


@pytest.mark.parametrize("container", ["mpegts", "flv", "matroska", "mp4"])
@pytest.mark.parametrize("convert", [None, Conversion()])
def test_a_push_is_read_from_stdin_by_its_own_demuxer(container, convert):
    argv = ffmpeg.push("ffmpeg", container, convert=convert)
    for said in (f"-f {container}", "-protocol_whitelist pipe ", DECODERS):
        assert said in input_of(argv) + " "
    assert output_of(argv).startswith("pipe:0 -map 0:v:0") and PARTS in output_of(argv)


def test_a_container_that_we_do_not_take_has_no_command_line():
    with pytest.raises(KeyError):
        ffmpeg.push("ffmpeg", "concat")


@pytest.mark.parametrize(
    "argv",
    [
        ffmpeg.pull("ffmpeg", URL, hevc=True, convert=Conversion()),
        ffmpeg.push("ffmpeg", "matroska", convert=Conversion()),
        ffmpeg.again("ffmpeg", Conversion()),
    ],
    ids=["pull", "push", "again"],
)
def test_a_conversion_holds_nothing_back_and_takes_one_thread(argv):
    for said in ENCODING:
        assert said in output_of(argv)
    assert "-max_pixels 16000000" in input_of(argv)
    assert "-threads 1" in input_of(argv) and "-threads 1" in output_of(argv)
    assert "-tag:v" not in argv and "copy" not in argv


def test_our_own_parts_are_read_from_stdin():
    argv = ffmpeg.again("ffmpeg", Conversion())
    assert "-f mp4" in input_of(argv) and "-protocol_whitelist pipe" in input_of(argv) and DECODERS in input_of(argv)
    assert output_of(argv).startswith("pipe:0 ")


def test_masks_come_last_so_that_nothing_lies_over_them():
    argv = ffmpeg.pull("ffmpeg", URL, convert=Conversion([LEFT_HALF]))
    filters = argv[argv.index("-vf") + 1]
    assert filters.endswith(":color=black:t=fill")
    assert filters.index("setpts") < filters.index("scale") < filters.index("format") < filters.index("drawbox")
    assert "drawbox" not in words(ffmpeg.pull("ffmpeg", URL, convert=Conversion()))
