"""Real frames: a test picture encoded once by the ffmpeg that the relay uses."""

import subprocess

import imageio_ffmpeg
import pytest

from streams.relay.fmp4 import Splitter

FMP4 = "-f mp4 -movflags +empty_moov+delay_moov+default_base_moof+frag_every_frame -flush_packets 1 pipe:1"


def encode(seconds=6, *, source="testsrc2", size="320x180", rate=10, gop=10, codec="libx264", out=FMP4, extra=""):
    """Bytes of a drawn film; a keyframe every `gop` frames."""
    command = (
        f"{imageio_ffmpeg.get_ffmpeg_exe()} -nostdin -loglevel error -f lavfi -i {source}=size={size}:rate={rate} "
        f"-t {seconds} -c:v {codec} -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g {gop} -threads 1 "
        f"{extra} {out}"
    )
    return subprocess.run(command.split(), capture_output=True, check=True, timeout=60).stdout


@pytest.fixture(scope="session")
def film():
    """Six seconds of fMP4, ten frames a second, a keyframe each second."""
    return encode()


@pytest.fixture(scope="session")
def pieces(film):
    """The same as [Init, Part, Part, …]."""
    return Splitter().feed(film)
